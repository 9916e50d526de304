"""What came of a steal so far, and how it is told.

Safety rule: once a lease was written, that is told whatever ends the run: a signal, a server that is gone, a full disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from leasectl.cli.exits import Exit
from leasectl.cli.streams import OutputFailed, ReaderGone
from leasectl.lease.takeover.outcome import Outcome
from leasectl.lease.takeover.wish import Then
from leasectl.show.steal import document, told

if TYPE_CHECKING:
    from leasectl.cli.stealing.scene import Scene
    from leasectl.lease.takeover.outcome import Steal
    from leasectl.lease.takeover.wish import Refusal

FORMATS = frozenset({"text", "json"})
_CODES = {
    Outcome.TAKEN: Exit.OK,
    Outcome.DRY_RUN: Exit.OK,
    Outcome.REFUSED: Exit.REFUSED,
    Outcome.LOST: Exit.LOST,
}


class Story:
    """Grows as things happen.

    Attributes:
        steal: what came of it so far.
    """

    def __init__(self, scene: Scene) -> None:
        self.steal: Steal = scene.steal()
        self._scene = scene
        self._streams = scene.session.streams
        self._broken: OutputFailed | ReaderGone | None = None

    def goes_on(self, line: str = "", **fields: Any) -> None:
        """Something happened.

        Args:
            line: what is printed of it where nobody wants a document; safe to print.
            fields: what it changes in the document.
        """
        self.steal = replace(self.steal, **fields)
        if line and self._scene.asked.form == "text":
            self._print([f"{line}\n".encode("utf-8", "backslashreplace")], line)

    def refused(self, refusal: Refusal) -> None:
        """It was not taken, or is not held any more."""
        outcome = Outcome.LOST if refusal.is_race else Outcome.REFUSED
        self.goes_on(outcome=outcome, why=refusal.why, instead=refusal.instead)

    def end(self) -> int:
        """Tell the rest; the exit code."""
        steal = self.steal
        if steal.outcome in {Outcome.REFUSED, Outcome.LOST}:
            for line in told.refused(steal):
                self._streams.say(line)
        if self._scene.asked.form == "json":
            parts = list(document.as_json(steal, terminal=self._streams.terminal))
            self._print(parts, self._in_short() if steal.written_at else "")
        if self._broken is not None:
            raise self._broken
        return _CODES[steal.outcome]

    def cut_short(self) -> None:
        """Tell what was done, where nothing more will be."""
        steal = self.steal
        if steal.written_at is None:
            return
        if steal.then is not Then.LAPSE and not (steal.released or steal.handed_over):
            self._scene.say(f"{steal.namespace}/{steal.name} is left to lapse: {steal.fence_s}s after its last renewal")
        if self._scene.asked.form == "json":
            self._print(list(document.as_json(steal, terminal=self._streams.terminal)), self._in_short())

    def _in_short(self) -> str:
        steal = self.steal
        done = (" and handed over" if steal.handed_over else "") + (" and released" if steal.released else "")
        return told.taken(steal) + done

    def _print(self, parts: list[bytes], otherwise: str) -> None:
        """On stdout; where that takes nothing, what matters of it goes to stderr, and the failure waits."""
        try:
            if self._broken is None:
                self._streams.data(parts)
                return
        except (OutputFailed, ReaderGone) as error:
            self._broken = error
        if otherwise:
            self._streams.say(otherwise)
