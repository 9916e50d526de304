"""Comparisons within filters. Source: k8s.io/client-go/third_party/forked/golang/template/funcs.go."""

from __future__ import annotations

import operator
from typing import Any

from leasectl.show.paths import numbers
from leasectl.show.paths.errors import PathError

_EQUALITIES = {"==": operator.eq, "!=": operator.ne}
_OPERATORS = {**_EQUALITIES, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_WRONG_TYPE = "invalid type for comparison"


def holds(written: str, left: Any, right: Any) -> bool:
    """Whether `left written right`: both strings, both bools (for equality), both integers or both floats.

    Raises PathError for any other pair: 1 and 1.0 are of two types.
    """
    compared = _OPERATORS.get(written)
    if compared is None:
        raise PathError(f"unrecognized filter operator {written}")
    left, right = _decoded(left), _decoded(right)
    if not (isinstance(left, str | bool | int | float) and isinstance(right, str | bool | int | float)):
        raise PathError(_WRONG_TYPE)
    kind = _kind(left)
    if kind is not _kind(right):
        raise PathError("incompatible types for comparison")
    if kind is bool and written not in _EQUALITIES:
        raise PathError(_WRONG_TYPE)
    return bool(compared(left, right))


def _decoded(value: Any) -> Any:
    return numbers.as_decoded(value) if type(value) is int else value


def _kind(value: str | float) -> type:
    return str if isinstance(value, str) else type(value)
