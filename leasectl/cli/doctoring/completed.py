"""Whether the user's shell completes leasectl, by the places where such files are usually put. Reads alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from leasectl.lease.doctor.facts import Completion

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 1 << 20
_SHARED = ("/usr/local/share", "/usr/share")
_BASH = "bash-completion/completions/leasectl"
_FISH = ("fish/vendor_completions.d/leasectl.fish", "fish/completions/leasectl.fish")
_ZSH = ("zsh/site-functions/_leasectl", "zsh/vendor-completions/_leasectl")


def completion(environ: Mapping[str, str]) -> Completion:
    """Whether the shell of `$SHELL` completes leasectl, by the places where such files are usually put."""
    home = environ.get("HOME") or "/"
    shell = os.path.basename(environ.get("SHELL", ""))  # noqa: PTH119 - a string, and no path of ours
    data = environ.get("XDG_DATA_HOME") or f"{home}/.local/share"
    config = environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    folders = (data, *_SHARED)
    files, settings = {
        "bash": (
            [*(f"{each}/{_BASH}" for each in folders), "/etc/bash_completion.d/leasectl"],
            [f"{home}/.bashrc", f"{home}/.bash_profile", f"{home}/.bash_completion"],
        ),
        "zsh": (
            [
                *(f"{each}/{name}" for each in folders for name in _ZSH),
                *(f"{home}/{each}/_leasectl" for each in (".zfunc", ".zsh/completions", ".zsh/completion")),
            ],
            [f"{environ.get('ZDOTDIR') or home}/.zshrc"],
        ),
        "fish": (
            [f"{config}/fish/completions/leasectl.fish", *(f"{each}/{name}" for each in folders for name in _FISH)],
            [f"{config}/fish/config.fish"],
        ),
    }.get(shell, ([], []))
    there = [path for path in files if Path(path).is_file()]
    there += [path for path in settings if f"leasectl completion {shell}" in _text(path)]
    return Completion(shell, there[0] if there else "")


def _text(path: str) -> str:
    try:
        return Path(path).read_bytes()[:_LARGEST].decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
