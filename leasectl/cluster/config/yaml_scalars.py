"""What a YAML scalar means to Kubernetes: `12:30:00` and `2026-11-21` are text, `y` is true, `0777` is 511.

Source: sigs.k8s.io/yaml, goyaml.v2/resolve.go and decode.go; checked with kubectl 1.36.
"""

from __future__ import annotations

import base64
import math
import re
from typing import Final

Scalar = str | int | float | bool | None

NO_CHARACTER: Final = "an escape that stands for no character"
_CORE: Final = "tag:yaml.org,2002:"
_KINDS: Final[dict[str, type | tuple[type, ...]]] = {
    f"{_CORE}null": type(None),
    f"{_CORE}bool": bool,
    f"{_CORE}int": int,
    f"{_CORE}float": (int, float),
    f"{_CORE}timestamp": str,
}
_CONSTANTS: Final[dict[str, bool | None]] = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"))
    | dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True)
    | dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False)
)
_NOT_IN_JSON = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SURROGATE = re.compile("[\ud800-\udfff]")  # PyYAML without libyaml lets them through
_STRAY_UNDERSCORE = re.compile(r"(?<![0-9])_|_(?![0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_BASES: Final = (16, 2, 8, 10)
_EXACT_BELOW: Final = 1e21  # Go writes whole floats below it without an exponent


def resolve(text: str, tag: str | None, *, plain: bool) -> Scalar:
    """The value of a scalar; a tag that is not YAML's own says nothing.

    Args:
        text: as it stands there, without its quotes.
        tag: in full, as `tag:yaml.org,2002:int`.
        plain: whether it has neither quotes nor a tag.

    Raises:
        ValueError: JSON has no such value, or it is not what the tag says; the message quotes none of it.
    """
    if not text.isascii() and _SURROGATE.search(text):
        raise ValueError(NO_CHARACTER)
    if tag == f"{_CORE}binary":
        return _binary(text)
    kind = _KINDS.get(tag) if tag else None
    if kind is None and (tag or not plain):
        return text
    value = _guessed(text)
    if kind is not None and not _is(value, kind, text):
        raise ValueError("a value is not what its tag says")
    return _written_by_go(value) if isinstance(value, float | int) else value


def _is(value: Scalar, kind: type | tuple[type, ...], text: str) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind) and (kind is not str or _DATE.fullmatch(text) is not None)


def _guessed(text: str) -> Scalar:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "+-.0123456789" or (text[0] == "." and _STRAY_UNDERSCORE.search(text)):
        return text
    if _NOT_IN_JSON.fullmatch(text):
        raise ValueError("an infinite number or .nan, which JSON has not")
    digits = text.replace("_", "")
    if found := _INTEGER.fullmatch(digits):
        number = _integer(found)
        if -(2**63) <= number < 2**64:
            return number
    if not _FLOAT.fullmatch(digits):
        return text
    decimal = float(digits)
    return text if math.isinf(decimal) else decimal


def _integer(found: re.Match[str]) -> int:
    sign, *groups = found.groups()
    base, digits = next((base, digits) for base, digits in zip(_BASES, groups, strict=True) if digits)
    # 64 bits have at most 64 digits; Python refuses to read the digits of a number that has thousands.
    number = int(digits, base) if len(digits.lstrip("0")) <= 64 else 2**64  # noqa: PLR2004 - said above
    return -number if sign == "-" else number


def _written_by_go(number: float) -> int | float:
    """A number as it comes out of Kubernetes' JSON, which has 64-bit integers with a sign, and floats."""
    if isinstance(number, int) and number < 2**63:
        return number
    decimal = float(number)
    return int(decimal) if decimal.is_integer() and abs(decimal) < _EXACT_BELOW else decimal


def _binary(text: str) -> str:
    try:
        return base64.b64decode(text.replace("\n", ""), validate=True).decode("utf-8", "replace")
    except ValueError:
        raise ValueError("a !!binary value that is no base64") from None
