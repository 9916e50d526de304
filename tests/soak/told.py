"""What a watch in the background tells, and the laws that hold for all that it ever told."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from datetime import datetime
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Self

from tests.soak.trial import LEASECTL, check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.soak.trial import Plane

Change = dict[str, Any]

LEADERS = ("acquired", "changed", "reacquired", "released", "deleted")
SIGHT = ("blind", "seeing")
ENDED_BY_TERM = 128 + 15


class Told:
    """`leasectl watch … -o json`, in the background for as long as a `with`.

    Args:
        cluster: where.
        words: the arguments that say what.
    """

    def __init__(self, cluster: Plane, *words: str) -> None:
        self._command = [LEASECTL, "watch", *words, "-o", "json"]
        self._environ = cluster.environ
        self._lines: list[Change] = []

    def __enter__(self) -> Self:
        self._stderr = TemporaryFile()
        self._process = subprocess.Popen(
            self._command,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            stdin=subprocess.DEVNULL,
            env=self._environ,
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._process.terminate()
        code = self._process.wait(20)
        self._reading.join()
        self._stderr.seek(0)
        talk = self._stderr.read().decode()
        self._stderr.close()
        if error is not None:
            print(f"{' '.join(self._command)} told:", *map(json.dumps, self._lines), talk, sep="\n", flush=True)
            return
        check((code, talk) == (ENDED_BY_TERM, ""), f"the watch went on until it was ended: {code} {talk}")

    @property
    def all(self) -> list[Change]:
        """All that was told until now."""
        return list(self._lines)

    def of(self, *types: str) -> list[Change]:
        """What was told of these types."""
        return [change for change in self.all if change["type"] in types]

    def new(self, since: int) -> list[Change]:
        """All that was told after so many lines."""
        return self.all[since:]

    @property
    def holder(self) -> str | None:
        """Who leads by the last that was told; None for nobody. Of a watch of one lease."""
        leaders = self.of("seen", *LEADERS)
        return leaders[-1].get("to") if leaders else None

    def _read(self) -> None:
        if self._process.stdout is None:
            raise AssertionError("stdout is a pipe")
        for line in self._process.stdout:
            self._lines.append(json.loads(line))


def at(change: Change) -> float:
    """When it was seen, in seconds of the epoch."""
    return datetime.fromisoformat(change["time"]).timestamp()


def since(change: Change) -> float:
    """Of blind and seeing: when something was last heard, in seconds of the epoch."""
    return datetime.fromisoformat(change["since"]).timestamp()


def brief(changes: Iterable[Change]) -> str:
    """Types and what goes with them, for a report."""
    return ", ".join(_one(change) for change in changes)


def _one(change: Change) -> str:
    kept = {key: change[key] for key in ("to", "gap_s", "gap_error_s", "transitions", "blind_s") if key in change}
    clock = time.strftime("%H:%M:%S", time.gmtime(at(change)))
    return " ".join([clock, change["type"], *(f"{key}={value}" for key, value in kept.items())])


def check_leaders(changes: list[Change]) -> None:
    """Each leader follows the one that was told before, and none is told twice; of a watch of one lease."""
    holder: str | None = None
    wrong = []
    for change in changes:
        if change["type"] == "seen":
            holder = change.get("to")
        elif change["type"] in LEADERS:
            if change.get("from") != holder or change.get("to") == holder:
                wrong.append(change)
            holder = change.get("to")
    check(not wrong, f"each leader follows the one told before, none is told twice {brief(wrong)}")


def breaks(changes: list[Change]) -> Iterator[tuple[Change, Change]]:
    """Blind and seeing, which come in pairs; of a watch of one scope."""
    sight = [change for change in changes if change["type"] in SIGHT]
    check([change["type"] for change in sight] == [*SIGHT] * (len(sight) // 2), "blind and seeing come in pairs")
    yield from zip(sight[::2], sight[1::2], strict=True)
