"""Whom a coordinated election picks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from leasectl.lease.around.objects import Candidate
from leasectl.lease.around.pick import answers, pick
from tests.making import NOW


def candidate(name: str, emulation: str = "1.36.0", binary: str = "1.36.3", **more: Any) -> Candidate:
    """One that answers."""
    facts: dict[str, Any] = {
        "strategy": "OldestEmulationVersion",
        "renewed_at": NOW - timedelta(seconds=30),
        "created_at": NOW - timedelta(days=1),
    }
    return Candidate(
        "kube-system",
        name,
        "kube-scheduler",
        binary_version=binary,
        emulation_version=emulation,
        **{**facts, **more},
    )


def ago(seconds: float) -> Any:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("candidates", "name", "why"),
    [
        ([], None, "nobody stands for it"),
        ([candidate("a")], "a", "the only candidate that answers"),
        ([candidate("a"), candidate("b", "1.35.0")], "b", "it emulates the oldest version"),
        ([candidate("a", "1.10.0"), candidate("b", "1.9.0")], "b", "it emulates the oldest version"),
        ([candidate("a", "v1.35"), candidate("b", "1.35.1")], "a", "it emulates the oldest version"),
        ([candidate("a", "1.36.0"), candidate("b", "1.36.0-beta.2")], "b", "it emulates the oldest version"),
        ([candidate("a", "1.36.0-rc.10"), candidate("b", "1.36.0-rc.9")], "b", "it emulates the oldest version"),
        (
            [candidate("a", binary="1.36.3"), candidate("b", binary="1.36.2")],
            "b",
            "of those that emulate the oldest version it is the oldest program",
        ),
        (
            [candidate("a", created_at=ago(50)), candidate("b", created_at=ago(60))],
            "b",
            "of those with the oldest versions it stood first",
        ),
        ([candidate("a", "nonsense"), candidate("b")], "b", "the only candidate that answers"),
        ([candidate("a", "nonsense")], None, "no candidate says in versions what it is"),
        ([candidate("a", renewed_at=None)], None, "no candidate answers"),
        (
            [candidate("a"), candidate("b", strategy="Other")],
            None,
            "candidates of the newest version want different strategies, so that nobody is elected",
        ),
        (
            [candidate("a"), candidate("b", binary="1.30.0", strategy="Other")],
            "b",
            "of those that emulate the oldest version it is the oldest program",
        ),
        ([candidate("a", strategy="Mine")], None, "the API server leaves the strategy Mine to somebody else"),
        ([candidate("a", strategy="")], None, "the API server leaves the strategy of no name to somebody else"),
    ],
)
def test_the_oldest_emulation_version_wins_then_the_oldest_program_then_the_oldest_candidate(
    candidates: list[Candidate], name: str | None, why: str
) -> None:
    for order in (candidates, candidates[::-1]):
        assert pick(order, NOW) == (name, why)


@pytest.mark.parametrize(
    ("pinged", "renewed", "does"),
    [
        (None, 1700, True),
        (None, 1801, False),  # about to be collected
        (60, 59, True),
        (60, 60, True),
        (4, 30, True),  # it still has a second
        (6, 30, False),
        (None, None, False),
    ],
)
def test_a_candidate_that_left_a_ping_unanswered_for_five_seconds_is_out(
    pinged: float | None, renewed: float | None, does: bool
) -> None:
    asked = candidate(
        "a",
        pinged_at=None if pinged is None else ago(pinged),
        renewed_at=None if renewed is None else ago(renewed),
    )
    assert answers(asked, NOW) is does
