"""What a cluster offers for a word: names of leases, namespaces, holders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli import names as named
from leasectl.cli.completing import asking, naming
from leasectl.cli.completing.choices import Choice, Offer, printed
from leasectl.cli.completing.deadline import Deadline
from leasectl.cluster import namespaces as listing
from leasectl.cluster.scope import Scope
from leasectl.lease.errors import LeasectlError, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leasectl.cli.completing.places import Typed
    from leasectl.cli.session import Session
    from leasectl.lease.state import Judged

    Shown = Callable[[Sequence[Judged]], Offer]

ONE_NAME = frozenset({"steal", "lock"})
_NAMELESS = ("all-namespaces", "selector", "field-selector", "from")
_USUAL = "default"  # where `lock` looks, and creates


def names(typed: Typed, session: Session) -> Offer:
    """Leases that a command may be told of, and are not on its line yet."""
    if any(flag in typed.given for flag in _NAMELESS) or (typed.command in ONE_NAME and typed.arguments):
        return Offer()
    everywhere, taken = "namespace" not in typed.given, naming.meant(typed.arguments)
    own = _own(typed, None)

    def scopes(context_namespace: str | None) -> Sequence[Scope]:
        nonlocal own
        own = _own(typed, context_namespace)
        return naming.parts(typed.text, own, everywhere=everywhere)

    def shown(rows: Sequence[Judged]) -> Offer:
        left = [
            row
            for row in rows
            if not naming.is_among(row, taken) and naming.is_fit(row, typed.command, as_leader="leader" in typed.given)
        ]
        return Offer(naming.choices(typed.text, left, own, everywhere=everywhere))

    return _asked(typed, session, scopes, shown)


def holders(typed: Typed, session: Session, before: str, *, behind: str = "", others: bool = False) -> Offer:
    """Who holds the leases of the line, or all that it would look at; `others`: who holds any but those."""
    about = naming.meant(typed.arguments)

    def scopes(context_namespace: str | None) -> Sequence[Scope]:
        if "all-namespaces" in typed.given:
            return [Scope(None)]
        spaces = tuple(dict.fromkeys(name.namespace for name in about if name.namespace))
        return [Scope(spaces, named=True) if spaces else _own(typed, context_namespace)]

    def shown(rows: Sequence[Judged]) -> Offer:
        wanted = [row for row in rows if not about or naming.is_among(row, about) is not others]
        held: dict[str, list[Judged]] = {}
        for row in wanted:
            held.setdefault(row.lease.spec.holder_identity or "", []).append(row)
        choices = [Choice(behind + who, _holding(leases)) for who, leases in held.items() if who]
        return Offer(choices, before=before)

    return _asked(typed, session, scopes, shown)


def namespaces(typed: Typed, session: Session, before: str) -> Offer:
    """Those of the cluster; where they may not be listed, those of the leases that may."""
    found: list[str] = []

    def offer() -> Offer:
        return Offer([Choice(name) for name in found], before=before)

    with _deadline(typed, session, offer), asking.cluster(typed, session) as (quiet, connected):
        try:
            found += listing.names(connected.api)
        except StatusError:
            rows: list[Judged] = []
            standing = _own(typed, connected.namespace).namespaces or ()
            asking.read_into(rows, [Scope(None, otherwise=standing)], quiet, connected)
            found += sorted({row.lease.metadata.namespace for row in rows})
    return offer()


def _asked(typed: Typed, session: Session, scopes: Callable[[str | None], Sequence[Scope]], shown: Shown) -> Offer:
    """What is offered of the leases that were read in time, though others were not."""
    rows: list[Judged] = []
    with _deadline(typed, session, lambda: shown(list(rows))):
        try:
            with asking.cluster(typed, session) as (quiet, connected):
                asking.read_into(rows, scopes(connected.namespace), quiet, connected)
        except LeasectlError:
            if not rows:
                raise
    return shown(rows)


def _deadline(typed: Typed, session: Session, offer: Callable[[], Offer]) -> Deadline:
    return Deadline(lambda: session.streams.lines(printed(offer(), typed.text)))


def _own(typed: Typed, context_namespace: str | None) -> Scope:
    """Where a name without a namespace is looked for."""
    namespace = next(iter(typed.given.get("namespace", ())[-1:]), None)
    if typed.command == "lock":
        return Scope((namespace or context_namespace or _USUAL,))
    return named.scope(
        [], namespace=namespace, context_namespace=context_namespace, all_namespaces=False, labels="", fields=""
    )


def _holding(leases: Sequence[Judged]) -> str:
    return f"holds {leases[0].lease.key}" if len(leases) == 1 else f"holds {len(leases)} leases"
