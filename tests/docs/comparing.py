"""Whether what a page shows is what the program prints: line by line, with what moves allowed to move by its meaning.

A length of time may be another one of about that size, a time of day any, a random identity any of its shape, who wins an
election anybody; where a
column begins and where a sentence is wrapped does not matter. Words, names, states, counts and what a lease lasts are what they are. A line `…` stands
for lines that are left out.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

LEFT_OUT = "…"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LENGTH = r"(?<![\w.-])[+-]?(?:\d+(?:\.\d+)?(?:ms|[ywdhms]))+(?!\w)"
_SECONDS = {"y": 365 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001, "w": 7 * 86400}
_SLACK_S, _SLACK_SHARE = 10.0, 0.1
# After these words a length in whole units is a setting, of a lease or of a rule, and no measurement.
_SET = re.compile(r"(?:\b(?:lasts|of|of the|every|lasted|duration|Duration:|within|grace)|--[\w-]+)[ =]$")
_EPOCH = 1e9
_GOES_ON = " " * 10


class _Kind(Enum):
    """What moves."""

    DATE_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
    TIME = r"\d\d:\d\d:\d\d(?:\.\d+)?Z?"
    WINDOW = rf"(?:between {_LENGTH} and {_LENGTH}|from now until {_LENGTH}) from now"
    WINNER = r"(?<= is led by )[\w.-]+|(?<= -> )[\w.-]+"
    IDENTITY = rf"[\w.-]+_\d+_{_UUID}"
    TAKER = r"[\w.-]+_leasectl_[0-9a-f]{8}"
    TOKEN = r"(?<=token )\d+|(?<=resourceVersion: \")\d+|(?<=resourceVersion\": \")\d+"
    PORT = r"(?<=127\.0\.0\.1:)\d+"
    LATENCY = r"\d+(?= ms\b)"
    VERSION = r"(?<=kubectl )\d+\.\d+\.\d+"
    PROCESS = r"(?<=\bpid )\d+|(?<=PID )\d+"
    COUNT = r"\d+(?= missed)|(?<=renewals=)\d+|\d+(?= renewals)|(?<=\"renewals\": )\d+|(?<=\"renewals\":)\d+"
    LENGTH = _LENGTH
    NUMBER = r"(?<![\w.])-?\d+\.\d+(?:e[+-]?\d+)?(?![\w.])"


_MOVES = re.compile("|".join(f"(?P<{kind.name}>{kind.value})" for kind in _Kind))


class Word(NamedTuple):
    """A piece of a line: words as they are, where it has no kind, or something that moves."""

    kind: _Kind | None
    text: str


def drift(shown: list[str], printed: list[str]) -> str:
    """What is different, for people; empty where a page shows what is printed."""
    shown, printed = _unwrapped(shown), _unwrapped(printed)
    if LEFT_OUT not in map(str.strip, shown):
        for number, (left, right) in enumerate(zip(shown, printed, strict=False), 1):
            if not same(left, right):
                return f"line {number} of the output\n  shown:   {left}\n  printed: {right}"
        if len(shown) != len(printed):
            more = [*shown[len(printed) :], *printed[len(shown) :]]
            return f"{len(shown)} lines are shown, {len(printed)} printed; from here on:\n  {more[0]}"
        return ""
    return _drift_of_parts(_parts(shown), printed)


def same(shown: str, printed: str) -> bool:
    """Whether two lines say the same."""
    left, right = _words(shown), _words(printed)
    if [word.kind for word in left] != [word.kind for word in right]:
        return False
    before = ""
    for ours, theirs in zip(left, right, strict=True):
        if not _near(ours, theirs, before):
            return False
        before = ours.text
    return True


def _unwrapped(lines: list[str]) -> list[str]:
    """Each line with those that go on with it, which stand far to the right: a length that is longer wraps elsewhere."""
    joined: list[str] = []
    for line in lines:
        if joined and line.startswith(_GOES_ON) and joined[-1].strip() not in {"", LEFT_OUT}:
            joined[-1] += f" {line.strip()}"
        else:
            joined.append(line)
    return joined


def _parts(shown: list[str]) -> list[list[str]]:
    """The lines between those that stand for what is left out."""
    marks = [-1, *(number for number, line in enumerate(shown) if line.strip() == LEFT_OUT), len(shown)]
    return [shown[first + 1 : last] for first, last in pairwise(marks)]


def _drift_of_parts(parts: list[list[str]], printed: list[str]) -> str:
    """The first part stands at the beginning, the last one at the end, the others in their order between them."""
    first, *between, last = parts
    if found := drift(first, printed[: len(first)]):
        return found
    end = len(printed) - len(last)
    at = len(first)
    for part in between:
        at += 1  # a line at least is left out
        starts = range(at, end - len(part))
        start = next((start for start in starts if not drift(part, printed[start : start + len(part)])), None)
        if start is None:
            return f"nowhere between the others:\n  {part[0]}"
        at = start + len(part)
    if at >= end:
        return f"nothing is left out where {LEFT_OUT} stands"
    return drift(last, printed[end:])


def _words(line: str) -> list[Word]:
    folded = " ".join(line.split())
    found: list[Word] = []
    at = 0
    for match in _MOVES.finditer(folded):
        if match.start() > at:
            found.append(Word(None, folded[at : match.start()]))
        found.append(Word(_Kind[match.lastgroup or ""], match[0]))
        at = match.end()
    if at < len(folded):
        found.append(Word(None, folded[at:]))
    return found


def _near(ours: Word, theirs: Word, before: str) -> bool:
    match ours.kind:
        case None:
            return ours.text == theirs.text
        case _Kind.LENGTH if _SET.search(before) and "." not in ours.text:
            return ours.text == theirs.text
        case _Kind.LENGTH:
            return _about(_seconds(ours.text), _seconds(theirs.text))
        case _Kind.COUNT:
            return _about(float(ours.text), float(theirs.text))
        case _Kind.NUMBER:
            left, right = float(ours.text), float(theirs.text)
            return _about(left, right) or min(left, right) > _EPOCH
        case _Kind.DATE_TIME | _Kind.TIME:
            return re.sub(r"\d", "0", ours.text) == re.sub(r"\d", "0", theirs.text)
        case _Kind.WINDOW:
            return all(map(_about, _ends(ours.text), _ends(theirs.text)))
        case (
            _Kind.WINNER
            | _Kind.IDENTITY
            | _Kind.TAKER
            | _Kind.TOKEN
            | _Kind.PORT
            | _Kind.PROCESS
            | _Kind.LATENCY
            | _Kind.VERSION
        ):
            return True


def _ends(window: str) -> tuple[float, float]:
    """When a window begins and ends; one that has begun begins now."""
    *first, last = re.findall(_LENGTH, window)
    return (_seconds(first[0]) if first else 0.0, _seconds(last))


def _about(left: float, right: float) -> bool:
    """Whether one may be the other, seen on another run."""
    return abs(left - right) <= _SLACK_S + _SLACK_SHARE * max(abs(left), abs(right))


def _seconds(text: str) -> float:
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[ywdhms])", text)
    return (-1 if text.startswith("-") else 1) * sum(float(count) * _SECONDS[unit] for count, unit in parts)
