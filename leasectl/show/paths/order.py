"""`--sort-by=PATH`. Source: k8s.io/kubectl/pkg/cmd/get/sorter.go."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from leasectl.lease.go_syntax import quoted
from leasectl.show.paths import find, numbers, quantity, steps, syntax
from leasectl.show.paths.errors import PathError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

_SORTABLE = {str, int, float}
_Key = tuple[Any, "Decimal | None"]


def sorted_indexes(path: str, documents: Sequence[Any]) -> list[int]:
    """The documents' places in the order of the first value that the path finds in each.

    Those without a value come first, the last of them foremost; then nulls; then numbers or strings. Two strings that
    are quantities (`9`, `1k`) compare as such, any others by their bytes. Equal ones stay as they are, as in kubectl
    with up to twelve; with more, kubectl leaves their order, and that of those without a value, to chance.

    Raises PathError, in kubectl's words, for a path that cannot be read or that fits no document, and for values that
    have no order: bools, maps, lists, integers among floats or strings.
    """
    if not documents:
        return []
    field = syntax.relaxed(path)
    template = syntax.parse(field)
    found = [find.results(template, document) for document in documents]
    missing = [index for index, lines in enumerate(found) if not lines or not lines[0]]
    if len(missing) == len(documents):
        raise PathError(f"couldn't find any field with path {quoted(field)} in the list of objects")
    keys = {index: _key(lines[0][0]) for index, lines in enumerate(found) if lines and lines[0]}
    by_value = cmp_to_key(_compare)
    try:
        return missing[::-1] + sorted(keys, key=lambda index: by_value(keys[index]))
    except PathError as error:
        raise PathError(
            f"Field {field} in *unstructured.Unstructured is an unsortable type: interface, err: {error}"
        ) from None


def _key(value: Any) -> _Key:
    if type(value) is int:
        value = numbers.as_decoded(value)
    return value, quantity.parse(value) if isinstance(value, str) else None


def _compare(one: _Key, other: _Key) -> int:
    """-1 where the one comes before the other, 0 where it does not: all that a sort asks."""
    (value, amount), (other_value, other_amount) = one, other
    if value is None or other_value is None:
        return -1 if value is None and other_value is not None else 0
    if type(value) not in _SORTABLE:
        raise PathError(f"unsortable type: {steps.type_name(value)}")
    if type(value) is not type(other_value):
        raise PathError("unsortable interface: interface")
    before: bool = value < other_value
    if amount is not None and other_amount is not None:
        before = amount < other_amount
    return -1 if before else 0
