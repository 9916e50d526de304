"""A kubeconfig file with a few values changed and every other byte as it was: what a login has to write back.

Safety rules: the file is replaced as a whole or not at all, under the lock that client-go takes too; only after the new
text was read again and says exactly what was wanted; and no error quotes what the file or a value holds.

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
from typing import TYPE_CHECKING, Any, Final

import msgspec
import yaml

from leasectl.cluster.config import yaml_documents
from leasectl.cluster.config.kubeconfig_file import MAX_BYTES, os_reason
from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_LOCK_TRIES: Final = 40
_LOCK_PAUSE_S: Final = 0.05  # kubectl holds its lock for milliseconds
_NOT_GROUP: Final = ~0o070
_NOT_IN_PLACE: Final = (
    "the user's auth-provider config is written in a way that cannot be changed in place (an alias, a merge key or "
    "another encoding than UTF-8); write it out plainly"
)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Unchangeable(Exception):  # noqa: N818 - never leaves this file
    """Why the text cannot be changed, and what to do."""


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
            _replace(target, content, _edited(content, user_name, values), was)
        except _Unchangeable as error:
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
        raise _Unchangeable("it is no file; name one with --kubeconfig")
    if not os.access(target, os.W_OK):  # a new file could take its place, but somebody did not want that
        raise PermissionError(errno.EACCES, "permission denied")
    with target.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _Unchangeable(f"it is larger than {MAX_BYTES >> 20} MiB; is this a kubeconfig?")
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


def _edited(content: bytes, user_name: str, values: Mapping[str, str]) -> bytes:
    """The new text.

    Raises:
        _Unchangeable: there is no such config, or no new text says what is wanted.
    """
    try:
        wanted = _said(content)
    except yaml_documents.DocumentError as error:
        raise _Unchangeable(f"yaml: {error}; mend the file") from None
    config = _config_of(wanted[0] if wanted else None, user_name)
    changed = {key: value for key, value in values.items() if config.get(key) != value}
    config.update(changed)
    try:
        text = content.decode()
        for key, value in changed.items():
            text = _with(text, user_name, key, msgspec.json.encode(value).decode())
        new = text.encode()
        if _canonical(_said(new)) == _canonical(wanted):
            return new
    except (yaml.YAMLError, yaml_documents.DocumentError, UnicodeError, LookupError) as error:
        raise _Unchangeable(_NOT_IN_PLACE) from error
    raise _Unchangeable(_NOT_IN_PLACE)


def _said(content: bytes) -> list[Any]:
    """Each document; what aliases stand for is copied, so that one place can be changed without the others."""
    return [msgspec.json.decode(msgspec.json.encode(each)) for _, each in yaml_documents.documents(content)]


def _canonical(documents: list[Any]) -> bytes:
    return msgspec.json.encode(documents, order="sorted")


def _config_of(document: Any, user_name: str) -> dict[str, Any]:
    users = document.get("users") if isinstance(document, dict) else None
    named = [
        each
        for each in (users if isinstance(users, list) else ())
        if isinstance(each, dict) and each.get("name") == user_name
    ]
    match named:
        case [{"user": {"auth-provider": {"config": dict() as config}}}]:
            return config
        case _:
            raise _Unchangeable(
                f'it has no user "{user_name}" with an auth-provider and its config any more; log in anew'
            )


def _with(text: str, user_name: str, key: str, value: str) -> str:
    """The text with one value, which is given as JSON, in place of what stands there or as a key of its own."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""  # which libyaml does not count as a character
    text = text.removeprefix(mark)
    config = _config_node(text, user_name)
    here = _pair(config, key)
    if here is None:
        start, end, piece = _new_pair(text, config, key, value)
    else:
        start, end = _span(text, here[1])
        needs_space = start == end and not text[start - 1].isspace()
        piece = f" {value}" if needs_space else value
    return mark + text[:start] + piece + text[end:]


def _config_node(text: str, user_name: str) -> yaml.MappingNode:
    """Where the config stands.

    Raises:
        LookupError: it is there only by aliases or merge keys.
    """
    root = next(iter(yaml.compose_all(text, Loader=_Loader)))
    for entry in _inner(root, "users").value:
        name = _pair(entry, "name")
        if name is not None and name[1].value == user_name:
            config = _inner(_inner(_inner(entry, "user"), "auth-provider"), "config")
            if isinstance(config, yaml.MappingNode):
                return config
    raise LookupError


def _inner(node: Any, key: str) -> Any:
    pair = _pair(node, key)
    if pair is None:
        raise LookupError
    return pair[1]


def _pair(node: Any, key: str) -> tuple[Any, Any] | None:
    """A key with its value: the last of equal ones, which counts."""
    pairs = reversed(node.value) if isinstance(node, yaml.MappingNode) else ()
    return next((pair for pair in pairs if isinstance(pair[0], yaml.ScalarNode) and pair[0].value == key), None)


def _span(text: str, node: Any) -> tuple[int, int]:
    """Where a value begins and ends; a block's line breaks are not taken for a part of it."""
    start = node.start_mark.index
    return start, start + len(text[start : node.end_mark.index].rstrip(" \t\r\n"))


def _new_pair(text: str, config: yaml.MappingNode, key: str, value: str) -> tuple[int, int, str]:
    """Where a new key goes, and as what: behind the last one, written as that is."""
    if not config.value:
        before = config.end_mark.index - 1
        return before, before, f'"{key}": {value}'
    first, (last_key, last_value) = config.value[0][0], config.value[-1]
    end = max(last_key.end_mark.index, _span(text, last_value)[1])
    line = text.rfind("\n", 0, first.start_mark.index) + 1
    lead = text[line : first.start_mark.index]
    newline = "\r\n" if text[:line].endswith("\r\n") else "\n"
    if config.flow_style:
        separator = f",{newline}{lead}" if not lead.strip() else ", "
        return end, end, f'{separator}"{key}": {value}'
    end = next((at for at in range(end, len(text)) if text[at] in "\r\n"), len(text))
    return end, end, f"{newline}{' ' * first.start_mark.column}{key}: {value}"
