"""Where the values of each flag come from: a line a flag. A test holds that none is missing.

A flag is looked for as `COMMAND FLAG` first, then by its name alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Words(Struct, frozen=True):
    """Words that are known beforehand.

    Attributes:
        words: those; one that ends in `=` has more to come.
        listed: whether several may be given, with commas between them.
        files: those of them behind which the name of a file stands.
        holders: those of them behind which a holder stands.
    """

    words: Callable[[], Iterable[str]]
    listed: bool = False
    files: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()


class Files(Struct, frozen=True):
    """The shell knows the names of files."""


class Named(Struct, frozen=True):
    """What a kubeconfig names; no server is asked."""

    what: Literal["contexts", "clusters", "users"]


class Namespaces(Struct, frozen=True):
    """The cluster's namespaces."""


class Holders(Struct, frozen=True):
    """Whoever holds a lease: of those that the line names or, of `others`, anybody else."""

    others: bool = False


class Free(Struct, frozen=True):
    """Numbers, lengths of time and words that nobody but the writer knows."""


Source = Words | Files | Named | Namespaces | Holders | Free


def _states() -> Iterable[str]:
    from leasectl.lease.state import State

    return [state.value for state in State]


def _kinds() -> Iterable[str]:
    from leasectl.lease.kind import Kind

    return [kind.value for kind in Kind]


def _kinds_with_ages() -> Iterable[str]:
    return [f"{kind}=" for kind in _kinds()]


def _formats_of_get() -> Iterable[str]:
    from leasectl.cli.output import OF_EXPRESSIONS, PLAIN

    return [*PLAIN, *(f"{name}=" for name in OF_EXPRESSIONS)]


def _formats_of_describe() -> Iterable[str]:
    from leasectl.cli.describing import WRITERS

    return WRITERS


def _formats_of_check() -> Iterable[str]:
    from leasectl.cli.telling_checks import FORMATS

    return FORMATS


def _formats_of_watch() -> Iterable[str]:
    from leasectl.cli.watch import FORMATS

    return filter(None, FORMATS)


def _formats_of_steal() -> Iterable[str]:
    from leasectl.cli.stealing.story import FORMATS

    return FORMATS


def _orders() -> Iterable[str]:
    from leasectl.lease.order import KEYS

    return KEYS


def _goals() -> Iterable[str]:
    from leasectl.lease.until import Goal

    return [f"{goal}=" if goal is Goal.HELD_BY else goal.value for goal in Goal]


def _ends() -> Iterable[str]:
    from leasectl.lease.takeover.wish import Then

    return [then.value for then in Then if then is not Then.HAND_OVER]


def _signals() -> Iterable[str]:
    return ("TERM", "INT", "HUP", "QUIT", "USR1", "USR2")


def _truths() -> Iterable[str]:
    return ("true", "false")


def _dry_runs() -> Iterable[str]:
    return ("none", "client", "server")


TRUTH = Words(_truths)
_AGES = Words(_kinds_with_ages, listed=True)
_EXPRESSIONS_IN_FILES = ("jsonpath-file=", "custom-columns-file=")
_WITH_A_VALUE: dict[str, Source] = {
    # Of every command.
    "kubeconfig": Files(),
    "context": Named("contexts"),
    "cluster": Named("clusters"),
    "user": Named("users"),
    "namespace": Namespaces(),
    "server": Free(),
    "as": Free(),
    "as-group": Free(),
    "as-uid": Free(),
    "as-user-extra": Free(),
    "token": Free(),
    "username": Free(),
    "password": Free(),
    "certificate-authority": Files(),
    "client-certificate": Files(),
    "client-key": Files(),
    "tls-server-name": Free(),
    "request-timeout": Free(),
    # Which leases.
    "selector": Free(),
    "field-selector": Words(lambda: ("metadata.name=", "metadata.namespace="), listed=True),
    "state": Words(_states, listed=True),
    "kind": Words(_kinds, listed=True),
    "holder": Holders(),
    "from": Files(),
    "at": Free(),
    "observe": Free(),
    "chunk-size": Free(),
    # How they are shown.
    "get output": Words(_formats_of_get, files=_EXPRESSIONS_IN_FILES),
    "describe output": Words(_formats_of_describe),
    "expire-check output": Words(_formats_of_check),
    "watch output": Words(_formats_of_watch),
    "steal output": Words(_formats_of_steal),
    "template": Free(),
    "allow-missing-template-keys": TRUTH,
    "sort-by": Words(_orders),
    "label-columns": Free(),
    "show-events": TRUTH,
    # expire-check
    "grace": _AGES,
    "warn": _AGES,
    "crit": _AGES,
    "require-holder": TRUTH,
    "expect-holder": Holders(),
    "max-stale": Free(),
    "min-matches": Free(),
    "output-file": Files(),
    "max-lines": Free(),
    # watch
    "until": Words(_goals, holders=("held-by=",)),
    "timeout": Free(),
    # steal
    "then": Words(_ends),
    "for": Free(),
    "to": Holders(others=True),
    "identity": Free(),
    "if-holder": Holders(),
    "duration": Free(),
    "renew-interval": Free(),
    "reason": Free(),
    "dry-run": Words(_dry_runs),
    # lock
    "lock wait": Words(lambda: ("0", "forever")),
    "lease-duration": Free(),
    "renew-deadline": Free(),
    "retry-period": Free(),
    "signal": Words(_signals),
    "kill-after": Free(),
    # demo
    "nodes": Free(),
    "seed": Free(),
}


def source_of(command: str, flag: str) -> Source | None:
    """Where the values of a flag that takes one come from."""
    return _WITH_A_VALUE.get(f"{command} {flag}") or _WITH_A_VALUE.get(flag)
