"""What of the pages is generated: between `<!-- generated: WHAT -->` and `<!-- end -->` stands what WHAT says.

`leasectl WORDS` is what that prints; another first word is one of PARTS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.docs.fences import regions
from tests.docs.reference import PARTS as REFERENCE
from tests.docs.roles import PARTS as ROLES
from tests.docs.rules import PARTS as RULES
from tests.docs.schemas import PARTS as SCHEMAS
from tests.processes import leasectl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PARTS: Mapping[str, Callable[..., str]] = {**REFERENCE, **ROLES, **RULES, **SCHEMAS}


def generated(text: str) -> str:
    """The same page with every generated part as it is now."""
    lines = text.splitlines(keepends=True)
    for region in reversed(regions(text)):
        lines[region.first : region.last] = [part(region.what)]
    return "".join(lines)


def part(what: str) -> str:
    """One of them, to the end of its last line; raises KeyError where nothing is known by that word."""
    name, *words = what.split()
    if name == "leasectl":
        return f"```console\n$ {what}\n{leasectl(*words, COLUMNS='80').stdout}```\n"
    return PARTS[name](*words)
