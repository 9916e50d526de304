"""What goes wrong before there is an answer reads as kubectl says it, and says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.api import Api
from leasectl.cluster.config.kubeconfig_file import Cluster, User
from leasectl.cluster.identity import tls
from leasectl.cluster.wire.wire import Limits
from leasectl.lease.errors import BadAnswer, ConnectionFailed, Fault, LeasectlError
from tests.clocks import PatientClock
from tests.cluster.identity.test_tls import serving
from tests.cluster.scripted import Scripted, connection_to, says, silence

if TYPE_CHECKING:
    from tests.cluster.certificates import Authority

QUICK = Limits(3.0, 1.0, 1.0, 3.0)


def fault_of(error: LeasectlError) -> Fault:
    assert isinstance(error, ConnectionFailed)
    return error.fault


def failure(api: Api) -> LeasectlError:
    with api, pytest.raises(LeasectlError) as caught:
        api.get("/")
    return caught.value


def test_a_server_that_the_ca_does_not_vouch_for(certs: Authority) -> None:
    context = tls.context_for(Cluster(certificate_authority=certs.path("other.crt")), User())
    with serving(certs, "server") as port:
        error = failure(Api(connection_to(port, scheme="https", tls=context), PatientClock(), QUICK))
    assert fault_of(error) is Fault.UNTRUSTED
    assert str(error) == (
        "Unable to connect to the server: tls: failed to verify certificate: unable to get local issuer certificate; "
        "is certificate-authority the CA of this cluster, and the server's name right?"
    )


def test_plain_http_where_tls_is_expected(certs: Authority) -> None:
    context = tls.context_for(Cluster(certificate_authority=certs.path("root.crt")), User())
    with Scripted(says("400 Bad Request", "", kind="text/plain"), eager=b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        error = failure(Api(server.connection(scheme="https", tls=context), PatientClock(), QUICK))
    assert fault_of(error) is Fault.TLS
    assert str(error) == (
        "Unable to connect to the server: http: server gave HTTP response to HTTPS client; "
        "does the server's URL have to begin with http://?"
    )


def test_tls_where_plain_http_is_expected() -> None:
    words = "Client sent an HTTP request to an HTTPS server.\n"
    with Scripted(says("400 Bad Request", words, kind="text/plain")) as server:
        error = failure(Api(server.connection(), PatientClock(), QUICK))
    assert isinstance(error, BadAnswer)
    assert str(error) == f"error: 127.0.0.1:{server.port} speaks https; the server's URL has to begin with https://"


def test_a_handshake_that_never_ends(certs: Authority) -> None:
    context = tls.context_for(Cluster(certificate_authority=certs.path("root.crt")), User())
    with Scripted(silence) as server:
        error = failure(Api(server.connection(scheme="https", tls=context), PatientClock(), QUICK))
    assert "gave no answer in time (Client.Timeout exceeded)" in str(error)
    assert fault_of(error) is Fault.TIMED_OUT


def test_a_name_that_no_one_knows() -> None:
    with Scripted(silence) as server:
        error = failure(Api(server.connection(host="no-such-host.invalid"), PatientClock(), QUICK))
    assert str(error).startswith("Unable to connect to the server: dial tcp: lookup no-such-host.invalid: ")
    assert fault_of(error) is Fault.NO_HOST


def test_a_request_timeout_bounds_every_wait() -> None:
    assert Limits.within(2) == Limits(2, 2, 2, 2)
    assert Limits.within(0) == Limits()
