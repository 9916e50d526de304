from __future__ import annotations

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from leasectl.show.safe import ended, json_bytes, middle, text, width

# Text as an attacker would choose it: controls, escapes, bidi, tags, marks, surrogates beside the ordinary.
HOSTILE = st.text(
    st.sampled_from("a \\\n\r\t\x1b\x7f\x9b\u202e\u2066\u200b\u2028\u0301\u3164\ufe0f\U000e0041\ud800表é")
    | st.characters()
)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("cp-1_64ad0584", "cp-1_64ad0584"),
        ("", ""),
        ("größe 表 👍", "größe 表 👍"),
        ("C:\\new", "C:\\new"),
        ("[bold]x[/]", "[bold]x[/]"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x00\x07\x7f", r"\x00\x07\x7f"),
        ("\x9b31m", r"\x9b31m"),
        ("a\u202eb", r"a\u202eb"),
        ("\u2066\u2069\u061c", r"\u2066\u2069\u061c"),
        ("a\u200bb\u200db\ufeff", r"a\u200bb\u200db\ufeff"),
        ("a\u2028b\u2029\x85", r"a\u2028b\u2029\x85"),
        ("a\u00a0b\u2003c\u3000", r"a\xa0b\u2003c\u3000"),
        ("\ud800", r"\ud800"),
        ("\ue000\U000f0000", r"\ue000\U000f0000"),
        ("\u0378", r"\u0378"),
        ("\U000e0041", r"\U000e0041"),
        ("a\u00adb", r"a\xadb"),
        ("a\u3164b\u2800", r"a\u3164b\u2800"),
        ("a\ufe0f\U000e0101\u034f", r"a\ufe0f\U000e0101\u034f"),
        ("e\u0301", "e\u0301"),
        ("a" + "\u0301" * 4, "a" + "\u0301" * 4),
        ("a" + "\u0301" * 6 + "b\u0301", "a" + "\u0301" * 4 + r"\u0301\u0301" + "b\u0301"),
        ("a" + "\u20dd" * 5, "a" + "\u20dd" * 4 + r"\u20dd"),
    ],
)
def test_what_cannot_be_seen_for_what_it_is_is_written_as_an_escape(sent: str, shown: str) -> None:
    assert text(sent) == shown


@given(HOSTILE)
@example("".join(map(chr, range(0x100))))
def test_whatever_was_sent_what_is_shown_is_printable(sent: str) -> None:
    shown = text(sent)
    assert shown.isprintable()
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in shown)
    assert text(shown) == shown


@given(st.text(st.characters(exclude_categories=("C", "Z", "M"), exclude_characters="\u115f\u1160\u2800\u3164\uffa0")))
def test_a_printable_string_is_shown_as_it_is(sent: str) -> None:
    assert text(sent) == sent


# Python's Unicode tables and Rich's differ on symbols. Marks with a place of their own (Mc) have no cell with Rich.
@given(st.text(st.characters(exclude_categories=("So", "Sk", "No", "Mc"))))
def test_a_width_is_what_rich_makes_of_it(sent: str) -> None:
    shown = text(sent)
    assert width(shown) == cell_len(shown)


@pytest.mark.parametrize(("shown", "cells"), [("", 0), ("abc", 3), ("表示", 4), ("e\u0301x", 2), ("ｆ", 2), ("ｶ", 1)])  # noqa: RUF001 - wide and narrow forms
def test_a_width_is_counted_in_terminal_cells(shown: str, cells: int) -> None:
    assert width(shown) == cells == cell_len(shown)


# Measured by where xterm 379 and tmux 3.3 leave the cursor.
@pytest.mark.parametrize(
    ("shown", "cells"),
    [
        ("\u1112\u1161\u11ab", 2),
        ("\u0915\u093e", 2),
        ("\u0915\u094d\u0937", 2),
        ("\u0ba8\u0bbf", 2),
        ("\u0e1c\u0e39\u0e49", 1),
        ("\U0001f1e9\U0001f1ea", 2),
        ("\U0001f469\U0001f3fd", 4),
        ("a\u200eb", 2),
    ],
)
def test_a_width_is_what_terminals_make_of_it(shown: str, cells: int) -> None:
    assert width(shown) == cells


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("cp-1", "cp-1"), ("支付", "支付"), ("אב 12", "אב 12\u200e"), ("cp-1 خادم", "cp-1 خادم\u200e")],
)
def test_only_what_is_written_from_right_to_left_is_given_an_end(cell: str, shown: str) -> None:
    assert ended(cell) == shown
    assert width(ended(cell)) == width(cell)


@pytest.mark.parametrize(
    ("value", "cells", "shortened"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abc…fg"),
        ("abcdefg", 5, "ab…fg"),
        ("abcdefg", 2, "a…"),
        ("abcdefg", 1, "…"),
        ("abcdefg", 0, ""),
        ("abcdefg", -1, ""),
        ("", 0, ""),
        ("表示表示", 5, "表…示"),
        ("表示表示", 4, "表…"),
        ("abcdxe\u0301", 4, "ab…e\u0301"),
        ("abcdxe\u0301\u0301", 3, "a…e\u0301\u0301"),
    ],
)
def test_a_long_value_keeps_both_ends(value: str, cells: int, shortened: str) -> None:
    assert middle(value, cells) == shortened


@given(HOSTILE, st.integers(0, 30))
def test_a_shortened_value_never_takes_more_cells_than_it_was_given(sent: str, cells: int) -> None:
    shown = text(sent)
    shortened = middle(shown, cells)
    assert width(shortened) <= cells
    assert (shortened == shown) == (width(shown) <= cells)


UTF8 = HOSTILE.filter(lambda value: not any("\ud800" <= c <= "\udfff" for c in value))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | UTF8,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(UTF8, inner, max_size=4),
    max_leaves=8,
)


@given(JSON)
def test_json_for_a_terminal_is_the_same_data_without_anything_unseen(value: object) -> None:
    sent = json.dumps(value, ensure_ascii=False, indent=1).encode()
    safe = json_bytes(sent)
    assert json.loads(safe) == value
    assert safe.decode().replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("sent", "safe"),
    [
        (b'{"a": "b"}\n', b'{"a": "b"}\n'),
        ('"größe 表"'.encode(), '"größe 表"'.encode()),
        ('"\u202e"'.encode(), rb'"\u202e"'),
        ('"\x7f\x9b"'.encode(), rb'"\u007f\u009b"'),
        ('"\U000e0041é"'.encode(), '"\\udb40\\udc41é"'.encode()),
        (b'{"a":1}\r{"b":2}\r\n', b'{"a":1}\n{"b":2}\n\n'),
        (b'"\xff"', rb'"\udcff"'),
    ],
)
def test_an_unseen_character_in_json_becomes_jsons_own_escape(sent: bytes, safe: bytes) -> None:
    assert json_bytes(sent) == safe


def test_json_of_plain_ascii_is_handed_back_as_it_came() -> None:
    data = b'{"kind": "List"}'
    assert json_bytes(data) is data


@pytest.mark.parametrize("cells", range(1, 30))
def test_no_escape_is_cut_in_half(cells: int) -> None:
    shown = middle(text("ab\x1b\u202e\U000e0041\n\x07cd"), cells)
    head, ellipsis, tail = shown.partition("…")
    assert ellipsis
    assert width(shown) <= cells
    for part in (head, tail):
        assert re.fullmatch(r"([a-d]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\n)*", part)
