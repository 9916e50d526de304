"""Looks around leases: everything that is wanted of all of them side by side, within one deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leasectl.cluster.nearby import holder_pods, look_ups
from leasectl.cluster.nearby.crew import Crew
from leasectl.cluster.nearby.request import Answers
from leasectl.cluster.nearby.seen import seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leasectl.cluster.api import Api
    from leasectl.cluster.nearby.request import Request
    from leasectl.lease.around.nearby import Nearby
    from leasectl.lease.around.wanted import Wanted
    from leasectl.lease.ports import Clock

WITHIN_S = 5.0


def look_around(
    wanted: Sequence[Wanted], another_api: Callable[[], Api], clock: Clock, within_s: float = WITHIN_S
) -> list[Nearby]:
    """What lies around each, in order; what could not be seen is told in it, and raises nothing.

    What several of them want is asked for once.

    Args:
        wanted: what to look for.
        another_api: gives an Api for another thread, which closes it.
        clock: what the deadline is measured on.
        within_s: when all of it is over.
    """
    with Crew(another_api, clock, within_s) as crew:
        answers = _Asking(crew, wanted).answers()
    return [seen(each, answers) for each in wanted]


class _Asking:
    """Asks what is wanted, and what the answers lead to."""

    def __init__(self, crew: Crew, wanted: Sequence[Wanted]) -> None:
        self._crew = crew
        self._wanted = wanted
        self._concerned: dict[Request[Any], set[int]] = {}
        self._answers = Answers()

    def answers(self) -> Answers:
        """All of them; those that have not come by the deadline have failed."""
        for index, each in enumerate(self._wanted):
            self._ask(_certain(each))
            self._ask(holder_pods.requests(each, self._answers), index)
        answered = 0
        while answered < len(self._concerned) and (reply := self._crew.reply()):
            answered += 1
            self._answers.put(reply.request, reply.outcome)
            for index in tuple(self._concerned[reply.request]):
                self._ask(holder_pods.requests(self._wanted[index], self._answers), index)
        for request in self._concerned:
            if self._answers.of(request) is None:
                self._answers.put(request, self._crew.without_reply(request))
        return self._answers

    def _ask(self, requests: Iterable[Request[Any]], concerned: int | None = None) -> None:
        """Ask what nobody has asked yet; `concerned` is whose further questions hang on the answers."""
        for request in requests:
            if request not in self._concerned:
                self._concerned[request] = set()
                self._crew.ask(request)
            if concerned is not None:
                self._concerned[request].add(concerned)


def _certain(wanted: Wanted) -> list[Request[Any]]:
    """What is asked whatever the answers are."""
    asked: list[Request[Any]] = []
    if wanted.node:
        asked += [look_ups.node_named(wanted.node), look_ups.pods_on_node(wanted.node)]
    if wanted.candidates:
        asked += look_ups.candidates_of(wanted.namespace)
    if wanted.acting:
        asked.append(look_ups.acting_lease(wanted.acting))
    if wanted.version:
        asked.append(look_ups.server_version())
    return [*asked, look_ups.events_of(wanted.namespace, wanted.name)]
