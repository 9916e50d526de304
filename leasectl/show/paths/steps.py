"""Single steps through plain JSON: slices, wildcards, recursive descent. Pure, and none of them recurses.

Source: evalArray, evalWildcard and evalRecursive in k8s.io/client-go/util/jsonpath/jsonpath.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leasectl.show.paths.errors import PathError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from leasectl.show.paths.nodes import Slice

_TYPES = {dict: "map[string]interface {}", list: "[]interface {}", bool: "bool", int: "int64", float: "float64"}


def sliced(values: Sequence[Any], wanted: Slice) -> Iterator[Any]:
    """The wanted items of each list, nulls passed over; PathError for what is no list, and outside its bounds.

    A slice of no items ends it: that of a later list is not looked at, as in client-go.
    """
    for value in values:
        if value is None:
            continue
        if not isinstance(value, list):
            raise PathError(f"{type_name(value)} is not array or slice", kept=values)
        start, stop = _bounds(wanted, len(value))
        if start == stop:
            return
        if fault := _fault(start, stop, wanted.step, len(value)):
            raise PathError(fault, kept=values)
        yield from value[start : stop : wanted.step]


def children(values: Iterable[Any]) -> Iterator[Any]:
    """What lies directly within each: of a map in the order of its keys, of a string its bytes.

    kubectl leaves a map's order to chance.
    """
    for value in values:
        if isinstance(value, str):
            yield from value.encode("utf-8", "surrogateescape")
        else:
            yield from _inner(value)


def descend(values: Iterable[Any]) -> Iterator[Any]:
    """Each value that has something within it, and all such within it, outer before inner. A string counts as one."""
    waiting = [iter(values)]
    while waiting:
        for value in waiting[-1]:
            if isinstance(value, str | dict | list) and value:
                yield value
                waiting.append(iter(_inner(value)))
                break
        else:
            waiting.pop()


def type_name(value: Any) -> str:
    """The value's type in Go's words."""
    return _TYPES.get(type(value), "string" if isinstance(value, str) else "<no value>")


def _inner(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    return value if isinstance(value, list) else ()


def _bounds(wanted: Slice, length: int) -> tuple[int, int]:
    start = wanted.start or 0
    stop = length if wanted.stop is None else wanted.stop
    if start < 0:
        start += length
    if stop < 0 or (stop == 0 and wanted.one):
        stop += length
    return start, stop


def _fault(start: int, stop: int, step: int | None, length: int) -> str:
    for index, last in ((start, length - 1), (stop, length)):
        if not 0 <= index <= last:
            return f"array index out of bounds: index {index - (index is stop)}, length {length}"
    if start > stop:
        return f"starting index {start} is greater than ending index {stop}"
    return "step must be > 0" if step is not None and step <= 0 else ""
