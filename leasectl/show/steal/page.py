"""What is about to be done to a lease, for somebody who has to say yes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec import Struct

from leasectl.lease import duration
from leasectl.lease.record import MOST_TRANSITIONS
from leasectl.lease.takeover.plan import handed_s
from leasectl.lease.takeover.wish import Then
from leasectl.show import columns, palette
from leasectl.show.columns import NONE
from leasectl.show.describe import objects, when
from leasectl.show.describe.lines import Field, lines
from leasectl.show.happened import length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.lease.account.facts import Account
    from leasectl.lease.takeover.wish import Plan


class Look(Struct, frozen=True):
    """What the page is asked to be.

    Attributes:
        width: the terminal's cells, to wrap values into; None leaves every value on a line of its own.
        colour: whether the state is coloured.
    """

    width: int | None = None
    colour: bool = False


def render(plan: Plan, account: Account, look: Look) -> Iterator[str]:
    """The page's lines, without their ends; safe to print, whatever the lease holds."""
    renewal = account.renewal
    remaining = columns.ago(renewal.remaining_s) if account.holder else NONE
    fields = [
        Field("Lease", [f"{account.namespace}/{account.name} ({account.lease_kind.value})"], palette.BOLD),
        Field("Holder", [_holder(account)]),
        *([Field("  Pod", [objects.pod(account.holder.pod)])] if account.holder and account.holder.pod else []),
        Field("  Standbys", [_standbys(account, plan)]),
        Field("State", [account.state.value], palette.STATES[account.state]),
        Field("Renewed", [when.renewed(renewal)]),
        Field("Remaining", [remaining]),
        Field("Written", list(_written(plan))),
        Field("Then", list(_then(plan, account))),
    ]
    if plan.wish.reason:
        fields.append(Field("Reason", [plan.wish.reason]))
    return lines(fields, width=look.width, colour=look.colour)


def _holder(account: Account) -> str:
    holder = account.holder
    if holder is None:
        return NONE
    held_s = holder.held_s
    return holder.identity + (f", for {duration.human(held_s)}" if held_s is not None and held_s >= 0 else "")


def _standbys(account: Account, plan: Plan) -> str:
    """As far as they can be counted."""
    if account.standbys is None:
        return "they cannot be counted: the holder's pod was not found, or may not be seen"
    if account.standbys.ready or plan.wish.then is Then.HAND_OVER:
        return objects.standbys(account.standbys)
    unready = f", {account.standbys.unready} not ready" if account.standbys.unready else ""
    return f"0 standbys{unready}: nobody will take over"


def _written(plan: Plan) -> Iterator[str]:
    wish, transitions = plan.wish, min((plan.lease.spec.lease_transitions or 0) + 1, MOST_TRANSITIONS)
    yield f"holder {wish.identity}, duration {plan.fence_s}s, transitions {transitions}"
    yield f"{plan.fence_s}s: {_fence(plan)}"


def _fence(plan: Plan) -> str:
    """Why it is that long."""
    own = f"a duration of {plan.duration_s}s"
    match plan.interval_is:
        case "not needed":
            return f"{own}; there is no old holder that could still act"
        case "observed":
            return f"{own}, and a renewal interval of {length(plan.interval_s)}, as was seen"
        case "said":
            return f"{own}, and a renewal interval of {length(plan.interval_s)}, as you say"
        case "assumed":
            return f"{own}, twice: nobody has seen how often it is renewed, nor that it is not"
        case _:
            assert_never(plan.interval_is)


def _then(plan: Plan, account: Account) -> Iterator[str]:
    fence = f"{plan.fence_s}s"
    if plan.old_may_act:
        old = account.holder.identity if account.holder else "whoever held it"
        yield f"for up to {fence} {old} may still act: it stops once it has failed to renew for its renew deadline"
    match plan.wish.then:
        case Then.LAPSE:
            yield f"it lapses: a standby may take it from {fence} after the write on"
        case Then.HOLD:
            until = "until Ctrl-C" if plan.wish.for_s is None else f"for {duration.human(plan.wish.for_s)}"
            since = " after that" if plan.old_may_act else ""
            yield f"it is kept{since} {until}: nobody leads; then it is released"
        case Then.RELEASE:
            yield "it is released: a standby may take it at once"
        case Then.HAND_OVER:
            since = f"{fence} after the write" if plan.old_may_act else "at once"
            yield f"{since} it is handed over to {plan.wish.to}, for {handed_s(plan)}s: it has to be there to renew it"
        case _:
            assert_never(plan.wish.then)
