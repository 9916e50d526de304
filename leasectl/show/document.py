"""A lease's account as a document for programs: JSON or YAML, as `account.schema.json` describes it.

Every field is always there, null where it is unknown; lengths are seconds, the rest is as `plain` has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from leasectl.show import objects, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from leasectl.lease.account.facts import Account

_ENCODER = msgspec.json.Encoder()


def as_json(accounts: Iterable[Account], *, one: bool, terminal: bool) -> Iterator[bytes]:
    """JSON, piece by piece; keys stand in the order of the fields.

    Args:
        accounts: what to write.
        one: the bare document (there must be one) rather than a List.
        terminal: whether a person looks: then what a terminal could obey is escaped.
    """
    return objects.framed_json(map(_ENCODER.encode, map(document, accounts)), one=one, terminal=terminal)


def as_yaml(accounts: Iterable[Account], *, one: bool, terminal: bool) -> Iterator[bytes]:
    """YAML, piece by piece, with sorted keys as kubectl has them; the arguments are those of `as_json`."""
    return objects.framed_yaml(map(document, accounts), one=one, terminal=terminal)


def document(account: Account) -> dict[str, Any]:
    """The account as plain values, which JSON can hold; apiVersion and kind come first."""
    fields = plain.of(account)
    head = {"apiVersion": fields.pop("apiVersion"), "kind": fields.pop("kind")}
    return head | fields
