"""What stands in the leases: those in trouble by kind, those of nodes that are gone, elections that cannot work."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from leasectl.lease.check.rules import Rules, check
from leasectl.lease.check.verdicts import Rule, Severity
from leasectl.lease.doctor.finding import Check, Finding, Level
from leasectl.lease.doctor.phrase import Name, Said, What, lease, listed, phrase
from leasectl.lease.doctor.trouble import ADVICE, Trouble, said
from leasectl.lease.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leasectl.lease.check.verdicts import Checked
    from leasectl.lease.doctor.facts import Leases
    from leasectl.lease.state import Judged

SHOWN = 3
_LEVELS = {Severity.OK: Level.OK, Severity.WARNING: Level.WARNING, Severity.CRITICAL: Level.FAILED}


def of_leases(leases: Leases) -> Iterator[Finding]:
    """How they stand, as `expire-check` judges them: a line for each kind in trouble, or one for all."""
    if leases.unread:
        worst = leases.unread[0]
        more = f" and {len(leases.unread) - 1} more" if len(leases.unread) > 1 else ""
        level = Level.WARNING if leases.rows else Level.FAILED
        told = phrase(f"not all could be read: {{}}{more}", said(worst))
        yield Finding(Check.LEASES, level, told, (phrase(ADVICE[worst.trouble]),))
    checked = [check(row, Rules()) for row in leases.rows]
    in_trouble = defaultdict(list)
    for each in checked:
        if each.severity is not Severity.OK and each.rule is not Rule.NO_HOLDER:
            in_trouble[each.kind].append(each)
    partly = " where you may look" if leases.left_out else ""
    if not in_trouble:
        if leases.rows or not leases.unread:
            yield Finding(Check.LEASES, Level.OK, phrase(f"{_counted(leases.rows)}{partly}, none in trouble"))
        return
    for kind in Kind:
        if kind in in_trouble:
            yield _of_kind(kind, in_trouble[kind], sum(row.kind is kind for row in leases.rows), partly)


def only_forbidden(leases: Leases) -> bool:
    """Whether nothing but a refusal, which is told with the rights, kept leases from being read."""
    return bool(leases.unread) and all(each.trouble is Trouble.FORBIDDEN for each in leases.unread)


def _of_kind(kind: Kind, troubled: Sequence[Checked], total: int, partly: str) -> Finding:
    troubled = sorted(troubled, key=lambda each: (-level_of(each), each.namespace, each.name))
    names = listed((phrase(f"{{}} {_state(each)}", lease(each.namespace, each.name)) for each in troubled), most=SHOWN)
    verb = "is" if len(troubled) == 1 else "are"
    noun = "lease" if total == 1 else "leases"
    told = phrase(f"{len(troubled)} of {total} {kind} {noun} {verb} in trouble{partly}: {{}}", names)
    advice = phrase("leasectl describe {}", lease(troubled[0].namespace, troubled[0].name))
    return Finding(Check.LEASES, max(map(level_of, troubled)), told, (advice,))


def _state(each: Checked) -> str:
    """How it stands; what is renewed in time is in trouble for its clock."""
    if each.rule is Rule.CLOCK and each.skew_s is not None:
        return f"{each.state} (clock {each.skew_s:+.0f}s off)"
    return each.state


def level_of(each: Checked) -> Level:
    """How bad a lease is; what cannot be judged is a warning."""
    return _LEVELS.get(each.severity, Level.WARNING)


def _counted(rows: Sequence[Judged]) -> str:
    counts = Counter(row.kind for row in rows)
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in Kind if counts[kind])
    noun = "lease" if len(rows) == 1 else "leases"
    return f"{len(rows)} {noun} ({kinds})" if kinds else "no leases"


def of_nodes(leases: Leases, *, forbidden: bool) -> Finding | None:
    """Node leases without a Node; None where there are no node leases to speak of."""
    beating = [row for row in leases.rows if row.kind is Kind.NODE]
    if leases.nodes is None:
        if not beating:
            return None
        if forbidden:
            return Finding(Check.NODES, Level.UNSEEN, phrase("not looked at: they may not be listed"))
        told = phrase("the nodes could not be listed: {}", Said(leases.nodes_gap, "no answer"))
        return Finding(Check.NODES, Level.WARNING, told)
    orphans = [row.lease.metadata.name for row in beating if row.lease.metadata.name not in leases.nodes]
    if leases.nodes_gap:
        told = phrase("not looked at: {}", Said(leases.nodes_gap, "not all could be read"))
        return Finding(Check.NODES, Level.UNSEEN, told)
    if orphans:
        names = listed((Name(What.NODE, name) for name in sorted(orphans)), most=SHOWN)
        noun = "lease has" if len(orphans) == 1 else "leases have"
        told = phrase(f"{len(orphans)} node {noun} no Node: {{}}", names)
        advice = phrase("left behind by nodes that were removed: kubectl delete lease -n kube-node-lease NAME")
        return Finding(Check.NODES, Level.WARNING, told, (advice,))
    without = len(leases.nodes) - len(beating)
    if without > 0 and not leases.left_out:
        have = "has" if without == 1 else "have"
        told = phrase(f"{without} of {len(leases.nodes)} nodes {have} no lease")
        advice = phrase("has their kubelet ever run, or may kube-node-lease not be read?")
        return Finding(Check.NODES, Level.WARNING, told, (advice,))
    if not beating:
        return None
    one = "one node lease, with its Node"
    told = phrase(one if len(beating) == 1 else f"{len(beating)} node leases, each with its Node")
    return Finding(Check.NODES, Level.OK, told)
