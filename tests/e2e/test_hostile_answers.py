"""Answers that are proper HTTP and no leases, or leases with bad fields: what is readable is shown, the rest is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.scripted import says, status
from tests.e2e import hostile_cases as cases
from tests.e2e.hostile import GOOD, answers, beside, head, lease, lists, repeated, sends
from tests.e2e.hostile_cases import Case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from tests.cluster.scripted import Act

BODY = json.dumps(lists(GOOD)).encode()
ROW = "\nns          good   other   Released "
DEEP = b"[" * 100_000 + b"]" * 100_000
AGES: dict[str, Any] = {"holderIdentity": "x", "renewTime": "2020-01-01T00:00:00Z", "leaseDurationSeconds": 15}
HOSTILE = "\x1b[2J\x07\r\n\u202ered\u200b\x9b"
SHOWN = r"\x1b[2J\x07\r\n\u202ered\u200b\x9b"

NONE = "error: the server's answer is no list of leases: "
VALUES = "error: the server's list has many more values than leases have; is this a Kubernetes API server?"
NO_TIME = "Invalid RFC3339 encoded datetime - at `$.spec.renewTime`"


def bad(why: str, name: str = "ns/bad") -> str:
    return f"error: {name} cannot be read as a Lease: {why}"


def item(why: str) -> str:
    return bad(why, "an item of the answer")


def written(text: bytes) -> Act:
    """A list of the good lease and of one that is written out."""
    return answers(b'{"kind":"LeaseList","items":[%s,%s]}' % (json.dumps(GOOD).encode(), text))


def spec(text: bytes) -> Act:
    return written(b'{"metadata":{"name":"bad","namespace":"ns"},"spec":{%s}}' % text)


def many(piece: bytes, times: int, before: bytes = b"", after: bytes = b"0") -> Act:
    """A list of a million items or so, or a lease (`before`) of as many parts."""
    opening, end = b'{"kind":"LeaseList","items":[' + before, after + b"]}"
    length = len(opening) + len(piece) * times + len(end)
    return sends(head(f"Content-Length: {length}"), opening, Pieces(piece, times), end)


class Pieces:
    """The same piece many times, made while it is sent."""

    def __init__(self, piece: bytes, times: int) -> None:
        self._piece, self._times = piece, times

    def __iter__(self) -> Iterator[bytes]:
        yield from repeated(self._piece, self._times)


class Labels:
    """Labels that all differ, by the thousand."""

    def __init__(self, thousands: int) -> None:
        self._thousands = thousands

    def __iter__(self) -> Iterator[bytes]:
        for block in range(self._thousands):
            yield b"".join(b'"%x":"",' % (block * 1000 + n) for n in range(1000))


def renewed(time: Any) -> Act:
    return beside(lease(holderIdentity="x", renewTime=time, leaseDurationSeconds=15))


def lasting(seconds: Any) -> Act:
    return beside(lease(**{**AGES, "leaseDurationSeconds": seconds}))


def refused(body: Any) -> Act:
    return says("403 Forbidden", body if isinstance(body, bytes) else json.dumps(body))


JSON_CASES = [
    Case("arrays 100,000 deep", (answers(DEEP),), NONE + "Expected `object`, got `array`"),
    Case("an item 100,000 deep", (written(DEEP),), NONE + "it is nested too deeply"),
    Case("an unknown field 100,000 deep", (answers(b'{"x":' + DEEP + b"}"),), NONE + "it is nested too deeply"),
    Case("of two equal keys the last counts", (written(b'{"metadata":{"name":"a","name":"bad","namespace":"ns"},"spec":{}}'),), "", "\nns          bad    other   Unheld ", code=0),
    Case("NaN", (spec(b'"leaseDurationSeconds":NaN'),), NONE + "JSON is malformed: invalid character (byte …)"),
    Case("Infinity", (spec(b'"leaseDurationSeconds":-Infinity'),), NONE + "JSON is malformed: …(byte …)"),
    Case("a holder that is no UTF-8", (spec(b'"holderIdentity":"\xff\xfe"'),), bad("it is not UTF-8"), ROW),
    Case("a name that is no UTF-8", (written(b'{"metadata":{"name":"\xff"}}'),), item("it is not UTF-8"), ROW),
    Case("UTF-16", (answers(BODY.decode().encode("utf-16")),), NONE + "JSON is malformed: invalid character (byte 0)"),
    Case("a byte order mark", (answers(b"\xef\xbb\xbf" + BODY),), NONE + "JSON is malformed: invalid character (byte 0)"),
    Case("half of a surrogate pair", (spec(rb'"holderIdentity":"\ud800"'),), NONE + "…"),
    Case("rubbish behind the JSON", (answers(BODY + b"rubbish"),), NONE + "JSON is malformed: trailing characters (byte …)"),
    Case("an empty body", (answers(b""),), NONE + "Input data was truncated"),
    Case("null", (answers(None),), NONE + "Expected `object`, got `null`"),
    Case("an array", (answers([]),), NONE + "Expected `object`, got `array`"),
    Case("a refusal that says 200", (answers(status(500, "InternalError", "boom")),), "Error from server (InternalError): boom"),
    Case("a list of something else", (answers({"kind": "PodList", "items": []}),), "error: the server's answer is a PodList, not a LeaseList"),
    Case("a list of nothing that is known", (answers({"items": []}),), NONE + "Object missing required field `kind`"),
    Case("a kind that moves the cursor", (answers({"kind": "\x1b[2J", "items": 5}),), r"error: the server's answer is a \x1b[2J, not a LeaseList"),
    Case("items null are none", (answers({**lists(), "items": None}),), "No resources found", code=0),
    Case("items missing are none", (answers({"kind": "LeaseList"}),), "No resources found", code=0),
    Case("items that are a text", (answers({**lists(), "items": "x"}),), NONE + "Expected `array | null`, got `str` - at `$.items`"),
]  # fmt: skip
FIELDS = [
    Case("an item that is null", (beside(None),), item("Expected `object`, got `null`"), ROW),
    Case("an item without metadata", (beside({"spec": {}}),), item("Object missing required field `metadata`"), ROW),
    Case("metadata null", (beside({"metadata": None}),), item("Expected `object`, got `null` - at `$.metadata`"), ROW),
    Case("no name", (beside({"metadata": {"namespace": "ns"}}),), item("Object missing required field `name` - at `$.metadata`"), ROW),
    Case("an empty name", (beside(lease("")),), item("Expected `str` of length >= 1 - at `$.metadata.name`"), ROW),
    Case("a name that is a number", (beside(lease(5)),), item("Expected `str`, got `int` - at `$.metadata.name`"), ROW),
    Case("a duration that is a text", (lasting("15"),), bad("Expected `int | null`, got `str` - at `$.spec.leaseDurationSeconds`"), ROW),
    Case("a duration of 1e400", (spec(b'"leaseDurationSeconds":1e400'),), bad("Number out of range - at `$.spec.leaseDurationSeconds`"), ROW),
    Case("a duration of a million digits", (spec(b'"leaseDurationSeconds":' + b"9" * 1_000_000),), bad("Integer value out of range - at `$.spec.leaseDurationSeconds`"), ROW),
    Case("a duration of 2**63", (lasting(2**63),), bad("Expected `int` <= 2147483647 - at `$.spec.leaseDurationSeconds`"), ROW),
    Case("a duration below zero has run out", (lasting(-1),), "", "\nns          bad    other   Expired ", code=0),
    Case("a duration of zero has run out", (lasting(0),), "", "\nns          bad    other   Expired ", code=0),
    Case("a duration of 68 years lasts", (lasting(2**31 - 1),), "", "\nns          bad    other   Fresh ", code=0),
    Case("a renewal at no time", (renewed("rubbish"),), bad(NO_TIME), ROW),
    Case("a renewal on the 30th of February", (renewed("2026-02-30T00:00:00Z"),), bad(NO_TIME), ROW),
    Case("a renewal in the year 10000", (renewed("10000-01-01T00:00:00Z"),), bad(NO_TIME), ROW),
    Case("a renewal in the year 1 is none", (renewed("0001-01-01T00:00:00Z"),), "", "\nns          bad    other   Unknown    <none> ", code=0),
    Case("a renewal before the year 1 is none", (renewed("0001-01-01T00:00:00+23:59"),), "", "\nns          bad    other   Unknown    <none> ", code=0),
    Case("a renewal in the year 2500", (renewed("2500-01-01T00:00:00Z"),), "", "\nns          bad    other   Skewed ", code=0),
    Case("a renewal after the year 9999", (renewed("9999-12-31T23:59:59-23:59"),), "", "\nns          bad    other   Skewed ", code=0),
    Case("labels that are no texts", (beside(lease(metadata={"labels": {HOSTILE: 5}})),), bad("Expected `str`, got `int` - at `$.metadata.labels[...]`"), ROW),
    Case("two bad leases are two lines", (beside(None, 5),), item("Expected `object`, got `null`") + "\n" + item("Expected `object`, got `int`"), ROW),
]  # fmt: skip
WORDS = [
    Case("a holder that moves the cursor", (beside(lease(**{**AGES, "holderIdentity": HOSTILE})),), "", f"   {SHOWN}\nns          good ", code=0),
    Case("a holder of 1 MB", (beside(lease(**{**AGES, "holderIdentity": "x" * 1_000_000})),), "", "x" * 1_000_000, code=0),
    Case("a name that moves the cursor", (beside(lease(HOSTILE)),), "", f"\nns          {SHOWN}   other ", code=0),
    Case("a bad lease whose name moves the cursor", (beside(lease(HOSTILE, renewTime=5)),), bad("Expected `datetime | null`, got `int` - at `$.spec.renewTime`", "ns/" + SHOWN), ROW),
    Case("a bad lease whose name is 1 MB", (beside(lease("x" * 1_000_000, renewTime=5)),), bad("Expected `datetime | null`, got `int` - at `$.spec.renewTime`", "ns/" + "x" * 503 + "…"), ROW),
    Case("a refusal that moves the cursor", (refused(status(403, "Forbidden", f'leases "a{HOSTILE}" is forbidden')),), f'Error from server (Forbidden): leases "a{SHOWN}" is forbidden'),
    Case("a reason that moves the cursor", (refused(status(403, HOSTILE, "no")),), f"Error from server ({SHOWN}): no"),
    Case("a refusal of 1 MB", (refused(status(403, "Forbidden", "x" * 1_000_000)),), "Error from server (Forbidden): " + "x" * 4096 + "…"),
    Case("a refusal without a message", (refused({"kind": "Status", "reason": "Forbidden"}),), "Error from server (Forbidden): Forbidden"),
    Case("a refusal that says nothing", (refused({"kind": "Status"}),), "Error from server: Forbidden"),
    Case("a refusal 100,000 deep", (refused(DEEP),), "error: AT answered GET /apis/coordination.k8s.io/v1/leases with 403 Forbidden and no Kubernetes Status; is this a Kubernetes API server, and no proxy in between?"),
]  # fmt: skip
MANY = [
    Case("a million empty items", (many(b"{},", 1_000_000),), VALUES),
    Case("a million leases without a name", (many(b'{"metadata":{}},', 1_000_000),), "error: the server's list has more than 200000 leases; ask for less of it, with -n or -l"),
    Case("forty million numbers", (many(b"0,", 40_000_000),), VALUES, flags=(), within_s=15),
    Case("300,000 items that are no leases", (many(b'"",', 300_000),), "error: the server's list has more than 200000 items; ask for less of it, with -n or -l"),
    Case("100,000 bad leases", (many(b'{"metadata":{"name":"x"},"spec":0},', 100_000),), "\n".join([bad("Expected `object | null`, got `int` - at `$.spec`", "x")] * 50) + "\nerror: … and 99951 more that could not be read"),
    Case("a lease of thirty million managers", (many(b"{},", 30_000_000, b'{"metadata":{"name":"x","managedFields":[', b"{}]}}"),), VALUES, flags=(), within_s=15),
    Case("a lease of two million labels", (sends(head(), b'{"kind":"LeaseList","items":[{"metadata":{"name":"x","labels":{', Labels(2000), b'"":""}}}]}'),), VALUES, flags=(), within_s=15),
    Case("managers on many pages", (answers(lists(lease(metadata={"managedFields": [{}] * 400_000}), continue_="a")), answers(lists(lease(metadata={"managedFields": [{}] * 400_000}), continue_="b"))), VALUES, flags=(), within_s=15),
]  # fmt: skip
CASES = [*JSON_CASES, *FIELDS, *WORDS, *MANY]


@pytest.mark.parametrize("case", cases.marked(CASES))
def test_a_bad_answer_is_named_and_what_is_readable_is_shown(case: Case, played: dict[str, Future[None]]) -> None:
    played[case.name].result()
