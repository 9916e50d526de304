"""Cases of bad servers: the installed leasectl run against each, and what every one of them promises."""

from __future__ import annotations

import re
import socket
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

import pytest

from tests.cluster.scripted import Scripted
from tests.processes import LEASECTL, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from _pytest.mark import ParameterSet

    from tests.cluster.scripted import Act

TOKEN = "t0ken-of-nobody"
PEAK_MIB = 200
_AT_ONCE = 6
_KILLED_AFTER_S = 45


class Seen(NamedTuple):
    """A run of leasectl that has ended."""

    code: int
    stdout: str
    stderr: str
    took_s: float
    peak_mib: float


# The peak of a process that pytest starts would be that of pytest itself: an exec keeps the mark. So a small one starts it.
_MEASURE = f"""
import os, signal, sys, time
began = time.monotonic()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.alarm({_KILLED_AFTER_S})
_, status, usage = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), time.monotonic() - began, usage.ru_maxrss, file=sys.stderr)
"""
_RSS_PER_MIB = 1 << 20 if sys.platform == "darwin" else 1 << 10


def measured(*words: str, kubeconfig: str) -> Seen:
    """Run the installed leasectl to its end, or kill it after 45 s."""
    ended = run([sys.executable, "-ISc", _MEASURE, LEASECTL, *words], KUBECONFIG=kubeconfig)
    stderr, _, figures = ended.stderr.rstrip("\n").rpartition("\n")
    code, took_s, peak = figures.split()
    return Seen(int(code), ended.stdout, stderr, float(took_s), int(peak) / _RSS_PER_MIB)


@dataclass(frozen=True)
class Case:
    """A bad thing, and how leasectl has to take it.

    Attributes:
        name: the behaviour, as a sentence.
        acts: what the server plays, one a request and the last for all beyond; none where nobody listens.
        says: the whole of stderr, `AT` being the server's address, `…` anything; empty for no word.
        shows: what is to be found in stdout, which is empty where this is.
        flags: beside --server and -A.
        code: the exit code.
        within_s: how long it may take.
    """

    name: str
    acts: tuple[Act, ...]
    says: str
    shows: str = ""
    flags: tuple[str, ...] = ("--request-timeout=2s",)
    code: int = 1
    within_s: float = 5.0

    def check(self, seen: Seen, port: int) -> None:
        """What every case promises, and what this one does."""
        whole = seen.stdout + seen.stderr
        assert "Traceback" not in whole
        assert "leasectl has a bug" not in whole
        assert [c for c in whole if not c.isprintable() and c != "\n"] == []
        assert TOKEN not in whole
        line = re.escape(self.says.replace("AT", f"127.0.0.1:{port}")).replace("…", ".*")
        assert re.fullmatch(line, seen.stderr), seen.stderr[:2000]
        assert self.shows in seen.stdout
        assert bool(self.shows) == bool(seen.stdout)
        assert seen.code == self.code
        assert seen.took_s < self.within_s
        assert seen.peak_mib < PEAK_MIB


C = TypeVar("C", bound=Case)


def marked(cases: Iterable[Case]) -> list[ParameterSet]:
    """The cases for `parametrize`, each named by its sentence."""
    return [pytest.param(case, id=case.name.replace(" ", "-")) for case in cases]


def side_by_side(request: pytest.FixtureRequest, play: Callable[[C], None]) -> Iterator[dict[str, Future[None]]]:
    """Play the cases that this run collected of a module, several at a time since most of them wait."""
    collected: list[C] = [
        cast("C", item.callspec.params["case"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module and hasattr(item, "callspec")
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield {case.name: pool.submit(play, case) for case in collected}


def refused_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def written_kubeconfig(folder: Path) -> str:
    """A kubeconfig with a token that may not leave it; --server says where to."""
    path = folder / "config"
    path.write_text(
        "current-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"
        f"clusters: [{{name: c, cluster: {{server: nowhere}}}}]\nusers: [{{name: u, user: {{token: {TOKEN}}}}}]\n"
    )
    return str(path)


def play_plain(case: Case, config: str) -> None:
    """One case over plain HTTP."""
    words = ["get", "-A", *case.flags, "--server"]
    if not case.acts:
        port = refused_port()
        case.check(measured(*words, f"http://127.0.0.1:{port}", kubeconfig=config), port)
        return
    with Scripted(*case.acts) as server:
        seen = measured(*words, f"http://127.0.0.1:{server.port}", kubeconfig=config)
    case.check(seen, server.port)
