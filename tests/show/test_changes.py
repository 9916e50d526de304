"""What happened, as people and programs read it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from textwrap import dedent
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.changes import Change, ChangeType
from leasectl.lease.kind import Kind
from leasectl.lease.state import State
from leasectl.show.changes import lines, objects
from leasectl.show.happened import length, words
from tests.making import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

T = ChangeType
AT = NOW + timedelta(seconds=2, microseconds=123_000)
SCHEDULER, MIGRATION = "kube-system/kube-scheduler", "payments/ledger-migrate"
ALL = [
    Change(
        T.SEEN, AT, SCHEDULER, holder_to="cp-1_abc", age_s=1.2, duration_to_s=15, state=State.FRESH, kind=Kind.ELECTION
    ),
    Change(T.SEEN, AT, MIGRATION, duration_to_s=1, age_s=90.5, state=State.RELEASED, kind=Kind.LOCK),
    Change(T.RENEWED, AT, SCHEDULER, holder_to="cp-1_abc", interval_s=2.004),
    Change(T.LATE, AT, SCHEDULER, holder_to="cp-1_abc", age_s=10.2, duration_to_s=15),
    Change(T.EXPIRED, AT, SCHEDULER, holder_to="cp-1_abc", age_s=15.0),
    Change(T.RECOVERED, AT, SCHEDULER, holder_to="cp-1_abc", gap_s=5.0),
    Change(
        T.CHANGED,
        AT,
        SCHEDULER,
        "cp-1_abc",
        "cp-2_def",
        gap_s=3.214,
        gap_error_s=1.0,
        transitions=1,
        renewals=34,
        interval_s=2.0,
    ),
    Change(T.RELEASED, AT, SCHEDULER, "cp-2_def"),
    Change(T.ACQUIRED, AT, SCHEDULER, None, "cp-3_012", gap_s=0.984),
    Change(T.REACQUIRED, AT, SCHEDULER, "cp-3_012", "cp-3_012", transitions=3),
    Change(T.DURATION, AT, SCHEDULER, holder_to="cp-3_012", duration_from_s=15, duration_to_s=30, renewals=1),
    Change(T.STRATEGY, AT, SCHEDULER, holder_to="cp-3_012", strategy_to="OldestEmulationVersion"),
    Change(T.SKEW, AT, SCHEDULER, holder_to="cp-3_012", skew_s=-41.0),
    Change(T.SKEW, AT, SCHEDULER, holder_to="cp-3_012"),
    Change(T.DELETED, AT, MIGRATION, "job-7f"),
    Change(T.CREATED, AT, MIGRATION),
    Change(T.RECREATED, AT, MIGRATION),
    Change(T.BLIND, AT, scope="kube-system", since=NOW, why="connection refused"),
    Change(T.SEEING, AT, scope="every namespace", since=NOW, blind_s=61.4),
]
LINES = """\
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   seen         Fresh election, held by cp-1_abc, renewed 1s ago, lasts 15s
    2026-11-21T06:00:02.123Z   payments/ledger-migrate      seen         Released lock, held by nobody, given up 90s ago
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   renewed      after 2.0s; held by cp-1_abc
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   late         no renewal for 10.2s of 15s; held by cp-1_abc
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   expired      no renewal for 15.0s; held by cp-1_abc
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   recovered    cp-1_abc renews again; it had been over for 5.0s
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   changed      cp-1_abc -> cp-2_def, nobody led for 3.2s ±1.0s (34 renewals before, every 2.0s)
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   released     by cp-2_def: free at once
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   acquired     by cp-3_012, nobody led for 984ms
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   reacquired   by cp-3_012, which led before, gap unknown; 2 terms were missed
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   duration     15s -> 30s; held by cp-3_012 (1 renewal before)
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   strategy     <none> -> OldestEmulationVersion; held by cp-3_012
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   skew         the clock of cp-3_012 is 41.0s behind
    2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   skew         the clock of cp-3_012 is right again
    2026-11-21T06:00:02.123Z   payments/ledger-migrate      deleted      was held by job-7f
    2026-11-21T06:00:02.123Z   payments/ledger-migrate      created      came into view
    2026-11-21T06:00:02.123Z   payments/ledger-migrate      recreated    deleted and made anew: another uid
    2026-11-21T06:00:02.123Z   -                            blind        kube-system: nothing heard since 06:00:00Z: connection refused
    2026-11-21T06:00:02.123Z   -                            seeing       every namespace: heard of again after 61s
    """


def text(*changes: Change, namespaces: bool = True, colour: bool = False) -> str:
    return "".join(f"{line}\n" for line in lines(changes, namespaces=namespaces, colour=colour))


def test_a_line_for_every_type_of_change() -> None:
    assert {change.type for change in ALL} == set(ChangeType)
    assert text(*ALL) == dedent(LINES)


def test_lines_come_as_changes_do() -> None:
    def endless() -> Iterator[Change]:
        while True:
            yield ALL[0]

    told = lines(endless(), namespaces=True, colour=False)
    assert next(told) == next(told)


def test_of_one_namespace_its_name_is_left_out() -> None:
    assert text(ALL[4], namespaces=False) == (
        "2026-11-21T06:00:02.123Z   kube-scheduler   expired      no renewal for 15.0s; held by cp-1_abc\n"
    )


def test_the_word_alone_is_coloured_and_the_columns_stay() -> None:
    coloured = text(*ALL, colour=True)
    assert coloured.splitlines()[4] == (
        "2026-11-21T06:00:02.123Z   kube-system/kube-scheduler   \x1b[1;31mexpired\x1b[0m      no renewal for 15.0s; held by cp-1_abc"
    )
    for code in ("\x1b[0m", "\x1b[2m", "\x1b[1;31m", "\x1b[32m", "\x1b[33m", "\x1b[35m", "\x1b[36m"):
        coloured = coloured.replace(code, "")
    assert coloured == text(*ALL)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change(T.CHANGED, AT, SCHEDULER, "a", "b", gap_s=0.0), "a -> b, no gap"),
        (Change(T.CHANGED, AT, SCHEDULER, "a", "b"), "a -> b, gap unknown"),
        (Change(T.CHANGED, AT, SCHEDULER, "a", "b", transitions=2), "a -> b, gap unknown; 1 term was missed"),
        (Change(T.RECOVERED, AT, SCHEDULER, holder_to="a", gap_s=0.0), "a renews again, in time"),
        (Change(T.RENEWED, AT, SCHEDULER, holder_to="a"), "interval unknown; held by a"),
        (Change(T.RENEWED, AT, SCHEDULER, holder_to="a", renewals=1200, interval_s=2), "1,200 times, every 2.0s; held by a"),
        (Change(T.LATE, AT, SCHEDULER, holder_to="a", age_s=2400, duration_to_s=3600), "no renewal for 40m of 3600s; held by a"),
        (Change(T.DELETED, AT, SCHEDULER), "was held by nobody"),
        (Change(T.SEEN, AT, SCHEDULER, state=State.UNHELD, kind=Kind.OTHER), "Unheld other, held by nobody"),
        (
            Change(T.SEEN, AT, SCHEDULER, holder_to="a", skew_s=40.0, state=State.FRESH, kind=Kind.OTHER),
            "Fresh other, held by a, clock 40.0s ahead",
        ),
        (Change(T.BLIND, AT, scope="x", since=AT - timedelta(days=1)), "x: nothing heard since 2026-11-20T06:00:02Z"),
        (Change(T.BLIND, AT), "everything: nothing heard"),
    ],
)  # fmt: skip
def test_only_what_is_known_is_said(change: Change, told: str) -> None:
    assert words(change) == told


def test_a_holder_cannot_pass_for_our_own_words() -> None:
    assert words(Change(T.CHANGED, AT, SCHEDULER, "nobody", 'b", no gap')) == '"nobody" -> "b\\", no gap", gap unknown'


def test_hostile_names_holders_and_reasons_neither_reach_the_terminal_nor_shift_the_fields() -> None:
    hostile = "a b\n\x1b[31m\u202e[red]"
    changes = [
        Change(T.CHANGED, AT, f"n/{hostile}", hostile, hostile),
        Change(T.STRATEGY, AT, "n/x", holder_to="a", strategy_from=hostile, strategy_to=hostile),
        Change(T.BLIND, AT, scope=hostile, since=NOW, why=hostile),
    ]
    shown = text(*changes, namespaces=False).splitlines()
    assert len(shown) == 3
    assert all(line.isprintable() for line in shown)
    assert shown[0].split()[:3] == ["2026-11-21T06:00:02.123Z", r"a\x20b\n\x1b[31m\u202e[red]", "changed"]


def test_times_are_in_utc_wherever_they_were_taken() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert text(Change(T.CREATED, elsewhere, "a/b")).startswith("2026-11-21T06:00:02.123Z ")
    assert text(Change(T.CREATED, datetime(2026, 1, 2, tzinfo=AT.tzinfo), "a/b")).startswith(
        "2026-01-02T00:00:00.000Z "
    )


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0.0s"), (0.001, "1ms"), (0.9996, "1.0s"), (1.25, "1.2s"), (119.9, "119.9s"), (320, "5m20s"), (-3, "-3.0s")],
)
def test_lengths_are_exact_where_that_matters(seconds: float, told: str) -> None:
    assert length(seconds) == told


def test_an_object_a_line_with_what_is_known_and_no_more() -> None:
    assert b"".join(objects([ALL[6], ALL[17]], terminal=False)) == (
        b'{"type":"changed","time":"2026-11-21T06:00:02.123000Z","lease":"kube-system/kube-scheduler","from":"cp-1_abc","to":"cp-2_def","gap_s":3.214,"gap_error_s":1.0,"interval_s":2.0,"renewals":34,"transitions":1}\n'
        b'{"type":"blind","time":"2026-11-21T06:00:02.123000Z","scope":"kube-system","since":"2026-11-21T06:00:00Z","why":"connection refused"}\n'
    )


def test_an_object_on_a_terminal_is_the_same_data_and_nothing_to_obey() -> None:
    change = Change(T.BLIND, AT, scope="\x9b31m\u202eüber", why="a plugin said \udcff")
    [shown], [piped] = list(objects([change], terminal=True)), list(objects([change], terminal=False))
    assert shown[:-1].decode().isprintable()
    assert msgspec.json.decode(shown) == msgspec.json.decode(piped)
    assert msgspec.json.decode(shown)["why"] == r"a plugin said \udcff"


@given(st.text(), st.text(), st.sampled_from(ChangeType))
def test_whatever_a_cluster_wrote_is_one_line(name: str, holder: str, type_: ChangeType) -> None:
    change = Change(type_, AT, f"n/{name}", holder, holder, why=holder, scope=name, strategy_to=holder)
    [line] = lines([change], namespaces=False, colour=False)
    assert line.isprintable()
    assert line.split(" ")[0] == "2026-11-21T06:00:02.123Z"
    assert line.split()[2] == type_
