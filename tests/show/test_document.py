"""Accounts as documents for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.account.facts import Account
from leasectl.show.document import as_json, as_yaml
from tests.making import NOW
from tests.schema import SCHEMA, generated
from tests.show.accounts import ALL, EXPIRED, FRESH, HOSTILE, LOCK, account


def text(parts: Any) -> str:
    return b"".join(parts).decode()


def one(made: Account, *, terminal: bool = False) -> str:
    return text(as_json([made], one=True, terminal=terminal))


def test_a_lock_as_json() -> None:
    assert one(LOCK) == json.dumps(
        {
            "apiVersion": "leasectl/v1",
            "kind": "LeaseAccount",
            "namespace": "payments",
            "name": "ledger-migrate",
            "uid": "7b1e",
            "at": "2026-11-21T06:00:00Z",
            "lease_kind": "lock",
            "lease_kind_why": "its label leasectl/kind",
            "state": "Fresh",
            "reason": "renewed 20s ago, the lease lasts 60s",
            "next": [
                {"who": "anybody", "what": "may take it", "earliest": "2026-11-21T06:00:40Z", "latest": None, "condition": ""},
            ],
            "next_note": "",
            "holder": {
                "identity": "job-7f_1_a3",
                "since": "2026-11-21T05:57:00Z",
                "held_s": 180.0,
                "pod": None,
                "pod_note": "",
            },
            "standbys": None,
            "renewal": {
                "renewed_at": "2026-11-21T05:59:40Z",
                "age_s": 20.0,
                "remaining_s": 40.0,
                "interval_s": 20.0,
                "told_by": "observed",
                "missed": None,
            },
            "duration_s": 60,
            "transitions": None,
            "changes_last_hour": None,
            "clocks": {"holder_s": None, "holder_error_s": None, "server_s": None, "server_error_s": None},
            "created_at": "2026-11-18T06:00:00Z",
            "labels": {"leasectl/kind": "lock"},
            "annotations": {},
            "owners": [],
            "node": None,
            "coordination": None,
            "advice": [],
            "unseen": [],
            "try": [["lock", "payments/ledger-migrate", "--", "echo", "it is free"]],
            "events": [],
        },
        indent=4,
    ) + "\n"  # fmt: skip


def test_several_are_a_list_in_order_and_none_an_empty_one() -> None:
    for write, read in ((as_json, json.loads), (as_yaml, yaml.safe_load)):
        shown = read(text(write([FRESH, EXPIRED], one=False, terminal=False)))
        assert (shown["apiVersion"], shown["kind"]) == ("v1", "List")
        assert [item["state"] for item in shown["items"]] == ["Fresh", "Expired"]
        assert read(text(write([], one=False, terminal=False)))["items"] == []


@pytest.mark.parametrize("made", ALL.values(), ids=list(ALL))
def test_json_and_yaml_say_the_same(made: Account) -> None:
    assert yaml.safe_load(text(as_yaml([made], one=True, terminal=False))) == json.loads(one(made))


@pytest.mark.parametrize("made", [each for each in ALL.values() if each is not HOSTILE])
def test_a_document_can_be_read_back(made: Account) -> None:
    assert msgspec.json.decode(one(made), type=Account) == made


def test_times_are_utc_to_the_microsecond() -> None:
    at = datetime(2026, 11, 21, 8, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=2)))
    edge = datetime(9999, 12, 31, 23, 30, tzinfo=timezone(-timedelta(hours=2)))
    shown = json.loads(one(account(at=at, created_at=edge)))
    assert (shown["at"], shown["created_at"]) == ("2026-11-21T06:00:00.250000Z", "9999-12-31T23:30:00-02:00")
    assert json.loads(one(account(at=NOW.astimezone(UTC))))["at"] == "2026-11-21T06:00:00Z"


@given(st.text(st.characters()), st.booleans())
def test_no_text_breaks_a_document_and_none_is_changed_that_json_can_hold(value: str, terminal: bool) -> None:
    made = account(name=value, labels={value: value}, advice=[value])
    readable = value.encode(errors="backslashreplace").decode()
    for write, read in ((as_json, json.loads), (as_yaml, yaml.safe_load)):
        shown = text(write([made], one=True, terminal=terminal))
        assert (read(shown)["name"], read(shown)["labels"]) == (readable, {readable: readable})
        if terminal:
            assert all(line.isprintable() for line in shown.split("\n"))


def test_the_schema_is_up_to_date() -> None:
    assert SCHEMA.read_text() == generated(), "run: python tests/schema.py"


def test_the_schema_describes_every_field_that_is_explained_and_demands_them_all() -> None:
    definitions = json.loads(generated())["$defs"]
    structs = {name: each for name, each in definitions.items() if "properties" in each}
    assert all(each["required"] == list(each["properties"]) for each in structs.values())
    silent = {
        name for name, each in structs.items() if not all("description" in told for told in each["properties"].values())
    }
    assert silent == {"OwnerReference"}  # its fields are the API's own
