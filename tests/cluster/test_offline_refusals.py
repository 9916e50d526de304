"""What `--from` refuses, and in which words."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.cluster import offline
from leasectl.lease.errors import BadAnswer

if TYPE_CHECKING:
    from pathlib import Path

LEASE = b'{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "a", "namespace": "n"}}'


def read(data: bytes) -> offline.Dump:
    return offline.read("-", io.BytesIO(data))


EXPECTED = "; expected the output of kubectl get lease -o json|yaml"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "it is empty" + EXPECTED),
        (b" \n\t\n", "it is empty" + EXPECTED),
        (b"\x00\x01\x02", "it is binary" + EXPECTED),
        (b"\x7fELF\x02\x00", "it is binary" + EXPECTED),
        (b'{"a":\n "\xff"}', "line 2: it is not UTF-8" + EXPECTED),
        (gzip.compress(b"{}"), "it is compressed: unpack it first, with gunzip"),
        ("{}".encode("utf-16"), "it is UTF-16: save it as UTF-8 first, with iconv -f UTF-16 -t UTF-8"),
        (b"\xfe\xff\x00{\x00}", "it is UTF-16: save it as UTF-8 first, with iconv -f UTF-16 -t UTF-8"),
        (b"{", "line 1: the JSON ends in the middle, the dump is cut off" + EXPECTED),
        (b'{\n "items": [\n  {"kind"', "line 3: the JSON ends in the middle, the dump is cut off" + EXPECTED),
        (LEASE + b'\n{"a": ', "line 2: the JSON ends in the middle, the dump is cut off" + EXPECTED),
        (b'{"a": 1}\n\n{b}', "line 3: no JSON, Expecting property name enclosed in double quotes" + EXPECTED),
        (b'{"a": 1}\n]', "line 2: no JSON, Expecting value" + EXPECTED),
        (b'{"a": 1} 5', "line 1: Expected `object`, got `int`" + EXPECTED),
        (b'\n\n{"a": NaN}', "line 3: JSON is malformed: invalid character (byte 6)" + EXPECTED),
        (b'{"kind": "List", "items": 5}', "line 1: Expected `array | null`, got `int`" + EXPECTED),
        (b'{"kind": "List", "items": [5]}', "line 1: Expected `object`, got `int`" + EXPECTED),
        (b"[null]", "line 1: Expected `object`, got `null`" + EXPECTED),
        (b'{"a":' + b"[" * 100_000, "line 1: nested too deeply" + EXPECTED),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "line 1: nested too deeply" + EXPECTED),
        (b"NAME   HOLDER   AGE\na      b        3s\n", "line 1: Expected `object`, got `str`" + EXPECTED),
        (b"a: 1\n b: 2\n", "line 2: mapping values are not allowed in this context" + EXPECTED),
        (b"# nothing\n---\n", "it is empty" + EXPECTED),
        (
            b"\nerror: You must be logged in\n  : x: y",
            "line 3: did not find expected key" + EXPECTED,
        ),
        (b"a: &a [x]\nb: *c\n", "line 2: an alias (*name) of no anchor (&name) before it" + EXPECTED),
        (b"- " * 100_000, "line 1: nested more than 100 deep" + EXPECTED),
    ],
)
def test_what_is_no_dump_is_refused_in_one_line(data: bytes, problem: str) -> None:
    with pytest.raises(BadAnswer) as refusal:
        read(data)
    assert str(refusal.value) == f"error: standard input: {problem}"


def test_a_file_is_read_and_named_in_errors(tmp_path: Path) -> None:
    file = tmp_path / "dump.json"
    file.write_text(LEASE.decode(), encoding="utf-8")
    assert [bytes(item) for item in offline.read(str(file), io.BytesIO()).items] == [LEASE]
    file.write_bytes(b"")
    with pytest.raises(BadAnswer, match=r"^error: .*dump\.json: it is empty"):
        offline.read(str(file), io.BytesIO())


@pytest.mark.parametrize(
    ("name", "problem"),
    [("missing", "No such file or directory"), ("", "Is a directory"), ("a\0b", "embedded null byte")],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, problem: str) -> None:
    source = f"{tmp_path}/{name}"
    with pytest.raises(BadAnswer) as refusal:
        offline.read(source, io.BytesIO())
    assert str(refusal.value) == f"error: {source}: {problem}"


def test_a_stdin_that_is_closed_says_so() -> None:
    closed = io.BytesIO()
    closed.close()
    with pytest.raises(BadAnswer, match="error: standard input: I/O operation on closed file"):
        offline.read("-", closed)


class Endless(io.BytesIO):
    """A stdin that never ends."""

    def read(self, size: int | None = -1) -> bytes:
        return bytes(size or 0)


def test_a_dump_without_end_is_refused() -> None:
    with pytest.raises(BadAnswer, match="error: standard input: it is larger than 256 MiB"):
        offline.read("-", Endless())


PIECES = st.sampled_from(
    (
        *(
            b'{"kind":',
            b'"List",',
            b'"items":',
            b"[",
            b"]",
            b"{",
            b"}",
            b",",
            b'"Lease"',
            b"\n",
            b"---\n",
            b"kind: List\n",
        ),
        *(
            b"items:\n- ",
            b"\xef\xbb\xbf",
            b"\xff",
            b"\0",
            b'"\\ud800"',
            b"&a",
            b"*a",
            b": ",
            b"1e9",
            LEASE,
        ),
        *(
            b'{"type":"ADDED","object":',
            b'"metadata":',
            b'"apiVersion":"coordination.k8s.io/v1",',
            b"null",
            b"\x1f\x8b",
        ),
    )
)


@given(st.lists(PIECES | st.binary(max_size=8), max_size=12).map(b"".join))
def test_whatever_the_bytes_the_answer_is_a_dump_or_one_line(data: bytes) -> None:
    try:
        problem = ""
        read(data)
    except BadAnswer as refusal:
        problem = str(refusal)
    assert "\n" not in problem
