"""What failures of TLS mean."""

from __future__ import annotations

import ssl

import pytest

from leasectl.cluster.wire.faults import Broken, meaning_of


@pytest.mark.parametrize("kind", [ssl.SSLEOFError, ssl.SSLZeroReturnError])
def test_a_connection_that_ends_in_the_middle_of_tls_is_broken_however_it_is_said(kind: type[ssl.SSLError]) -> None:
    meaning = meaning_of(kind(6, "TLS/SSL connection has been closed (EOF)"), "127.0.0.1:6443", "127.0.0.1")
    assert isinstance(meaning, Broken)
    assert str(meaning).endswith("127.0.0.1:6443 closed the connection in the middle of TLS (EOF)")
