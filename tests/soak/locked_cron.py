"""Trial: the documents' tutorial, a cron job on two machines that is killed in the middle, run as it is written.

A machine is a set of processes with a process table and a host name of its own; both share a folder. Its cron runs the
tutorial's line with next to no environment, once a minute (in the short form: three times). First the lock's holder is
killed as the tutorial says, then a whole machine is lost, guard and job and all. The report that the job writes is
watched line by line.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from tests.docs.fences import blocks as fenced
from tests.docs.telling import DOCS
from tests.soak.direct import Direct
from tests.soak.trial import LEASECTL, SHORT, Beside, Plane, check, plane, until

if TYPE_CHECKING:
    from collections.abc import Sequence

TUTORIAL = DOCS / "tutorials" / "cron.md"
MINUTE_S = 20.0 if SHORT else 60.0
BY_HAND = "the lock's holder was killed"
EVERY_MINUTE = "* * * * * "
JOB_LINES, LASTS_S, LOOK_S = 6, 15.0, 0.02
_CRON = 'hostname "$1" && while :; do /bin/sh -c "$2" & sleep "$3"; done'
_LINE = re.compile(r"token (?P<token>\d+) line (?P<line>\d+)")


class Line(NamedTuple):
    """A line of the report: when it was first seen, whose it is, and which."""

    seen_at: float
    token: int
    number: int


class Machine:
    """A machine whose cron runs a line of a crontab."""

    def __init__(self, name: str, home: Path, line: str) -> None:
        check(line.startswith(EVERY_MINUTE), f"{name}: its crontab says once a minute")
        command = line.strip().removeprefix(EVERY_MINUTE)
        cron = ["sh", "-c", _CRON, "cron", name, command, str(MINUTE_S)]
        environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LOGNAME": "root"}
        apart = ["unshare", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"]
        self.name = name
        self._environ = environ
        self._outside = subprocess.Popen([*apart, *cron], env=environ, stdin=subprocess.DEVNULL)

    def does(self, text: str) -> str:
        """A person at this machine types that; what it printed."""
        inside = ["nsenter", f"--target={self._init()}", "--uts", "--pid", "--mount"]
        ended = subprocess.run([*inside, "sh", "-c", text], env=self._environ, check=False, capture_output=True)
        return ended.stdout.decode() + ended.stderr.decode()

    def is_lost(self) -> None:
        """All of it ends at once."""
        if self._outside.poll() is None:
            os.kill(self._init(), signal.SIGKILL)
            self._outside.wait()

    def _init(self) -> int:
        of = f"/proc/{self._outside.pid}/task/{self._outside.pid}/children"
        until(lambda: bool(Path(of).read_text().split()), 10, f"{self.name} is up")
        return int(Path(of).read_text().split()[0])


class Report(Beside):
    """The report as it grows.

    Attributes:
        lines: what was seen so far.
        rubbish: what is none of the job's lines.
    """

    def __init__(self, path: Path) -> None:
        self.lines: list[Line] = []
        self.rubbish: list[str] = []
        self._path = path
        super().__init__()

    def work(self) -> None:
        """Look."""
        while not self.over.wait(LOOK_S):
            text = self._path.read_text() if self._path.exists() else ""
            for line in text.splitlines()[len(self.lines) + len(self.rubbish) :] if text.endswith("\n") else ():
                if match := _LINE.fullmatch(line):
                    self.lines.append(Line(time.monotonic(), int(match["token"]), int(match["line"])))
                else:
                    self.rubbish.append(line)

    def of(self, token: int) -> list[Line]:
        """One holder's."""
        return [line for line in self.lines if line.token == token]

    @property
    def tokens(self) -> list[int]:
        """Those that wrote, in the order of their first lines."""
        return list(dict.fromkeys(line.token for line in self.lines))


def holder(api: Direct) -> str:
    """The machine that has the lock; empty for none."""
    spec = api.lease("report", "default")["spec"]
    return str(spec.get("holderIdentity") or "").partition("_")[0]


