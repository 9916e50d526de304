"""The files of `completions/`, as `leasectl completion` prints them; run as a program it writes them (`make docs`)."""

from __future__ import annotations

from pathlib import Path

from leasectl.cli.completion import SHELLS, script

COMPLETIONS = Path(__file__).parents[1] / "completions"

if __name__ == "__main__":
    for shell, name in SHELLS.items():
        (COMPLETIONS / name).write_bytes(script(shell))
