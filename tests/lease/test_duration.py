from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.duration import human, parse, signed

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1e9, "<invalid>"),
        (-2, "<invalid>"),
        (-1.999, "0s"),
        (-1, "0s"),
        (-0.4, "0s"),
        (0, "0s"),
        (0.999, "0s"),
        (1, "1s"),
        (70, "70s"),
        (119.999, "119s"),
        (2 * MINUTE, "2m"),
        (3 * MINUTE + 5, "3m5s"),
        (9 * MINUTE + 59, "9m59s"),
        (10 * MINUTE + 59, "10m"),
        (179 * MINUTE + 59, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + 59, "3h"),
        (3 * HOUR + 5 * MINUTE, "3h5m"),
        (7 * HOUR + 59 * MINUTE, "7h59m"),
        (8 * HOUR + 59 * MINUTE, "8h"),
        (47 * HOUR + 59 * MINUTE, "47h"),
        (2 * DAY, "2d"),
        (2 * DAY + 59 * MINUTE, "2d"),
        (7 * DAY + 23 * HOUR, "7d23h"),
        (8 * DAY + 23 * HOUR, "8d"),
        (2 * YEAR - 1, "729d"),
        (2 * YEAR, "2y"),
        (2 * YEAR + 23 * HOUR, "2y"),
        (7 * YEAR + 364 * DAY, "7y364d"),
        (8 * YEAR, "8y"),
        (10 * YEAR + 300 * DAY, "10y"),
        (3000 * YEAR, "3000y"),
    ],
)
def test_an_age_is_written_as_kubectl_writes_it(seconds: float, text: str) -> None:
    assert human(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-320, "-5m20s"),
        (-179 * MINUTE, "-179m"),
        (-1.5, "-1s"),
        (-1, "-1s"),
        (-0.999, "0s"),
        (-0.4, "0s"),
        (-0.0, "0s"),
        (0, "0s"),
        (36, "36s"),
    ],
)
def test_time_that_is_over_is_written_with_a_minus(seconds: float, text: str) -> None:
    assert signed(seconds) == text


@given(st.floats(1, 1e12))
def test_a_length_reads_the_same_before_and_after(seconds: float) -> None:
    assert signed(-seconds) == f"-{signed(seconds)}"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        ("-5", -5),
        ("+5", 5),
        ("0s", 0),
        ("1s", 1),
        ("2m", 120),
        ("1h2m3.5s", 3723.5),
        ("300ms", 0.3),
        ("1.5h", 5400),
        ("-1.5h", -5400),
        ("+5s", 5),
        (".5s", 0.5),
        ("1.s", 1),
        ("1us", 1e-6),
        ("1µs", 1e-6),
        ("1μs", 1e-6),  # the other letter mu
        ("1ns", 1e-9),
        ("1m1m", 120),
        ("5s1h", 3605),
        ("2d", 2 * DAY),
        ("1d12h", 1.5 * DAY),
        ("2562047h", 2562047 * HOUR),
    ],
)
def test_a_duration_is_read_as_go_reads_it(text: str, seconds: float) -> None:
    assert parse(text) == pytest.approx(seconds, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "+",
        ".",
        "s",
        ".s",
        "1.5",
        "1x",
        "1 s",
        " 1s",
        "1s ",
        "1s\n",
        "--1s",
        "1h-5m",
        "1h30",
        "1e3s",
        "1_0s",
        "٣s",
    ],
)
def test_what_is_no_duration_is_refused_and_told_what_is(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape("such as 300ms, 1.5s, 2m, 1h30m or 2d, or whole seconds")):
        parse(text)


@pytest.mark.parametrize("text", ["9" * 5000, "9" * 5000 + "h", "2562048h", "-106000d24000h"])
def test_more_than_go_can_count_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="less than 292 years"):
        parse(text)


@given(st.text())
def test_a_refused_duration_is_shown_without_control_characters(text: str) -> None:
    try:
        parse(text)
    except ValueError as refusal:
        shown = str(refusal)
    else:
        shown = text
    assert shown.isprintable()


@given(st.integers(0, 5 * YEAR))
def test_what_is_written_is_read_back_to_its_precision(seconds: int) -> None:
    text = human(seconds)
    if "y" not in text:
        assert parse(text) <= seconds < parse(text) + DAY
