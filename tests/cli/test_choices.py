"""What is offered to a shell: plain words, each with a safe word about it, and how to go on."""

from __future__ import annotations

import pytest

from leasectl.cli.completing.choices import Choice, Offer, printed


@pytest.mark.parametrize(
    "value",
    [
        "$(x)",
        "`x`",
        "a b",
        "a\tb",
        "a\nb",
        "a'b",
        'a"b',
        "a;b",
        "a&b",
        "a|b",
        "a>b",
        "a*",
        "a?",
        "[a]",
        "{a,b}",
        "a\\b",
        "a!b",
        "~a",
        "#a",
        "-a",
        "=a",
        "%a",
        "@a",
        "a\x1b[31m",
        "a\u202eb",
        "a\u200bb",
        "a^b",
        "a(b",
        "",
        "\udcff",
        "a\x00",
    ],
)
def test_a_value_that_a_shell_would_not_take_as_it_stands_is_left_out(value: str) -> None:
    assert list(printed(Offer([Choice(value, "x"), Choice("fine")]), "")) == ["fine", ":4"]


@pytest.mark.parametrize(
    "value",
    ["kube-scheduler", "cp-1_64ad", "arn:aws:eks:eu-1:123:cluster/x", "me@cluster", "größe", "租约", "a%b", "a+b"],
)
def test_names_of_every_day_are_offered(value: str) -> None:
    assert list(printed(Offer([Choice(value)]), "")) == [value, ":4"]


def test_what_is_said_about_a_value_is_one_safe_line() -> None:
    about = "held by \x1b]0;x\x07\n:0\t" + "x" * 200
    line_, directive = printed(Offer([Choice("a", about)]), "")
    assert line_.isprintable() or line_.count("\t") == 1
    assert line_.startswith("a\theld by \\x1b]0;x\\x07\\n:0\\t")
    assert len(line_) <= 102
    assert directive == ":4"


def test_what_has_more_to_come_is_followed_by_no_space_where_nothing_else_is_offered() -> None:
    assert list(printed(Offer([Choice("a/"), Choice("b=")]), "")) == ["a/", "b=", ":6"]
    assert list(printed(Offer([Choice("a/"), Choice("b")]), "")) == ["a/", "b", ":4"]


def test_a_value_that_nobody_could_look_at_is_left_out() -> None:
    """A holder may be as long as an object; an ordinary one is a host's name and an identifier."""
    assert list(printed(Offer([Choice("h" * 4096), Choice("h" * 290)]), "")) == ["h" * 290, ":4"]
