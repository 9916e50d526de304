"""`-o custom-columns=SPEC` and `-o custom-columns-file=FILE`, as kubectl's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli.expressions import content, documents, failing, refusing, shown
from leasectl.show.paths import columns, syntax

if TYPE_CHECKING:
    from leasectl.cli.reading import Reading
    from leasectl.cli.streams import Streams
    from leasectl.cli.wish import Wish, Writer


def _writer(spec: columns.Columns) -> Writer:
    for column in spec.columns:
        with refusing():
            syntax.parse(column.path)

    def write(read: Reading, wish: Wish, streams: Streams) -> None:
        lines = columns.render(spec, documents(read), headers=wish.look.headers, shown=shown(streams))
        with failing():
            streams.data((line + "\n").encode("utf-8", "surrogateescape") for line in lines)

    return write


def of_spec(spec: str) -> Writer:
    """What prints the columns of `HEADER:PATH,…`."""
    with refusing():
        return _writer(columns.parse(spec))


def of_file(path: str) -> Writer:
    """What prints the columns that a file names."""
    if not path:
        return of_spec(path)
    with refusing():
        return _writer(columns.parse_file(content(path, "error reading template")))
