"""A page's command lines, run in its order: real processes in one shell, on a terminal, against one simulated cluster.

HOME is an empty folder, KUBECONFIG the cluster's, which a process `leasectl demo` keeps up. Without colours; what a
line of progress drew and wiped out again is not output. Where this ran (its folder, this machine's name) is not told.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import secrets
import select
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from tests.processes import LEASECTL

if TYPE_CHECKING:
    from types import TracebackType

COLUMNS, LINES = 120, 50
LONGEST_S = 90.0
HOST, HOME = "jump", "/home/you"
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
# Each command by its own, so that what it leaves is there for the next: the folder, the environment, its status.
_SHELL = """
code=0
while IFS= read -r -d '' -u 3 command; do
  (exit "$code")
  eval "$command" 3<&-
  code=$?
  printf '%s%d%s' "$MARK" "$code" "$MARK"
done
"""


class Ran(NamedTuple):
    """A command line that has been run: its status, and the lines that it printed."""

    code: int
    lines: list[str]


class Cluster:
    """A simulated cluster, kept up by `leasectl demo`."""

    def __init__(self, flags: str = "") -> None:
        self._process = subprocess.Popen(
            [LEASECTL, "demo", *shlex.split(flags)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said.startswith("export KUBECONFIG="), said
        self.kubeconfig = shlex.split(said)[1].partition("=")[2]

    def stop(self) -> None:
        """End it; the kubeconfig goes with it. Not by SIGINT, which a shell's background processes ignore."""
        self._process.terminate()
        self._process.communicate(timeout=30)


class Sandbox:
    """A shell on a terminal of its own, in an empty HOME; a context manager."""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="leasectl-docs-"))
        self._mark = f"\x1e{secrets.token_hex(8)}\x1e"
        self._cluster: Cluster | None = None
        self._screen, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        commands, self._commands = os.pipe()
        self._shell = subprocess.Popen(
            ["/bin/bash", "--noprofile", "--norc", "-c", f"exec 3<&{commands} {commands}<&-\n{_SHELL}"],
            stdin=subprocess.DEVNULL,
            stdout=inside,
            stderr=inside,
            cwd=self._home,
            env=self._environ(),
            pass_fds=[commands],
            start_new_session=True,
        )
        os.close(inside)
        os.close(commands)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._commands)
        os.close(self._screen)
        os.killpg(self._shell.pid, signal.SIGKILL)
        self._shell.wait()
        if self._cluster is not None:
            self._cluster.stop()
        shutil.rmtree(self._home)

    def meet(self, flags: str = "") -> None:
        """Let a cluster begin that is what KUBECONFIG names from now on; with it ends the one before."""
        if self._cluster is not None:
            self._cluster.stop()
        self._cluster = Cluster(flags)
        self.use(self._cluster.kubeconfig)

    def use(self, kubeconfig: str) -> None:
        """Let KUBECONFIG name another cluster from now on."""
        self.run(f"export KUBECONFIG={shlex.quote(kubeconfig)}")

    def run(self, command: str) -> Ran:
        """Run a command line to its end; raises TimeoutError after 90 s."""
        os.write(self._commands, command.encode() + b"\0")
        end = re.compile(f"{self._mark}(\\d+){self._mark}".encode())
        shown, deadline = b"", time.monotonic() + LONGEST_S
        while (ended := end.search(shown)) is None:
            if not select.select([self._screen], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError(f"{command}: it has no end\n{shown.decode(errors='replace')}")
            shown += os.read(self._screen, 65536)
        return Ran(int(ended[1]), self._told(shown[: ended.start()].decode()))

    def _told(self, text: str) -> list[str]:
        text = _COLOUR.sub("", text)  # jq knows nothing of NO_COLOR
        lines = [line.rpartition("\r\x1b[K")[2].rstrip() for line in text.replace("\r\n", "\n").split("\n")]
        if not lines[-1]:
            lines.pop()  # after the last line's end, or what was wiped out
        return [self._anywhere(line) for line in lines]

    def _anywhere(self, line: str) -> str:
        if self._cluster is not None:
            line = line.replace(self._cluster.kubeconfig, f"{HOME}/.kube/config")
        line = line.replace(str(self._home), HOME).replace(str(Path(LEASECTL).parent), f"{HOME}/.local/bin")
        return re.sub(rf"(?<![a-z0-9]){re.escape(socket.gethostname())}(?![a-z0-9])", HOST, line)

    def _environ(self) -> dict[str, str]:
        folders = [
            str(Path(LEASECTL).parent),
            *filter(None, [_folder_of_kubectl()]),
            "/usr/local/bin",
            "/usr/bin",
            "/bin",
        ]
        return {
            "PATH": ":".join(folders),
            "HOME": str(self._home),
            "MARK": self._mark,
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "SHELL": "/bin/bash",
            "TZ": "UTC",
            "NO_COLOR": "1",
        }


def missing(command: str) -> str:
    """The program that a command line needs and this machine does not have; empty where it has them all."""
    words = set(re.findall(r"[\w-]+", command))
    return next((name for name in ("kubectl", "jq") if name in words and not _has(name)), "")


def _has(name: str) -> bool:
    return bool(_folder_of_kubectl() if name == "kubectl" else shutil.which(name))


def _folder_of_kubectl() -> str:
    """Where the real one is: with the API server's binaries, or on the PATH."""
    assets = os.environ.get("KUBEBUILDER_ASSETS", "")
    if assets and (Path(assets) / "kubectl").exists():
        return assets
    found = shutil.which("kubectl")
    return str(Path(found).parent) if found else ""
