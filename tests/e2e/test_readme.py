from __future__ import annotations

import re
import shlex

from tests.processes import leasectl
from tests.readme import README, generated

TIMED_OUT = 3
SEVERITIES = {0, 1, 2}  # of expire-check, whose 3 would be trouble of its own


def test_the_help_in_the_readme_is_what_the_program_prints() -> None:
    text = README.read_text()
    assert "generated: get --help" in text
    assert generated(text) == text, "run `make readme`"


def test_every_command_line_of_the_readme_is_understood() -> None:
    lines = re.findall(
        r"^\$ (leasectl (?:get|list|ls|describe|watch|demo expire-check).*?)(?:\s+(?:#|&&|\|).*)?$",
        README.read_text(),
        re.MULTILINE,
    )
    assert len(lines) >= 6
    for line in lines:
        # The demo is nobody's context, and nobody waits for it to be watched.
        words = shlex.split(re.sub(r" --context \S+", "", line).replace("--observe 20s", "--observe 1s"))[1:]
        if "--from" in words or "--help" in words:
            continue
        if "-w" in words:
            continue  # it has no end; tests/e2e/test_get_watch.py has it
        words = words[1:] if words[0] == "demo" else words
        ended = leasectl("demo", *words, *(["--timeout", "300ms"] if words[0] == "watch" else []))
        fine = {"expire-check": SEVERITIES}.get(words[0], {0, TIMED_OUT})
        assert ended.code in fine or "not found" in ended.stderr, line
