"""Pods that may be the holder's or a standby's: what to ask for, given what is known, and what the answers come to.

A namespace is read whole, up to a bound. What may lie beyond the bound, or in another namespace, is looked for by
name, by host and by label, without waiting for the lists, which may hang; and once the holder's pod is found there, its
siblings by their labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from leasectl.cluster.nearby import look_ups
from leasectl.cluster.nearby.listing import Listing
from leasectl.cluster.nearby.request import Failed
from leasectl.lease.around.nearby import Sought, Unseen
from leasectl.lease.around.objects import Pod
from leasectl.lease.around.wanted import siblings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leasectl.cluster.nearby.request import Answers, Request
    from leasectl.lease.around.wanted import Wanted

    PodsRequest = Request[Listing[Pod]]


class HolderPods(Struct, frozen=True):
    """What was seen of them; the fields are those of `Nearby`."""

    pods: list[Pod] | None
    all_siblings: bool
    unseen: list[Unseen]


def requests(wanted: Wanted, answers: Answers) -> list[Request[Any]]:
    """What to ask for, as far as it is known by now."""
    asked: list[Request[Any]] = [*_in_namespace(wanted)]
    if wanted.pods_named:
        asked += [look_ups.pods_named(wanted.pods_named), look_ups.pod_named(wanted.namespace, wanted.pods_named)]
    further = _siblings(wanted, answers)
    return [*asked, further] if further else asked


def seen(wanted: Wanted, answers: Answers) -> HolderPods:
    """What the answers come to, once no more is asked."""
    is_answered = any(_is_answer(answers.of(request)) for request in requests(wanted, answers))
    all_siblings = _has_all_siblings(wanted, answers)
    return HolderPods(
        pods=_found(wanted, answers) if is_answered else None,
        all_siblings=all_siblings,
        unseen=[
            *_unseen_in_namespace(wanted, answers, all_siblings=all_siblings),
            *_unseen_elsewhere(wanted, answers),
        ],
    )


def _in_namespace(wanted: Wanted) -> list[PodsRequest]:
    """The lists of the lease's own namespace."""
    namespace = wanted.namespace
    asked = [look_ups.pods_of(namespace)] if wanted.pods_here else []
    if wanted.pods_on:
        asked.append(look_ups.pods_on(namespace, wanted.pods_on))
    if wanted.pods_labelled:
        asked.append(look_ups.pods_labelled(namespace, wanted.pods_labelled))
    return asked


def _is_missed_by_name(wanted: Wanted, answers: Answers) -> bool:
    """Whether a failure to get the one pod leaves something unseen: not where a list has told the same."""
    wide = answers.of(look_ups.pods_named(wanted.pods_named))
    return not wanted.pods_here or not isinstance(wide, Listing)


def _siblings(wanted: Wanted, answers: Answers) -> PodsRequest | None:
    """The list of the siblings of the holder's pod, where no other list has all of them for sure."""
    pod = _named(wanted, answers) if wanted.pods_here else None
    if pod is None:
        return None
    here = answers.of(look_ups.pods_of(wanted.namespace))
    is_needed = pod.namespace != wanted.namespace or (isinstance(here, Listing) and not _is_whole(here))
    selector = siblings(pod)
    return look_ups.pods_labelled(pod.namespace, selector) if is_needed and selector else None


def _named(wanted: Wanted, answers: Answers) -> Pod | None:
    """The holder's pod by its name: in the lease's namespace, or the only one elsewhere."""
    if not wanted.pods_named:
        return None
    wide, one = look_ups.pods_named(wanted.pods_named), look_ups.pod_named(wanted.namespace, wanted.pods_named)
    among = _merged([*_in_namespace(wanted), wide, one], answers)
    named = [pod for pod in among if pod.name == wanted.pods_named]
    here = [pod for pod in named if pod.namespace == wanted.namespace]
    if here:
        return here[0]
    # Before the wide list has come there may be others of that name.
    return named[0] if len(named) == 1 and isinstance(answers.of(wide), Listing) else None


