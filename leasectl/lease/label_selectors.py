"""The API server's language of label selectors.

What is accepted, refused and how a refusal is worded is as with a 1.36 API server. kubectl trims white space around a
selector before it asks; so should whoever takes one from a command line.

Source: k8s.io/apimachinery/pkg/labels/selector.go, pkg/api/validate/content.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease.go_syntax import quoted
from leasectl.lease.label_syntax import key_faults, selector_faults
from leasectl.lease.selectors import LabelSelector, Requirement, SelectorError

if TYPE_CHECKING:
    from collections.abc import Iterator


def parse_labels(text: str) -> LabelSelector:
    """Read a label selector, such as `app=web,tier in (1,2),!canary`.

    Raises:
        SelectorError: as the API server refuses it.
    """
    return LabelSelector(tuple(_Parser(text).requirements()))


class _Token(NamedTuple):
    kind: str
    text: str


_WORD, _END = "word", "end"
# A NUL ends what stands before it, and the whole text where a token would start.
_TOKEN = re.compile(r"[ \t\r\n]*(?:(?P<symbol>==|!=|[=!()<>,])|(?P<word>[^=!()<>, \t\r\n\0]+)|(?P<end>\0|\Z))\0?")
_BINARY = {"in": "in", "notin": "notin", "=": "in", "==": "in", "!=": "notin", ">": ">", "<": "<"}


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        if found["end"] is not None:
            break
        literal = found["symbol"] or found["word"]
        yield _Token(literal if found["symbol"] else _WORD, literal)
    yield _Token(_END, "")


class _Parser:
    """Recursive descent over the tokens; `in` and `notin` are operators only where one is due, words elsewhere."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def requirements(self) -> Iterator[Requirement]:
        if self._peek().kind == _END:
            return
        if self._peek().kind not in {_WORD, "!"}:
            raise SelectorError(f"found '{self._peek().text}', expected: !, identifier, or 'end of string'")
        while True:
            try:
                yield self._requirement()
            except SelectorError as error:
                raise SelectorError(f"unable to parse requirement: {error}") from None
            token = self._take()
            if token.kind == _END:
                return
            if token.kind != ",":
                raise SelectorError(f"found '{token.text}', expected: ',' or 'end of string'")
            if self._peek().kind not in {_WORD, "!"}:
                raise SelectorError(f"found '{self._peek().text}', expected: identifier after ','")

    def _requirement(self) -> Requirement:
        absent = self._peek().kind == "!"
        if absent:
            self._take()
        key = self._take()
        if key.kind != _WORD:
            raise SelectorError(f"found '{key.text}', expected: identifier")
        if faults := key_faults(key.text):
            raise SelectorError(f"<nil>: Invalid value: {quoted(key.text)}: {'; '.join(faults)}")
        if absent:
            return Requirement(key.text, "!")
        if self._peek().kind in {_END, ","}:
            return Requirement(key.text, "exists")
        operator = self._take()
        if operator.text not in _BINARY:
            raise SelectorError(f"found '{operator.text}', expected: in, notin, =, ==, !=, gt, lt")
        values = self._value_set() if operator.kind == _WORD else {self._exact_value()}
        if wrong := selector_faults(key.text, values, integer=operator.text in {">", "<"}):
            raise SelectorError(wrong[0] if len(wrong) == 1 else f"[{', '.join(wrong)}]")
        return Requirement(key.text, _BINARY[operator.text], frozenset(values))

    def _exact_value(self) -> str:
        if self._peek().kind in {_END, ","}:
            return ""
        token = self._take()
        if token.kind != _WORD:
            raise SelectorError(f"found '{token.text}', expected: identifier")
        return token.text

    def _value_set(self) -> set[str]:
        """`(x,y)`; nothing between two commas, or beside one, is the empty value."""
        if (opening := self._take()).kind != "(":
            raise SelectorError(f"found '{opening.text}' expected: '('")
        if self._peek().kind not in {_WORD, ",", ")"}:
            raise SelectorError(f"found '{self._peek().text}', expected: ',', ')' or identifier")
        values: set[str] = set()
        before = ","
        while (token := self._take()).kind != ")":
            if token.kind == _WORD and before == ",":
                values.add(token.text)
            elif token.kind == ",":
                if before == ",":
                    values.add("")
            elif before == ",":
                raise SelectorError(f"found '{token.text}', expected: ',', or identifier")
            else:
                raise SelectorError(f"found '{token.text}', expected: ',' or ')'")
            before = token.kind
        if before == ",":
            values.add("")
        return values
