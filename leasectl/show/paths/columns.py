"""`-o custom-columns=SPEC` and `-o custom-columns-file=FILE`. Source: k8s.io/kubectl/pkg/cmd/get/customcolumn.go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from leasectl.show.paths import aligned, find, syntax
from leasectl.show.paths.errors import PathError
from leasectl.show.paths.values import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from leasectl.show.paths.nodes import Template

_NONE = "<none>"
_MISSING_LINE = (
    "invalid template, missing {} line. "
    "Expected format is one line of space separated headers, one line of space separated column specs."
)
_WORDS = re.compile(r"[^\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_KUBECTL_ESCAPES = str.maketrans({"\x1b": "^[", "\r": r"\r"})  # to a pipe too


class Column(Struct, frozen=True):
    """A header, and the template of what stands under it; it is read when the table is, as kubectl does."""

    header: str
    path: str


class Columns(Struct, frozen=True):
    """The columns, left to right.

    Attributes:
        columns: at least one, but for a file of empty lines.
        always_headers: whether `--no-headers` has no say: a file's headers are always printed.
    """

    columns: tuple[Column, ...]
    always_headers: bool = False


def parse(spec: str) -> Columns:
    """`NAME:.metadata.name,HOLDER:.spec.holderIdentity`; PathError, in kubectl's words, for what is no such spec."""
    if not spec:
        raise PathError("custom-columns format specified but no custom columns given")
    columns = []
    for part in spec.split(","):
        header, colon, path = part.partition(":")
        if not colon:
            raise PathError(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
        columns.append(Column(header, syntax.relaxed(path)))
    return Columns(tuple(columns))


def parse_file(text: str) -> Columns:
    """A file's first line has the headers, its second the paths, apart by white space; PathError otherwise."""
    lines = text.removesuffix("\n").split("\n") if text else []
    if len(lines) < len(needed := ("header", "spec")):
        raise PathError(_MISSING_LINE.format(needed[len(lines)]))
    headers, paths = (_WORDS.findall(line) for line in lines[:2])
    if len(headers) != len(paths):
        raise PathError(f"number of headers ({len(headers)}) and field specifications ({len(paths)}) don't match")
    columns = (Column(header, syntax.relaxed(path)) for header, path in zip(headers, paths, strict=True))
    return Columns(tuple(columns), always_headers=True)


def render(
    columns: Columns,
    documents: Iterable[Any],
    *,
    headers: bool,
    shown: Callable[[str], str],
    remembered: list[int] | None = None,
) -> Iterator[str]:
    """The table's lines, without their ends; a document is a line of its own, unless a value holds a newline.

    Args:
        columns: what `parse` or `parse_file` gave.
        documents: the objects, decoded.
        headers: whether a line of headers is wanted.
        shown: what becomes of a cell's text; headers stay.
        remembered: of rows that stand above already, as `aligned.lines` takes it.

    Raises PathError, as kubectl does, after the lines before the document that does not fit.
    """
    rows: list[str] = []
    failed: PathError | None = None
    if headers or columns.always_headers:
        rows.append("\t".join(column.header for column in columns.columns))
    try:
        templates = [syntax.parse(column.path) for column in columns.columns]
        rows.extend("\t".join(shown(_cell(template, document)) for template in templates) for document in documents)
    except PathError as error:
        failed = error
    yield from aligned.lines(rows, remembered)
    if failed is not None:
        raise failed


def _cell(template: Template, document: Any) -> str:
    found = find.results(template, document)
    values: Sequence[str] = [plain(value).translate(_KUBECTL_ESCAPES) for line in found for value in line]
    if not found or not found[0]:
        values = [_NONE, *values]
    return ",".join(values)
