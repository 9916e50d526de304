"""What a label's key and value may be, and the API server's words for what they may not.

Source: k8s.io/apimachinery/pkg/api/validate/content, pkg/labels/selector.go (NewRequirement).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from leasectl.lease.go_syntax import int64, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_PREFIX = rf"{_DNS_LABEL}(\.{_DNS_LABEL})*"
_ALPHANUMERIC = (
    "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)
_NAME_RULE = (
    f"must {_ALPHANUMERIC} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_NAME}')"
)
_VALUE_RULE = (
    f"a valid label must be an empty string or {_ALPHANUMERIC} "
    f"(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '({_NAME})?')"
)
_PREFIX_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    f"and must start and end with an alphanumeric character "
    f"(e.g. 'example.com', regex used for validation is '{_PREFIX}')"
)
_NAME_MAX, _PREFIX_MAX = 63, 253


def key_faults(key: str) -> list[str]:
    """What is wrong with a label's key, `[PREFIX/]NAME`."""
    prefix, slash, name = key.rpartition("/")
    if "/" in prefix:
        return [
            f"a valid label key {_NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ]
    faults = []
    if slash and not prefix:
        faults.append("prefix part must be non-empty")
    elif slash:
        faults += [f"prefix part {fault}" for fault in _faults(prefix, _PREFIX_MAX, _PREFIX, _PREFIX_RULE)]
    if not name:
        faults.append("name part must be non-empty")
    return faults + [f"name part {fault}" for fault in _faults(name, _NAME_MAX, _NAME, _NAME_RULE)]


def _faults(text: str, longest: int, pattern: str, rule: str) -> Iterator[str]:
    if len(text.encode(errors="surrogatepass")) > longest:
        yield f"must be no more than {longest} bytes"
    if not re.fullmatch(pattern, text):
        yield rule


def value_faults(value: str) -> list[str]:
    """What is wrong with a label's value."""
    return list(_faults(value, _NAME_MAX, f"({_NAME})?", _VALUE_RULE))


def selector_faults(key: str, values: Iterable[str], *, integer: bool) -> list[str]:
    """What is wrong with the values that a selector names for a key; `integer` where they are to be compared."""
    ordered = sorted(values, key=lambda value: value.encode(errors="surrogatepass"))
    faults = [
        f"values[{at}]: Invalid value: {quoted(value)}: for 'Gt', 'Lt' operators, the value must be an integer"
        for at, value in enumerate(ordered)
        if integer and int64(value) is None
    ]
    for at, value in enumerate(ordered):
        if wrong := value_faults(value):
            faults.append(f"values[{at}][{key}]: Invalid value: {quoted(value)}: {'; '.join(wrong)}")
    return faults
