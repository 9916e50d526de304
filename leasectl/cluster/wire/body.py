"""The body of an answer: whole, unpacked, and never more of it than fits."""

from __future__ import annotations

import http.client
import zlib

from leasectl.lease.errors import BadAnswer

MAX_BODY = 128 << 20
_BLOCK = 256 << 10


def whole_body(answer: http.client.HTTPResponse) -> bytearray:
    """The body; at most `MAX_BODY` bytes of it, and those once, are in memory.

    Raises:
        BadAnswer: it is larger, or packed in a way that was not asked for.
        HTTPException, zlib.error: it is damaged, or ends too early.
    """
    refuse_lengths(answer)
    unpack = _unpacker() if is_packed(answer) else None
    body = bytearray()
    while block := _block(answer):
        while block:
            if unpack is not None and unpack.eof:
                unpack = _unpacker()  # gzip may come in several members
            body += unpack.decompress(block, _BLOCK) if unpack else block
            block = unpack.unconsumed_tail or unpack.unused_data if unpack else b""
            if len(body) > MAX_BODY:
                raise BadAnswer(
                    f"error: the server's answer is larger than {MAX_BODY >> 20} MiB; ask for less of it, with -n or -l"
                )
    if answer.length or (unpack is not None and not unpack.eof):
        raise http.client.IncompleteRead(b"")
    return body


def is_packed(answer: http.client.HTTPResponse) -> bool:
    """Whether it is gzip; BadAnswer where it is anything else."""
    encoding = (answer.getheader("Content-Encoding") or "identity").strip().lower()
    if encoding not in {"gzip", "identity"}:
        raise BadAnswer(
            f"error: the server's answer is packed as {encoding[:20]}, which nobody asked for; "
            "is there a proxy in between?"
        )
    return encoding == "gzip"


def _unpacker() -> zlib._Decompress:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _block(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read(_BLOCK)
    except ValueError:  # a chunk of less than no bytes
        raise http.client.HTTPException from None


def refuse_lengths(answer: http.client.HTTPResponse) -> None:
    """Of several lengths, or none that is a number, http.client would take one, or read on for ever."""
    lengths = set(answer.headers.get_all("Content-Length", []))
    if len(lengths) > 1 or not all(length.isascii() and length.isdecimal() for length in lengths):
        raise http.client.HTTPException
