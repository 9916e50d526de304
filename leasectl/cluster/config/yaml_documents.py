"""YAML as Kubernetes' own reader takes it: into what JSON can say.

PyYAML's loaders read YAML 1.1 with times, base 60 and no `y`. So only PyYAML's parser is used, and its events are put
together here, without recursion: a nesting of a hundred thousand brackets would end the process in PyYAML's composer.

Safety rule: an error says where and what, never what stands there: it may be a token.

Source: sigs.k8s.io/yaml, goyaml.v2/decode.go; checked with kubectl 1.36, `create --dry-run=client` and `config view`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import yaml
from msgspec import Struct

from leasectl.cluster.config import yaml_scalars
from leasectl.cluster.config.yaml_events import events, problem_at

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH: Final = 100  # of a lease or a kubeconfig it is less than ten
ALIASED: Final = 1 << 20  # bytes of JSON that the aliases of one document may stand for
_MERGE: Final = object()  # the key `<<`
_MERGE_TAG: Final = "tag:yaml.org,2002:merge"
_NO_MERGE: Final = "a merge (<<) of what is no mapping or list of mappings"


def documents(data: bytes) -> Iterator[tuple[int, Any]]:
    """Each document with its first line: dict, list, str, int, float, bool or None, an empty one None.

    Of two equal keys the last counts, and `<<` counts as the keys it stands for, as to kubectl. Values that aliases
    stand for are shared, not copied.

    Raises:
        DocumentError: it is no YAML, or holds what JSON has not; or it is deeper than `DEPTH`, or its aliases stand
            for more than `ALIASED`.
    """
    document = _Document()
    for event in events(data):
        match event:
            case yaml.ScalarEvent():
                document.add_scalar(event)
            case yaml.MappingStartEvent():
                document.begin({}, event)
            case yaml.SequenceStartEvent():
                document.begin([], event)
            case yaml.CollectionEndEvent():
                document.end()
            case yaml.AliasEvent():
                document.add_alias(event)
            case yaml.DocumentStartEvent():
                document = _Document()
            case yaml.DocumentEndEvent():
                yield document.line, document.value


def json_documents(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each document that is not empty, as JSON, with its first line.

    Raises:
        DocumentError: as `documents`.
    """
    for line, document in documents(data):
        if document is not None:
            yield line, msgspec.json.encode(document)


class _Node(Struct):
    """A value on its way.

    Attributes:
        value: what it is or, while it is open, what is known of it.
        mark: where it begins.
        is_open: whether more of it follows.
        height: levels of collections, itself included; of a scalar 0.
        key: of a mapping, the key whose value comes next.
        size: as JSON, in bytes, once an alias asked for it.
    """

    value: Any
    mark: Any
    is_open: bool = False
    height: int = 0
    key: Any = None
    size: int = 0

    @property
    def awaits_key(self) -> bool:
        return self.key is None and isinstance(self.value, dict)

    def add(self, value: Any, height: int, mark: Any) -> None:
        """Take in a value that is complete: an element, a key, or a key's value."""
        if height >= self.height:
            self.height = height + 1
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.key is None:
            self.key = _key(value, mark)
        else:
            if self.key is _MERGE:
                _merge(self.value, value, mark)
            else:
                self.value[self.key] = value
            self.key = None


class _Document:
    """One document on its way; a collection is put where it belongs once it is complete."""

    def __init__(self) -> None:
        self.line = 1
        self.value: Any = None
        self._open: list[_Node] = []  # innermost last
        self._anchors: dict[str, _Node] = {}
        self._aliased = 0

    def add_scalar(self, event: Any) -> None:
        mark, plain = event.start_mark, event.implicit[0]
        if event.value == "<<" and (plain or event.tag == _MERGE_TAG) and self._open and self._open[-1].awaits_key:
            self._open[-1].key = _MERGE
            return
        try:
            value = yaml_scalars.resolve(event.value, event.tag, plain=plain)
        except ValueError as error:
            raise problem_at(mark, str(error)) from None
        if event.anchor:
            self._anchors[event.anchor] = _Node(value, mark)
        self._add(value, 0, mark)

    def begin(self, collection: Any, event: Any) -> None:
        """A collection begins; what follows belongs to it until its end."""
        mark = event.start_mark
        if self._open and self._open[-1].awaits_key:
            raise problem_at(mark, "a key that is no text")
        self._check_depth(1, mark)
        node = _Node(collection, mark, is_open=True, height=1)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._open.append(node)

    def end(self) -> None:
        """The innermost collection is complete."""
        node = self._open.pop()
        node.is_open = False
        self._add(node.value, node.height, node.mark)

    def add_alias(self, event: Any) -> None:
        mark = event.start_mark
        node = self._anchors.get(event.anchor)
        if node is None:
            raise problem_at(mark, "an alias (*name) of no anchor (&name) before it")
        if node.is_open:
            raise problem_at(mark, "an alias (*name) inside the value that it stands for")
        self._check_depth(node.height, mark)
        node.size = node.size or len(msgspec.json.encode(node.value))
        self._aliased += node.size
        if self._aliased > ALIASED:
            raise problem_at(mark, f"the aliases (*name) stand for more than {ALIASED >> 20} MiB: write the values out")
        if isinstance(node.value, list) and self._open and self._open[-1].key is _MERGE:
            raise problem_at(mark, _NO_MERGE)
        self._add(node.value, node.height, mark)

    def _add(self, value: Any, height: int, mark: Any) -> None:
        if self._open:
            self._open[-1].add(value, height, mark)
        else:
            self.value, self.line = value, mark.line + 1

    def _check_depth(self, height: int, mark: Any) -> None:
        if len(self._open) + height > DEPTH:
            raise problem_at(mark, f"nested more than {DEPTH} deep")


def _merge(mapping: dict[str, Any], merged: Any, mark: Any) -> None:
    """What `<<` stands for; as in goyaml.v2 it wins over the keys before it, and earlier ones of a list over later."""
    for each in reversed(merged) if isinstance(merged, list) else (merged,):
        if not isinstance(each, dict):
            raise problem_at(mark, _NO_MERGE)
        mapping.update(each)


def _key(value: Any, mark: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            raise problem_at(mark, "a key that is no text")
