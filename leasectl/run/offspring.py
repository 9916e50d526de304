"""What comes of a guard: the command, a child that becomes another program, and all that this starts in turn.

For a process of one thread; it imports the standard library alone, and as little of that as it can. Where there is no
Linux, orphans are nobody's and nobody dies with its guard: only the process group can be ended.

Sources: prctl(2) for PR_SET_CHILD_SUBREAPER and PR_SET_PDEATHSIG; execvp(3); proc_pid_stat(5).
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import suppress

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_LINUX = sys.platform == "linux"
_SHELL = "/bin/sh"  # of a script without an interpreter's line
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ESTALE, errno.ETIMEDOUT, errno.EACCES)


def adopt_orphans() -> None:
    """Be the parent of every descendant whose parent has ended; OSError where that may not be."""
    if _LINUX:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int) -> None:
    """Be killed at once where that process, our parent, dies, or has died already."""
    if _LINUX:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(127)


def execute(command: list[str]) -> None:
    """Be that program, as execvp(3) would; os.execvp does not say where it found a script that is to be handed on."""
    name, failure = command[0], OSError(errno.ENOENT, "there is no such command")
    is_path = "/" in name
    at = [""] if is_path else os.environ.get("PATH", os.defpath).split(":")
    for place in (os.path.join(each, name) for each in at if name):  # noqa: PTH118 - pathlib is slower to import
        try:
            os.execv(place, command)  # noqa: S606 - what a person asked to be run
        except OSError as error:
            if error.errno == errno.ENOEXEC:
                os.execv(_SHELL, [_SHELL, place, *command[1:]])  # noqa: S606 - likewise
            if is_path or error.errno not in _NOT_THERE:
                raise
            failure = error if error.errno == errno.EACCES else failure
    raise failure


def has_members(group: int) -> bool:
    """Whether somebody in it lives; those who ended, and whose parent takes no notice, do not count."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    seen = [lives for _, _, of, lives in _processes() if of == group]
    return not seen or any(seen)  # without /proc nobody is seen


def _processes() -> list[tuple[int, int, int, bool]]:
    """Of each process its number, its parent's and its group's, and whether it lives."""
    found = []
    names = os.listdir("/proc") if are_known() else []  # noqa: PTH208 - pathlib is slower to import than all else here
    for name in names:
        if name.isdecimal():
            with suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:  # noqa: PTH123 - likewise
                words = stat.read().rpartition(b")")[2].split()
                lives = words[0] not in {b"Z", b"X"} or int(words[17]) > 1  # its first thread may have ended alone
                found.append((int(name), int(words[1]), int(words[2]), lives))
    return found


def descendants(of: int, *, also_dead: bool = False) -> list[int]:
    """Every process that came of this one and lives, whatever its process group; also those that nobody took in."""
    children: dict[int, list[int]] = {}
    counted = set()
    for pid, parent, _, lives in _processes():
        children.setdefault(parent, []).append(pid)
        if lives or also_dead:
            counted.add(pid)
    found, wanted = [], [of]
    while wanted:
        wanted = [child for parent in wanted for child in children.get(parent, ())]
        found += wanted
    return [pid for pid in found if pid in counted]


def are_known() -> bool:
    """Whether descendants can be found: /proc is there, and is that of our own PID namespace."""
    with suppress(OSError):
        return os.readlink("/proc/self") == str(os.getpid())  # noqa: PTH115 - pathlib is slower to import than all else
    return False


def _prctl(option: int, value: int) -> None:
    import ctypes

    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
