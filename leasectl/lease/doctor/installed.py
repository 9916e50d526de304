"""What is installed here: leasectl as kubectl's plugin, and completion. What is missing is a hint, as in a pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.doctor.finding import Check, Finding, Level
from leasectl.lease.doctor.phrase import Name, Said, What, phrase

if TYPE_CHECKING:
    from leasectl.lease.doctor.facts import Completion, Plugin

_LOADED = {
    "bash": "put this into ~/.bashrc: source <(leasectl completion bash)",
    "zsh": "put this into ~/.zshrc, below compinit: source <(leasectl completion zsh)",
    "fish": "leasectl completion fish > ~/.config/fish/completions/leasectl.fish",
}


def of_plugin(plugin: Plugin) -> Finding:
    """Whether `kubectl lease` is this leasectl."""
    version = f" {plugin.kubectl_version}" if plugin.kubectl_version else ""
    if not plugin.kubectl:
        return Finding(Check.PLUGIN, Level.OK, phrase("no kubectl on the PATH: leasectl works without"))
    if not plugin.found:
        told = phrase(f"kubectl{version} is there, and kubectl-lease is not on the PATH")
        hint = phrase("put the folder of leasectl on the PATH, and `kubectl lease` works too")
        return Finding(Check.PLUGIN, Level.OK, told, (hint,))
    path = Name(What.PATH, plugin.found)
    if not plugin.ours:
        other = Said(plugin.version, "another version") if plugin.version else phrase("which does not say its version")
        told = phrase(f"`kubectl lease` is another leasectl: {{}}, {{}}; this is {plugin.own_version}", path, other)
        if plugin.version == plugin.own_version:
            told = phrase("`kubectl lease` is another installation of this version: {}", path)
            return Finding(Check.PLUGIN, Level.OK, told)
        advice = phrase("remove it, or put this one's folder before it on the PATH")
        return Finding(Check.PLUGIN, Level.WARNING, told, (advice,))
    told = phrase(f"`kubectl lease` is this leasectl ({plugin.own_version}), of kubectl{version}")
    if plugin.completes:
        return Finding(Check.PLUGIN, Level.OK, told)
    hint = phrase("put kubectl_complete-lease on the PATH, and kubectl completes it too")
    return Finding(Check.PLUGIN, Level.OK, told, (hint,))


def of_completion(completion: Completion) -> Finding:
    """Whether the shell completes leasectl."""
    if completion.found:
        told = phrase(f"{completion.shell} completes leasectl: {{}}", Name(What.PATH, completion.found))
        return Finding(Check.COMPLETION, Level.OK, told)
    if completion.shell not in _LOADED:
        told = phrase("no shell that leasectl completes: bash, zsh and fish are")
        return Finding(Check.COMPLETION, Level.OK, told)
    told = phrase(f"not installed for {completion.shell}, as far as the usual places tell")
    return Finding(Check.COMPLETION, Level.OK, told, ((_LOADED[completion.shell],),))
