"""Where the values of each flag come from: a line a flag. A test holds that none is missing.

A flag is looked for as `COMMAND FLAG` first, then by its name alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from leasectl.cli.completing import vocabulary

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

TRUTH = Words(vocabulary.truths)
_AGES = Words(vocabulary.kinds_with_ages, listed=True)
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
    "state": Words(vocabulary.states, listed=True),
    "kind": Words(vocabulary.kinds, listed=True),
    "holder": Holders(),
    "from": Files(),
    "at": Free(),
    "observe": Free(),
    "chunk-size": Free(),
    # How they are shown.
    "get output": Words(vocabulary.formats_of_get, files=_EXPRESSIONS_IN_FILES),
    "describe output": Words(vocabulary.formats_of_describe),
    "expire-check output": Words(vocabulary.formats_of_check),
    "watch output": Words(vocabulary.formats_of_watch),
    "steal output": Words(vocabulary.formats_of_steal),
    "doctor output": Words(vocabulary.formats_of_doctor),
    "template": Free(),
    "allow-missing-template-keys": TRUTH,
    "sort-by": Words(vocabulary.orders),
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
    "until": Words(vocabulary.goals, holders=("held-by=",)),
    "timeout": Free(),
    # steal
    "then": Words(vocabulary.ends),
    "for": Free(),
    "to": Holders(others=True),
    "identity": Free(),
    "if-holder": Holders(),
    "duration": Free(),
    "renew-interval": Free(),
    "reason": Free(),
    "dry-run": Words(vocabulary.dry_runs),
    # lock
    "lock wait": Words(lambda: ("0", "forever")),
    "lease-duration": Free(),
    "renew-deadline": Free(),
    "retry-period": Free(),
    "signal": Words(vocabulary.signals),
    "kill-after": Free(),
    # demo
    "nodes": Free(),
    "seed": Free(),
}


def source_of(command: str, flag: str) -> Source | None:
    """Where the values of a flag that takes one come from."""
    return _WITH_A_VALUE.get(f"{command} {flag}") or _WITH_A_VALUE.get(flag)
