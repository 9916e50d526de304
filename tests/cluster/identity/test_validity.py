"""From when until when a certificate is valid; held against OpenSSL."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.cluster.identity.validity import validity_of

if TYPE_CHECKING:
    from pathlib import Path

PEM = b"-----BEGIN CERTIFICATE-----\n%b\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize("days", ["1", "365", "20000"])  # the last is past 2050: another form of time
def test_it_is_what_openssl_says(tmp_path: Path, days: str) -> None:
    pem = tmp_path / "c.crt"
    words = f"req -x509 -newkey rsa:2048 -nodes -keyout {tmp_path}/k -out {pem} -subj /CN=x -days {days}"
    subprocess.run(["openssl", *words.split()], check=True, capture_output=True)  # noqa: S607 - fixed words
    told = subprocess.run(
        ["openssl", "x509", "-in", str(pem), "-noout", "-dates"],  # noqa: S607 - likewise
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    expected = tuple(
        datetime.strptime(line.partition("=")[2], "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
        for line in told.splitlines()
    )
    assert validity_of(pem.read_bytes()) == expected


@pytest.mark.parametrize(
    "content", [b"", b"no certificate", PEM % b"", PEM % b"!", PEM % b"MAA=", PEM % b"MIQA", PEM % b"MP////8="]
)
def test_what_is_no_certificate_has_no_validity(content: bytes) -> None:
    assert validity_of(content) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_are_none(content: bytes) -> None:
    assert validity_of(PEM % base64.b64encode(b"\x30" + content)) is None
