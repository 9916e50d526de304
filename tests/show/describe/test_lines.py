"""Laws of a description: whatever a cluster holds, no line is broken, no line is too long, no word is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.account.facts import Account, Coordination, Holder, NodeAround, Standbys
from leasectl.lease.around.nearby import Sought, Unseen
from leasectl.lease.around.objects import Candidate, Event, Node, Pod, Taint
from leasectl.lease.kind import Kind
from leasectl.lease.model import OwnerReference
from leasectl.show import safe
from leasectl.show.describe.lines import Command, Field, Rows, lines
from leasectl.show.describe.page import Look, render
from tests.making import NOW
from tests.show.accounts import account, act

anything = st.text(st.characters(), max_size=40) | st.lists(
    st.sampled_from(["ab", "東京", "e\u0301", "\x1b[31m", "\n", "x" * 50, ""]), max_size=20
).map(" ".join)


@st.composite
def accounts(draw: Any) -> Account:
    """Every field that a cluster fills in, with whatever it likes."""

    def text() -> str:
        return str(draw(anything))

    def texts() -> list[str]:
        return [text() for _ in range(draw(st.integers(0, 2)))]

    time = NOW - timedelta(seconds=draw(st.integers(-100, 10**8)))
    return account(
        name=text(),
        namespace=text(),
        lease_kind=draw(st.sampled_from(Kind)),
        lease_kind_why=text(),
        reason=text(),
        next=[act(text(), text(), 1, 2) for _ in texts()],
        next_note=text(),
        holder=Holder(text(), time, 1.0, Pod(text(), text(), text(), text()) if draw(st.booleans()) else None, text()),
        standbys=Standbys(2, texts(), 1, "pods"),
        labels=dict(zip(texts(), texts(), strict=False)),
        annotations=dict(zip(texts(), texts(), strict=False)),
        owners=[OwnerReference("v1", text(), text())],
        node=NodeAround(Node(text(), "", text(), text(), text(), time, time, [Taint(text(), text(), text())]), text(), 1, 1),
        coordination=Coordination(
            text(), text(), [Candidate("", text(), "", text(), text(), text(), time)], text(), text()
        ),
        advice=texts(),
        unseen=[Unseen(Sought.EVENTS, text(), text())],
        try_=[["watch", text()]],
        events=[Event(text(), text(), text(), draw(st.integers(0, 3)), time, time)],
    )  # fmt: skip


@given(accounts(), st.integers(1, 200) | st.none(), st.booleans())
def test_no_control_character_reaches_a_line(made: Account, width: int | None, events: bool) -> None:
    assert all(line.isprintable() for line in render(made, Look(width=width, events=events)))


@given(accounts(), st.integers(1, 200))
def test_no_word_is_cut_or_lost_by_wrapping(made: Account, width: int) -> None:
    wrapped, whole = (" ".join(render(made, Look(width=cells))).split() for cells in (width, None))
    assert [word for word in wrapped if word != "\\"] == [word for word in whole if word != "\\"]


@given(accounts(), st.integers(50, 200))
def test_a_line_is_too_long_only_for_a_word_that_is(made: Account, width: int) -> None:
    made.try_.clear()  # a quoted word of a shell's has spaces, and is one
    for line in render(made, Look(width=width)):
        if safe.width(line) > width:
            before, _, word = line.rpartition(" ")
            assert safe.width(before) <= width - 24
            assert safe.width(word) >= 24


def test_rows_that_have_no_room_for_their_last_column_become_paragraphs() -> None:
    rows = Rows("Events", ("Age", "Reason", "Message"), [("4s", "", "cp-1 became leader"), ("2s", "x" * 30, "a b")])
    assert list(lines([rows], width=40, colour=False)) == [
        "Events:",
        "  Age Reason Message",
        "  4s cp-1 became leader",
        "  2s xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx a b",
    ]


def test_a_command_goes_on_below_as_a_shell_reads_it_and_no_word_is_parted() -> None:
    command = Command(["leasectl", "steal", "ns/name", "--to", "it's a pod", "--reason", "maintenance of rack 7"])
    assert list(lines([Field("Try", [command])], width=34, colour=False)) == [
        "Try:  leasectl steal ns/name \\",
        "      --to 'it'\"'\"'s a pod' \\",
        "      --reason \\",
        "      'maintenance of rack 7'",
    ]


def test_wide_characters_take_two_cells() -> None:
    field = Field("Holder", ["東京東京東京東京 東京東京東京東京東京"])
    assert list(lines([field], width=34, colour=False)) == [
        "Holder:  東京東京東京東京",
        "         東京東京東京東京東京",
    ]


def test_leading_spaces_stay_with_a_word_that_is_too_long() -> None:
    assert list(lines([Field("A", ["  " + "x" * 40])], width=30, colour=False)) == ["A:    " + "x" * 40]
