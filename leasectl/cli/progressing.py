"""Progress of work that lasts, on stderr: a line drawn over itself or, off a terminal, one that is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from leasectl.show import progress, safe

if TYPE_CHECKING:
    from leasectl.cli.streams import Streams


def say_over(streams: Streams, text: str) -> None:
    """Say a line that may hold what the cluster sent, in the place of progress where that is drawn."""
    if streams.talk_on_terminal:
        streams.draw(progress.WIPE)
    streams.say(safe.text(text))


class Progress:
    """For as long as a `with`; nothing of it is left on the terminal.

    Args:
        streams: where to.
        begun: what is said off a terminal; nothing where it is empty.
    """

    def __init__(self, streams: Streams, begun: str) -> None:
        self._streams = streams
        self._begun = begun

    def __enter__(self) -> Self:
        if self._begun and not self._streams.talk_on_terminal:
            self._streams.say(safe.text(self._begun))
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def wipe(self) -> None:
        """Give the line back, for something else to be said on it."""
        if self._streams.talk_on_terminal:
            self._streams.draw(progress.WIPE)

    def tell(self, passed_s: float, total_s: float | None, word: str) -> None:
        """How far it has come; None where it has no end."""
        if not self._streams.talk_on_terminal:
            return
        columns = self._streams.talk_width()
        line = progress.endless(passed_s, word, columns) if total_s is None else None
        self._streams.draw(line or progress.line(passed_s, total_s or 0.0, word, columns))
