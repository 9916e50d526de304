"""What happened to leases: a line each for people and logs, an object each for programs.

A line's fields stand in one order and are never cut: when, `NAMESPACE/NAME` (`-` where it is about several), what
happened as one word of `ChangeType`, and the particulars.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import msgspec

from leasectl.lease.changes import ChangeType
from leasectl.lease.state import State
from leasectl.show import layout, palette, safe
from leasectl.show.happened import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from leasectl.lease.changes import Change

WORD = max(map(len, ChangeType))
_WIDEST_LEASE = 60  # a longer one sticks out of its line, and pads no other
_ENCODER = msgspec.json.Encoder()
_STYLES = {
    ChangeType.CREATED: palette.PLAIN,
    ChangeType.DELETED: palette.MAGENTA,
    ChangeType.RECREATED: palette.MAGENTA,
    ChangeType.ACQUIRED: palette.CYAN,
    ChangeType.CHANGED: palette.CYAN,
    ChangeType.REACQUIRED: palette.CYAN,
    ChangeType.RELEASED: palette.STATES[State.RELEASED],
    ChangeType.RENEWED: palette.DIM,
    ChangeType.LATE: palette.STATES[State.LATE],
    ChangeType.EXPIRED: palette.STATES[State.EXPIRED],
    ChangeType.RECOVERED: palette.STATES[State.FRESH],
    ChangeType.DURATION: palette.PLAIN,
    ChangeType.STRATEGY: palette.PLAIN,
    ChangeType.SKEW: palette.STATES[State.SKEWED],
    ChangeType.BLIND: palette.ALARM,
    ChangeType.SEEING: palette.STATES[State.FRESH],
}


def lines(changes: Iterable[Change], *, namespaces: bool, colour: bool, widest: int = 0) -> Iterator[str]:
    """A line for each change as it comes, without its end: `2026-11-21T06:00:02.123Z   NAME   late   no renewal …`.

    Args:
        changes: the changes; all of a watch in one call, so that their lines stand below one another.
        namespaces: whether leases are named with their namespace.
        colour: whether the word is coloured.
        widest: how wide the leases' names are, as far as that is known.
    """
    widest = min(_WIDEST_LEASE, widest)
    for change in changes:
        lease = lease_of(change, namespaces=namespaces)
        widest = min(_WIDEST_LEASE, max(widest, safe.width(lease)))
        word, padding = change.type.value, " " * (WORD - len(change.type))
        word = palette.painted(word, style_of(change)) if colour else word
        yield layout.GAP.join((_exactly(change.time), layout.pad(lease, widest), word + padding, words(change)))


def objects(changes: Iterable[Change], *, terminal: bool) -> Iterator[bytes]:
    """A line of JSON for each change as it comes; on a terminal with all that it could obey escaped."""
    for change in changes:
        if change.why is not None:  # may hold bytes of a plugin's that were no UTF-8
            why = change.why.encode(errors="backslashreplace").decode()
            change = msgspec.structs.replace(change, why=why)  # noqa: PLW2901 - the same, as JSON can have it
        encoded = _ENCODER.encode(change) + b"\n"
        yield safe.json_bytes(encoded) if terminal else encoded


def lease_of(change: Change, *, namespaces: bool) -> str:
    """The lease, safe and without a space; `-` where the change is about several."""
    name = change.lease if namespaces else change.lease.partition("/")[2]
    return safe.text(name).replace(" ", r"\x20") or "-"


def style_of(change: Change) -> str:
    """The word's style in `palette`: that of the state that the change led to, where it led to one."""
    if change.type is ChangeType.SEEN:
        return palette.PLAIN if change.state is None else palette.STATES[change.state]
    return _STYLES[change.type]


def _exactly(time: datetime) -> str:
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
