"""Numbers as Go has and prints them. Source: strconv.FormatFloat, encoding/json and apimachinery's pkg/util/json."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

_INT64 = range(-(2**63), 2**63)
_LEAST_PLAIN, _FIRST_LARGE = -4, 6  # %v: the exponents that are written out
_LEAST_JSON, _LARGE_JSON = 1e-6, 1e21


def as_decoded(number: int) -> int | float:
    """The number that kubectl has of an integer: an int64, or a float64 where it does not fit."""
    if number in _INT64:
        return number
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def plain(number: float) -> str:
    """A float64 as `%v` prints it: `1.5`, `1e+06`."""
    if number != number or number in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN alone differs from itself
        return {float("inf"): "+Inf", float("-inf"): "-Inf"}.get(number, "NaN")
    shortest = _shortest(number)
    if not number or _LEAST_PLAIN <= shortest.adjusted() < _FIRST_LARGE:
        return f"{shortest:f}"
    return _scientific(shortest, least_digits=2)


def json(number: float) -> str:
    """A float64 as encoding/json writes it: `1.5`, `1000000`, `1e+21`, `1e-7`."""
    shortest = _shortest(number)
    if not number or _LEAST_JSON <= abs(number) < _LARGE_JSON:
        return f"{shortest:f}"
    return _scientific(shortest, least_digits=1)


def _shortest(number: float) -> Decimal:
    """The fewest digits that stand for the number."""
    from decimal import Decimal  # few documents have a float, and the import is felt

    return Decimal(repr(number)).normalize()


def _scientific(number: Decimal, *, least_digits: int) -> str:
    sign, digits, _ = number.as_tuple()
    first, *others = map(str, digits)
    fraction = "." + "".join(others) if others else ""
    exponent = number.adjusted()
    return f"{'-' * sign}{first}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):0{least_digits}d}"
