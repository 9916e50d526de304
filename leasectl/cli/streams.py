"""stdin, stdout, stderr and what is known of the terminal; read once, handed down."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from msgspec import Struct

from leasectl.cli import terminal_facts
from leasectl.lease.errors import LeasectlError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class ReaderGone(Exception):  # noqa: N818 - reads as the sentence it is
    """Nobody reads our output any more; Click would end the process with 1 on a BrokenPipeError."""


class OutputFailed(LeasectlError):  # noqa: N818
    """Our output has no place to go: a full disk, for example."""


class Streams(Struct, frozen=True):
    """Where data comes from and goes to. stdout is data, stderr is talk.

    Attributes:
        stdin, stdout, stderr: bytes; what is written is UTF-8.
        terminal: whether stdout is one, so that a person looks.
        talk_on_terminal: whether stderr is one that can redraw a line.
        width: stdout's cells; meaningless off a terminal.
        colour: whether colours are wanted (NO_COLOR, FORCE_COLOR, TERM=dumb are honoured).
        ascii_only: whether a terminal would make something else of UTF-8.
    """

    stdin: BinaryIO
    stdout: BinaryIO
    stderr: BinaryIO
    terminal: bool
    talk_on_terminal: bool
    width: int
    colour: bool
    ascii_only: bool = False

    @classmethod
    def of_process(cls, environ: Mapping[str, str]) -> Streams:
        """This process's own; one that was closed (`>&-`) reads as empty and takes whatever is written."""
        # In the order of their numbers, so that no socket gets one of these and is written to.
        stdin = _binary(sys.stdin, "rb")
        stdout = _binary(sys.stdout, "wb")
        stderr = _binary(sys.stderr, "wb")
        terminal = stdout.isatty()
        talk_on_terminal = stderr.isatty() and environ.get("TERM") != "dumb"
        colour = terminal_facts.colour(environ, terminal=terminal)
        width, ascii_only = terminal_facts.width(stdout), not terminal_facts.is_utf_8(environ)
        return cls(stdin, stdout, stderr, terminal, talk_on_terminal, width, colour, ascii_only)

    def data(self, parts: Iterable[bytes]) -> None:
        """Write to stdout, and see it leave."""
        try:
            self.stdout.writelines(parts)
            self.stdout.flush()
        except BrokenPipeError:
            raise ReaderGone from None
        except OSError as error:
            raise OutputFailed(f"error: standard output: {error.strerror}") from None

    def lines(self, lines: Iterable[str]) -> None:
        """Write lines to stdout."""
        text = "\n".join(lines)
        self.data([self.encoded(text, terminal=self.terminal), b"\n"] if text else [])

    def encoded(self, text: str, *, terminal: bool) -> bytes:
        """Text for people, as bytes that a terminal, or a file, takes it in."""
        if self.ascii_only and terminal:
            from leasectl.show import safe

            return safe.ascii_only(text)
        return text.encode("utf-8", "backslashreplace")

    def say(self, text: str) -> None:
        """Write a line to stderr."""
        self.draw(text + "\n")

    def draw(self, text: str) -> None:
        """Write to stderr as it stands; control characters are the caller's own. Nobody has to be there to hear it."""
        try:
            self.stderr.write(self.encoded(text, terminal=self.ascii_only and self.stderr.isatty()))
            self.stderr.flush()
        except OSError:
            # Talk is not data: the rest of it goes nowhere, and what was asked for is still printed.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stderr.fileno())
            os.close(nowhere)

    def size(self) -> tuple[int, int]:
        """The columns and lines of stdout's terminal, as it is now; 0 where it does not know."""
        try:
            return os.get_terminal_size(self.stdout.fileno())
        except (OSError, ValueError):
            return 0, 0

    def talk_width(self) -> int:
        """The cells of stderr's terminal, as it is now."""
        return terminal_facts.width(self.stderr)


def _binary(stream: TextIO | None, mode: str) -> BinaryIO:
    if stream is not None:
        return stream.buffer
    return cast("BinaryIO", open(os.devnull, mode))  # noqa: PTH123 - for as long as we run
