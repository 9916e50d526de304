"""A table that grows: what was printed stays, and what comes lines up with it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from leasectl.show import safe
from leasectl.show.appended import Appended
from leasectl.show.table import Look
from tests.making import election, judged, lease, time, written

A, LONG = election("a", renewed=1), election("a-rather-long-name", renewed=1, held=90, holderIdentity="x")
AHEAD = lease(
    "a", "team", holderIdentity="x", leaseDurationSeconds=30, acquireTime=time(0), renewTime=time(-36), managed=[written(4)]
)  # fmt: skip
EXACT = lease("exact", "team", holderIdentity="b", leaseDurationSeconds=15, renewTime=time(1), managed=[written(1)])
HOSTILE = election("a", renewed=1, holderIdentity="evil\x1b[2J\nrow")


def grown(table: Appended) -> str:
    lines = [
        *table.lines(judged([A]), ["ADDED"]),
        *table.lines(judged([LONG]), ["MODIFIED"]),
        *table.lines(judged([A, LONG]), ["DELETED", "ADDED"]),
    ]
    return "".join(f"{line}\n" for line in lines)


def test_a_wide_cell_sticks_out_and_widens_its_column_for_those_below() -> None:
    assert grown(Appended(Look(), events=False)) == dedent("""\
        NAME   KIND       STATE   RENEWED   REMAINING   HELD   HOLDER
        a      election   Fresh   1s        14s         3d     cp-1_64ad0584
        a-rather-long-name   election   Fresh   1s        14s         90s    x
        a                    election   Fresh   1s        14s         3d     cp-1_64ad0584
        a-rather-long-name   election   Fresh   1s        14s         90s    x
    """)


def test_events_stand_first_in_a_column_that_fits_each_of_them() -> None:
    assert grown(Appended(Look(namespaces=True), events=True)) == dedent("""\
        EVENT      NAMESPACE     NAME   KIND       STATE   RENEWED   REMAINING   HELD   HOLDER
        ADDED      kube-system   a      election   Fresh   1s        14s         3d     cp-1_64ad0584
        MODIFIED   kube-system   a-rather-long-name   election   Fresh   1s        14s         90s    x
        DELETED    kube-system   a                    election   Fresh   1s        14s         3d     cp-1_64ad0584
        ADDED      kube-system   a-rather-long-name   election   Fresh   1s        14s         90s    x
    """)


def test_without_headers_no_line_of_them_comes_later_either() -> None:
    assert "NAME" not in grown(Appended(Look(headers=False), events=True))


@pytest.mark.parametrize("has_skew", [False, True])
def test_which_columns_there_are_is_settled_by_the_first_rows(*, has_skew: bool) -> None:
    exact, ahead = judged([EXACT, AHEAD])
    table = Appended(Look(), events=False)
    headers, *_ = table.lines([exact, ahead] if has_skew else [exact], ["ADDED"])
    (row,) = table.lines([ahead], ["MODIFIED"])

    assert ("SKEW" in headers) == has_skew
    assert ("+40s" in row) == has_skew


def test_holders_are_fitted_to_the_terminal_as_columns_grow() -> None:
    table = Appended(Look(width=80), events=False)
    holder = "cp-1_" + "64ad0584-" * 6
    rows = [election(name, renewed=1, holderIdentity=holder) for name in ("a", "a-rather-long-name", "a")]
    lines = [line for row in rows for line in table.lines(judged([row]), [""])]

    assert [safe.width(line) <= 80 for line in lines] == [True] * 4
    assert lines[3].split()[-1] == lines[2].split()[-1], "a column that has grown stays"


def test_no_value_breaks_its_row() -> None:
    headers, row = Appended(Look(), events=True).lines(judged([HOSTILE]), ["ADDED"])

    assert headers.endswith("HOLDER")
    assert row.endswith(r"evil\x1b[2J\nrow")
