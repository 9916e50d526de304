"""Exec plugins as processes: what ends them, who hears them, and what they may not hold up."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cluster.identity.plugins import GETTING, GOOD, SECRET, Plugin


def test_a_child_that_a_plugin_leaves_behind_does_not_hold_us_up(plugin: Plugin) -> None:
    plugin.runs(f"sleep 30 >/dev/null & echo '{GOOD}'; echo ready >&2")
    began_at = time.monotonic()

    assert plugin.asked().token == SECRET
    assert time.monotonic() - began_at < 10
    assert plugin.said == ["ready"]


def test_a_child_that_holds_the_output_open_does_not_hold_us_up(plugin: Plugin) -> None:
    plugin.runs(f"echo '{GOOD}'; sleep 30 &")
    began_at = time.monotonic()

    assert plugin.asked().token == SECRET
    assert time.monotonic() - began_at < 10


def test_what_is_said_after_the_answer_is_heard_however_long(plugin: Plugin) -> None:
    plugin.runs(f"echo '{GOOD}'; exec >&-; yes word | head -c 300000 >&2; echo end >&2")

    assert plugin.asked(watched=True).token == SECRET
    assert plugin.said[-1] == "end"


def test_where_a_person_looks_a_plugin_is_heard_at_once_and_not_twice(plugin: Plugin) -> None:
    plugin.runs("echo 'open https://login' >&2; printf 'code ' >&2; sleep 60")

    text = plugin.failure(wait_s=1, watched=True)

    assert plugin.said == ["open https://login", "code "]
    assert "it said" not in text


def test_a_line_without_end_is_passed_on_in_pieces(plugin: Plugin) -> None:
    plugin.runs("yes x | tr -d '\\n' | head -c 200000 >&2; exit 1")

    plugin.failure(watched=True)

    assert {len(line) for line in plugin.said[:-1]} == {4096}


ASKING = """
import signal, sys
from leasectl.cli.clock import SystemClock
from leasectl.cluster.identity.plugin_process import run
for name in sys.argv[2:]:
    signal.signal(getattr(signal, name), signal.SIG_IGN)
print(run([sys.argv[1]], {"PATH": "/bin:/usr/bin"}, SystemClock(), 50, print).code, flush=True)
"""


def begun(path: Path) -> str:
    """The process group of a plugin, once it is there."""
    pid = Path(f"{path}.pid")
    deadline = time.monotonic() + 20
    while not (pid.exists() and pid.read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return pid.read_text().strip()


def still_there(group: str) -> list[Path]:
    return [each for each in Path("/proc").glob("[0-9]*/stat") if group_of(each) == group]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_that_ends_us_ends_the_plugin_first(plugin: Plugin, number: signal.Signals) -> None:
    plugin.runs(f"echo $$ >{plugin.path}.pid; sleep 60")
    command = [sys.executable, "-c", ASKING, str(plugin.path)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        group = begun(plugin.path)
        process.send_signal(number)
        assert process.wait(10) == -number
    assert still_there(group) == []


def test_a_signal_that_is_ignored_stays_so(plugin: Plugin) -> None:
    plugin.runs(f"echo $$ >{plugin.path}.pid; sleep 1")
    command = [sys.executable, "-c", ASKING, str(plugin.path), "SIGHUP"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        begun(plugin.path)
        process.send_signal(signal.SIGHUP)
        out, _ = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, b"0\n")


EARLY = """
import os, signal, subprocess, sys
started = subprocess.Popen._execute_child
def start(self, *given):
    started(self, *given)
    os.kill(os.getpid(), int(sys.argv[2]))  # as soon as there is a process, and before Popen has returned
subprocess.Popen._execute_child = start
from leasectl.cli.clock import SystemClock
from leasectl.cluster.identity.plugin_process import run
run([sys.argv[1]], {"PATH": "/bin:/usr/bin"}, SystemClock(), 50, print)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_a_plugin_is_started_leaves_none_behind(plugin: Plugin, number: signal.Signals) -> None:
    plugin.runs(f"echo $$ >{plugin.path}.pid; sleep 60")
    command = [sys.executable, "-c", EARLY, str(plugin.path), str(int(number))]
    ended = subprocess.run(command, check=False, capture_output=True, timeout=20)
    assert ended.returncode == -number
    left = Path(f"{plugin.path}.pid")
    assert not left.exists() or still_there(left.read_text().strip()) == []


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'Open https://login in a browser' >&2; sleep 60", "gave no answer in time"),
        (f"echo '{GOOD}'; exec >&-; exec 2>&-; sleep 60", "closed its output but did not end"),
    ],
)
def test_a_plugin_that_hangs_is_ended_with_its_children(plugin: Plugin, script: str, why: str) -> None:
    plugin.runs(f"echo $$ >{plugin.path}.pid; {script}")
    began_at = time.monotonic()

    text = plugin.failure(wait_s=0.5)

    assert time.monotonic() - began_at < 10
    assert text.startswith(f"{GETTING}exec: executable PLUGIN {why}; ")
    assert text.endswith("it had 0.5s: if it waits for a login, run it by hand once, or set --request-timeout higher")
    group = Path(f"{plugin.path}.pid").read_text().strip()
    assert not [each for each in Path("/proc").glob("[0-9]*/stat") if group_of(each) == group]


def group_of(status: Path) -> str:
    """The process group of a process that lives, from its /proc/PID/stat."""
    try:
        _, _, rest = status.read_text().rpartition(")")
    except OSError:
        return ""
    state, _, group, *_ = rest.split()
    return "" if state == "Z" else group


def test_a_plugin_that_never_stops_printing_is_ended(plugin: Plugin) -> None:
    plugin.runs("yes")

    assert "exec: executable PLUGIN wrote far more than a credential" in plugin.failure()
