"""leasectl in a terminal of its own: what it would be sent, what is typed, and how it ends."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import time
from typing import TYPE_CHECKING, NamedTuple

from tests.processes import LEASECTL

if TYPE_CHECKING:
    from collections.abc import Callable


class Shown(NamedTuple):
    """What a terminal was sent, control sequences and all, and how the process ended."""

    code: int
    text: str


def take_terminal() -> None:
    """What a child that leads a session does first, with stdin its terminal.

    So that what is typed can be a signal, and is not ignored as where this runs in the background.
    """
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def on_a_terminal(
    *words: str,
    columns: int = 100,
    environ: dict[str, str] | None = None,
    type_: bytes | Callable[[], bytes] = b"",
    when: str = "",
    stdout: int | None = None,
) -> Shown:
    r"""Run leasectl to its end on a terminal.

    Args:
        words: its arguments.
        columns: how wide the terminal is.
        environ: beside this process's own environment.
        type_: what a person types (`\x03` is Ctrl-C), once `when` has been shown, or what gives it then.
        when: see `type_`.
        stdout: where stdout goes instead.
    """
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    process = subprocess.Popen(
        [LEASECTL, *words],
        stdout=secondary if stdout is None else stdout,
        stderr=secondary,
        stdin=secondary,
        env={**clean, "TERM": "xterm", "LC_ALL": "C.UTF-8", **(environ or {})},
        start_new_session=True,
        preexec_fn=take_terminal,  # noqa: PLW1509 - it takes no lock
    )
    os.close(secondary)
    shown = b""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            part = os.read(primary, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
        if type_ and when.encode() in shown:
            os.write(primary, type_ if isinstance(type_, bytes) else type_())
            type_ = b""
    else:
        process.send_signal(signal.SIGKILL)
    process.wait(10)
    os.close(primary)
    return Shown(process.returncode, shown.decode())
