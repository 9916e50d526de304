"""From when until when a certificate is valid, out of its DER; nothing else of it is read.

The standard library parses no certificate but one that it was shown by a peer.

Source: RFC 5280, 4.1: Certificate, TBSCertificate, Validity.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import NamedTuple

_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
_SEQUENCE, _VERSION, _UTC_TIME, _TIME = 0x30, 0xA0, 0x17, 0x18
_FIELDS_BEFORE_VALIDITY = 3  # serialNumber, signature, issuer
_LONG_FORM = 0x80
_MOST_LENGTH_BYTES = 4
_CENTURY = 50  # of two-digit years, those below it are of the 21st


class _Element(NamedTuple):
    tag: int
    content: bytes
    rest: bytes


def validity_of(pem: bytes) -> tuple[datetime, datetime] | None:
    """Both times, notBefore and notAfter, of the first certificate; None where it is none."""
    begin = pem.find(_BEGIN)
    end = pem.find(_END, begin)
    if begin < 0 or end < 0:
        return None
    try:
        der = ssl.PEM_cert_to_DER_cert(pem[begin : end + len(_END)].decode("ascii"))
        to_be_signed = _element(_element(der, _SEQUENCE).content, _SEQUENCE).content
        if to_be_signed[:1] == bytes([_VERSION]):
            to_be_signed = _element(to_be_signed).rest
        for _ in range(_FIELDS_BEFORE_VALIDITY):
            to_be_signed = _element(to_be_signed).rest
        first = _element(_element(to_be_signed, _SEQUENCE).content)
        return _time(first), _time(_element(first.rest))
    except ValueError:  # of base64, DER and times alike
        return None


def _element(data: bytes, wanted: int | None = None) -> _Element:
    """The first element of DER; ValueError where there is none, or not the wanted one."""
    if len(data) < 2 or (wanted is not None and data[0] != wanted):  # noqa: PLR2004 - a tag and a length
        raise ValueError("no such element")
    length, at = data[1], 2
    if length & _LONG_FORM:
        count = length & ~_LONG_FORM
        if not 0 < count <= _MOST_LENGTH_BYTES:
            raise ValueError("no length of DER")
        at += count
        length = int.from_bytes(data[2:at], "big")
    if len(data) < at + length:
        raise ValueError("cut off")
    return _Element(data[0], data[at : at + length], data[at + length :])


def _time(element: _Element) -> datetime:
    text = element.content.decode("ascii")
    if element.tag == _UTC_TIME:
        text = f"{'20' if int(text[:2]) < _CENTURY else '19'}{text}"
    elif element.tag != _TIME:
        raise ValueError("no time")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
