"""Whole pictures of a watch, as people see them."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.changes import Change, ChangeType
from leasectl.lease.state import State
from leasectl.show import palette, safe
from leasectl.show.bar import bar
from leasectl.show.picture import MOST_FINAL, final, picture
from tests.making import NOW, election, heartbeat, lease, time
from tests.show.viewing import BLIND, CHANGES, TROUBLE, nodes, row, view

if TYPE_CHECKING:
    from leasectl.lease.view import View

CONTROLLER = row(election("kube-controller-manager", renewed=1))


def drawn(view_: View, width: int, height: int, *, namespaces: bool = True) -> str:
    lines = (
        "".join(text for text, _ in line).rstrip() for line in picture(view_, width, height, namespaces=namespaces)
    )
    return "".join(f"{line}\n" for line in lines)


GENEROUS = """\
36 leases: 31 Fresh, 1 Fresh?, 1 Late, 1 Expired, 1 Released, 1 Unknown, 1 Deleted                                                 06:00:00Z, watching for 5m20s
kube-node-lease: blind for 23s, since 05:59:37Z: connection refused
NAMESPACE        NAME                        KIND         STATE                                REMAINING  RENEWED  EVERY   RENEWALS  HOLDER
payments         ledger-migrate              other        Expired    over by 5m40s             -5m40s     6m40s    <none>  0         job-7f_1
kube-system      kube-scheduler              election     Late       ━━━━━━╸·················  4s         11s      2.0s    5         cp-2_4e1f
payments         billing                     other        Unknown                              <none>     <none>   <none>  0         billing-5d
kube-node-lease  node-9998                   node         Fresh?                               10s?       30s      10.0s   2         node-9998
kube-node-lease  node-9999                   node         Deleted                              <none>     <none>   <none>  0         <none>
kube-system      leader-election-controller  election     Released                             <none>     9s       <none>  0         <none>
kube-system      kube-controller-manager     election     Fresh      ━━━━━━━━━━━━━━━━━━━━━━╸·  14s        1s       2.0s    34        cp-1_64ad0584
… and 30 more, all Fresh

05:59:51Z  kube-system/leader-election-controller  released    by cp-1_64ad: free at once
05:59:59Z  kube-system/kube-scheduler              late        no renewal for 10.0s; held by cp-2_4e1f
"""
USUAL = """\
36 leases: 1 Expired, 1 Late, 1 Unknown, 1 Released, 31 Fresh, 1 Fresh?, 1 Dele…
kube-node-lease: blind for 23s, since 05:59:37Z: connection refused
LEASE                               STATE                REMAINING  HOLDER
payments/ledger-migrate             Expired    +5m40s    -5m40s     job-7f_1
kube-system/kube-scheduler          Late       ━━╸·····  4s         cp-2_4e1f
payments/billing                    Unknown              <none>     billing-5d
kube-node-lease/node-9998           Fresh?               10s?       node-9998
kube-node-lease/node-9999           Deleted              <none>     <none>
kub…tem/leader-election-controller  Released             <none>     <none>
kube-…stem/kube-controller-manager  Fresh      ━━━━━━━╸  14s        cp-1_6…d0584
kube-node-lease/node-0001           Fresh      ━━━━━━━╸  36s        node-0001
kube-node-lease/node-0002           Fresh      ━━━━━━━╸  36s        node-0002
kube-node-lease/node-0003           Fresh      ━━━━━━━╸  36s        node-0003
kube-node-lease/node-0004           Fresh      ━━━━━━━╸  36s        node-0004
kube-node-lease/node-0005           Fresh      ━━━━━━━╸  36s        node-0005
kube-node-lease/node-0006           Fresh      ━━━━━━━╸  36s        node-0006
kube-node-lease/node-0007           Fresh      ━━━━━━━╸  36s        node-0007
kube-node-lease/node-0008           Fresh      ━━━━━━━╸  36s        node-0008
kube-node-lease/node-0009           Fresh      ━━━━━━━╸  36s        node-0009
kube-node-lease/node-0010           Fresh      ━━━━━━━╸  36s        node-0010
… and 20 more, all Fresh

