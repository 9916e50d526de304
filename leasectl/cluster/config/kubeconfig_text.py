"""The text of a kubeconfig with a few values changed, and every other byte as it was.

Safety rules: a new text counts only after it was read again and says exactly what was wanted; no error quotes what the
text or a value holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import yaml

from leasectl.cluster.config import yaml_documents
from leasectl.cluster.config.yaml_events import DocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_IN_PLACE: Final = (
    "the user's auth-provider config is written in a way that cannot be changed in place (an alias, a merge key or "
    "another encoding than UTF-8); write it out plainly"
)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unchangeable(Exception):  # noqa: N818 - never leaves `kubeconfig_edit`
    """Why the text cannot be changed, and what to do."""


def edited(content: bytes, user_name: str, values: Mapping[str, str]) -> bytes:
    """The text with the user's `auth-provider.config` saying `values`, beside what else it says.

    Raises:
        Unchangeable: there is no such config, or no new text says what is wanted.
    """
    try:
        wanted = _said(content)
    except DocumentError as error:
        raise Unchangeable(f"yaml: {error}; mend the file") from None
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
    except (yaml.YAMLError, DocumentError, UnicodeError, LookupError) as error:
        raise Unchangeable(_NOT_IN_PLACE) from error
    raise Unchangeable(_NOT_IN_PLACE)


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
            raise Unchangeable(
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
