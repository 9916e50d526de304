"""The JSON Schema of an account, generated from the structs and their docstrings.

Run as a program it writes the schema anew; a test compares.
"""

from __future__ import annotations

import inspect
import json
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from leasectl.lease.account.facts import API_VERSION, KIND, Account

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = Path(__file__).parents[1] / "leasectl" / "show" / "account.schema.json"
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def generated() -> str:
    """The schema, as the file has it."""
    raw = msgspec.json.schema(Account)
    definitions = raw["$defs"]
    for struct in _structs(Account):
        _describe(definitions[struct.__name__], struct)
    own = definitions[Account.__name__]["properties"]
    own["apiVersion"] |= {"const": API_VERSION}
    own["kind"] = {"const": KIND, "description": "of this document."}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": KIND,
        "description": (inspect.getdoc(inspect.getmodule(Account)) or "").replace("None", "null"),
    }
    return json.dumps(head | raw, indent=4) + "\n"


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
