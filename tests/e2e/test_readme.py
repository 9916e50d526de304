from __future__ import annotations

import re

from tests.processes import leasectl
from tests.readme import README, generated


def test_the_help_in_the_readme_is_what_the_program_prints() -> None:
    text = README.read_text()
    assert "generated: get --help" in text
    assert generated(text) == text, "run `make readme`"


def test_every_command_line_of_the_readme_is_understood() -> None:
    lines = re.findall(r"^\$ (leasectl (?:get|list|ls).*?)(?:\s+#.*)?$", README.read_text(), re.MULTILINE)
    assert len(lines) >= 6
    for line in lines:
        words = line.replace("'", "").split()[1:]
        if "--from" not in words and "--help" not in words:
            ended = leasectl("demo", *words)
            assert ended.code == 0 or "not found" in ended.stderr, line
