"""Credentials that run out while work goes on: resolved anew, once, and the request is sent again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.api import Api
from leasectl.cluster.identity.standing import Standing
from leasectl.lease.errors import ConnectionFailed, NotAuthenticated
from tests.clocks import PatientClock
from tests.cluster.asking import EMPTY, QUICK
from tests.cluster.scripted import Scripted, says, status

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.cluster.wire.connection import Connection

OK = says("200 OK", EMPTY)
UNAUTHORIZED = says("401 Unauthorized", status(401, "Unauthorized", "Unauthorized"))


class Issuer:
    """Gives tokens t1, t2, … for a server, each good until a time."""

    def __init__(self, server: Scripted, expires_at: datetime | None = None) -> None:
        self.given = 0
        self.expires_at = expires_at
        self._server = server

    def resolve(self) -> Connection:
        self.given += 1
        token = f"Bearer t{self.given}"
        return self._server.connection(authorization=lambda: token, expires_at=self.expires_at)

    def api(self, clock: PatientClock) -> Api:
        standing = Standing(self.resolve, clock)
        return Api(standing.connection, clock, QUICK, standing.in_place_of)


def tokens(server: Scripted) -> list[str]:
    return [request.partition("Bearer ")[2].partition("\r\n")[0] for request in server.requests]


def test_a_token_that_was_good_is_asked_for_anew_after_a_401() -> None:
    with Scripted(OK, UNAUTHORIZED, OK) as server, Issuer(server).api(PatientClock()) as api:
        api.get("/a")
        api.get("/b")

        assert tokens(server) == ["t1", "t1", "t2"]


def test_a_second_401_ends_it() -> None:
    with Scripted(OK, UNAUTHORIZED) as server, Issuer(server).api(PatientClock()) as api:
        api.get("/a")
        with pytest.raises(NotAuthenticated):
            api.get("/b")

        assert tokens(server) == ["t1", "t1", "t2"]


def test_a_token_that_never_was_good_is_not_asked_for_again() -> None:
    with Scripted(UNAUTHORIZED) as server, Issuer(server).api(PatientClock()) as api:
        with pytest.raises(NotAuthenticated):
            api.get("/a")

        assert tokens(server) == ["t1"]


def test_it_is_asked_for_again_each_time_that_it_runs_out() -> None:
    acts = (OK, UNAUTHORIZED, OK, UNAUTHORIZED, OK)
    with Scripted(*acts) as server, Issuer(server).api(PatientClock()) as api:
        for path in "/a", "/b", "/c":
            api.get(path)

        assert tokens(server) == ["t1", "t1", "t2", "t2", "t3"]


def test_a_token_is_asked_for_anew_when_its_own_time_is_over() -> None:
    clock = PatientClock()
    with Scripted(OK) as server:
        issuer = Issuer(server, clock.now() + timedelta(seconds=30))
        with issuer.api(clock) as api:
            api.get("/a")
            clock.sleep(29)
            api.get("/b")
            issuer.expires_at = clock.now() + timedelta(seconds=60)
            clock.sleep(1)
            api.get("/c")
            api.get("/d")

        assert tokens(server) == ["t1", "t1", "t2", "t2"]


def test_a_token_that_had_run_out_when_it_was_given_is_tried_once_for_each_request() -> None:
    clock = PatientClock()
    with Scripted(OK) as server, Issuer(server, clock.now() - timedelta(hours=1)).api(clock) as api:
        api.get("/a")
        api.get("/b")

        assert tokens(server) == ["t1", "t2"]


def test_a_second_401_is_not_asked_about_again() -> None:
    with Scripted(UNAUTHORIZED) as server, Issuer(server).api(PatientClock()) as api:
        for path in "/a", "/b", "/c":
            with pytest.raises(NotAuthenticated):
                api.get(path)

        assert tokens(server) == ["t1", "t1", "t1"]


def test_without_a_way_to_resolve_a_401_is_the_end() -> None:
    with Scripted(OK, UNAUTHORIZED) as server, Api(server.connection(), PatientClock(), QUICK) as api:
        api.get("/a")
        with pytest.raises(NotAuthenticated):
            api.get("/b")


class Flaky(Issuer):
    """A plugin that fails from the second time on, until it is mended."""

    broken = True

    def resolve(self) -> Connection:
        if self.given and self.broken:
            raise ConnectionFailed("Unable to connect to the server: getting credentials: exec: …")
        return super().resolve()


def test_while_a_plugin_fails_nothing_stale_is_sent_and_it_is_asked_again_each_time() -> None:
    clock = PatientClock()
    with Scripted(OK) as server:
        issuer = Flaky(server, clock.now() + timedelta(seconds=5))
        with issuer.api(clock) as api:
            api.get("/a")
            clock.sleep(5)
            for path in "/b", "/c", "/d":
                with pytest.raises(ConnectionFailed, match="getting credentials"):
                    api.get(path)
            issuer.broken, issuer.expires_at = False, None
            api.get("/e")

        assert tokens(server) == ["t1", "t2"]


def test_after_a_401_a_plugin_that_fails_is_asked_again() -> None:
    with Scripted(OK, UNAUTHORIZED, OK) as server:
        issuer = Flaky(server)
        with issuer.api(PatientClock()) as api:
            api.get("/a")
            with pytest.raises(ConnectionFailed, match="getting credentials"):
                api.get("/b")
            issuer.broken = False
            api.get("/c")

        assert tokens(server) == ["t1", "t1", "t2"]


def test_new_credentials_that_are_no_good_are_asked_for_anew_before_the_next_request() -> None:
    with Scripted(OK, UNAUTHORIZED, UNAUTHORIZED, OK) as server, Issuer(server).api(PatientClock()) as api:
        api.get("/a")
        with pytest.raises(NotAuthenticated):
            api.get("/b")
        api.get("/c")

        assert tokens(server) == ["t1", "t1", "t2", "t3"]
