"""The API server's version."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.cluster.answer import Answer
from leasectl.cluster.nearby.version import read_version
from leasectl.lease.errors import BadAnswer
from tests.making import NOW


def answer(body: bytes) -> Answer:
    return Answer(bytearray(body), NOW, None)


@pytest.mark.parametrize(
    ("body", "version"),
    [
        (b'{"major": "1", "minor": "36", "gitVersion": "v1.36.3"}', (1, 36)),
        (b'{"major": "1", "minor": "29+"}', (1, 29)),
    ],
)
def test_a_version_is_its_two_numbers(body: bytes, version: tuple[int, int]) -> None:
    assert read_version(answer(body)) == version


@pytest.mark.parametrize("body", [b"{}", b'{"major": "1", "minor": "x"}', b"[]", b'{"minor": 36}', b"\xff", b""])
def test_what_is_no_version_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer, match="version"):
        read_version(answer(body))


@given(st.binary())
def test_whatever_comes_is_a_version_or_a_bad_answer(body: bytes) -> None:
    with suppress(BadAnswer):
        assert min(read_version(answer(body))) >= 0
