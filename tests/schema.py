"""The JSON Schemas of an account, a check, a steal and a diagnosis, generated from the structs and their docstrings.

Run as a program it writes the schemas anew; tests compare.
"""

from __future__ import annotations

import inspect
import json
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from leasectl.lease.account import facts
from leasectl.lease.account.facts import API_VERSION, Account
from leasectl.lease.check.verdicts import Report, Severity
from leasectl.lease.takeover import outcome
from leasectl.lease.takeover.outcome import Steal
from leasectl.show.checks import document
from leasectl.show.doctor import document as doctor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_SHOW = Path(__file__).parents[1] / "leasectl" / "show"
SCHEMA = _SHOW / "account.schema.json"
CHECK_SCHEMA = _SHOW / "check.schema.json"
STEAL_SCHEMA = _SHOW / "steal.schema.json"
DOCTOR_SCHEMA = _SHOW / "doctor.schema.json"
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def generated() -> str:
    """The schema of an account, as the file has it."""
    raw = msgspec.json.schema(Account)
    _describe_all(raw["$defs"], Account)
    return _written(raw, Account.__name__, facts.KIND, facts)


def generated_steal() -> str:
    """The schema of what came of a steal, as the file has it."""
    raw = msgspec.json.schema(Steal)
    _describe_all(raw["$defs"], Steal)
    return _written(raw, Steal.__name__, outcome.KIND, outcome)


def generated_doctor() -> str:
    """The schema of a diagnosis, as the file has it."""
    raw = msgspec.json.schema(doctor.Document)
    _describe_all(raw["$defs"], doctor.Document)
    return _written(raw, doctor.Document.__name__, doctor.KIND, doctor)


def generated_check() -> str:
    """The schema of a check, as the file has it: a head and a report in one object, severities as words."""
    _, definitions = msgspec.json.schema_components([document.Head, Report], ref_template="#/$defs/{name}")
    _describe_all(definitions, document.Head)
    _describe_all(definitions, Report)
    head, report = definitions.pop("Head"), definitions["Report"]
    for part in ("properties", "required"):
        report[part] = _joined(head[part], report[part])
    report["title"] = document.KIND
    definitions[Severity.__name__] |= {"enum": [each.name for each in Severity], "description": "How bad it is."}
    definitions[document.KIND] = definitions.pop("Report")
    raw = {"$ref": f"#/$defs/{document.KIND}", "$defs": definitions}
    return _written(raw, document.KIND, document.KIND, document)


def _joined(first: Any, second: Any) -> Any:
    return first | second if isinstance(first, dict) else first + second


def _written(raw: dict[str, Any], definition: str, kind: str, module: ModuleType) -> str:
    own = raw["$defs"][definition]["properties"]
    own["apiVersion"] |= {"const": API_VERSION}
    own["kind"] = {"const": kind, "description": "of this document."}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        "description": (inspect.getdoc(module) or "").replace("None", "null"),
    }
    return json.dumps(head | raw, indent=4) + "\n"


def _describe_all(definitions: dict[str, Any], struct: type[msgspec.Struct]) -> None:
    for each in _structs(struct):
        _describe(definitions[each.__name__], each)


def _describe(definition: dict[str, Any], struct: type[msgspec.Struct]) -> None:
    """Put the docstring's words where they belong; every field is always there in what is written."""
    summary, _, attributes = (inspect.getdoc(struct) or "").replace("None", "null").partition("\n\nAttributes:\n")
    definition["description"] = summary
    told = {name: " ".join(text.split()) for name, text in _ATTRIBUTE.findall(attributes)}
    properties = definition["properties"]
    for field in msgspec.structs.fields(struct):
        each = properties[field.encode_name]
        each.pop("default", None)
        if datetime in _parts(field.type):
            next(kind for kind in each.get("anyOf", [each]) if kind.get("type") == "string")["format"] = "date-time"
        if words := told.get(field.name) or told.get(field.encode_name):
            each["description"] = words
    definition["required"] = list(properties)


def _structs(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    yield struct
    for field in msgspec.structs.fields(struct):
        for each in _parts(field.type):
            if isinstance(each, type) and issubclass(each, msgspec.Struct):
                yield from _structs(each)


def _parts(kind: Any) -> Iterator[Any]:
    yield kind
    for each in get_args(kind):
        yield from _parts(each)


if __name__ == "__main__":
    SCHEMA.write_text(generated())
    CHECK_SCHEMA.write_text(generated_check())
    STEAL_SCHEMA.write_text(generated_steal())
    DOCTOR_SCHEMA.write_text(generated_doctor())
