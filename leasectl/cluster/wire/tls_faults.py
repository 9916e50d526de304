"""What a failure of TLS means to a person, in Go's words where it has them, and what to do."""

from __future__ import annotations

import ssl

from leasectl.lease.errors import Fault

# OpenSSL's reasons where what answered does not speak TLS at all.
NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"})
# How OpenSSL's reason for an alert ends, Go's words for it, and what to do.
_ALERTS = (
    ("ALERT_CERTIFICATE_REQUIRED", "certificate required", "the user needs a client-certificate and a client-key"),
    ("ALERT_BAD_CERTIFICATE", "bad certificate", "is the user's client-certificate of this cluster?"),
    ("ALERT_UNKNOWN_CA", "unknown certificate authority", "is the user's client-certificate of this cluster?"),
    ("ALERT_CERTIFICATE_EXPIRED", "expired certificate", "the user needs a new client-certificate"),
    (
        "ALERT_HANDSHAKE_FAILURE",
        "handshake failure",
        "does it want a client-certificate, or know no cipher of TLS 1.2?",
    ),
    ("ALERT_PROTOCOL_VERSION", "protocol version not supported", "it has to speak TLS 1.2 or 1.3"),
)
# OpenSSL's numbers of what is wrong with a certificate, X509_V_ERR_CERT_NOT_YET_VALID and …_HAS_EXPIRED.
_NOT_NOW = {9: Fault.NOT_YET_VALID, 10: Fault.CERTIFICATE_EXPIRED}
_OTHER_NAME = {62: Fault.OTHER_NAME, 64: Fault.OTHER_NAME}  # X509_V_ERR_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH


def was_cut(error: ssl.SSLError) -> bool:
    """Whether the connection ended in the middle of TLS; one of the three ways to say so has no reason."""
    ended = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    return ended or str(error.reason).startswith("UNEXPECTED_EOF")


def fault_of(error: ssl.SSLError) -> Fault:
    """What kept us from speaking TLS."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (_NOT_NOW | _OTHER_NAME).get(error.verify_code, Fault.UNTRUSTED)
    reason = str(error.reason)
    is_about_ours = any(reason.endswith(ending) for ending, *_ in _ALERTS if "CERTIFICATE" in ending or "CA" in ending)
    return Fault.CLIENT_CERTIFICATE if is_about_ours else Fault.TLS


def meaning_of(error: ssl.SSLError) -> str:
    """What went wrong, as a phrase without a full stop."""
    if isinstance(error, ssl.SSLCertVerificationError):
        explained = error.verify_message.rstrip(".")
        advice = "is certificate-authority the CA of this cluster, and the server's name right?"
        if error.verify_code in _NOT_NOW:
            advice = "it has to be renewed, unless this machine's clock is wrong"
        return f"tls: failed to verify certificate: {explained}; {advice}"
    reason = str(error.reason or "handshake failure")
    if reason in NOT_TLS:
        return "http: server gave HTTP response to HTTPS client; does the server's URL have to begin with http://?"
    for ending, words, advice in _ALERTS:
        if reason.endswith(ending):
            return f"remote error: tls: {words}; {advice}"
    return f"tls: {reason.lower().replace('_', ' ')}"
