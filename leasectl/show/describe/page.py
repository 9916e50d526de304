"""A lease's description: what is said, in which order, under which label.

What has no meaning for a kind is left out; what is not known though it matters is said to be `<unknown>`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease import duration
from leasectl.lease.around.nearby import Sought
from leasectl.lease.kind import Kind
from leasectl.show import columns, palette
from leasectl.show.columns import NONE, UNKNOWN
from leasectl.show.describe import objects, when, window
from leasectl.show.describe.lines import Command, Field, Rows, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from leasectl.lease.account.facts import Account, Holder

# Source: k8s.io/kubectl/pkg/describe/describe.go, printAnnotationsMultiline.
_LONGEST_ANNOTATION = 140
_UNSHOWN_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
_FORBIDDEN = " is forbidden: User "
_NEVER_ELECTED = frozenset({Kind.NODE, Kind.APISERVER})


class Look(Struct, frozen=True):
    """What the description is asked to be.

    Attributes:
        again: the words that a command line begins with which asks the same cluster: leasectl --context x.
        width: the terminal's cells, to wrap values into; None leaves every value on a line of its own.
        colour: whether the state is coloured.
        events: whether events are shown.
        later_s: seconds since the lease was judged, for what is told as seen from now.
    """

    again: Sequence[str] = ("leasectl",)
    width: int | None = None
    colour: bool = False
    events: bool = True
    later_s: float = 0.0


def render(account: Account, look: Look) -> Iterator[str]:
    """The description's lines, without their ends; safe to print, whatever the account holds."""
    parts: list[Field | Rows] = [*_standing(account, look.later_s), *_holding(account)]
    if account.lease_kind is Kind.NODE or account.node is not None:
        parts += objects.node(account.node, account.at)
    if account.lease_kind is Kind.COORDINATED or account.coordination is not None:
        parts += objects.coordination(account.coordination, account.at)
    parts += [*_figures(account), *_object(account), *_advice(account, look.again)]
    if look.events:
        parts.append(objects.events(account.events, account.at))
    yield from lines(parts, width=look.width, colour=look.colour)


def _object(account: Account) -> Iterator[Field]:
    created_at = account.created_at
    yield Field("Labels", [f"{key}={value}" for key, value in sorted(account.labels.items())])
    yield Field("Annotations", list(_annotations(account.annotations)))
    yield Field("Owner", [f"{owner.kind}/{owner.name}" for owner in account.owners])
    if created_at is None:
        yield Field("Created", [UNKNOWN])
    else:
        age_s = (account.at - created_at).total_seconds()
        yield Field("Created", [f"{columns.moment(created_at)} ({when.ago(age_s)})"])


def _standing(account: Account, later_s: float) -> Iterator[Field]:
    yield Field("Name", [account.name], palette.BOLD)
    yield Field("Namespace", [account.namespace])
    why = f" ({account.lease_kind_why})" if account.lease_kind_why else ""
    yield Field("Kind", [account.lease_kind.value + why])
    yield Field("State", [account.state.value], palette.STATES[account.state])
    yield Field("Reason", [account.reason or NONE])
    now = account.at + timedelta(seconds=later_s)
    acts = [window.told(act, now) for act in account.next] or [NONE]
    yield Field("Next", [*acts, account.next_note] if account.next_note else acts)


def _holding(account: Account) -> Iterator[Field]:
    holder = account.holder
    yield Field("Holder", [holder.identity if holder else NONE])
    if holder and holder.pod:
        pod = objects.pod(holder.pod)
        yield Field("  Pod", [pod, holder.pod_note] if holder.pod_note else [pod])
    elif holder and holder.pod_note:
        yield Field("  Pod", [holder.pod_note])
    if account.standbys is not None:
        yield Field("  Standbys", [objects.standbys(account.standbys)])


def _figures(account: Account) -> Iterator[Field]:
    elected = account.lease_kind not in _NEVER_ELECTED
    if account.holder and (account.holder.since or (elected and account.lease_kind is not Kind.COORDINATED)):
        yield Field("Held since", [_held(account.holder)])
    yield Field("Renewed", [when.renewed(account.renewal)])
    yield Field("Duration", [_duration(account)])
    if elected or account.transitions is not None:
        yield Field("Transitions", [_transitions(account)])
    yield Field("Clock", [when.clocks(account.clocks)])


def _advice(account: Account, again: Sequence[str]) -> Iterator[Field]:
    yield Field("Advice", account.advice, palette.BOLD)
    if account.unseen:
        yield Field("Not seen", [f"{each.what}: {_briefly(each.why)}" for each in account.unseen])
    yield Field("Try", [Command([*again, *words]) for words in account.try_])


def _briefly(why: str) -> str:
    """A refusal in a word; who may not do what to which resource stands in the document."""
    return "forbidden" if _FORBIDDEN in why else why


def _held(holder: Holder) -> str:
    held_s = holder.held_s
    length = "" if held_s is None else f" ({duration.human(held_s)})" if held_s > -1 else f" ({when.ago(held_s)})"
    return columns.moment(holder.since) + length


def _duration(account: Account) -> str:
    left_s = account.renewal.remaining_s
    left = f" ({duration.human(left_s)} left)" if left_s is not None and left_s >= 0 else ""
    return columns.seconds(account.duration_s) + left


def _transitions(account: Account) -> str:
    changes = account.changes_last_hour
    # Of a list of events that was cut those that are missing may be the newest.
    at_least = "at least " if any(each.sought is Sought.EVENTS for each in account.unseen) else ""
    recent = "" if changes is None else f" ({at_least}{changes} in the last hour, from events)"
    return (NONE if account.transitions is None else str(account.transitions)) + recent


def _annotations(annotations: Mapping[str, str]) -> Iterator[str]:
    """One a line; those of several lines, and long ones, below their key and no line of them longer than kubectl's."""
    for key, value in sorted(annotations.items()):
        if key == _UNSHOWN_ANNOTATION:
            continue
        text = value.removesuffix("\n")
        if "\n" not in text and len(key) + len(text) + 2 <= _LONGEST_ANNOTATION:
            yield f"{key}: {text}"
            continue
        yield f"{key}:"
        for line in text.split("\n"):
            longest = _LONGEST_ANNOTATION - 2
            yield "  " + (f"{line[:longest]}..." if len(line) > longest else line)
