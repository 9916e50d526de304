"""What came of a steal, in lines: for stdout what is so, for stderr what is still to come. Safe to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.lease.takeover.outcome import Outcome
from leasectl.show import safe
from leasectl.show.happened import clock_time, length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.lease.takeover.outcome import NewLeader, Steal

_TYPE = "lease.coordination.k8s.io"


def name(steal: Steal) -> str:
    """As kubectl names an object that it did something to."""
    return f"{_TYPE}/{safe.text(steal.name)}"


def taken(steal: Steal) -> str:
    """`lease.coordination.k8s.io/kube-scheduler taken from cp-1_64ad`."""
    from_ = f" from {safe.text(steal.from_)}" if steal.from_ else ""
    dry = f" ({steal.dry_run} dry run)" if steal.dry_run else ""
    return f"{name(steal)} taken{from_}{dry}"


def pending(steal: Steal) -> Iterator[str]:
    """What has to be known of it right after it was taken."""
    until = steal.old_may_act_until
    if until is not None:
        yield (
            f"{safe.text(steal.from_ or 'the old leader')} may still act until {clock_time(until)} ({steal.fence_s}s): "
            "leave it running; nobody else can lead before"
        )


def refused(steal: Steal) -> Iterator[str]:
    """Why it was not taken, and what to do instead."""
    word = "lost" if steal.outcome is Outcome.LOST else "refused"
    yield f"{word}: {safe.text(f'{steal.namespace}/{steal.name}')}: {safe.text(steal.why)}"
    if steal.instead:
        yield f"instead: {safe.text(steal.instead)}"


def held(steal: Steal, held_s: float) -> str:
    """For how long."""
    return f"{name(steal)} held for {duration.human(held_s)}"


def handed_over(steal: Steal) -> str:
    """To whom."""
    return f"{name(steal)} handed over to {safe.text(steal.to or '')}"


def released(steal: Steal) -> str:
    """That it was."""
    return f"{name(steal)} released"


def led(steal: Steal, new: NewLeader) -> str:
    """Who leads now, and for how long nobody did."""
    return f"{name(steal)} is led by {_new_leader(new)}"


def _new_leader(new: NewLeader) -> str:
    old = ", as before," if new.is_old else ""
    told = f"{safe.text(new.identity)}{old} {length(new.after_s)} after it was taken"
    if new.gap_s is None:
        return told
    about, assuming = ("about ", f", if {new.assumes}") if new.assumes else ("", "")
    return f"{told}; nobody led for {about}{length(new.gap_s)}{assuming}"
