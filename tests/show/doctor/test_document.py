"""A diagnosis as a document for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from leasectl.lease.doctor.finding import Level
from leasectl.lease.doctor.trouble import Problem
from leasectl.lease.errors import Fault
from leasectl.show.doctor.document import Word, as_json, as_yaml
from leasectl.show.doctor.look import Look
from tests.lease.doctor.facts import diagnosed
from tests.schema import DOCTOR_SCHEMA, generated_doctor
from tests.show.checks.test_document import wrong
from tests.show.doctor.test_page import IN_TROUBLE

LATE = Problem(Fault.TIMED_OUT, "no answer within 10s")
ALL: dict[str, dict[str, Any]] = {
    "healthy": {},
    "troubled": IN_TROUBLE,
    "unreached": {"reached": None, "reach_problem": LATE, "rights": None, "leases": None},
    "nothing": {"config_problem": LATE, "login": None, "reached": None, "rights": None, "plugin": None},
}


def read(changes: dict[str, Any], *, redact: bool = False) -> Any:
    return json.loads(b"".join(as_json(diagnosed(**changes), Look(redact=redact))))


def test_the_head_of_a_document_and_a_finding_of_it() -> None:
    document = read(IN_TROUBLE)
    findings, rights = document.pop("findings"), document.pop("rights")
    assert document == {
        "apiVersion": "leasectl/v1",
        "kind": "LeaseDoctor",
        "at": "2026-11-21T06:00:00Z",
        "level": "failed",
        "exit_code": 2,
        "counts": {"ok": 10, "warning": 2, "failed": 1, "unseen": 0},
        "redacted": False,
        "latency_s": 0.004,
        "server_offset_s": 0.2,
        "server_offset_error_s": 0.5,
    }
    assert findings[7] == {
        "check": "leases",
        "level": "failed",
        "message": "1 of 2 node leases is in trouble: kube-node-lease/node-02 Expired",
        "advice": ["leasectl describe kube-node-lease/node-02"],
    }
    assert {
        "namespace": "payments",
        "group": "coordination.k8s.io",
        "resource": "leases",
        "verb": "update",
        "allowed": False,
    } in rights


@pytest.mark.parametrize("changes", ALL.values(), ids=list(ALL))
@pytest.mark.parametrize("redact", [False, True])
def test_any_diagnosis_is_as_the_schema_says(changes: dict[str, Any], redact: bool) -> None:
    schema = json.loads(DOCTOR_SCHEMA.read_text())
    document = read(changes, redact=redact)
    assert list(wrong(document, schema, schema["$defs"])) == []
    assert sum(document["counts"].values()) == len(document["findings"])
    assert document["exit_code"] == diagnosed(**changes).level


def test_yaml_is_the_same() -> None:
    assert yaml.safe_load(b"".join(as_yaml(diagnosed(**IN_TROUBLE), Look()))) == read(IN_TROUBLE)


def test_each_level_has_its_word() -> None:
    assert [each.name for each in Word] == [each.name for each in Level]


def test_the_schema_of_a_diagnosis_is_up_to_date() -> None:
    assert DOCTOR_SCHEMA.read_text() == generated_doctor(), "run: python tests/schema.py"


def test_the_schema_of_a_diagnosis_describes_every_field_and_demands_them_all() -> None:
    definitions = json.loads(generated_doctor())["$defs"]
    structs = {name: each for name, each in definitions.items() if "properties" in each}
    assert set(structs) == {"Document", "Counts", "Found", "Permitted"}
    for each in structs.values():
        assert sorted(each["required"]) == sorted(each["properties"])
        assert all("description" in told for told in each["properties"].values())
