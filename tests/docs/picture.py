"""The picture of the demo in the README: what `leasectl demo get -A` draws on a terminal, as an SVG."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from tests.docs.comparing import drift
from tests.docs.telling import DOCS
from tests.terminal import on_a_terminal

PICTURE = DOCS / "demo.svg"
COMMAND, COLUMNS = "leasectl demo get -A", 132
_WORDS = ("demo", "get", "-A")
_STYLE = re.compile(r"\.demo-r\d+ \{[^}]*\}")


def drawn() -> Text:
    """What the command draws on a terminal, colours and all."""
    shown = on_a_terminal(*_WORDS, columns=COLUMNS)
    assert shown.code == 0, shown.text
    return Text.from_ansi(shown.text.replace("\r\n", "\n"))


def text_of(svg: str) -> list[str]:
    """The lines of a picture, without what is around them; columns are where they are."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314 - our own file
        if "clip-path" in element.attrib:
            at = float(element.attrib["y"])
            rows.setdefault(at, []).append((float(element.attrib["x"]), element.text or ""))
    lines = ("".join(text for _, text in sorted(row)) for _, row in sorted(rows.items()))
    return [line.replace("\xa0", " ").rstrip() for line in lines]


def written() -> str:
    """The picture."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text(f"$ {COMMAND}", style="bold"))
    console.print(drawn(), soft_wrap=True)
    svg = console.export_svg(title=COMMAND, theme=SVG_EXPORT_THEME, unique_id="demo")
    return without_fetching(svg)


def without_fetching(svg: str) -> str:
    """The same without the fonts that Rich would have a browser fetch from elsewhere."""
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def drifted(old: str, new: str) -> str:
    """What is different of two pictures: what they say, by the documents' own measure, or how it looks."""
    if _STYLE.findall(old) != _STYLE.findall(new):
        return "its colours"
    return drift(text_of(old), text_of(new))


def write() -> str:
    """Write it where it drifted; in what it did."""
    new = written()
    found = drifted(PICTURE.read_text(), new) if PICTURE.exists() else "it was not there"
    if found:
        PICTURE.write_text(new)
    return found
