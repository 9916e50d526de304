"""A check as a document for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.check.report import Tolerance, report
from leasectl.lease.check.verdicts import Severity
from leasectl.show.checks.document import render
from leasectl.show.checks.look import Look
from tests.making import NOW
from tests.schema import CHECK_SCHEMA, generated_check
from tests.show.checks.reports import ALL, DEAD, FORBIDDEN, MIXED, hostile_reports

if TYPE_CHECKING:
    from leasectl.lease.check.verdicts import Report


def shown(made: Report, *, terminal: bool = False) -> str:
    return b"".join(render(made, Look(max_lines=1, terminal=terminal))).decode()


def test_a_dead_lease_and_a_problem() -> None:
    assert shown(report([DEAD], [FORBIDDEN], Tolerance(), NOW, 0.4)) == json.dumps(
        {
            "apiVersion": "leasectl/v1",
            "kind": "LeaseCheck",
            "exit_code": 2,
            "counts": {"total": 1, "ok": 0, "warning": 0, "critical": 1, "unknown": 0},
            "at": "2026-11-21T06:00:00Z",
            "severity": "CRITICAL",
            "leases": [
                {
                    "namespace": "kube-system",
                    "name": "kube-scheduler",
                    "kind": "election",
                    "state": "Expired",
                    "severity": "CRITICAL",
                    "rule": "expired",
                    "reason": "no renewal for 31s, the lease lasts 15s; the holder's clock and the API server's agree",
                    "holder": "cp-1_64ad0584",
                    "renewed_at": "2026-11-21T05:59:28.750000Z",
                    "duration_s": 15,
                    "age_s": 31.25,
                    "remaining_s": -16.25,
                    "skew_s": 0.2,
                    "warning_age_s": 10.0,
                    "critical_age_s": 25.0,
                }
            ],
            "problems": ['namespace "secret": leases is forbidden'],
            "tolerated": 0,
            "server_offset_s": 0.4,
        },
        indent=4,
    ) + "\n"  # fmt: skip


def test_all_leases_are_there_those_that_are_ok_too() -> None:
    assert [lease["severity"] for lease in json.loads(shown(MIXED))["leases"]] == [
        "CRITICAL",
        "WARNING",
        "UNKNOWN",
        "OK",
    ]


@pytest.mark.parametrize("made", ALL.values(), ids=list(ALL))
def test_the_exit_code_is_the_severity_s(made: Report) -> None:
    read = json.loads(shown(made))
    assert (read["exit_code"], read["severity"]) == (made.severity.value, made.severity.name)
    assert read["counts"]["total"] == len(made.leases)
    assert sum(read["counts"].values()) == 2 * len(made.leases)


@given(hostile_reports(), st.booleans())
def test_any_check_is_as_the_schema_says(made: Report, terminal: bool) -> None:
    text = shown(made, terminal=terminal)
    schema = json.loads(CHECK_SCHEMA.read_text())
    read = json.loads(text)
    assert list(wrong(read, schema, schema["$defs"])) == []
    assert [lease["name"] for lease in read["leases"]] == [
        lease.name.encode(errors="backslashreplace").decode() for lease in made.leases
    ]
    if terminal:
        assert all(line.isprintable() for line in text.split("\n"))


def wrong(value: Any, schema: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    """Where a value is not as its schema says, in the words of JSON Schema that ours uses."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    if "anyOf" in schema:
        found = [wrong(value, each, definitions) for each in schema["anyOf"]]
        return [] if [] in found else found[0]
    types: dict[str, Any] = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "null": type(None),
        "boolean": bool,
    }
    if "type" in schema and not isinstance(value, types[schema["type"]]):
        return [f"{value!r} is no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{value!r} is none of {schema['enum']}"]
    if "const" in schema and value != schema["const"]:
        return [f"{value!r} is not {schema['const']}"]
    if isinstance(value, dict):
        told = set(schema["properties"])
        odd = [f"{key} is missing, or in no schema" for key in {*schema["required"], *value} ^ (told & set(value))]
        return odd + [e for key in told & set(value) for e in wrong(value[key], schema["properties"][key], definitions)]
    if isinstance(value, list):
        return [each for item in value for each in wrong(item, schema["items"], definitions)]
    return []


def test_a_schema_that_is_not_kept_is_noticed() -> None:
    schema = json.loads(CHECK_SCHEMA.read_text())
    good = json.loads(shown(MIXED))
    spoilt: dict[str, Any]
    for spoilt in ({"severity": 2}, {"kind": "List"}, {"leases": [{}]}, {"at": None}, {"more": 1}, {"problems": [1]}):
        assert wrong(good | spoilt, schema, schema["$defs"])


def test_the_schema_of_a_check_is_up_to_date() -> None:
    assert CHECK_SCHEMA.read_text() == generated_check(), "run: python tests/schema.py"


def test_the_schema_of_a_check_describes_every_field_and_demands_them_all() -> None:
    definitions = json.loads(generated_check())["$defs"]
    structs = {name: each for name, each in definitions.items() if "properties" in each}
    assert set(structs) == {"LeaseCheck", "Counts", "Checked"}
    for each in structs.values():
        assert sorted(each["required"]) == sorted(each["properties"])
        assert all("description" in told for told in each["properties"].values())
    assert definitions["Severity"]["enum"] == [severity.name for severity in Severity]
