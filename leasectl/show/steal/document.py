"""What came of a steal as a document for programs: JSON, as `steal.schema.json` describes it.

Every field is always there, null where it is unknown. Times are RFC 3339 in UTC, lengths seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from leasectl.show import objects, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.lease.takeover.outcome import Steal


def as_json(steal: Steal, *, terminal: bool) -> Iterator[bytes]:
    """JSON, its keys in the order of the fields; apiVersion and kind come first.

    Args:
        steal: what came of it.
        terminal: whether a person looks: then what a terminal could obey is escaped.
    """
    fields = plain.of(steal)
    head = {"apiVersion": fields.pop("apiVersion"), "kind": fields.pop("kind")}
    return objects.framed_json([msgspec.json.encode(head | fields)], one=True, terminal=terminal)
