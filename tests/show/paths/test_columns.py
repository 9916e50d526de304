"""Every expected table is what kubectl 1.36.3 printed."""

from __future__ import annotations

from typing import Any

import pytest

from leasectl.show.paths import columns
from leasectl.show.paths.columns import Columns
from leasectl.show.paths.errors import PathError
from leasectl.show.safe import text

LEASES: list[dict[str, Any]] = [
    {"name": "a", "holder": "10", "note": {"tab": "x\ty", "nl": "l1\nl2", "esc": "\x1b[31mred\r", "wide": "日本語é"}},
    {"name": "b", "holder": "9", "note": {"html": "</x>"}},
    {"name": "c"},
]


def table(spec: str, leases: list[dict[str, Any]] = LEASES, *, headers: bool = True) -> list[str]:
    return list(columns.render(columns.parse(spec), leases, headers=headers, shown=str))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            "NAME:.name,HOLDER:holder,NOTE:{.note}",
            [
                "NAME       HOLDER   NOTE",
                "a          10       map[esc:^[[31mred\\r nl:l1",
                "l2 tab:x   y wide:日本語é]",
                "b          9        map[html:</x>]",
                "c          <none>   <none>",
            ],
        ),
        ("N:.name", ["N", "a", "b", "c"]),
        (":.name", ["", "a", "b", "c"]),
        (":.name,A B:.kind", ["      A B", "a     <none>", "b     <none>", "c     <none>"]),
        ("N:,X:.name", ["N        X", "<none>   a", "<none>   b", "<none>   c"]),
        ("N:.name,X:.note.tab,H:.holder", ["N     X        H", "a     x        y     10", "b     <none>   9", "c     <none>   <none>"]),
        ("N:.name,X:.note.nl,H:.holder", ["N     X     H", "a     l1", "l2    10", "b     <none>   9", "c     <none>   <none>"]),
        (
            "N:.name,E:.note.esc,W:.note.wide,H:.holder",
            ["N     E             W        H", "a     ^[[31mred\\r   日本語é     10", "b     <none>        <none>   9", "c     <none>        <none>   <none>"],
        ),
        ("N:.note.*,H:.holder", ["N     H", "^[[31mred\\r,l1", "l2,x     y,日本語é   10", "</x>     9", "<none>   <none>"]),
    ],
)  # fmt: skip
def test_a_table_is_laid_out_as_kubectls(spec: str, expected: list[str]) -> None:
    assert table(spec) == expected


def test_several_values_stand_in_one_cell() -> None:
    assert table("V:.v[*],N:.n", [{"v": [1, None, True, 1e6, "x", {"a": []}]}], headers=False) == [
        "1,<nil>,true,1e+06,x,map[a:[]]   <none>"
    ]


def test_without_leases_the_headers_stand_alone() -> None:
    assert table("A:.x,LONGLONG:.y", []) == ["A     LONGLONG"]
    assert table("A:.x,LONGLONG:.y", [], headers=False) == []


def test_a_form_feed_ends_the_columns_and_their_widths_are_remembered() -> None:
    rows = [{"a": "wide cell", "b": "x"}, {"a": "q\fr", "b": "y"}, {"a": "z", "b": ""}]
    assert table("A:.a,B:.b", rows, headers=False) == ["wide cell   x", "q", "r           y", "z           "]


def test_cells_are_escaped_on_a_terminal_before_they_are_measured() -> None:
    shown = list(columns.render(columns.parse("N:.note.tab,H:.holder"), LEASES[:1], headers=True, shown=text))
    assert shown == ["N      H", "x\\ty   10"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", "custom-columns format specified but no custom columns given"),
        ("NAME", "unexpected custom-columns spec: NAME, expected <header>:<json-path-expr>"),
        ("A:.a,", "unexpected custom-columns spec: , expected <header>:<json-path-expr>"),
        ("A:.a{b", "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"),
    ],
)  # fmt: skip
def test_a_spec_that_is_none_is_refused_in_kubectls_words(spec: str, message: str) -> None:
    with pytest.raises(PathError) as refused:
        columns.parse(spec)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("spec", "printed", "message"),
    [
        ("N:.name,X:.a[b", ["N     X"], "unterminated array"),
        ("N:.name,X:.a[b]", ["N     X"], "invalid array index b"),
        ("N:.name,X:.holder[0]", ["N     X"], "string is not array or slice"),
        ("N:.name,X:.list[0],Y:.name", ["N     X     Y", "a     1     a"], "map[string]interface {} is not array or slice"),
    ],
)  # fmt: skip
def test_what_fits_is_printed_before_the_error(spec: str, printed: list[str], message: str) -> None:
    leases = [{"name": "a", "holder": "h", "list": [1]}, {"name": "b", "holder": "h", "list": {}}]
    lines = columns.render(columns.parse(spec), leases, headers=True, shown=str)
    seen = []
    with pytest.raises(PathError) as refused:  # noqa: PT012 - the lines before it count too
        for line in lines:
            seen.append(line)  # noqa: PERF402 - a comprehension would lose them
    assert (seen, str(refused.value)) == (printed, message)


def test_a_file_has_a_line_of_headers_and_a_line_of_paths() -> None:
    written = columns.parse_file("NAME  WHO\r\n.name\u00a0{holder}\nnot read\n")
    assert list(columns.render(written, LEASES[:1], headers=False, shown=str)) == ["NAME   WHO", "a      10"]


def test_a_file_of_empty_lines_has_no_columns() -> None:
    empty = columns.parse_file("\n\n")
    assert empty == Columns((), always_headers=True)
    assert list(columns.render(empty, LEASES, headers=True, shown=str)) == ["", "", "", ""]


@pytest.mark.parametrize(
    ("text_", "message"),
    [
        ("", "invalid template, missing header line. Expected format is one line of space separated headers, one line of space separated column specs."),
        ("A B\n", "invalid template, missing spec line. Expected format is one line of space separated headers, one line of space separated column specs."),
        ("A B\n.a\n", "number of headers (2) and field specifications (1) don't match"),
        ("A\n{.a\n", "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_template_is_refused_in_kubectls_words(text_: str, message: str) -> None:
    with pytest.raises(PathError) as refused:
        columns.parse_file(text_)
    assert str(refused.value) == message
