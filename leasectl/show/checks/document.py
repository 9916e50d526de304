"""A check as a document for programs: JSON, as `check.schema.json` describes it.

Every field is always there, null where it is unknown. Severities are words, times RFC 3339 in UTC, lengths seconds.
All leases are there, those that are OK too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, field

from leasectl.lease.account.facts import API_VERSION
from leasectl.lease.check.verdicts import Severity
from leasectl.show import objects, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.lease.check.verdicts import Report
    from leasectl.show.checks.look import Look

KIND = "LeaseCheck"


class Counts(Struct, frozen=True):
    """How many leases there are.

    Attributes:
        total: that were checked.
        ok: of them that are as they should be.
        warning: of them that may become critical.
        critical: of them that somebody would act on, those that were tolerated too.
        unknown: of them that cannot be judged.
    """

    total: int
    ok: int
    warning: int
    critical: int
    unknown: int


class Head(Struct, frozen=True):
    """What a document says besides what a Report holds.

    Attributes:
        api_version: the version of its schema.
        kind: of this document.
        exit_code: the severity as a number, which the command exits with.
        counts: how many leases there are of each severity.
    """

    exit_code: int
    counts: Counts
    api_version: str = field(name="apiVersion", default=API_VERSION)
    kind: str = KIND


def render(report: Report, look: Look) -> Iterator[bytes]:
    """JSON, its keys in the order of the fields; of `look` only `terminal` counts."""
    return objects.framed_json([msgspec.json.encode(document(report))], one=True, terminal=look.terminal)


def document(report: Report) -> dict[str, Any]:
    """The report as plain values, which JSON can hold; apiVersion and kind come first."""
    head = plain.of(Head(report.severity.value, counts(report)))
    fields = plain.of(report)
    for each in (fields, *fields["leases"]):
        each["severity"] = Severity(each["severity"]).name
    return {"apiVersion": head.pop("apiVersion"), "kind": head.pop("kind")} | head | fields


def counts(report: Report) -> Counts:
    """How many leases there are of each severity."""
    found = report.counts
    return Counts(len(report.leases), *(found[severity] for severity in Severity))
