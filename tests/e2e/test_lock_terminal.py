"""`leasectl lock` at a terminal, under a shell with job control: the terminal is the command's."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from typing import Self

from tests.e2e.locked import Locks, until
from tests.processes import LEASECTL
from tests.terminal import take_terminal

PROMPT = "ready> "
# A shell loses a SIGINT that comes while it starts something.
PAUSE = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\nprint('begun', flush=True)\nsignal.pause()\n"
PATIENCE_S = 30.0


class Shell:
    """A person at a shell with job control; for as long as a `with`."""

    def __init__(self, locks: Locks) -> None:
        self._terminal, secondary = pty.openpty()
        environ = {**locks.environ, "PS1": PROMPT, "TERM": "xterm", "LOCK": f"{LEASECTL} lock {locks.key}"}
        pause = locks.folder / "pause"
        pause.write_text(f"#!{sys.executable}\n{PAUSE}")
        pause.chmod(0o700)
        environ["PAUSE"] = str(pause)
        self._process = subprocess.Popen(
            ["/bin/sh", "-i"],
            stdin=secondary,
            stdout=secondary,
            stderr=secondary,
            env=environ,
            cwd=locks.folder,
            start_new_session=True,
            preexec_fn=take_terminal,  # noqa: PLW1509 - it takes no lock
        )
        os.close(secondary)
        self._shown = ""

    def __enter__(self) -> Self:
        self.sees(PROMPT)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)

    def types(self, text: str) -> None:
        """Type it; a line's end and control characters are the typist's own."""
        os.write(self._terminal, text.encode())

    def sees(self, pattern: str) -> str:
        """Wait for it to be shown, after what was seen before; what was shown until then."""
        give_up_at = time.monotonic() + PATIENCE_S
        while not (found := re.search(pattern, self._shown)):
            assert time.monotonic() < give_up_at, self._shown
            if select.select([self._terminal], [], [], 0.5)[0]:
                self._shown += os.read(self._terminal, 65536).decode()
        before, self._shown = self._shown[: found.end()], self._shown[found.end() :]
        return before

    def jobs(self) -> str:
        """What the shell says of its jobs."""
        self.types('jobs; echo no"" more\n')
        return self.sees("no more")

    def status(self) -> int:
        """`$?` of what was typed last."""
        self.sees(PROMPT)
        self.types("echo status=$?.\n")
        return int(re.findall(r"status=(\d+)\.", self.sees(r"status=\d+\."))[0])


def test_a_command_reads_what_is_typed(locks: Locks) -> None:
    with Shell(locks) as shell:
        shell.types("$LOCK -- sh -c 'read word; echo got-$word'\n")
        until(lambda: locks.object() is not None and locks.spec()["holderIdentity"] != "")
        shell.types("word\n")
        shell.sees("got-word")
        assert shell.status() == 0


def test_ctrl_c_is_the_commands_and_the_lock_is_released(locks: Locks) -> None:
    with Shell(locks) as shell:
        shell.types("$LOCK -- $PAUSE\n")
        shell.sees("begun")
        shell.types("\x03")
        assert shell.status() == 130
        until(lambda: locks.spec()["holderIdentity"] == "")


def test_a_command_that_takes_ctrl_c_for_something_else_goes_on(locks: Locks) -> None:
    with Shell(locks) as shell:
        wait = 'until test "$heard"; do sleep 0.1; done'
        shell.types(f'$LOCK -- sh -c \'trap "heard=1" INT; echo be""gun; {wait}; echo on""wards; exit 4\'\n')
        shell.sees("begun")
        shell.types("\x03")
        shell.sees("onwards")
        assert shell.status() == 4


def test_a_script_ends_with_the_command_that_ctrl_c_ended(locks: Locks) -> None:
    script = locks.folder / "script"
    script.write_text(f"#!/bin/sh\n{LEASECTL} lock {locks.key} -- $PAUSE\necho not-reached\n")
    script.chmod(0o700)
    with Shell(locks) as shell:
        shell.types("./script\n")
        shell.sees("begun")
        shell.types("\x03")
        assert "not-reached" not in shell.sees(PROMPT)
        until(lambda: locks.spec()["holderIdentity"] == "")


def test_ctrl_z_stops_both_says_how_long_the_lock_is_held_and_fg_goes_on(locks: Locks) -> None:
    with Shell(locks) as shell:
        shell.types("$LOCK -- sh -c 'echo be\"\"gun; read word; echo got-$word'\n")
        shell.sees("begun")
        shell.types("\x1a")
        assert re.search(rf"stopped: {locks.key} is held for \ds yet, then the command is ended", shell.sees(PROMPT))
        shell.types("fg\n")
        shell.types("word\n")
        shell.sees("got-word")
        assert shell.status() == 0


def test_a_command_that_stops_itself_gives_the_terminal_back(locks: Locks) -> None:
    with Shell(locks) as shell:
        shell.types("$LOCK -- sh -c 'kill -STOP $$; echo on\"\"wards; exit 6'\n")
        assert "stopped: " in shell.sees(PROMPT)
        shell.types("fg\n")
        shell.sees("onwards")
        assert shell.status() == 6


def test_a_command_in_the_background_that_wants_to_read_waits_for_fg(locks: Locks) -> None:
    with Shell(locks) as shell:
        shell.types("$LOCK -- sh -c 'read word; echo got-$word' &\n")
        shell.sees("stopped: ")
        while "Stopped" not in shell.jobs():  # which comes right after it was said
            pass
        shell.types("fg\n")
        shell.types("word\n")
        shell.sees("got-word")
        assert shell.status() == 0


def test_in_a_pipeline_the_terminal_is_left_to_the_others_until_it_is_asked_for(locks: Locks) -> None:
    with Shell(locks) as shell:
        shell.types("$LOCK -- sh -c 'echo first; read word; echo got-$word' | cat\n")
        shell.sees("first")
        shell.types("word\n")
        shell.sees("got-word")
        assert shell.status() == 0


def test_a_job_that_is_stopped_for_longer_than_its_lock_is_held_is_ended(locks: Locks) -> None:
    flags = "--lease-duration 4s --renew-deadline 1.6s --retry-period 0.4s --kill-after 0.2s"
    with Shell(locks) as shell:
        shell.types(f"$LOCK {flags} -- sh -c 'echo $$ > pid; echo be\"\"gun; exec sleep 60'\n")
        shell.sees("begun")
        shell.types("\x1a")
        shell.sees(PROMPT)
        pid = (locks.folder / "pid").read_text().strip()
        until(lambda: subprocess.run(["/bin/kill", "-0", pid], check=False, capture_output=True).returncode != 0)
        shell.types("fg\n")
        shell.sees("was lost while the command ran")
        assert shell.status() == 125
