"""Words that flags take, each list from where the program itself has it; imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def states() -> Iterable[str]:
    """`--state`."""
    from leasectl.lease.state import State

    return [state.value for state in State]


def kinds() -> Iterable[str]:
    """`--kind`."""
    from leasectl.lease.kind import Kind

    return [kind.value for kind in Kind]


def kinds_with_ages() -> Iterable[str]:
    """`--grace`, `--warn`, `--crit`: each has an age to come."""
    return [f"{kind}=" for kind in kinds()]


def formats_of_get() -> Iterable[str]:
    """`-o` of get; an expression has more to come."""
    from leasectl.cli.output import OF_EXPRESSIONS, PLAIN

    return [*PLAIN, *(f"{name}=" for name in OF_EXPRESSIONS)]


def formats_of_describe() -> Iterable[str]:
    """`-o` of describe."""
    from leasectl.cli.describing import WRITERS

    return WRITERS


def formats_of_check() -> Iterable[str]:
    """`-o` of expire-check."""
    from leasectl.cli.telling_checks import FORMATS

    return FORMATS


def formats_of_watch() -> Iterable[str]:
    """`-o` of watch."""
    from leasectl.cli.watch import FORMATS

    return filter(None, FORMATS)


def formats_of_steal() -> Iterable[str]:
    """`-o` of steal."""
    from leasectl.cli.stealing.story import FORMATS

    return FORMATS


def formats_of_doctor() -> Iterable[str]:
    """`-o` of doctor."""
    from leasectl.cli.doctoring.telling import FORMATS

    return FORMATS


def orders() -> Iterable[str]:
    """`--sort-by`, beside paths."""
    from leasectl.lease.order import KEYS

    return KEYS


def goals() -> Iterable[str]:
    """`--until`; a holder is to come behind one of them."""
    from leasectl.lease.until import Goal

    return [f"{goal}=" if goal is Goal.HELD_BY else goal.value for goal in Goal]


def ends() -> Iterable[str]:
    """`--then`."""
    from leasectl.lease.takeover.wish import Then

    return [then.value for then in Then if then is not Then.HAND_OVER]


def signals() -> Iterable[str]:
    """`--signal`: those that programs end on, by habit."""
    return ("TERM", "INT", "HUP", "QUIT", "USR1", "USR2")


def truths() -> Iterable[str]:
    """Of any flag that is true or false."""
    return ("true", "false")


def dry_runs() -> Iterable[str]:
    """`--dry-run`."""
    return ("none", "client", "server")
