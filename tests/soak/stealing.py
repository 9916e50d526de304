"""`leasectl steal` as the trials run it: a whole process, its document, and what it said."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.soak.trial import LEASECTL, check

if TYPE_CHECKING:
    from tests.soak.trial import Plane

TAKEN, FAILED, REFUSED, LOST, INTERRUPTED = 0, 1, 3, 4, 130
PATIENCE_S = 900


class Stolen(NamedTuple):
    """How it ended.

    Attributes:
        code: its exit code.
        told: its document; empty where it printed none.
        stderr: what it said beside that.
    """

    code: int
    told: dict[str, Any]
    stderr: str

    @property
    def last(self) -> str:
        """The last line of what it said."""
        return (self.stderr.strip().splitlines() or [""])[-1]


def steal(cluster: Plane, *words: str) -> Stolen:
    """Run it to its end."""
    return ended(started(cluster, *words))


def started(cluster: Plane, *words: str) -> subprocess.Popen[str]:
    """Start it."""
    return subprocess.Popen(
        [LEASECTL, "steal", *words, "-o", "json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=cluster.environ,
    )


def ended(process: subprocess.Popen[str]) -> Stolen:
    """Wait for its end."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return Stolen(process.returncode, json.loads(out) if out else {}, err)


def expect(stolen: Stolen, code: int, what: str) -> None:
    """That it ended so; where it did not, all that it said."""
    if stolen.code != code:
        check(False, f"{what}: exit {stolen.code}, not {code}\n{json.dumps(stolen.told, indent=1)}\n{stolen.stderr}")
