"""CONTRIBUTING's map of the house names every file that there is, once, and none that there is not."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "leasectl"
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
HEAD = "| room | file | its one idea |\n| --- | --- | --- |\n"


def _named() -> Counter[str]:
    """What the map names, as `ROOM/FILE`; a folder ends in a slash. A row without a room is the one's above it."""
    named: Counter[str] = Counter()
    room = ""
    table = TEXT.partition(HEAD)[2].partition("\n\n")[0]
    for row in table.splitlines():
        first, files = (cell.strip() for cell in row.split("|")[1:3])
        room = first or room
        named.update(f"{room}/{name}" for name in files.split(", "))
    return named


def _there() -> set[str]:
    """The files of each room, and the folders in it, whose own files are theirs to explain."""
    rooms = [room for room in HOUSE.iterdir() if (room / "__init__.py").is_file()]
    files = {f"{file.parent.name}/{file.stem}" for room in rooms for file in room.glob("*.py")}
    folders = {f"{file.parts[-3]}/{file.parts[-2]}/" for room in rooms for file in room.glob("*/__init__.py")}
    return {name for name in files | folders if not name.endswith("/__init__")}


def test_every_file_of_a_room_is_in_the_map() -> None:
    assert _there() - set(_named()) == set()


def test_every_name_in_the_map_is_there() -> None:
    assert set(_named()) - _there() == set()


def test_the_map_names_nothing_twice() -> None:
    assert [name for name, count in _named().items() if count > 1] == []


def test_every_path_that_contributing_tells_of_is_there() -> None:
    told = re.findall(r"`((?:\w+/)+(?:\w+\.\w+)?)`", TEXT)
    assert [path for path in told if not (ROOT / path).exists() and not (HOUSE / path).exists()] == []
    assert told


def test_every_folder_of_the_house_says_in_a_line_what_it_is() -> None:
    silent = [
        str(file.relative_to(HOUSE)) for file in HOUSE.rglob("__init__.py") if not file.read_text().startswith('"""')
    ]
    assert silent == []
