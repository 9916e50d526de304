"""The API server's language of field selectors, for the two fields that it knows of a lease.

What is accepted, refused and how a refusal is worded is as with a 1.36 API server. kubectl trims white space around a
selector before it asks; so should whoever takes one from a command line.

Source: k8s.io/apimachinery/pkg/fields/selector.go.
"""

from __future__ import annotations

import re

from leasectl.lease.go_syntax import quoted
from leasectl.lease.selectors import FieldSelector, FieldTerm, SelectorError

_FIELDS = ("metadata.name", "metadata.namespace")


def parse_fields(text: str) -> FieldSelector:
    r"""Read a field selector, such as `metadata.namespace!=default,metadata.name=a\,b`.

    Raises:
        SelectorError: as the API server refuses it: a term that cannot be read before a field that is not known.
    """
    # The server sorts the terms, by bytes, which decides whose error is told.
    parts = sorted(filter(None, _TERM.findall(text)), key=lambda part: part.encode(errors="surrogatepass"))
    terms = [_field_term(text, part) for part in parts]
    known = tuple(term for term in terms if term.field or term.value)  # `=` alone says nothing
    for term in known:
        if term.field not in _FIELDS:
            raise SelectorError(
                f'{quoted(term.field)} is not a known field selector: only "metadata.name", "metadata.namespace"'
            )
    return FieldSelector(known)


_TERM = re.compile(r"(?:[^\\,]|\\.|\\\Z)*", re.DOTALL)
_FIELD_OPERATOR = re.compile(r"!=|==?")
_ESCAPE = re.compile(r"\\(.?)|=", re.DOTALL)


def _field_term(selector: str, part: str) -> FieldTerm:
    operator = _FIELD_OPERATOR.search(part)
    if operator is None:
        raise SelectorError(f"invalid selector: '{selector}'; can't understand '{part}'")
    value = _ESCAPE.sub(_unescaped, part[operator.end() :])
    return FieldTerm(part[: operator.start()], operator[0] != "!=", value)


def _unescaped(found: re.Match[str]) -> str:
    if found[0] == "=":
        raise SelectorError(f"invalid field selector: unescaped character in value: {ord('=')}")
    if found[1] not in {"\\", ",", "="}:
        raise SelectorError(f"invalid field selector: invalid escape sequence: {found[0]}")
    return found[1]
