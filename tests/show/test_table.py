"""Whole tables, as people see them."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.show import safe, summary
from leasectl.show.table import Look, render
from tests.making import election, heartbeat, identity, judged, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

HOUR, DAY = 3600, 86400
LEASES = [
    heartbeat("node-01", renewed=4),
    heartbeat("node-02", renewed=33),
    heartbeat("node-03", renewed=360),
    identity("apiserver-wlv32tl", renewed=720),
    election("kube-controller-manager", renewed=1, held=3 * DAY),
    election("kube-scheduler", renewed=120, holderIdentity=""),
    lease(
        "ledger-migrate",
        "payments",
        labels={"leasectl/kind": "lock", "team": "ledger"},
        holderIdentity="job-7f_1_a3",
        leaseDurationSeconds=60,
        acquireTime=time(3 * HOUR),
        renewTime=time(10799),
        leaseTransitions=0,
    ),
]
AHEAD = lease(
    "billing",
    "payments",
    holderIdentity="billing-5d_8c1",
    leaseDurationSeconds=30,
    acquireTime=time(2 * DAY - 40),
    renewTime=time(-36),
    leaseTransitions=7,
    managed=[written(4)],
    strategy="OldestEmulationVersion",
)
EXACT = lease("exact", "payments", holderIdentity="b", leaseDurationSeconds=15, renewTime=time(1), managed=[written(1)])


def table(leases: list[Lease], look: Look) -> str:
    return "".join(f"{line}\n" for line in render(judged(leases), look))


def test_the_table_of_the_design() -> None:
    assert table(LEASES, Look(namespaces=True)) == dedent("""\
        NAMESPACE         NAME                      KIND        STATE      RENEWED   REMAINING   HELD     HOLDER
        kube-node-lease   node-01                   node        Fresh      4s        36s         <none>   node-01
        kube-node-lease   node-02                   node        Late       33s       7s          <none>   node-02
        kube-node-lease   node-03                   node        Expired    6m        -5m20s      <none>   node-03
        kube-system       apiserver-wlv32tl         apiserver   Late       12m       48m         <none>   apiserver-wlv32tl_0fd4951
        kube-system       kube-controller-manager   election    Fresh      1s        14s         3d       cp-1_64ad0584
        kube-system       kube-scheduler            election    Released   2m        <none>      <none>   <none>
        payments          ledger-migrate            lock        Expired    179m      -178m       3h       job-7f_1_a3
        """)


def test_a_clock_that_is_off_brings_its_column() -> None:
    assert table([EXACT, AHEAD], Look()) == dedent("""\
        NAME      KIND          STATE   RENEWED   REMAINING   HELD     SKEW   HOLDER
        exact     other         Fresh   1s        14s         <none>   0s     b
        billing   coordinated   Fresh   4s        26s         2d       +40s   billing-5d_8c1
        """)


def test_wide() -> None:
    assert table([EXACT, AHEAD], Look(wide=True)) == dedent("""\
        NAME      KIND          STATE   RENEWED   REMAINING   HELD     DURATION   TRANSITIONS   ACQUIRED               SKEW   AGE   STRATEGY                 HOLDER
        exact     other         Fresh   1s        14s         <none>   15s        <none>        <none>                 0s     3d    <none>                   b
        billing   coordinated   Fresh   4s        26s         2d       30s        7             2026-11-19T06:00:40Z   +40s   3d    OldestEmulationVersion   billing-5d_8c1
        """)


def test_labels_as_columns_and_all_of_them_last() -> None:
    look = Look(label_columns=["leasectl/kind", "nothing"], labels=True)
    assert table(LEASES[-2:], look) == dedent("""\
        NAME             KIND       STATE      RENEWED   REMAINING   HELD     KIND     NOTHING   HOLDER        LABELS
        kube-scheduler   election   Released   2m        <none>      <none>   <none>   <none>    <none>        <none>
        ledger-migrate   lock       Expired    179m      -178m       3h       lock     <none>    job-7f_1_a3   leasectl/kind=lock,team=ledger
        """)


def test_without_headers_the_columns_are_only_as_wide_as_they_have_to_be() -> None:
    assert table(LEASES[:1], Look(headers=False)) == "node-01   node   Fresh   4s   36s   <none>   node-01\n"


def test_a_terminal_gets_colours_and_no_line_longer_than_it_is_wide() -> None:
    long = election(
        "kube-scheduler", renewed=16, holderIdentity="cp-1.eu-central-1.example.internal_64ad0584-1111-2222"
    )
    shown = table([long], Look(width=90, colour=True))
    assert shown == (
        "\x1b[1mNAME             KIND       STATE     RENEWED   REMAINING   HELD   HOLDER\x1b[0m\n"
        "\x1b[1mkube-scheduler\x1b[0m   election   \x1b[1;31mExpired\x1b[0m   16s       -1s         3d     cp-1.eu-cen…4-1111-2222\n"
    )


def test_a_hostile_holder_neither_reaches_the_terminal_nor_breaks_its_row() -> None:
    hostile = lease(
        "a", holderIdentity="\x1b[31mred\x07[bold]x[/bold]\n\u202e", renewTime=time(1), leaseDurationSeconds=9
    )
    assert table([hostile], Look()) == dedent("""\
        NAME   KIND    STATE   RENEWED   REMAINING   HELD     HOLDER
        a      other   Fresh   1s        8s          <none>   \\x1b[31mred\\x07[bold]x[/bold]\\n\\u202e
        """)


def test_wide_characters_keep_the_columns_straight() -> None:
    rows = table([lease("東京", holderIdentity="a"), lease("b", holderIdentity="c")], Look(headers=False)).splitlines()
    assert rows == [
        "東京   other   Unknown   <none>   <none>   <none>   a",
        "b      other   Unknown   <none>   <none>   <none>   c",
    ]


def test_an_endless_name_sticks_out_of_its_row_and_pads_no_other() -> None:
    endless, plain = table([lease("x" * 100_000), lease("a")], Look(headers=False)).splitlines()
    assert len(endless) > 100_000
    assert len(plain) < 400


def test_times_beyond_the_calendar_are_shown_for_what_they_are() -> None:
    odd = lease(
        holderIdentity="a",
        leaseDurationSeconds=2**31 - 1,
        acquireTime="0001-01-01T00:00:00Z",
        renewTime="9999-12-31T23:59:59-12:00",
    )
    shown = table([odd], Look(wide=True)).splitlines()[1].split()
    assert shown[2:5] == ["Skewed", "-7978y", "8046y"]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4), st.integers(20, 200) | st.none())
def test_any_holder_keeps_one_row_and_one_line_each(holders: list[str], width: int | None) -> None:
    leases = [
        lease(f"l{i}", holderIdentity=holder.encode("utf-8", "ignore").decode()) for i, holder in enumerate(holders)
    ]
    lines = table(leases, Look(width=width)).split("\n")
    assert len(lines) == len(holders) + 2
    assert all(line.isprintable() for line in lines)
    if width is None:
        for line, made in zip(lines[1:], leases, strict=False):
            assert line.endswith(safe.text(made.spec.holder_identity or "<none>"))


def test_the_summary_counts_states_in_the_order_of_worry() -> None:
    assert list(summary.lines(judged([*LEASES, AHEAD, EXACT]), 0.44)) == [
        "9 leases: 4 Fresh, 2 Late, 2 Expired, 1 Released; 1 clock off; server clock +0.4s"
    ]
    assert list(summary.lines(judged(LEASES[:1]), None)) == ["1 lease: 1 Fresh"]


def test_a_narrow_summary_breaks_between_what_it_says_and_tells_what_had_no_room() -> None:
    assert list(summary.lines(judged([*LEASES, AHEAD, EXACT]), 0.44, width=65, left_out=["KIND", "HELD"])) == [
        "9 leases: 4 Fresh, 2 Late, 2 Expired, 1 Released; 1 clock off",
        "server clock +0.4s",
        "no room for KIND, HELD; --no-trunc shows all",
    ]


def test_the_colours_of_a_summary_repeat_its_words() -> None:
    (line,) = summary.lines(judged(LEASES), None, colour=True)
    assert line == (
        "\x1b[1m7 leases\x1b[0m: \x1b[2m2 Fresh\x1b[0m, \x1b[35m2 Late\x1b[0m, \x1b[1;31m2 Expired\x1b[0m, "
        "\x1b[36m1 Released\x1b[0m"
    )


@pytest.mark.parametrize("look", [Look(), Look(wide=True, namespaces=True, labels=True)])
def test_no_leases_leave_the_headers(look: Look) -> None:
    assert table([], look).startswith("NAME")
