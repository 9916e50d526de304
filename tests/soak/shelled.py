"""The shells that TAB is tried in by trials, each for leasectl and for kubectl's plugin; one that is not there is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.shells import SHELLS, Shell, missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE = Path("/usr/share/bash-completion/bash_completion")
OF_KUBECTL = {
    "bash": [f"source {PACKAGE}", "source <(kubectl completion bash)"],
    "zsh": ["source <(kubectl completion zsh)"],
    "fish": ["kubectl completion fish | source"],
}


def shells(folder: Path, environ: Mapping[str, str]) -> Iterator[tuple[str, str, Shell]]:
    """The name of each shell, what is typed there (`leasectl`, `kubectl lease`), and the shell in an empty HOME."""
    for name in SHELLS:
        if missing(name):
            print(f"SKIPPED {missing(name)}")
            continue
        programs = {"leasectl": None, "kubectl lease": OF_KUBECTL[name]}
        if name == "bash" and not PACKAGE.exists():
            programs.pop("kubectl lease")
            print("SKIPPED kubectl's completion needs bash-completion (Debian: apt-get install bash-completion)")
        for program, first in programs.items():
            home = folder / f"{name}-{program[0]}"
            home.mkdir()
            with Shell(name, home, environ, first) as shell:
                yield name, program, shell
