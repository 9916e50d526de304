"""What failures of TLS mean."""

from __future__ import annotations

import ssl

import pytest

from leasectl.cluster.wire.faults import Broken, meaning_of
from leasectl.cluster.wire.tls_faults import fault_of
from leasectl.lease.errors import Fault


@pytest.mark.parametrize("kind", [ssl.SSLEOFError, ssl.SSLZeroReturnError])
def test_a_connection_that_ends_in_the_middle_of_tls_is_broken_however_it_is_said(kind: type[ssl.SSLError]) -> None:
    meaning = meaning_of(kind(6, "TLS/SSL connection has been closed (EOF)"), "127.0.0.1:6443", "127.0.0.1")
    assert isinstance(meaning, Broken)
    assert str(meaning).endswith("127.0.0.1:6443 closed the connection in the middle of TLS (EOF)")


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (9, Fault.NOT_YET_VALID),
        (10, Fault.CERTIFICATE_EXPIRED),
        (20, Fault.UNTRUSTED),
        (62, Fault.OTHER_NAME),
        (64, Fault.OTHER_NAME),
    ],
)
def test_a_certificate_that_is_not_trusted_may_be_so_for_a_clock(code: int, fault: Fault) -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    assert fault_of(error) is fault


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", Fault.CLIENT_CERTIFICATE),
        ("TLSV1_ALERT_UNKNOWN_CA", Fault.CLIENT_CERTIFICATE),
        ("TLSV1_ALERT_PROTOCOL_VERSION", Fault.TLS),
        (None, Fault.TLS),
    ],
)
def test_an_alert_may_be_about_our_certificate(reason: str | None, fault: Fault) -> None:
    error = ssl.SSLError(1, "alert")
    error.reason = reason  # type: ignore[assignment]
    assert fault_of(error) is fault