def in_the_middle(api: Direct, report: Report, machines: Sequence[Machine]) -> Machine:
    """Wait until a job that others do not end is at its second line; whose it is."""
    seen = len(report.tokens)
    until(lambda: len(report.tokens) > seen and report.lines[-1].number == 2, 2 * MINUTE_S, "a job is in its middle")
    return next(machine for machine in machines if machine.name == holder(api))


def ended_and_followed(report: Report, at: float, what: str) -> None:
    """The job that was in its middle wrote no line more, and the whole report is written by another, later."""
    token = report.lines[-1].token
    until(
        lambda: report.tokens[-1] > token and report.lines[-1].number == JOB_LINES, 2 * MINUTE_S, "another has a turn"
    )
    last, follower = report.of(token)[-1], report.of(report.tokens[-1])[0]
    check(last.seen_at - at < 0.2, f"{what}: its last line came {last.seen_at - at:+.2f} s from that")
    gap_s = follower.seen_at - at
    check(gap_s > LASTS_S - 3, f"{what}: token {follower.token} followed {token} after {gap_s:.1f} s")


def whole(report: Report, cut_short: Sequence[int]) -> None:
    """Nobody wrote between another's lines, tokens grow, and each report is whole but for those that were cut short."""
    tokens = report.tokens
    blocks = [token for token, _ in groupby(line.token for line in report.lines)]
    check(blocks == tokens == sorted(tokens), f"{len(tokens)} turns, one after the other, tokens grow: {tokens}")
    expected = list(range(1, JOB_LINES + 1))
    done = [token for token in tokens[:-1] if token not in cut_short]
    check(all([line.number for line in report.of(token)] == expected for token in done), f"{len(done)} whole reports")
    check(not report.rubbish, f"nothing else is in it {report.rubbish}")


def trial(cluster: Plane, home: Path) -> None:
    """The tutorial."""
    blocks = {name: block.text for block in fenced(TUTORIAL.read_text()) if (name := block.note("tutorial"))}
    check(set(blocks) == {"once", "crontab", "look", "kill", "after"}, f"the page has its parts: {', '.join(blocks)}")
    (home / ".kube").mkdir()
    shutil.copy(cluster.environ["KUBECONFIG"], home / ".kube" / "config")
    (home / ".local" / "bin").mkdir(parents=True)
    (home / ".local" / "bin" / "leasectl").symlink_to(LEASECTL)
    path = f"{home}/.local/bin:/usr/bin:/bin"
    subprocess.run(["/bin/sh", "-ec", blocks["once"]], check=True, env={"HOME": str(home), "PATH": path})
    api = Direct(cluster)
    machines = [Machine(f"machine-{number}", home, blocks["crontab"]) for number in (1, 2)]
    try:
        with Report(home / "report" / "report.txt") as report:
            until(
                lambda: len(report.tokens) > 2 and report.lines[-1].number == JOB_LINES, 3 * MINUTE_S, "both have turns"
            )
            look = machines[0].does(f"export PATH={path}\n" + blocks["look"])
            check("lock" in look and "line" in look, f"looked at:\n{look}")
            cut_short: list[int] = []
            for what in (BY_HAND, "its machine was lost"):
                machine = in_the_middle(api, report, machines)
                cut_short.append(report.lines[-1].token)
                at = time.monotonic()
                if what == BY_HAND:
                    machine.does(blocks["kill"])
                else:
                    machine.is_lost()
                ended_and_followed(report, at, f"{what} ({machine.name})")
            left = next(each for each in machines if each is not machine)
            print(left.does(blocks["after"]))
        whole(report, cut_short)
        log = (home / "report" / "cron.log").read_text()
        check("leasectl has a bug" not in log, f"cron.log has {len(log.splitlines())} lines")
    finally:
        for machine in machines:
            machine.is_lost()


def main() -> int:
    """Run the trial."""
    with plane("locked-cron") as cluster, TemporaryDirectory(prefix="leasectl-cron-") as home:
        trial(cluster, Path(home))
    return 0


if __name__ == "__main__":
    sys.exit(main())
