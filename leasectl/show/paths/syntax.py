"""Template text to nodes: kubectl's dialect of JSONPath, and its errors.

Source: k8s.io/client-go/util/jsonpath/parser.go, and RelaxedJSONPathExpression in
k8s.io/kubectl/pkg/cmd/get/customcolumn.go.
"""

from __future__ import annotations

import math
import re

from leasectl.show.paths import brackets
from leasectl.show.paths.errors import PathError
from leasectl.show.paths.nodes import Action, Constant, Field, Identifier, Recursive, Step, Template, Text, Wildcard
from leasectl.show.paths.quoting import unquoted

_ENDS = r" \t\r\n.,\[\]$@{}"
_NAME = re.compile(rf"(?:\\.?|[^\\{_ENDS}])*", re.DOTALL)
_WORD = re.compile(rf"[^{_ENDS}]*")
_NUMBER = re.compile(r"[+-]?[.\d]*")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_RELAXED = re.compile(r"\{\.?([^{}]+)\}|\.?([^{}]+)")
_INT64 = range(-(2**63), 2**63)
_INT64_DIGITS = 19


def parse(text: str) -> Template:
    """A template's nodes; PathError, in client-go's words, where it cannot be read."""
    return Template(text, tuple(_Reader(text).nodes()))


def relaxed(path: str) -> str:
    """A path as a column or `--sort-by` names it (`x.y`, `.x.y`, `{x.y}`, `{.x.y}`) as a template: `{.x.y}`."""
    if not path:
        return path
    found = _RELAXED.fullmatch(path)
    if found is None:
        raise PathError(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
        )
    return f"{{.{found[1] or found[2]}}}"


def within(text: str) -> Action:
    """What the same text between braces would be: the first action of it."""
    return _Reader(f"{{{text}}}").first()


class _Reader:
    """A template, and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def nodes(self) -> list[Text | Action]:
        nodes: list[Text | Action] = []
        while True:
            brace = self.text.find("{", self.at)
            plain = self.text[self.at :] if brace < 0 else self.text[self.at : brace]
            if plain:
                nodes.append(Text(plain))
            if brace < 0:
                return nodes
            self.at = brace + 1
            nodes.append(self._action())

    def first(self) -> Action:
        action = self.nodes()[0]
        if isinstance(action, Text):  # the text begins with a brace
            raise TypeError
        return action

    def _action(self) -> Action:
        steps: list[Step] = []
        while not self.text.startswith("}", self.at):
            self._step(steps)
        self.at += 1
        return Action(tuple(steps))

    def _step(self, steps: list[Step]) -> None:
        """Read one step, or what merely stands between two."""
        character = self.text[self.at : self.at + 1]
        if self.text.startswith("[?(", self.at):
            step, self.at = brackets.read_filter(self.text, self.at, within)
            steps.append(step)
        elif self.text.startswith("..", self.at):
            self._recursive(steps)
        elif character in {"", "\r", "\n"}:
            raise PathError("unclosed action")
        elif character in {" ", "@", "$"}:  # the current object is where every action begins
            self.at += 1
        elif character == "[":
            read, self.at = brackets.read_array(self.text, self.at, within)
            steps.extend(read)
        elif character in {'"', "'"}:
            steps.append(self._quoted(character))
        elif character == ".":
            self.at += 1
            steps.append(self._field())
        elif character in {"+", "-"} or character.isdecimal():
            steps.append(_number(self._matching(_NUMBER)))
        elif _is_alphanumeric(character):
            word = self._matching(_WORD)
            steps.append(Constant(word == "true") if word in {"true", "false"} else Identifier(word))
        else:
            shown = f" '{character}'" if character.isprintable() else ""
            raise PathError(f"unrecognized character in action: U+{ord(character):04X}{shown}")

    def _matching(self, pattern: re.Pattern[str]) -> str:
        start, self.at = self.at, _end(pattern, self.text, self.at)
        return self.text[start : self.at]

    def _recursive(self, steps: list[Step]) -> None:
        if steps and isinstance(steps[-1], Recursive):
            raise PathError("invalid multiple recursive descent")
        self.at += 2
        steps.append(Recursive())
        if _is_alphanumeric(self.text[self.at : self.at + 1]):
            steps.append(self._field())

    def _field(self) -> Step:
        name = self._matching(_NAME)
        return Wildcard() if name == "*" else Field(name.replace("\\", ""))

    def _quoted(self, quote: str) -> Step:
        start = self.at
        while True:
            self.at += 1
            character = self.text[self.at : self.at + 1]
            if character in {"", "\n"}:
                raise PathError("unterminated quoted string")
            if character == quote and self.text[self.at - 1] != "\\":
                self.at += 1
                return Text(unquoted(self.text[start : self.at]))


def _number(written: str) -> Step:
    digits = written.lstrip("+-").lstrip("0")
    if _INTEGER.fullmatch(written) and len(digits) <= _INT64_DIGITS:
        whole = int(digits or "0") * (-1 if written.startswith("-") else 1)
        if whole in _INT64:
            return Constant(whole)
    if _FLOAT.fullmatch(written) and math.isfinite(number := float(written)):
        return Constant(number)
    raise PathError(f"cannot parse number {written}")


def _is_alphanumeric(character: str) -> bool:
    return character == "_" or character.isalpha() or character.isdecimal()


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()
