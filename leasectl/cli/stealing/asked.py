"""What the flags of `steal` mean."""

from __future__ import annotations

import math
import socket
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct

from leasectl.cli import times
from leasectl.lease.errors import UsageError
from leasectl.lease.takeover.wish import Then, Wish

if TYPE_CHECKING:
    from typing import Literal

    DryRun = Literal["client", "server"]

_CHOICES = (Then.LAPSE, Then.HOLD, Then.RELEASE)


class Said(Struct, frozen=True):
    """The flags that make a wish, as they were typed."""

    identity: str | None
    then: str | None
    for_: str | None
    to: str | None
    if_holder: str | None
    duration: str | None
    renew_interval: str | None
    reason: str
    force: bool
    observe: bool


class Asked(Struct, frozen=True):
    """What was asked for.

    Attributes:
        name: the lease, as it was typed.
        wish: how to take it.
        yes: whether to do it without asking.
        dry_run: whether to write nothing, and who is to check it.
        wait: whether to wait until somebody else leads.
        timeout_s: for how long; 0 for ever.
        form: the format of what is printed.
    """

    name: str
    wish: Wish
    yes: bool
    dry_run: DryRun | None
    wait: bool
    timeout_s: float
    form: str


def wish(said: Said) -> Wish:
    """How the lease is to be taken.

    Raises:
        UsageError: what was typed has no meaning, or contradicts itself.
    """
    then = _then(said)
    if said.for_ is not None and then is not Then.HOLD:
        raise UsageError("error: --for says for how long to hold it: it needs --then hold")
    for flag, value in (("identity", said.identity), ("to", said.to)):
        if value is not None and not value.strip():
            raise UsageError(f"error: --{flag} names nobody: it is a holder's identity, such as cp-1_64ad0584")
    return Wish(
        identity=f"{said.identity or socket.gethostname()}_leasectl_{uuid4().hex[:8]}",  # nobody else can have it
        force=said.force,
        then=then,
        to=said.to or "",
        for_s=times.length_s("for", said.for_) or None,
        if_holder=said.if_holder,
        duration_s=math.ceil(times.length_s("duration", said.duration)) or None,
        renew_interval_s=times.length_s("renew-interval", said.renew_interval) or None,
        reason=said.reason,
        observe=said.observe,
    )


def dry_run(word: str) -> DryRun | None:
    """`--dry-run`; UsageError in kubectl's words where it is none of its values."""
    match word:
        case "none":
            return None
        case "client" | "server":
            return word
        case _:
            raise UsageError(f'error: Invalid dry-run value ({word}). Must be "none", "server", or "client".')


def wait_s(timeout: str | None, *, wait: bool) -> float:
    """`--timeout`, in seconds; 0 where it is not given."""
    if timeout is not None and not wait:
        raise UsageError("error: --timeout ends a --wait: it needs one")
    return times.timeout_s(timeout)


def _then(said: Said) -> Then:
    if said.to is not None and said.then is not None:
        raise UsageError("error: --to hands the lease over and --then says what else becomes of it: one of them")
    if said.to is not None:
        return Then.HAND_OVER
    if (said.then or Then.LAPSE) not in _CHOICES:
        raise UsageError(f'error: invalid argument "{said.then}" for "--then" flag: it is one of {", ".join(_CHOICES)}')
    return Then(said.then or Then.LAPSE)