05:59:51Z  leader-election-controller  released    by cp-1_64ad: free at once
05:59:59Z  kube-system/kube-scheduler  late        no renewal for 10.0s
"""
NARROW = """\
36 leases: 1 Expired, 1 Late, 1 Unknown…
kube-node-lease: blind for 23s, since 0…
LEASE               STATE      REMAINING
p…s/ledger-migrate  Expired    -5m40s
k…m/kube-scheduler  Late       4s
payments/billing    Unknown    <none>
kube…ase/node-9998  Fresh?     10s?
… and 33 more: 1 Released, 31 Fresh, 1 …
"""
TINY = """\
36 leases: 1 Expired
kube-node-lease: bl…
ledg…rate  Expired
kube…uler  Late
… and 35 more: 1 Un…
"""


@pytest.mark.parametrize(
    ("width", "height", "shown"), [(160, 14, GENEROUS), (80, 24, USUAL), (40, 8, NARROW), (20, 5, TINY)]
)
def test_the_worst_comes_first_and_what_does_not_fit_is_counted(width: int, height: int, shown: str) -> None:
    assert drawn(view([*TROUBLE, *nodes(30)], CHANGES, BLIND), width, height) == shown


def test_a_narrow_screen_tells_that_something_happened_and_not_what_exactly() -> None:
    assert drawn(view([], CHANGES), 40, 14).splitlines()[-2:] == [
        "05:59:51Z  leader-e…ntroller  released",
        "05:59:59Z  k…/kube-scheduler  late",
    ]


def test_one_lease_leaves_the_screen_to_what_happens() -> None:
    assert drawn(view([CONTROLLER], CHANGES[1:] * 3), 80, 10, namespaces=False) == dedent("""\
        1 lease: 1 Fresh                                   06:00:00Z, watching for 5m20s
        NAME                     STATE                  REMAINING  RENEWED  HOLDER
        kube-controller-manager  Fresh      ━━━━━━━━━╸  14s        1s       cp-1_6…d0584

        05:59:59Z  kube-scheduler  late        no renewal for 10.0s; held by cp-2_4e1f
        05:59:59Z  kube-scheduler  late        no renewal for 10.0s; held by cp-2_4e1f
        05:59:59Z  kube-scheduler  late        no renewal for 10.0s; held by cp-2_4e1f
        """)


def test_nothing_to_see_is_said() -> None:
    assert drawn(view([]), 60, 5) == "0 leases                       06:00:00Z, watching for 5m20s\n"


def test_of_changes_that_do_not_fit_the_latest_are_shown() -> None:
    many = [Change(ChangeType.CREATED, NOW, f"default/lease-{i}") for i in range(100)]
    assert drawn(view(nodes(100), many), 100, 20).splitlines()[-4:] == [
        "",
        "06:00:00Z  default/lease-97  created     came into view",
        "06:00:00Z  default/lease-98  created     came into view",
        "06:00:00Z  default/lease-99  created     came into view",
    ]


def test_long_holders_leave_room_for_how_long_nobody_led() -> None:
    was, leads = "cp-1_a4841167-ac74-412c-a8fa-89a302f2ee26", "cp-2_7a7dbab3-4244-48d9-ae55-f3b9c8c9f38b"
    moved = Change(ChangeType.CHANGED, NOW, "kube-system/kube-controller-manager", was, leads, gap_s=19.0)
    *_, last = drawn(view([CONTROLLER], [moved]), 110, 12).rstrip("\n").splitlines()

    assert last.endswith("changed     cp-1_a…2ee26 -> cp-2_7…9f38b, nobody led for 19.0s")


def test_a_renewal_moves_no_row() -> None:
    before, after = nodes(3), [*nodes(1, start=3), row(heartbeat("node-0001", renewed=0), age=39), *nodes(1, start=2)]
    shown = [drawn(view(rows), 100, 10).splitlines()[2:] for rows in (before, after)]
    assert [[line.split()[1] for line in lines] for lines in shown] == [["node-0001", "node-0002", "node-0003"]] * 2
    assert shown[0] != shown[1]


def test_a_lease_that_nothing_is_heard_of_stays_below_known_trouble() -> None:
    blind = row(heartbeat("a", renewed=5), blind=True)
    late_and_blind = row(heartbeat("b", renewed=5), State.LATE, age=31, blind=True)
    late = row(heartbeat("c", renewed=5), State.LATE, age=31)
    shown = drawn(view([*nodes(1), blind, late, late_and_blind]), 100, 10).splitlines()
    assert [line.split()[1:4:2] for line in shown[2:]] == [
        ["b", "Late?"],
        ["c", "Late"],
        ["a", "Fresh?"],
        ["node-0001", "Fresh"],
    ]


def test_too_many_blind_parts_are_counted() -> None:
    shown = drawn(view(nodes(20), (), BLIND * 50), 80, 10)
    assert shown.count("blind for") == 1
    assert shown.splitlines()[2] == "… and 49 more blind"
    assert drawn(view([], (), BLIND * 50), 80, 3).splitlines()[1] == "50 parts are blind"


def test_colours_are_the_tables_and_repeat_what_the_words_say() -> None:
    lines = picture(view([*TROUBLE, *nodes(1)], CHANGES, BLIND), 120, 20, namespaces=True)
    styles = {text.strip(): style for line in lines for text, style in line}
    assert styles["Expired"] == styles["+5m40s"] == "bold red"
    assert styles["Late"] == styles["late"] == palette.STATES[State.LATE]
    assert styles["Fresh?"] == styles["Deleted"] == styles["node-9998"] == palette.DIM
    assert styles["kube-node-lease: blind for 23s, since 05:59:37Z: connection refused"] == palette.ALARM


@pytest.mark.parametrize(
    ("remaining_s", "cells", "shown"),
    [
        (15, 10, "━━━━━━━━━━"),
        (14.9, 10, "━━━━━━━━━━"),
        (7.5, 10, "━━━━━·····"),
        (7, 10, "━━━━━·····"),
        (0.001, 10, "╸·········"),
        (0, 10, "over by 0s"),
        (-16.4, 11, "over by 16s"),
        (-16.4, 10, "+16s"),
        (-320, 6, "+5m20s"),
        (-320, 3, "+5m"),
        (20, 4, "━━━━"),
    ],
)
def test_the_bar_is_empty_no_sooner_than_the_time_is_over(remaining_s: float, cells: int, shown: str) -> None:
    assert bar(remaining_s, 15, cells) == shown


def test_a_lease_that_lasts_no_time_is_over() -> None:
    assert bar(0, 0, 10) == "over by 0s"


HOSTILE = [
    "\x1b[31mred\x07",
    "[red]x[/red] :smile:",
    "東京" * 20,
    "x" * 300,
    "שלום",
    "e" + "\u0301" * 9,
    "\u202eabc",
    "a\nb",
]


def test_hostile_names_stand_in_their_rows_as_text() -> None:
    rows = [row(lease(name, "pay", holderIdentity=name, leaseDurationSeconds=9, renewTime=time(1))) for name in HOSTILE]
    changes = [Change(ChangeType.CHANGED, NOW, f"pay/{name}", name, name) for name in HOSTILE]
    blind = [Change(ChangeType.BLIND, NOW, scope=name, since=NOW, why=name) for name in HOSTILE]
    lines = drawn(view(rows, changes, blind), 100, 60).splitlines()
    assert len(lines) == 1 + 8 + 1 + 8 + 1 + 8
    ended = "\u200e"  # where Hebrew ends, so that the columns behind it stay where they are
    assert all(line.replace(ended, "").isprintable() and safe.width(line) <= 100 for line in lines)
    assert all(ended in line[: line.index("Fresh")] for line in lines if "Fresh" in line and "שלום" in line)
    assert any("[red]x[/red] :smile:" in line for line in lines)
    assert len({safe.width(line[: line.index("Fresh")]) for line in lines[10:18]}) == 1


def test_a_holder_of_a_megabyte_costs_no_more_than_what_is_seen_of_it() -> None:
    huge = "שלום" * 250_000
    seen = row(lease("a", holderIdentity=huge, leaseDurationSeconds=9, renewTime=time(1)))
    change = Change(ChangeType.CHANGED, NOW, "default/a", huge, huge)
    shown = drawn(view([seen], [change], [Change(ChangeType.BLIND, NOW, scope="x", since=NOW, why=huge)]), 120, 10)
    assert max(map(safe.width, shown.splitlines())) <= 120


@given(st.integers(1, 260), st.integers(1, 70), st.integers(0, 80), st.booleans(), st.integers(0, 30))
def test_a_picture_fits_any_screen_and_counts_every_lease(
    width: int, height: int, count: int, namespaces: bool, changes: int
) -> None:
    view_ = view([*TROUBLE, *nodes(count)], CHANGES * changes, BLIND)
    lines = picture(view_, width, height, namespaces=namespaces)
    assert 1 <= len(lines) <= height
    assert all(safe.width("".join(text for text, _ in line)) <= width for line in lines)
    shown = drawn(view_, 200, height, namespaces=namespaces)
    if height > 4:
        more = next((line.split()[2] for line in shown.splitlines() if line.startswith("… and")), "0")
        states = ("Expired", "Late", "Unknown", "Fresh", "Released", "Deleted")
        body = shown.split("\n\n", maxsplit=1)[0].splitlines()[2:]
        seen = sum(any(f" {state}" in line for state in states) for line in body if not line.startswith("… and"))
        assert seen + int(more.replace(",", "")) == len(TROUBLE) + count


def test_what_stays_is_bounded_and_plain() -> None:
    lines = list(final(view([*TROUBLE, *nodes(1000)], CHANGES, BLIND), namespaces=True, colour=False, width=100))
    assert len(lines) == 1 + 1 + 1 + MOST_FINAL + 1
    assert lines[:4] + lines[-2:] == [
        "1,006 leases: 1,001 Fresh, 1 Fresh?, 1 Late, 1 Expired, 1 Released, 1 Unknown, 1 Deleted; 06:00:00Z, watched for 5m20s",
        "kube-node-lease: blind for 23s, since 05:59:37Z: connection refused",
        "NAMESPACE        NAME                        STATE      REMAINING  RENEWED  HOLDER",
        "payments         ledger-migrate              Expired    -5m40s     6m40s    job-7f_1",
        "kube-node-lease  node-0013                   Fresh      36s        4s       node-0013",
        "… and 987 more, all Fresh",
    ]


def test_what_stays_is_whole_without_a_width_and_coloured_if_told() -> None:
    holder = "cp-1.eu-central-1.example.internal_64ad0584-1111-2222-3333-444455556666"
    late = row(election("kube-scheduler", renewed=11, holderIdentity=holder), State.LATE, age=11)
    shown = list(final(view([late]), namespaces=False, colour=True))
    assert shown[-1].endswith(holder)
    assert "\x1b[35mLate       \x1b[0m" in shown[-1]
    assert list(final(view([]), namespaces=True, colour=False)) == ["0 leases; 06:00:00Z, watched for 5m20s"]


SHARDS = [f"payments/ledger-worker-shard-{number:02}-of-a-very-long-deployment-leader-election" for number in range(3)]
EVERYWHERE = [f"team-{team}/ingress-nginx-controller-of-the-edge-leader-election" for team in "ab"]
DEEP = [f"payments/{'x' * 30}-{number}-{'y' * 30}" for number in range(2)]


@pytest.mark.parametrize("names", [SHARDS, EVERYWHERE, DEEP])
@pytest.mark.parametrize("width", [40, 60, 80])
def test_leases_whose_names_differ_in_the_middle_are_told_apart(names: list[str], width: int) -> None:
    rows = [row(lease(name.partition("/")[2], name.partition("/")[0])) for name in names]
    changes = [Change(ChangeType.LATE, NOW, name, age_s=10) for name in names]
    for lines in (
        drawn(view(rows), width, 24).splitlines()[2:],
        drawn(view(rows, changes), width, 24).splitlines()[-len(names) :],
    ):
        assert all(safe.width(line) <= width for line in lines)
        assert len({line.removeprefix("06:00:00Z  ").split()[0] for line in lines}) == len(names), lines


def test_holders_that_differ_in_the_middle_are_told_apart() -> None:
    holders = [f"ledger-worker-shard-{number:02}-7d4b9c6f5-x2m8q" for number in range(3)]
    rows = [row(election(f"ledger-{at}", renewed=1, holderIdentity=holder)) for at, holder in enumerate(holders)]

    lines = drawn(view(rows), 80, 24).splitlines()[2:]

    assert len({line.split()[-1] for line in lines}) == len(holders), lines
