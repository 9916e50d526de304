"""A diagnosis as a document for programs: JSON or YAML, as `doctor.schema.json` describes it.

Every field is always there, null where it is unknown. Levels are words, times RFC 3339 in UTC, lengths seconds. Without
names (`redacted`), placeholders stand for them, the same ones as in the text.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, field

from leasectl.lease.account.facts import API_VERSION
from leasectl.lease.doctor.finding import Check, Level
from leasectl.lease.doctor.phrase import Name, What
from leasectl.show import objects, plain
from leasectl.show.doctor.naming import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.lease.doctor.finding import Diagnosis
    from leasectl.show.doctor.look import Look
    from leasectl.show.doctor.naming import Names

KIND = "LeaseDoctor"


class Word(StrEnum):
    """How bad it is; what was not looked at counts for nothing."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNSEEN = "unseen"


class Found(Struct, frozen=True):
    """A finding.

    Attributes:
        check: what was looked at.
        level: how bad it is.
        message: what was found.
        advice: what to do about it, or what it costs.
    """

    check: Check
    level: Word
    message: str
    advice: list[str]


class Permitted(Struct, frozen=True):
    """A right that was asked about.

    Attributes:
        namespace: where; empty for all of them, and for what lies in none.
        group: the API group; empty for the core group.
        resource: the plural.
        verb: RBAC's.
        allowed: whether one has it; None where the server would not say.
    """

    namespace: str
    group: str
    resource: str
    verb: str
    allowed: bool | None


class Counts(Struct, frozen=True):
    """How many findings there are.

    Attributes:
        ok: as they should be.
        warning: that something does without, or may come to harm.
        failed: that keep something from working.
        unseen: that were not looked at, for what failed before.
    """

    ok: int
    warning: int
    failed: int
    unseen: int


class Document(Struct, frozen=True):
    """A diagnosis.

    Attributes:
        api_version: the version of its schema.
        kind: of this document.
        at: when it was made.
        level: the worst finding's.
        exit_code: the level as a number, which the command exits with.
        counts: how many findings there are of each level.
        redacted: whether placeholders stand for names.
        findings: in the order in which they were looked for.
        rights: each that was asked about.
        latency_s: of one answer over a connection that stands.
        server_offset_s: how far the server's clock is ahead of this machine's.
        server_offset_error_s: give or take.
    """

    at: datetime
    level: Word
    exit_code: int
    counts: Counts
    redacted: bool
    findings: list[Found]
    rights: list[Permitted]
    latency_s: float | None
    server_offset_s: float | None
    server_offset_error_s: float | None
    api_version: str = field(name="apiVersion", default=API_VERSION)
    kind: str = KIND


def as_json(diagnosis: Diagnosis, look: Look) -> Iterator[bytes]:
    """JSON, its keys in the order of the fields."""
    return objects.framed_json([msgspec.json.encode(fields_of(diagnosis, look))], one=True, terminal=look.terminal)


def as_yaml(diagnosis: Diagnosis, look: Look) -> Iterator[bytes]:
    """YAML, with sorted keys as kubectl has them."""
    return objects.framed_yaml([fields_of(diagnosis, look)], one=True, terminal=look.terminal)


def fields_of(diagnosis: Diagnosis, look: Look) -> dict[str, Any]:
    """The diagnosis as plain values; apiVersion and kind come first."""
    fields = plain.of(_document(diagnosis, names_of(look)))
    return {"apiVersion": fields.pop("apiVersion"), "kind": fields.pop("kind")} | fields


def _document(diagnosis: Diagnosis, names: Names) -> Document:
    counts = diagnosis.counts
    findings = [
        Found(each.check, Word[each.level.name], names.text(each.told), list(map(names.text, each.advice)))
        for each in diagnosis.findings
    ]
    rights = [
        Permitted(names.name(Name(What.NAMESPACE, r.namespace)), r.group, r.resource, r.verb, r.allowed)
        for r in diagnosis.rights
    ]
    return Document(
        at=diagnosis.at,
        level=Word[diagnosis.level.name],
        exit_code=diagnosis.level.value,
        counts=Counts(*(counts[level] for level in Level)),
        redacted=names.hidden,
        findings=findings,
        rights=rights,
        latency_s=diagnosis.latency_s,
        server_offset_s=diagnosis.server_offset_s,
        server_offset_error_s=diagnosis.server_offset_error_s,
    )
