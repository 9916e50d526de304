"""Real shells in a terminal of their own: what is typed, TAB included, and what stands on their line then."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.terminal import take_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHELLS = ("bash", "zsh", "fish")
BIN = Path(sys.executable).parent
_LONGEST_S = 20.0
_SHOW_LINE = b"\x18\x0c"  # Ctrl-X Ctrl-L
_CLEAR_LINE = b"\x05\x15"  # Ctrl-E Ctrl-U
_CONTROLS = re.compile(r"\x1b(?:\[[0-9;?<>=]*[a-zA-Z]|\][^\x07]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])|[\x07\x0f\x00]")


def commands(shell: str, line_file: Path) -> list[str]:
    """The command that starts a shell, and what it is told first: Ctrl-X Ctrl-L writes its line to a file."""
    new, file = f"{line_file}.new", str(line_file)
    match shell:
        case "bash":
            show = f'printf %s "$READLINE_LINE" >{new}; mv {new} {file}'
            return ["bash --norc --noprofile -i", f"bind -x '\"\\C-x\\C-l\": {show}'", "PS1='> '"]
        case "zsh":
            show = f"_line() {{ print -rn -- $BUFFER >{new}; mv {new} {file} }}; zle -N _line; bindkey -e '^X^L' _line"
            return ["zsh -f -i", "autoload -U compinit; compinit -D -u", show, "PS1='> '; unsetopt beep; LISTMAX=1000"]
        case _:
            show = f"bind \\cx\\cl 'commandline >{new}; mv {new} {file}'"
            return ["fish --no-config -i", show, "function fish_prompt; echo -n '> '; end; set -g fish_greeting"]


class Shell:
    """One interactive shell.

    Args:
        shell: bash, zsh or fish.
        folder: its HOME, and where it works; empty.
        environ: beside a clean environment.
        first: lines to run first; unless told, those that load leasectl's completion.
        columns: how wide the terminal is.
    """

    def __init__(
        self,
        shell: str,
        folder: Path,
        environ: Mapping[str, str],
        first: Sequence[str] | None = None,
        *,
        columns: int = 120,
    ) -> None:
        self.line_file = folder / ".line"
        self.shown = ""
        program, *told = commands(shell, self.line_file)
        self._primary, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 60, columns, 0, 0))
        clean = {name: value for name, value in os.environ.items() if name in {"LANG", "TMPDIR"}}
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        self._process = subprocess.Popen(
            shlex.split(program),
            stdin=secondary,
            stdout=secondary,
            stderr=secondary,
            cwd=folder,
            env={**clean, "LC_ALL": "C.UTF-8", "HOME": str(folder), "PATH": path, "TERM": "xterm", **environ},
            start_new_session=True,
            preexec_fn=take_terminal,  # noqa: PLW1509 - it takes no lock
        )
        os.close(secondary)
        loading = (
            f"leasectl completion {shell} | source" if shell == "fish" else f"source <(leasectl completion {shell})"
        )
        for line in [*told, *([loading] if first is None else first)]:
            self.run(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._primary)

    def run(self, line: str) -> None:
        """Run a line, and wait for its end."""
        done = self.line_file.with_name(".done")
        done.unlink(missing_ok=True)
        self._send(_CLEAR_LINE + f"{line}\n : >{done}\n".encode())
        self._wait_for(done)

    def line(self, typed: str | bytes) -> str:
        r"""What stands on the line once this was typed, with `\t` for TAB; what was shown meanwhile is in `shown`."""
        self.line_file.unlink(missing_ok=True)
        self.shown = ""
        self._send(_CLEAR_LINE + (typed if isinstance(typed, bytes) else typed.encode()) + _SHOW_LINE)
        self._wait_for(self.line_file)
        return self.line_file.read_text().removesuffix("\n")

    def _send(self, keys: bytes) -> None:
        os.write(self._primary, keys)

    def _wait_for(self, file: Path) -> None:
        give_up = time.monotonic() + _LONGEST_S
        while not file.exists():
            assert time.monotonic() < give_up, self.shown
            self._read(0.02)
        self._read(0)

    def _read(self, wait_s: float) -> None:
        while select.select([self._primary], [], [], wait_s)[0]:
            part = os.read(self._primary, 65536)
            self.shown += _CONTROLS.sub("", part.decode(errors="replace"))
            if "\x1b[6n" in part.decode(errors="replace"):
                self._send(b"\x1b[1;1R")  # where the cursor is


def missing(shell: str) -> str:
    """Why a shell cannot be tried here; empty where it can."""
    return "" if shutil.which(shell) else f"{shell} is not installed (Debian: apt-get install {shell})"
