"""What a guarded command finds around it: the same that it would find under env(1)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from leasectl.run import guard
from leasectl.run.guarded import Guarded, Program
from tests.run.guarding import LONG_S, RunningClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(guard.__file__).parents[2]
HEEDED = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGTSTP]
UNUSUAL = [signal.SIGALRM, signal.SIGCHLD, signal.SIGWINCH, signal.SIGRTMIN + 3]
# In a process of its own, since a test's own signals and descriptors are everybody's.
KEEPER = """
import os, signal, sys
from leasectl.run.guarded import Guarded, Program
from tests.run.guarding import LONG_S, RunningClock
ignored, blocked, command = [int(n) for n in sys.argv[1].split()], [int(n) for n in sys.argv[2].split()], sys.argv[3:]
for number in ignored:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
def guarded():
    clock = RunningClock()
    for number in (signal.SIGTTIN, signal.SIGTTOU):  # as our terminal's keeper does
        signal.signal(number, signal.SIG_IGN)
    program = Program(command, os.environ, signal.SIGTERM, 1.0)
    return Guarded(program, clock, clock.seen_at() + LONG_S, tty=None, stopped=print, say=print).ended().status
if command[0] == "env":
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python's own doing
        signal.signal(number, signal.SIG_DFL)
    os.execvp("env", command)
del command[0]
sys.exit(guarded())
"""


def _under(which: str, command: list[str], ignored: str = "", blocked: str = "", fds: tuple[int, ...] = ()) -> str:
    first = ["env"] if which == "env" else ["guard"]
    words = [sys.executable, "-c", KEEPER, ignored, blocked, *first, *command]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run(
        words, check=True, stdout=subprocess.PIPE, text=True, timeout=60, env=environ, pass_fds=fds
    ).stdout


@pytest.mark.parametrize("ignored", [[], HEEDED, UNUSUAL, [signal.SIGTSTP], [signal.SIGHUP, signal.SIGINT]])
@pytest.mark.parametrize("blocked", [[], [signal.SIGUSR1, signal.SIGTERM, signal.SIGCHLD]])
def test_ignored_and_blocked_signals_are_as_under_env(ignored: list[int], blocked: list[int]) -> None:
    first, then = (" ".join(str(int(each)) for each in numbers) for numbers in (ignored, blocked))
    command = ["grep", "-E", "^Sig(Ign|Blk|Cgt)", "/proc/self/status"]

    under_env = _under("env", command, first, then)
    assert _under("guard", command, first, then) == under_env
    assert under_env.count("Sig") == 3


def test_descriptors_are_as_under_env(tmp_path: Path) -> None:
    command = [
        "sh",
        "-c",
        "ls -l /proc/self/fd | sed 's/.* \\([0-9]* -> \\)/\\1/' | grep -v '/proc/'; umask; ulimit -a",
    ]
    with (tmp_path / "inherited").open("w") as inherited:
        fd = inherited.fileno()
        under_env = _under("env", command, fds=(fd,))
        under_guard = _under("guard", command, fds=(fd,))
    assert f"{fd} -> {tmp_path}/inherited" in under_env
    assert _numbers(under_guard) == _numbers(under_env)


def _numbers(listed: str) -> list[str]:
    """Pipes have another number each time."""
    return [line if "pipe:" not in line else line.partition(" ->")[0] for line in listed.splitlines()]


@pytest.mark.parametrize(
    "environ",
    [
        {"PATH": "/usr/bin:/bin"},
        {"PATH": "/usr/bin:/bin", "LC_CTYPE": "C"},
        {"PATH": "/usr/bin:/bin", "LC_CTYPE": "", "LANG": "C"},
        {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C",
            "PYTHONPATH": "/x",
            "PYTHONHOME": "/y",
            "ODD": "a\n=\udcff b",
            "_": "",
        },
    ],
)
def test_the_environment_is_the_one_that_is_handed_in(environ: Mapping[str, str], tmp_path: Path) -> None:
    told = tmp_path / "told"
    _run(["sh", "-c", f"cat /proc/self/environ > '{told}'"], environ)
    words = [word for word in told.read_bytes().split(b"\0") if word]
    expected = {os.fsencode(f"{key}={value}") for key, value in environ.items()}
    made_by_the_shell = {b"PWD", b"OLDPWD", b"SHLVL", b"_"}

    assert {word for word in words if word.partition(b"=")[0] not in made_by_the_shell} == {
        word for word in expected if word.partition(b"=")[0] not in made_by_the_shell
    }


@pytest.mark.parametrize(
    "arguments",
    [["", "a b", "a\nb", "'\"\\$x`*"], ["-n", "--", "-I", "--help"], ["\udcff\udc80", "é\U0001f512", "\x01\x7f"], [""]],
)
@pytest.mark.parametrize("environ", [{}, {"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}])
def test_a_command_line_arrives_byte_for_byte(arguments: list[str], environ: Mapping[str, str], tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = f"cat /proc/$$/cmdline > '{told}'"
    _run(["/bin/sh", "-c", script, "name", *arguments], environ)

    words = ["/bin/sh", "-c", script, "name", *arguments]
    assert told.read_bytes() == b"".join(os.fsencode(word) + b"\0" for word in words)


def test_the_command_leads_a_process_group_and_the_guard_another_of_its_session(tmp_path: Path) -> None:
    told = tmp_path / "told"
    fields = f"cat /proc/$$/stat /proc/$PPID/stat > '{told}'"
    group = _run(["/bin/sh", "-c", fields], {})
    (command, parent) = (line.rpartition(")")[2].split() for line in told.read_text().splitlines())

    assert command[2] == str(group)
    assert parent[2] == command[1] != str(os.getpgrp())
    assert command[3] == parent[3] == str(os.getsid(0))


def test_a_guard_needs_little_of_the_standard_library_and_nothing_else() -> None:
    asked = f"import sys; sys.argv = ['-c']; before = set(sys.modules); sys.path.append({str(ROOT)!r})\n"
    asked += "import leasectl.run.guard\nprint(*sorted(set(sys.modules) - before))\n"
    asked += "print(*{getattr(sys.modules[n], '__file__', None) or '' for n in set(sys.modules) - before}, sep='\\n')"
    loaded = subprocess.run(
        [sys.executable, "-I", "-S", "-c", asked], check=True, capture_output=True, text=True, timeout=60
    )
    names = loaded.stdout.splitlines()[0].split()

    ours = {"leasectl", "leasectl.run", "leasectl.run.guard", "leasectl.run.offspring"}
    assert ours <= set(names)
    assert {name.partition(".")[0] for name in set(names) - ours} <= sys.stdlib_module_names
    assert not set(names) & {"typing", "pathlib", "subprocess", "threading", "re", "ctypes", "asyncio", "socket"}
    assert len(names) < 30
    assert not any("site-packages" in path for path in loaded.stdout.splitlines()[1:])


@pytest.fixture(autouse=True)
def _nothing_is_left_open() -> Iterator[None]:
    before = len(list(Path("/proc/self/fd").iterdir()))
    yield
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def _run(command: list[str], environ: Mapping[str, str]) -> int:
    clock, said = RunningClock(), list[str]()
    program = Program(command, environ, signal.SIGTERM, 1.0)
    guarded = Guarded(program, clock, clock.seen_at() + LONG_S, tty=None, stopped=_never, say=said.append)
    assert guarded.ended().status == 0
    assert said == []
    return guarded.group


def _never(number: int) -> None:
    raise AssertionError(f"it was stopped by {number}")
