"""A user's token file: read for each request, and what it reads like where it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.config.kubeconfig_file import User
from tests.cluster.identity.connecting import UNFIT, connected, failure

if TYPE_CHECKING:
    from pathlib import Path


def test_a_token_file_wins_over_the_token_is_trimmed_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("  first\n")
    authorization = connected(user=User(name="u", token="inline", token_file=str(file))).authorization

    assert authorization() == "Bearer first"
    file.write_text("second\n")
    assert authorization() == "Bearer second"


@pytest.mark.parametrize("ending", ["missing", "empty"])
def test_the_last_token_stands_while_its_file_has_none(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    authorization = connected(user=User(name="u", token_file=str(file))).authorization
    if ending == "missing":
        file.unlink()
    else:
        file.write_text("\n")

    assert authorization() == "Bearer first"


def test_a_token_stands_in_for_a_token_file_that_is_not_there(tmp_path: Path) -> None:
    user = User(name="u", token="inline", token_file=str(tmp_path / "nope"))

    assert connected(user=user).authorization() == "Bearer inline"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "error: unable to read the token file of u due to open {0}: no such file or directory; {1}"),
        (b" \n", "error: token file {0} of u is empty; {1}"),
        (b"s3cret\nX: y", f"error: the token of u {UNFIT}; write it anew without"),
        (b"\xff\xfes3cret", f"error: the token of u {UNFIT}; write it anew without"),
    ],
)
def test_a_token_file_without_a_token_is_one_clear_line(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)

    told = failure(user=User(name="u", token_file=str(file)))
    assert told == message.format(file, "write a token to it, or pass --token")


def test_a_path_that_no_file_can_have_is_an_error() -> None:
    assert failure(user=User(name="u", token_file="a\x00b")) == (
        r"error: unable to read the token file of u due to open 'a\x00b': invalid argument; "
        "write a token to it, or pass --token"
    )
