"""`-o custom-columns=SPEC` and `-o custom-columns-file=FILE`, as kubectl's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.cli.expressions import content, documents, failing, refusing, shown
from leasectl.cli.wish import Writers
from leasectl.show.paths import columns, syntax

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from leasectl.cli.reading import Reading
    from leasectl.cli.streams import Streams
    from leasectl.cli.wish import Wish


class _Rows:
    """Rows below rows; the headers above the first."""

    def __init__(self, spec: columns.Columns) -> None:
        self._spec = spec
        self._begun = False
        self._widths: list[int] = []

    def write(self, read: Reading, wish: Wish, streams: Streams) -> None:
        self._append(documents(read), wish, streams)

    def one(self, document: dict[str, Any], wish: Wish, streams: Streams) -> None:
        self._append([document], wish, streams)

    def _append(self, found: Sequence[dict[str, Any]], wish: Wish, streams: Streams) -> None:
        spec = replace(self._spec, always_headers=False) if self._begun else self._spec
        headers = wish.look.headers and not self._begun
        self._begun = True
        lines = columns.render(spec, found, headers=headers, shown=shown(streams), remembered=self._widths)
        with failing():
            streams.data((line + "\n").encode("utf-8", "surrogateescape") for line in lines)


def _writers(spec: columns.Columns) -> Writers:
    for column in spec.columns:
        with refusing():
            syntax.parse(column.path)
    rows = _Rows(spec)
    return Writers(rows.write, rows.one)


def of_spec(spec: str) -> Writers:
    """What prints the columns of `HEADER:PATH,…`."""
    with refusing():
        return _writers(columns.parse(spec))


def of_file(path: str) -> Writers:
    """What prints the columns that a file names."""
    if not path:
        return of_spec(path)
    with refusing():
        return _writers(columns.parse_file(content(path, "error reading template")))
