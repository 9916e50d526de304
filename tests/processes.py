"""leasectl as people run it: the installed program, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

LEASECTL = str(Path(sys.executable).parent / "leasectl")


class Ended(NamedTuple):
    """A process that has ended."""

    code: int
    stdout: str
    stderr: str


def run(command: list[str], *, stdin: bytes = b"", **environ: str) -> Ended:
    """Run to the end, without this process's kubeconfig; HOME is empty unless given."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "LANG", "TMPDIR", "COVERAGE_PROCESS_START"}
    }
    ended = subprocess.run(
        command,
        check=False,
        capture_output=True,
        input=stdin,
        timeout=60,
        env={**clean, "HOME": "/nonexistent", **environ},
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def leasectl(*words: str, stdin: bytes = b"", **environ: str) -> Ended:
    """The installed leasectl with these words."""
    return run([LEASECTL, *words], stdin=stdin, **environ)
