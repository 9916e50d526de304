"""The JSON Schemas of documents, field by field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests import schema
from tests.docs.tables import code, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

FILES: Mapping[str, Path] = {
    "account": schema.SCHEMA,
    "check": schema.CHECK_SCHEMA,
    "steal": schema.STEAL_SCHEMA,
    "doctor": schema.DOCTOR_SCHEMA,
}


def fields(name: str) -> str:
    """A table for each of a schema's definitions, the document itself first."""
    document = json.loads(FILES[name].read_text())
    root = document["$ref"].rpartition("/")[2]
    definitions: dict[str, Any] = document["$defs"]
    order = [root, *(each for each in definitions if each != root)]
    return "".join(_definition(each, definitions[each]) for each in order)


def _definition(name: str, definition: Mapping[str, Any]) -> str:
    described = definition.get("description", "").strip()
    head = f"\n## {name}\n\n{described}\n"
    if "properties" in definition:
        return head + table(["field", "type", "meaning"], _rows(definition))
    return head + f"\nOne of {', '.join(code(str(each)) for each in definition['enum'])}.\n\n"


def _rows(definition: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, each in definition["properties"].items():
        yield code(name), _type(each), each.get("description", "")


def _type(each: Mapping[str, Any]) -> str:
    if "$ref" in each:
        name = each["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in each:
        return " or ".join(_type(one) for one in each["anyOf"])
    if "const" in each:
        return code(json.dumps(each["const"]))
    if "enum" in each:
        return ", ".join(code(json.dumps(one)) for one in each["enum"])
    match each.get("type"):
        case "array":
            return f"list of {_type(each.get('items', {}))}"
        case "object":
            return f"object of {_type(each['additionalProperties'])}" if each.get("additionalProperties") else "object"
        case None:
            return "anything"
        case kind:
            return str(each.get("format", kind))


PARTS: Mapping[str, Callable[..., str]] = {"fields": fields}
