"""Output formats that take an expression: `-o jsonpath=TEMPLATE` and its kin, as kubectl's.

An expression that cannot be read is refused before anything is asked of the cluster.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from leasectl.cluster.config.kubeconfig_file import os_reason
from leasectl.lease.errors import LeasectlError, UsageError
from leasectl.show import objects, safe
from leasectl.show.paths import as_json, columns, syntax, text
from leasectl.show.paths.errors import PathError
from leasectl.show.paths.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from leasectl.cli.output import Wish, Writer
    from leasectl.cli.reading import Reading
    from leasectl.cli.streams import Streams
    from leasectl.show.paths.nodes import Template

_LARGEST_FILE = 1 << 20


def writer(name: str, argument: str, *, allow_missing: bool) -> Writer:
    """What prints in a format of OF_EXPRESSIONS; UsageError, in kubectl's words, where the expression is none."""
    return _WRITERS[name](argument, allow_missing)


def _jsonpath(template: str, allow_missing: bool) -> Writer:
    parsed = _parsed(template)

    def write(read: Reading, _wish: Wish, streams: Streams) -> None:
        with _failing_as(f"error executing jsonpath {quoted(template)}: Error executing template: "):
            shown = text.render(parsed, _whole(read), _shown(streams), allow_missing=allow_missing)
        streams.data([shown.encode("utf-8", "surrogateescape")])

    return write


def _jsonpath_as_json(template: str, allow_missing: bool) -> Writer:
    parsed = _parsed(template)

    def write(read: Reading, _wish: Wish, streams: Streams) -> None:
        with _failing_as(f"error executing jsonpath {quoted(template)}: Error executing template: "):
            shown = as_json.render(parsed, _whole(read), allow_missing=allow_missing)
        streams.data([safe.json_bytes(shown) if streams.terminal else shown])

    return write


def _custom_columns(spec: columns.Columns) -> Writer:
    for column in spec.columns:
        with _refusing():
            syntax.parse(column.path)

    def write(read: Reading, wish: Wish, streams: Streams) -> None:
        lines = columns.render(spec, _documents(read), headers=wish.look.headers, shown=_shown(streams))
        with _failing_as(""):
            streams.data((line + "\n").encode("utf-8", "surrogateescape") for line in lines)

    return write


def _columns_of(spec: str) -> Writer:
    with _refusing():
        return _custom_columns(columns.parse(spec))


def _columns_of_file(path: str) -> Writer:
    if not path:
        return _columns_of(path)
    with _refusing():
        return _custom_columns(columns.parse_file(_content(path, "error reading template")))


_WRITERS: dict[str, Callable[[str, bool], Writer]] = {
    "jsonpath": _jsonpath,
    "jsonpath-file": lambda path, missing: _jsonpath(_content(path, "error reading --template"), missing),
    "jsonpath-as-json": _jsonpath_as_json,
    "custom-columns": lambda spec, _missing: _columns_of(spec),
    "custom-columns-file": lambda path, _missing: _columns_of_file(path),
}


def _parsed(template: str) -> Template:
    if not template:
        raise UsageError("error: template format specified but no template given")
    with _refusing(f"error parsing jsonpath {template}, "):
        return syntax.parse(template)


def _content(path: str, doing: str) -> str:
    if not path:
        return ""
    try:
        with Path(path).open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"error: {doing} {path}, {os_reason(path, error)}") from None
    if len(content) > _LARGEST_FILE:
        raise UsageError(f"error: {doing} {path}, it is larger than {_LARGEST_FILE >> 20} MiB")
    return content.decode("utf-8", "surrogateescape")


def _documents(read: Reading) -> list[dict[str, Any]]:
    return [objects.document(raw, managed_fields=True) for raw in read.objects]


def _whole(read: Reading) -> dict[str, Any]:
    """What an expression is about: the one object that was named, or a List."""
    documents = _documents(read)
    return documents[0] if len(read.scope.names) == 1 else objects.in_list(documents)


def _shown(streams: Streams) -> Callable[[str], str]:
    return safe.text if streams.terminal else str


@contextmanager
def _refusing(doing: str = "") -> Iterator[None]:
    try:
        yield
    except PathError as error:
        raise UsageError(f"error: {doing}{error}") from None


@contextmanager
def _failing_as(doing: str) -> Iterator[None]:
    try:
        yield
    except PathError as error:
        raise LeasectlError(f"error: {doing}{error}") from None
