"""Asks a server all that a doctor wants to know, side by side, within one deadline; an answer changes nothing there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct

from leasectl.cluster.doctor import questions
from leasectl.cluster.nearby.crew import Crew
from leasectl.cluster.nearby.request import Answers, Failed
from leasectl.lease.doctor.facts import Reached, Server
from leasectl.lease.doctor.rights import CANDIDATES, EVERYWHERE, LEASES, Right, everywhere_else, needs, still_to_ask
from leasectl.lease.errors import NotAuthenticated, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leasectl.cluster.api import Api
    from leasectl.cluster.doctor.questions import Version
    from leasectl.cluster.nearby.request import Request
    from leasectl.lease.doctor.facts import Facts
    from leasectl.lease.doctor.rights import Need
    from leasectl.lease.ports import Clock

THREADS = 6  # each makes a connection of its own, which costs more than the few questions that it then asks


class Greeted(Struct, frozen=True):
    """The server answered: how fast, and what it says it is, or why it does not."""

    reached: Reached
    version: Version | None
    gap: str = ""


def greet(api: Api, clock: Clock, until: float, *, by_proxy: bool) -> Greeted:
    """Ask twice for its version: the first answer takes connecting, too.

    Raises:
        NotAuthenticated: it does not know who asks.
        ConnectionFailed, BadAnswer: as `Api.get`.
    """
    began_at = clock.seen_at()
    try:
        api.get("/version", until=until)
        first_s, again_at = clock.seen_at() - began_at, clock.seen_at()
        answer = api.get("/version", until=until)
    except NotAuthenticated:
        raise
    except StatusError as error:  # it may be forbidden to those whom nobody knows
        took_s = clock.seen_at() - began_at
        return Greeted(Reached(took_s, took_s, by_proxy), None, error.message)
    again_s, offset = clock.seen_at() - again_at, answer.server_clock
    reached = Reached(
        first_s, again_s, by_proxy, offset.offset_s if offset else None, offset.error_s if offset else 0.0
    )
    return Greeted(reached, questions.read_version(answer))


class Asking:
    """All questions at once; what has to be known first to ask the rest is waited for in `finish`.

    Args:
        another_api: gives an Api for another thread, which closes it.
        clock: what the deadline is measured on.
        within_s: when all of it is over.
        namespace: the user's own.
    """

    def __init__(self, another_api: Callable[[], Api], clock: Clock, within_s: float, namespace: str) -> None:
        self._crew = Crew(another_api, clock, within_s, THREADS)
        self._namespace = namespace
        self._answers = Answers()
        self._waited_for: set[Request[Any]] = set()

    def __enter__(self) -> Self:
        self._crew.__enter__()
        self._begin([questions.resources_of(version) for version in questions.LEASE_VERSIONS])
        self._begin([questions.who_am_i(questions.WHO_VERSIONS[0]), questions.node_names()])
        self._begin(questions.right_to(need, EVERYWHERE) for need in needs(candidates=True))
        return self

    def __exit__(self, failure: type[BaseException] | None, *rest: object) -> None:
        self._crew.__exit__(failure, *rest)

    def finish(self, facts: Facts, greeted: Greeted) -> None:
        """Take in what came of it, and ask what follows from that."""
        self._collect()
        facts.server = self._server(greeted.version)
        facts.server_gap = greeted.gap
        wanted = needs(candidates=bool(facts.server.candidates) if facts.server else False)
        everywhere = self._rights((need, EVERYWHERE) for need in wanted)
        rest = still_to_ask(wanted, everywhere, self._namespace)
        self._begin(questions.right_to(need, place) for need, place in rest)
        self._collect()
        facts.rights = [*everywhere, *everywhere_else(everywhere, self._namespace), *self._rights(rest)]
        self._find_who(facts)

    def nodes(self) -> tuple[frozenset[str] | None, str]:
        """The Nodes' names, and why they are not all there."""
        match self._answers.of(questions.node_names()):
            case Failed() as failed:
                return None, failed.why
            case None:
                return None, "no answer"
            case listing:
                return frozenset(listing.things), listing.gap

    def _begin(self, requests: Iterable[Request[Any]]) -> None:
        for request in requests:
            self._waited_for.add(request)
            self._crew.ask(request)

    def _collect(self) -> None:
        """Wait for all that was asked; those that have not come by the deadline have failed."""
        while self._waited_for and (reply := self._crew.reply()):
            self._answers.put(reply.request, reply.outcome)
            self._waited_for.discard(reply.request)
        for request in self._waited_for:
            self._answers.put(request, self._crew.without_reply(request))
        self._waited_for.clear()

    def _server(self, version: Version | None) -> Server | None:
        if version is None:
            return None
        served = {each: self._answers.of(questions.resources_of(each)) for each in questions.LEASE_VERSIONS}
        leases = _serves(served[questions.LEASE_VERSION], LEASES)
        candidates = {each: _serves(found, CANDIDATES) for each, found in served.items()}
        versions = [each for each, is_served in candidates.items() if is_served]
        is_told = bool(versions) or None not in candidates.values()
        return Server(version.git_version, version.number, leases is not False, versions if is_told else None)

    def _rights(self, asked: Iterable[tuple[Need, str]]) -> Sequence[Right]:
        def allowed(need: Need, place: str) -> bool | None:
            answer = self._answers.of(questions.right_to(need, place))
            return None if answer is None or isinstance(answer, Failed) else answer.allowed

        return [Right(place, need.resource, need.group, need.verb, allowed(need, place)) for need, place in asked]

    def _find_who(self, facts: Facts) -> None:
        """In the first version that is served: 1.28, 1.27 and 1.26 each brought one."""
        for version in questions.WHO_VERSIONS:
            request = questions.who_am_i(version)
            if self._answers.of(request) is None:
                self._begin([request])
                self._collect()
            match self._answers.of(request):
                case Failed(is_absent=True) as failed:
                    facts.who_gap = failed.why
                case Failed() as failed:
                    facts.who_gap = failed.why
                    return
                case who:
                    facts.who = who
                    return


def _serves(outcome: frozenset[str] | Failed | None, resource: str) -> bool | None:
    """Whether a version has a resource; None where the server would not say."""
    if isinstance(outcome, frozenset):
        return resource in outcome
    return False if outcome is not None and outcome.is_absent else None
