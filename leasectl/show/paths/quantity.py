"""Kubernetes quantities: `500m`, `1Gi`, `1e3`. Source: k8s.io/apimachinery/pkg/api/resource/quantity.go.

kubernetes.utils.quantity reads a narrower grammar, and importing it costs more than kubectl takes for a whole command.
"""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MIN_EMIN, ROUND_UP, Context, Decimal

_QUANTITY = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,9})?")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_PLACES = 9
_NANO = Decimal(1).scaleb(-_PLACES)
_LARGEST_BINARY = Decimal(2**63 - 1)
_ROOM = 40  # digits beyond those written: a binary suffix has 19


def parse(text: str) -> Decimal | None:
    """What the text stands for, None where it is no quantity; finer than a billionth is rounded away from zero."""
    found = _QUANTITY.fullmatch(text) if text else None
    if found is None:
        return None
    sign, whole, fraction, suffix = (group or "" for group in found.groups())
    exponent = 0 if suffix in _BINARY else _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
    if not (whole or fraction) and (suffix in {"Pi", "Ei"} or exponent < -_PLACES):
        return None  # no digit at all is a 0 to Go, but for what its int64 cannot scale
    number = Decimal(f"{sign}{whole or '0'}.{fraction}e{exponent}")
    exact = Context(prec=len(text) + _ROOM, rounding=ROUND_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
    if suffix in _BINARY:
        number = exact.multiply(number, Decimal(2 ** _BINARY[suffix]))
    if len(fraction) - exponent > _PLACES:
        number = exact.quantize(number, _NANO)
    return max(-_LARGEST_BINARY, min(number, _LARGEST_BINARY)) if suffix in _BINARY else number
