"""The live screen: what a terminal is sent, and that it gets itself back."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from leasectl.show import safe
from leasectl.show.live import Screen
from tests.show.viewing import BLIND, CHANGES, TROUBLE, nodes, view

if TYPE_CHECKING:
    from typing import BinaryIO

TAKEN = b"\x1b[?1049h\x1b[H\x1b[?25l\x1b[?7l"
GIVEN_BACK = b"\x1b[?7h\x1b[?25h\x1b[?1049l"
HOME = b"\x1b[H"
VIEW = view([*TROUBLE, *nodes(30)], CHANGES, BLIND)


class Terminal(BytesIO):
    """Takes down each write by itself; breaks when told."""

    def __init__(self, breaks_after: int = sys.maxsize) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.flushes = 0
        self.breaks_after = breaks_after

    def write(self, data: object, /) -> int:
        if len(self.writes) >= self.breaks_after:
            raise BrokenPipeError
        assert isinstance(data, bytes)
        self.writes.append(data)
        return len(data)

    def flush(self) -> None:
        self.flushes += 1


def screen(terminal: BinaryIO, columns: int = 80, lines: int = 24, *, colour: bool = False) -> Screen:
    return Screen(terminal, lambda: (columns, lines), colour=colour, namespaces=True)


def draw_twice(terminal: BinaryIO, then: type[BaseException] | None = None) -> None:
    with screen(terminal) as shown:
        shown.draw(VIEW)
        shown.draw(VIEW)
        if then is not None:
            raise then


def test_a_picture_is_one_write_over_the_last_one_that_fills_the_screen() -> None:
    terminal = Terminal()
    draw_twice(terminal)
    entered, first, second, left = terminal.writes
    assert (entered, left) == (TAKEN, GIVEN_BACK)
    assert first == second
    assert terminal.flushes == 4
    lines = first.removeprefix(HOME).decode().split("\n")
    assert [safe.width(line) for line in lines] == [80] * 24
    assert lines[2].rstrip() == "LEASE                               STATE                REMAINING  HOLDER"
    assert lines[3].rstrip() == "payments/ledger-migrate             Expired    +5m40s    -5m40s     job-7f_1"


def test_colour_is_added_to_the_same_text_only_when_told() -> None:
    plain, coloured = Terminal(), Terminal()
    for terminal in (plain, coloured):
        with screen(terminal, colour=terminal is coloured) as shown:
            shown.draw(VIEW)
    assert b"\x1b" not in plain.writes[1].removeprefix(HOME)
    assert b"\x1b[1;31mExpired    \x1b[0m" in coloured.writes[1]
    assert re.sub(rb"\x1b\[[0-9;]*m", b"", coloured.writes[1]) == plain.writes[1]


def test_a_resized_terminal_is_filled_anew() -> None:
    sizes = iter([(80, 24), (20, 5), (200, 50), (1, 1), (0, 0)])
    terminal = Terminal()
    with Screen(terminal, lambda: next(sizes), colour=False, namespaces=True) as shown:
        for _ in range(5):
            shown.draw(VIEW)
    pictures = [written.removeprefix(HOME).decode().split("\n") for written in terminal.writes[1:-1]]
    assert [(safe.width(lines[0]), len(lines)) for lines in pictures] == [
        (80, 24),
        (20, 5),
        (200, 50),
        (1, 1),
        (80, 24),
    ]


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    calm, odd = Terminal(), Terminal()
    with screen(calm, colour=True) as shown:
        shown.draw(VIEW)
    for name, value in {
        "TERM": "dumb",
        "COLUMNS": "7",
        "LINES": "3",
        "NO_COLOR": "1",
        "FORCE_COLOR": "",
        "TTY_COMPATIBLE": "0",
        "TTY_INTERACTIVE": "0",
        "JUPYTER_COLUMNS": "9",
    }.items():
        monkeypatch.setenv(name, value)
    with screen(odd, colour=True) as shown:
        shown.draw(VIEW)
    assert odd.writes == calm.writes


def test_a_suspended_screen_is_given_back_and_taken_again() -> None:
    terminal = Terminal()
    with screen(terminal) as shown:
        shown.draw(VIEW)
        shown.suspend()
        shown.resume()
        shown.draw(VIEW)
    _, picture, *rest = terminal.writes
    assert rest == [GIVEN_BACK, TAKEN, picture, GIVEN_BACK]


def test_a_screen_left_while_suspended_is_given_back_once() -> None:
    terminal = Terminal()
    with screen(terminal) as shown:
        shown.suspend()
    assert terminal.writes == [TAKEN, GIVEN_BACK]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_the_terminal_is_given_back_whatever_ends_the_watch(error: type[BaseException]) -> None:
    terminal = Terminal()
    with pytest.raises(error):
        draw_twice(terminal, then=error)
    assert terminal.writes[-1] == GIVEN_BACK


def test_an_interrupted_write_does_not_keep_the_terminal() -> None:
    class Interrupted(Terminal):
        def flush(self) -> None:
            super().flush()
            if self.flushes == 2:
                raise KeyboardInterrupt

    terminal = Interrupted()
    with pytest.raises(KeyboardInterrupt), screen(terminal) as shown:
        shown.draw(VIEW)
    assert terminal.writes[-1].endswith(GIVEN_BACK)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_broken_terminal_is_the_error_that_is_told(after: int) -> None:
    with pytest.raises(BrokenPipeError):
        draw_twice(Terminal(breaks_after=after))


def test_a_terminal_that_breaks_at_the_end_hides_no_error_and_makes_none() -> None:
    with pytest.raises(KeyboardInterrupt), screen(Terminal(breaks_after=1)):
        raise KeyboardInterrupt
    with screen(Terminal(breaks_after=1)) as shown:
        assert shown is not None


def test_nobody_elses_output_is_touched(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    with screen(Terminal()) as shown:
        shown.draw(VIEW)
        assert (sys.stdout, sys.stderr) == before
    assert capfd.readouterr() == ("", "")


def test_rich_is_loaded_by_the_screen_alone() -> None:
    code = "import sys; import leasectl.show.changes, leasectl.show.picture, leasectl.show.stats; print('rich' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
