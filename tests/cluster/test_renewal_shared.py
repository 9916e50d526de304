"""Credentials of several Apis at a time: what ran out for all of them is resolved anew once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.api import Api
from leasectl.cluster.config.kubeconfig import Target
from leasectl.cluster.config.kubeconfig_file import Cluster, User
from leasectl.cluster.connect import connect_to
from leasectl.cluster.identity.attendant import Attendant
from leasectl.cluster.identity.standing import Standing
from leasectl.lease.errors import ConnectionFailed, NotAuthenticated
from tests.clocks import PatientClock
from tests.cluster.asking import EMPTY, QUICK
from tests.cluster.scripted import Scripted, request_of, says, status
from tests.cluster.streaming import TOO_LONG_S, all_of, streams

if TYPE_CHECKING:
    import socket
    from datetime import datetime

    from leasectl.cluster.wire.connection import Connection
    from tests.cluster.scripted import Act

OK = says("200 OK", EMPTY)
UNAUTHORIZED = says("401 Unauthorized", status(401, "Unauthorized", "Unauthorized"))


class Issuer:
    """Gives tokens t1, t2, …; a server lets in those that were not withdrawn."""

    def __init__(self, expires_at: datetime | None = None) -> None:
        self.given = 0
        self.expires_at = expires_at
        self.withdrawn = 0
        self.fails = False
        self.clock = PatientClock()

    def resolve_for(self, server: Scripted) -> Connection:
        self.given += 1
        if self.fails:
            raise ConnectionFailed("Unable to connect to the server: getting credentials: exec: …")
        token = f"t{self.given}"
        return server.connection(authorization=lambda: token, expires_at=self.expires_at)

    def standing(self, server: Scripted) -> Standing:
        return Standing(lambda: self.resolve_for(server), self.clock)

    def another(self, standing: Standing) -> Api:
        return Api(standing.connection, self.clock, QUICK, standing.in_place_of, is_known=True)


class Gate(Scripted):
    """Lets in whoever shows a token that was not withdrawn; lists, and watches."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__(OK)
        self._issuer = issuer

    def _attend(self, connection: socket.socket) -> None:
        while asked := request_of(connection):
            number = int(asked.partition("Authorization: t")[2].partition("\r\n")[0])
            act: Act = streams(b"x") if "/watch" in asked else OK
            (UNAUTHORIZED if number <= self._issuer.withdrawn else act)(connection)


def test_two_that_are_turned_away_at_a_time_have_credentials_resolved_once() -> None:
    issuer = Issuer()
    with Gate(issuer) as server:
        standing = issuer.standing(server)
        with issuer.another(standing) as one, issuer.another(standing) as two:
            one.get("/a")
            two.get("/a")
            issuer.withdrawn = 1
            threads = [threading.Thread(target=api.get, args=("/b",)) for api in (one, two)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(TOO_LONG_S)
            one.get("/c")
            two.get("/c")
    assert issuer.given == 2


def test_a_watch_that_is_turned_away_is_sent_again_with_new_credentials() -> None:
    issuer = Issuer()
    with Gate(issuer) as server:
        standing = issuer.standing(server)
        with issuer.another(standing) as api:
            issuer.withdrawn = 1
            assert all_of(api.watch("/watch", {})) == b"x"
    assert issuer.given == 2


def test_a_watch_that_is_turned_away_twice_is_refused() -> None:
    issuer = Issuer()
    issuer.withdrawn = 99
    with Gate(issuer) as server:
        standing = issuer.standing(server)
        with issuer.another(standing) as api, pytest.raises(NotAuthenticated):
            api.watch("/watch", {})
    assert issuer.given == 2


def test_what_another_has_resolved_meanwhile_is_taken_over() -> None:
    issuer = Issuer()
    with Gate(issuer) as server:
        standing = issuer.standing(server)
        with issuer.another(standing) as one, issuer.another(standing) as two:
            issuer.withdrawn = 1
            one.get("/a")
            two.get("/a")
            assert all_of(two.watch("/watch", {})) == b"x"
    assert issuer.given == 2


def test_what_another_resolved_long_ago_and_has_run_out_is_resolved_anew() -> None:
    issuer = Issuer()
    issuer.expires_at = issuer.clock.now() + timedelta(seconds=5)
    with Gate(issuer) as server:
        standing = issuer.standing(server)
        with issuer.another(standing) as one, issuer.another(standing) as two:
            for _ in range(2):
                issuer.clock.sleep(5)
                issuer.withdrawn = issuer.given
                issuer.expires_at = issuer.clock.now() + timedelta(seconds=5)
                one.get("/a")
            issuer.clock.sleep(5)
            issuer.withdrawn, issuer.expires_at = issuer.given, None
            two.get("/a")
            one.get("/a")
    assert issuer.given == 4


def test_a_failure_to_resolve_leaves_the_next_to_try() -> None:
    issuer = Issuer()
    with Gate(issuer) as server:
        standing = issuer.standing(server)
        with issuer.another(standing) as one, issuer.another(standing) as two:
            issuer.withdrawn, issuer.fails = 1, True
            with pytest.raises(ConnectionFailed, match="getting credentials"):
                one.get("/a")
            issuer.fails = False
            two.get("/a")
            one.get("/a")
    assert issuer.given == 3


def test_another_api_of_a_connection_talks_to_the_same_server() -> None:
    alone = Attendant(at_terminal=False, watched=False, say=print, environ={}, request_timeout_s=3)
    with Scripted(OK, streams(b"x"), OK) as server:
        target = Target(Cluster(name="k", server=f"http://127.0.0.1:{server.port}"), User(name="u"), "ns", None, False)
        connected = connect_to(target, PatientClock(), alone)
        with connected.api as api, connected.another_api() as another:
            api.get("/a")
            assert all_of(another.watch("/watch", {})) == b"x"
            api.get("/b")
        assert [request.split(" ")[1] for request in server.requests] == ["/a", "/watch", "/b"]
