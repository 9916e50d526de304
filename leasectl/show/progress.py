"""How far work has come, on a line of stderr that goes when the work ends."""

from __future__ import annotations

from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, BinaryIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from leasectl.lease import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def line(stream: BinaryIO, total_s: float, *, colour: bool) -> Iterator[Callable[[float, str], None]]:
    """A bar that fills over `total_s` seconds; it is moved by calling it with the seconds that have passed and a word.

    Args:
        stream: a terminal; it stays open.
        total_s: when the bar is full.
        colour: whether it may be coloured.
    """
    text = TextIOWrapper(stream, encoding="utf-8", errors="replace", write_through=True)
    try:
        console = Console(file=text, force_terminal=True, no_color=not colour, highlight=False, markup=False)
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[time]}"))
        with Progress(*columns, console=console, transient=True, auto_refresh=False) as progress:
            task = progress.add_task("looking", total=total_s, time="")

            def move(passed_s: float, word: str) -> None:
                time = f"{duration.human(min(passed_s, total_s))} of {duration.human(total_s)}"
                progress.update(task, completed=passed_s, description=word, time=time, refresh=True)

            yield move
    finally:
        text.detach()
