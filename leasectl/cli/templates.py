"""Output formats that take an expression: `-o jsonpath=TEMPLATE` and its kin, as kubectl's.

An expression that cannot be read is refused before anything is asked of the cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli import custom_columns
from leasectl.cli.expressions import content, failing, refusing, shown, whole
from leasectl.cli.wish import Writers
from leasectl.lease.errors import UsageError
from leasectl.lease.go_syntax import quoted
from leasectl.show import safe
from leasectl.show.paths import as_json, syntax, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from leasectl.cli.reading import Reading
    from leasectl.cli.streams import Streams
    from leasectl.cli.wish import OneWriter, Wish
    from leasectl.show.paths.nodes import Template


_NO_TEMPLATE = "error: template format specified but no template given"


def writers(name: str, argument: str, *, allow_missing: bool) -> Writers:
    """What prints in a format of OF_EXPRESSIONS; UsageError, in kubectl's words, where the expression is none."""
    return _WRITERS[name](argument, allow_missing)


def _jsonpath(template: str, allow_missing: bool) -> Writers:
    if not template:
        raise UsageError(_NO_TEMPLATE)
    return _printing(template, allow_missing)


def _jsonpath_of_file(path: str, allow_missing: bool) -> Writers:
    if not path:
        raise UsageError(_NO_TEMPLATE)
    return _printing(content(path, "error reading --template"), allow_missing)


def _printing(template: str, allow_missing: bool) -> Writers:
    parsed = _parsed(template)

    def one(document: dict[str, Any], _wish: Wish, streams: Streams) -> None:
        with failing(f"error executing jsonpath {quoted(template)}: Error executing template: "):
            printed = text.render(parsed, document, shown(streams), allow_missing=allow_missing)
        streams.data([printed.encode("utf-8", "surrogateescape")])

    return _of_whole(one)


def _jsonpath_as_json(template: str, allow_missing: bool) -> Writers:
    if not template:
        raise UsageError(_NO_TEMPLATE)
    parsed = _parsed(template)

    def one(document: dict[str, Any], _wish: Wish, streams: Streams) -> None:
        with failing(f"error executing jsonpath {quoted(template)}: Error executing template: "):
            printed = as_json.render(parsed, document, allow_missing=allow_missing)
        streams.data([safe.json_bytes(printed) if streams.terminal else printed])

    return _of_whole(one)


def _of_whole(one: OneWriter) -> Writers:
    def write(read: Reading, wish: Wish, streams: Streams) -> None:
        one(whole(read), wish, streams)

    return Writers(write, one)


_WRITERS: dict[str, Callable[[str, bool], Writers]] = {
    "jsonpath": _jsonpath,
    "jsonpath-file": _jsonpath_of_file,
    "jsonpath-as-json": _jsonpath_as_json,
    "custom-columns": lambda spec, _missing: custom_columns.of_spec(spec),
    "custom-columns-file": lambda path, _missing: custom_columns.of_file(path),
}


def _parsed(template: str) -> Template:
    with refusing(f"error parsing jsonpath {template}, "):
        return syntax.parse(template)
