"""What happened to a lease: the difference between what was known of it and what is seen now, as values in order.

Safety rule: a change is told once, as something that the API server's store shows. A change of leader is one of holder
or acquireTime; leaseTransitions alone can mislead (a released holder comes back with one more, a lease that was deleted
starts at 0 again) and only says how many terms a break hid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.lease.changes import Change, ChangeType
from leasectl.lease.clocks import SKEW_TOLERANCE_S
from leasectl.lease.due import expires_at
from leasectl.lease.learn import ceased_at, differs, learn, told
from leasectl.lease.model import present
from leasectl.lease.state import State
from leasectl.lease.term import gap, overrun_s, same_term, terms_between
from leasectl.lease.watched import How

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from leasectl.lease.model import Lease
    from leasectl.lease.state import Policy
    from leasectl.lease.watched import Known, Sighting


def tick(known: Known, now: datetime, seen_at: float, policy: Policy) -> tuple[Known, list[Change]]:
    """What time alone has brought: late or expired, once each. Not to be asked while blind: what was missed is unknown.

    Args:
        known: what is known.
        now: aware wall time.
        seen_at: monotonic time; nothing comes of it before `known.due_at`.
        policy: the rule that `known` was learned by.
    """
    if known.due_at is None or seen_at < known.due_at:
        return known, []
    over_at = expires_at(known.lease, known.counted_from, policy)
    over = over_at is not None and seen_at >= over_at
    change = Change(
        ChangeType.EXPIRED if over else ChangeType.LATE,
        now,
        known.lease.key,
        holder_to=known.holder,
        age_s=round(seen_at - known.counted_from, 3),
        duration_to_s=known.lease.spec.lease_duration_seconds,
    )
    return told(known, State.EXPIRED if over else State.LATE, policy), [change]


def step(
    known: Known | None, sighting: Sighting, policy: Policy, candidates: Collection[str] = ()
) -> tuple[Known | None, list[Change]]:
    """What another sight of a lease tells.

    Args:
        known: what was known; None where the lease came up after the first look (`learn.first`).
        sighting: what was seen, or that the lease is gone. What time had brought before it is not told here: whoever
            has proof that nothing came until then asks `tick` first.
        policy: how to judge.
        candidates: as `kind_of` takes them.
    """
    before = known
    if sighting.lease is None:
        if before is None or before.gone:
            return before, []
        after = _without(before, sighting)
        return after, [Change(ChangeType.DELETED, sighting.now, before.lease.key, holder_from=before.holder or None)]
    after = learn(before, sighting, sighting.lease, policy, candidates)
    changes = _of_the_object(before, sighting.lease, sighting.now)
    if before is None:
        nobody = Change(ChangeType.ACQUIRED, sighting.now, after.lease.key, holder_to=after.holder)
        return after, [*changes, nobody] if after.holder else changes
    leader = _of_the_leader(before, after, sighting)
    return after, [
        *changes,
        *(leader or _of_the_renewal(before, after, sighting)),
        *_of_the_terms(before, after, sighting),
    ]


def _without(known: Known, sighting: Sighting) -> Known:
    free_since = ceased_at(known, sighting.now.timestamp()) if known.holder else known.free_since
    return replace(known, gone=True, state=State.UNHELD, due_at=None, free_since=free_since)


def _of_the_object(before: Known | None, lease: Lease, now: datetime) -> list[Change]:
    if before is not None and before.lease.metadata.uid != lease.metadata.uid:
        return [Change(ChangeType.RECREATED, now, lease.key)]
    return [Change(ChangeType.CREATED, now, lease.key)] if before is None or before.gone else []


def _of_the_leader(before: Known, after: Known, sighting: Sighting) -> list[Change]:
    was, leads = before.holder, after.holder
    if was == leads and (not leads or same_term(before.lease, after.lease)):
        return []
    if not leads:
        return [Change(ChangeType.RELEASED, sighting.now, after.lease.key, holder_from=was)]
    gap_s, error_s = gap(before, after, sighting)
    from_another = ChangeType.REACQUIRED if was == leads else ChangeType.CHANGED
    change = Change(
        from_another if was else ChangeType.ACQUIRED,
        sighting.now,
        after.lease.key,
        was or None,
        leads,
        gap_s=gap_s,
        gap_error_s=error_s,
        transitions=terms_between(before.lease, after.lease),
    )
    return [change]


def _of_the_renewal(before: Known, after: Known, sighting: Sighting) -> list[Change]:
    if not after.holder or not differs(before.lease, after.lease):
        return []
    changes: list[Change] = []
    if _second(before.lease) != _second(after.lease):
        interval_s = _interval_s(before, after, sighting)
        renewed = Change(
            ChangeType.RENEWED, sighting.now, after.lease.key, holder_to=after.holder, interval_s=interval_s
        )
        changes.append(renewed)
    if before.state in {State.LATE, State.EXPIRED}:
        over_s = overrun_s(before, after, sighting)
        changes.append(
            Change(ChangeType.RECOVERED, sighting.now, after.lease.key, holder_to=after.holder, gap_s=over_s)
        )
    return changes


def _second(lease: Lease) -> datetime | None:
    renewed_at = present(lease.spec.renew_time)
    return None if renewed_at is None else renewed_at.replace(microsecond=0)


def _interval_s(before: Known, after: Known, sighting: Sighting) -> float | None:
    """Between two renewals by the holder's clock, which no slow stream blurs; by ours where the holder's was set."""
    was, renewed_at = present(before.lease.spec.renew_time), present(after.lease.spec.renew_time)
    if sighting.how is How.LISTED or was is None or renewed_at is None:
        return None
    by_holder, by_sight = (renewed_at - was).total_seconds(), sighting.seen_at - before.counted_from
    was_seen = before.lag_s is not None and sighting.how is How.LIVE  # else `counted_from` is the clocks'
    clock_was_set = was_seen and abs(by_holder - by_sight) > SKEW_TOLERANCE_S
    return round(by_sight if clock_was_set or by_holder < 0 else by_holder, 3)


def _of_the_terms(before: Known, after: Known, sighting: Sighting) -> list[Change]:
    """What the holder, or who set the lease up, agreed on; and the clock that it renews by."""
    if not after.holder:
        return []
    now, key, holder = sighting.now, after.lease.key, after.holder
    changes: list[Change] = []
    if before.terms is not None and after.terms is not None:
        (was_s, was_strategy), (lasts_s, strategy) = before.terms, after.terms
        if was_s != lasts_s:
            changes.append(
                Change(ChangeType.DURATION, now, key, holder_to=holder, duration_from_s=was_s, duration_to_s=lasts_s)
            )
        if was_strategy != strategy:
            changes.append(
                Change(
                    ChangeType.STRATEGY, now, key, holder_to=holder, strategy_from=was_strategy, strategy_to=strategy
                )
            )
    if after.clock_is_off != (before.clock_is_off and before.holder == holder):
        skew_s = None if after.skew_s is None else round(after.skew_s, 3)
        changes.append(Change(ChangeType.SKEW, now, key, holder_to=holder, skew_s=skew_s))
    return changes
