"""In which format a check is told, and where."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from leasectl.cli import replacing, words
from leasectl.show import safe
from leasectl.show.checks.look import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leasectl.cli.checking import Teller
    from leasectl.cli.session import Session
    from leasectl.lease.check.verdicts import Report

    Renderer = Callable[[Report, Look], Iterator[bytes]]

_MOST_SAID = 10
# A line a format: the module that renders it, imported when it is asked for.
FORMATS = {
    "text": "leasectl.show.checks.text",
    "nagios": "leasectl.show.checks.nagios",
    "json": "leasectl.show.checks.document",
    "prometheus": "leasectl.show.checks.prometheus",
    "junit": "leasectl.show.checks.junit",
}


def teller(form: str, output_file: str, max_lines: int, session: Session) -> Teller:
    """What tells a report: on stdout, or in a file that is replaced.

    Args:
        form: `-o`; its case does not count.
        output_file: where to; empty or `-` for stdout.
        max_lines: how many leases are told of one by one; 0 for all.
        session: the run.

    Raises:
        UsageError: there is no such format.
    """
    module = FORMATS.get(form.lower() or "text")
    if module is None:
        raise words.no_format(f'"{form}"', sorted(FORMATS))
    streams, output_file = session.streams, output_file if output_file != "-" else ""
    terminal = streams.terminal and not output_file
    width = streams.width if terminal else None
    look = Look(max_lines, colour=streams.colour and not output_file, terminal=terminal, width=width)

    def tell(report: Report) -> None:
        render: Renderer = import_module(module).render
        if output_file or module == FORMATS["prometheus"]:  # metrics have no place for words, and nobody reads a file
            for problem in report.problems[:_MOST_SAID]:
                streams.say(safe.text(f"error: {problem}"))
        if output_file:
            replacing.replace(output_file, b"".join(render(report, look)))
        else:
            streams.data(render(report, look))

    return tell
