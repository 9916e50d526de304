"""A kubeconfig file with a few values changed: what a login has to write back.

Safety rules: the file is replaced as a whole or not at all, under the lock that client-go takes too; and no error
quotes what the file or a value holds.

Source: k8s.io/client-go/tools/clientcmd, config.go and loader.go (1.36), which writes the whole file anew instead.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leasectl.cluster.config.kubeconfig_file import MAX_BYTES, os_reason
from leasectl.cluster.config.kubeconfig_text import Unchangeable, edited
from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_LOCK_TRIES: Final = 40
_LOCK_PAUSE_S: Final = 0.05  # kubectl holds its lock for milliseconds
_NOT_GROUP: Final = ~0o070


def set_auth_provider_config(
    path: str, user_name: str, values: Mapping[str, str], pause: Callable[[float], None] = time.sleep
) -> None:
    """Make the user's `auth-provider.config` in a kubeconfig file say `values`, beside what else it says.

    Without values, or with those that are there already, the file stays as it is, but all that could stand in the way
    of a change is tried: the lock, the file's place, a new file beside it.

    Args:
        path: the file, as kubectl is given it: the lock's name follows from it. A link's target is changed.
        user_name: the user, who has an auth provider with a config.
        values: by key.
        pause: sleeps for seconds, while somebody else holds the lock; two seconds of them in all.

    Raises:
        ConfigurationError: the file is as it was, and the message says why.
    """
    with _locked(path, pause):
        try:
            target = Path(path).resolve(strict=True)
            was = target.stat()
            content = _content(target, was)
            _replace(target, content, edited(content, user_name, values), was)
        except Unchangeable as error:
            raise ConfigurationError(f"error: cannot change {path}: {error}") from None
        except (OSError, ValueError, RuntimeError) as error:  # of links in a circle, Python before 3.13: RuntimeError
            reason = os_reason(path, error if isinstance(error, OSError) else ValueError())
            raise ConfigurationError(
                f"error: {reason}; new tokens are written to it: the file and its folder have to be there and writable"
            ) from error


@contextmanager
def _locked(path: str, pause: Callable[[float], None]) -> Iterator[None]:
    """Alone with the file, as far as kubectl and other client-go programs know."""
    lock = f"{path}.lock"
    tries = 0
    while True:
        tries += 1
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0))
            break
        except FileExistsError:
            if tries == _LOCK_TRIES:
                raise ConfigurationError(
                    f"error: open {lock}: file exists; somebody else is writing the kubeconfig or died while "
                    "doing so: remove that file if no kubectl and no leasectl is at work"
                ) from None
            pause(_LOCK_PAUSE_S)
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"error: {os_reason(lock, error)}; new tokens are written to the kubeconfig under this lock: "
                "make its folder writable, or name a copy of it with --kubeconfig"
            ) from error
    try:
        yield
    finally:
        Path(lock).unlink(missing_ok=True)


def _content(target: Path, was: os.stat_result) -> bytes:
    if not stat.S_ISREG(was.st_mode):  # asked before it is opened: a pipe would wait
        raise Unchangeable("it is no file; name one with --kubeconfig")
    if not os.access(target, os.W_OK):  # a new file could take its place, but somebody did not want that
        raise PermissionError(errno.EACCES, "permission denied")
    with target.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Unchangeable(f"it is larger than {MAX_BYTES >> 20} MiB; is this a kubeconfig?")
    return content


def _replace(target: Path, old: bytes, new: bytes, was: os.stat_result) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=".leasectl-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(new)
            file.flush()
            _keep_access(descriptor, was)
            os.fsync(descriptor)
        if new == old:
            return
        try:
            Path(temporary).replace(target)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            # A file that is a mount of its own, as in containers, can only be written over, as client-go always does.
            target.write_bytes(new)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _keep_access(descriptor: int, was: os.stat_result) -> None:
    mode = stat.S_IMODE(was.st_mode)
    try:
        os.fchown(descriptor, was.st_uid, was.st_gid)
    except PermissionError:
        mode &= _NOT_GROUP  # it is our group now, to whom nobody gave anything
    os.fchmod(descriptor, mode)
