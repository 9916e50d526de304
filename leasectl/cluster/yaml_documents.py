"""YAML as Kubernetes' own reader takes it, turned into JSON documents.

PyYAML's loaders read YAML 1.1 with times, base 60 and no `y`; Kubernetes reads `12:30:00` as text and `y` as true. So
only PyYAML's parser is used, and its events are put together here, without recursion: a nesting of a hundred thousand
brackets would end the process in PyYAML's composer.

Source: sigs.k8s.io/yaml, goyaml.v2/resolve.go; checked with `kubectl create --dry-run=client -o json -f`.
"""

from __future__ import annotations

import base64
import math
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH: Final = 100  # of a lease it is less than ten
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DocumentError(ValueError):
    """What stands in the way, and on which line."""

    def __init__(self, line: int, problem: str) -> None:
        self.line = line
        self.problem = problem
        super().__init__(f"line {line}: {problem}")


def json_documents(text: str) -> Iterator[tuple[int, bytes]]:
    """Each document that is not empty, as JSON, with its first line; of two equal keys the last counts, as to kubectl.

    Raises:
        DocumentError: it is no YAML, or has what JSON has not or no lease needs: aliases, infinities, keys of no text.
    """
    building = _Building()
    try:
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            match event:
                case yaml.DocumentStartEvent():
                    building = _Building(line)
                case yaml.DocumentEndEvent():
                    if building.document is not None:
                        yield building.line, msgspec.json.encode(building.document)
                case yaml.AliasEvent():
                    raise DocumentError(line, "an alias (*name) is not accepted: write the value out")
                case yaml.NodeEvent():
                    building.line = building.line if building.begun else line
                    building.add(_begun(event, line), line, opens=not isinstance(event, yaml.ScalarEvent))
                case yaml.CollectionEndEvent():
                    building.close()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DocumentError(mark.line + 1 if mark else 1, error.problem or str(error.context)) from None
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1
        raise DocumentError(line, error.reason) from None


class _Building:
    """One document on its way: the collections that are open, innermost last, and the key each mapping waits with."""

    def __init__(self, line: int = 1) -> None:
        self.line = line
        self.begun = False
        self.document: Any = None
        self._open: list[Any] = []
        self._keys: list[str | None] = []

    def add(self, value: Any, line: int, *, opens: bool) -> None:
        """Put a value where it belongs; a collection stays open for what follows."""
        self.begun = True
        if not self._open:
            self.document = value
        elif isinstance(self._open[-1], list):
            self._open[-1].append(value)
        elif self._keys[-1] is None:
            self._keys[-1] = _key(value, line)
        else:
            self._open[-1][self._keys[-1]] = value
            self._keys[-1] = None
        if opens:
            if len(self._open) == DEPTH:
                raise DocumentError(line, f"nested more than {DEPTH} deep")
            self._open.append(value)
            self._keys.append(None)

    def close(self) -> None:
        """The innermost collection is complete."""
        self._open.pop()
        self._keys.pop()


def _begun(event: Any, line: int) -> Any:
    match event:
        case yaml.MappingStartEvent():
            return {}
        case yaml.SequenceStartEvent():
            return []
        case _:
            return _scalar(event.value, event.tag, line, plain=event.implicit[0])


def _key(value: Any, line: int) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            raise DocumentError(line, "a key that is no text")


_CORE = "tag:yaml.org,2002:"
_CONSTANTS: dict[str, bool | None] = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"))
    | dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True)
    | dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False)
)
_NOT_IN_JSON = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASES = (16, 2, 8, 10)
_EXACT_BELOW = 1e21  # Go writes whole floats below it without an exponent


def _scalar(value: str, tag: str | None, line: int, *, plain: bool) -> Any:
    if tag == f"{_CORE}binary":
        return _binary(value, line)
    if not plain and tag not in {f"{_CORE}{kind}" for kind in ("int", "float", "bool", "null")}:
        return value
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if _NOT_IN_JSON.fullmatch(value):
        raise DocumentError(line, f"{value} is no number to JSON")
    return _number(value) if value[0] in "+-.0123456789" else value


def _binary(value: str, line: int) -> str:
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode("utf-8", "replace")
    except ValueError:
        raise DocumentError(line, "a !!binary value that is no base64") from None


def _number(value: str) -> int | float | str:
    """A number as goyaml.v2 reads it, or the text itself."""
    digits = value.replace("_", "")
    if found := _INTEGER.fullmatch(digits):
        number = next(int(group, base) for group, base in zip(found.groups()[1:], _BASES, strict=True) if group)
        number = -number if found[1] == "-" else number
        if -(2**63) <= number < 2**63:
            return number
    if not _FLOAT.fullmatch(digits):
        return value
    decimal = float(digits)
    if math.isinf(decimal):
        return value
    return int(decimal) if decimal.is_integer() and abs(decimal) < _EXACT_BELOW else decimal
