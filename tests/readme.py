"""What of the README is generated: each `<!-- generated: WORDS -->` is followed by what `leasectl WORDS` prints.

Run as a program it writes the README anew (`make readme`); a test compares.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.processes import leasectl

README = Path(__file__).parents[1] / "README.md"
_GENERATED = re.compile(r"(<!-- generated: (?P<words>.*?) -->\n```console\n)(.*?)(```\n<!-- end -->)", re.DOTALL)


def generated(text: str) -> str:
    """The same text with every generated part as it is now."""

    def part(found: re.Match[str]) -> str:
        words = found["words"]
        return f"{found[1]}$ leasectl {words}\n{leasectl(*words.split(), COLUMNS='80').stdout}{found[4]}"

    return _GENERATED.sub(part, text)


if __name__ == "__main__":
    README.write_text(generated(README.read_text()))
