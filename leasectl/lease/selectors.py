"""The API server's selector language, for dumps and the simulated cluster: labels and the two fields of a lease.

Both parsers accept, refuse and word their refusals as a 1.36 API server does. kubectl trims white space around a
selector before it asks; so should whoever takes one from a command line.

Source: k8s.io/apimachinery/pkg/labels/selector.go, pkg/fields/selector.go, pkg/api/validate/content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease.label_syntax import int64, key_faults, quoted, value_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIELDS = ("metadata.name", "metadata.namespace")


class SelectorError(ValueError):
    """A selector that the API server refuses; the text is the server's, without its context."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on labels: `in`, `notin`, `exists`, `!`, `>` or `<`; `=` is `in` with one value."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels meet the condition; a missing key meets `notin` and `!` only."""
        value = labels.get(self.key)
        if value is None:
            return self.operator in {"notin", "!"}
        match self.operator:
            case "in":
                return value in self.values
            case "notin":
                return value not in self.values
            case ">" | "<":
                return self._compares(value)
            case operator:
                return operator == "exists"

    def _compares(self, value: str) -> bool:
        (bound,) = map(int64, self.values)
        number = int64(value)
        if number is None or bound is None:
            return False
        return number > bound if self.operator == ">" else number < bound


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """Conditions that all have to hold; none at all selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        """Whether an object with these labels is selected; None is an object without labels."""
        present = labels or {}
        return all(requirement.matches(present) for requirement in self.requirements)


@dataclass(frozen=True, slots=True)
class FieldTerm:
    """One condition on a field: `metadata.name` or `metadata.namespace` equals (or not) a value."""

    field: str
    equal: bool
    value: str


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """Conditions that all have to hold; none at all selects everything."""

    terms: tuple[FieldTerm, ...] = ()

    def matches(self, namespace: str, name: str) -> bool:
        """Whether the object of this namespace and name is selected."""
        found = {"metadata.name": name, "metadata.namespace": namespace}
        return all((found[term.field] == term.value) == term.equal for term in self.terms)


def parse_labels(text: str) -> LabelSelector:
    """Read a label selector, such as `app=web,tier in (1,2),!canary`.

    Raises:
        SelectorError: as the API server refuses it.
    """
    return LabelSelector(tuple(_Parser(text).requirements()))


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
        if term.field not in FIELDS:
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
        if wrong := value_faults(key.text, values, integer=operator.text in {">", "<"}):
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