def _found(wanted: Wanted, answers: Answers) -> list[Pod]:
    return _merged(requests(wanted, answers), answers)


def _merged(asked: Iterable[Request[Any]], answers: Answers) -> list[Pod]:
    """Each once, by namespace and name."""
    pods: dict[tuple[str, str], Pod] = {}
    for request in asked:
        outcome = answers.of(request)
        brought = outcome.things if isinstance(outcome, Listing) else [outcome] if isinstance(outcome, Pod) else []
        for pod in brought:
            pods.setdefault((pod.namespace, pod.name), pod)
    return [pods[key] for key in sorted(pods)]


def _has_all_siblings(wanted: Wanted, answers: Answers) -> bool:
    pod = _named(wanted, answers)
    by_label = _siblings(wanted, answers)
    if by_label is not None and _is_whole(answers.of(by_label)):
        return True
    if pod is not None:
        return pod.namespace == wanted.namespace and _is_whole(answers.of(look_ups.pods_of(wanted.namespace)))
    return wanted.pods_on != "" and any(
        isinstance(outcome, Listing)
        and _is_whole(outcome)
        and any(each.node == wanted.pods_on and each.namespace == wanted.namespace for each in outcome.things)
        for outcome in map(answers.of, _whole_workloads(wanted))
    )


def _whole_workloads(wanted: Wanted) -> list[PodsRequest]:
    """The lists that have either all pods of a workload, or none."""
    asked = [look_ups.pods_of(wanted.namespace)]
    return [*asked, look_ups.pods_labelled(wanted.namespace, wanted.pods_labelled)] if wanted.pods_labelled else asked


def _unseen_in_namespace(wanted: Wanted, answers: Answers, *, all_siblings: bool) -> list[Unseen]:
    """One for each namespace of which something is missing."""
    further = _siblings(wanted, answers)
    gaps: dict[str, str] = {}
    here = answers.of(look_ups.pods_of(wanted.namespace))
    if not (wanted.pods_here and (_is_whole(here) or (all_siblings and isinstance(here, Listing)))):
        own: list[Request[Any]] = [*_in_namespace(wanted)]
        if wanted.pods_named and _is_missed_by_name(wanted, answers):
            own.append(look_ups.pod_named(wanted.namespace, wanted.pods_named))
        gaps[wanted.namespace] = _first_gap(own, answers)
    if further is not None:
        namespace = (_named(wanted, answers) or wanted).namespace
        gaps[namespace] = gaps.get(namespace) or _first_gap([further], answers)
    return [Unseen(Sought.PODS_IN_NAMESPACE, f"pods of {where}", why) for where, why in gaps.items() if why]


def _unseen_elsewhere(wanted: Wanted, answers: Answers) -> list[Unseen]:
    """What the list of all namespaces lacks; nothing where the holder's pod was found without it."""
    if not wanted.pods_named or _named(wanted, answers) is not None:
        return []
    why = _first_gap([look_ups.pods_named(wanted.pods_named)], answers)
    what = f"pods named {wanted.pods_named} in all namespaces"
    return [Unseen(Sought.PODS_BY_NAME, what, why)] if why else []


def _first_gap(asked: Iterable[Request[Any]], answers: Answers) -> str:
    """Why something is missing; a failure says more than a list that was cut."""
    cut = ""
    for outcome in map(answers.of, asked):
        if isinstance(outcome, Failed) and not outcome.is_absent:
            return outcome.why
        if isinstance(outcome, Listing):
            cut = cut or outcome.gap
    return cut


def _is_answer(outcome: object) -> bool:
    """That there is no such pod is one as well."""
    return outcome.is_absent if isinstance(outcome, Failed) else outcome is not None


def _is_whole(outcome: Listing[Pod] | Failed | None) -> bool:
    return isinstance(outcome, Listing) and not outcome.gap
