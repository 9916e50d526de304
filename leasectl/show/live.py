"""A live screen: a watch drawn over itself on a terminal's alternate screen, which is given back however it ends.

Safety rule: Rich renders into memory and never meets the terminal. What it would do there, as turning a broken pipe
into an exit or asking the environment what the terminal can do, is not its to decide; and a picture goes out in one
write, so that none is seen half drawn.
"""

from __future__ import annotations

from contextlib import suppress
from io import StringIO
from typing import TYPE_CHECKING, Self

from rich.console import Console, ConsoleDimensions
from rich.live import Live
from rich.segment import Segment
from rich.style import Style

from leasectl.show import safe
from leasectl.show.picture import picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import BinaryIO

    from rich.console import ConsoleOptions, RenderResult

    from leasectl.lease.view import View
    from leasectl.show.grid import Line

# A terminal that finds a character wider than we do cuts the line there, and does not scroll.
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"
_USUAL = (80, 24)


class Screen:
    """A context in which views are drawn: when the caller says, as big as it says; nothing here runs by itself.

    Args:
        file: the terminal.
        size: its columns and lines, asked for anew with each picture; 0 where it does not know.
        colour: whether states are coloured.
        namespaces: whether leases are named with their namespace.
        ascii_only: whether it would make something else of UTF-8.
    """

    def __init__(
        self,
        file: BinaryIO,
        size: Callable[[], tuple[int, int]],
        *,
        colour: bool,
        namespaces: bool,
        ascii_only: bool = False,
    ) -> None:
        self._file = file
        self._ascii_only = ascii_only
        self._size = size
        self._namespaces = namespaces
        self._lines: _Lines = _Lines([])
        self._drawn = StringIO()
        self._console = Console(
            file=self._drawn,
            force_terminal=True,
            force_interactive=True,
            force_jupyter=False,
            color_system="standard" if colour else None,
            no_color=not colour,
            legacy_windows=False,
            width=_USUAL[0],
            height=_USUAL[1],
            markup=False,
            emoji=False,
            highlight=False,
            _environ={},
        )
        self._live = Live(
            console=self._console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
            get_renderable=lambda: self._lines,
        )

    def __enter__(self) -> Self:
        try:
            self.resume()
        except BaseException:
            self._give_back()
            raise
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._give_back()

    def draw(self, view: View) -> None:
        """Show how it stands.

        Raises:
            OSError: the terminal does not take it.
        """
        columns, lines = self._size()
        columns, lines = columns or _USUAL[0], lines or _USUAL[1]
        self._console.size = ConsoleDimensions(columns, lines)
        self._lines = _Lines(picture(view, columns, lines, namespaces=self._namespaces))
        self._live.refresh()
        self._flush()

    def suspend(self) -> None:
        """Give the terminal back for a while, as before Ctrl-Z stops the process.

        Raises:
            OSError: as `draw`.
        """
        if self._live.is_started:
            self._drawn.write(_WRAP)
            self._live.stop()
        self._flush()

    def resume(self) -> None:
        """Take the alternate screen, again after `suspend`; what it shows is for the next `draw`.

        Raises:
            OSError: as `draw`.
        """
        self._live.start()
        self._drawn.write(_NO_WRAP)
        self._flush()

    def _give_back(self) -> None:
        # A terminal that is gone has nothing to be given back, and what ended the watch is the error to be told.
        with suppress(OSError, ValueError):
            self.suspend()

    def _flush(self) -> None:
        """Send what Rich has written; what did not get out stays, and goes before the next."""
        drawn = self._drawn.getvalue()
        if drawn:
            self._file.write(safe.ascii_only(drawn) if self._ascii_only else drawn.encode(errors="backslashreplace"))
            self._file.flush()
        self._drawn.seek(0)
        self._drawn.truncate()


class _Lines:
    """A picture as Rich renders it: pieces as they are, of which it interprets nothing."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        for line in self._lines:
            for text, style in line:
                yield Segment(text, Style.parse(style) if style else None)
            yield Segment.line()
