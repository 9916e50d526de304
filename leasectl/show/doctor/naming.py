"""A phrase as text: with its names, or with placeholders that stand for them.

Safety rule: without names, nothing that came from elsewhere is in the text: a Name becomes a placeholder, the same one
each time, unless it is a name that every Kubernetes has; of what others said, only its class is left.
"""

from __future__ import annotations

import re
import shlex
from types import MappingProxyType
from typing import TYPE_CHECKING

from leasectl.lease.doctor.phrase import Name, Said, What
from leasectl.lease.kind import NODE_NAMESPACE, SYSTEM_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leasectl.lease.doctor.phrase import Phrase
    from leasectl.show.doctor.look import Look

NAME = "leasectl"
_COMMAND = re.compile(rf"\b{NAME} (?=(?P<asks>describe|steal|demo)\b)")
# What every Kubernetes has, and so tells nothing of this one.
STANDARD: Mapping[What, frozenset[str]] = MappingProxyType(
    {
        What.NAMESPACE: frozenset({SYSTEM_NAMESPACE, NODE_NAMESPACE, "kube-public", "default"}),
        What.LEASE: frozenset({"kube-scheduler", "kube-controller-manager", "cloud-controller-manager"}),
        What.GROUP: frozenset(
            {"system:masters", "system:authenticated", "system:unauthenticated", "system:serviceaccounts"}
        ),
        What.USER: frozenset({"system:anonymous"}),
    }
)


class Names:
    """What is shown for each name.

    Args:
        hidden: whether placeholders stand for them: `context-1`, `lease-3`, counted as they first come.
        program: what command lines of ours begin with; completion is leasectl's alone.
        again: the words that those begin with which ask the same cluster.
    """

    def __init__(self, *, hidden: bool, program: str = NAME, again: Sequence[str] = (NAME,)) -> None:
        self.hidden = hidden
        self._program = program
        self._again = shlex.join(again)
        self._placeholders: dict[tuple[What, str], str] = {}
        self._counts: dict[What, int] = {}

    def text(self, phrase: Phrase) -> str:
        """The phrase as one string; not yet safe for a terminal."""
        return "".join(map(self._piece, phrase))

    def name(self, name: Name) -> str:
        """One name, or what stands for it."""
        if not self.hidden or not name.value or name.value in STANDARD.get(name.what, ()):
            return name.value
        key = name.what, name.value
        if key not in self._placeholders:
            self._counts[name.what] = self._counts.get(name.what, 0) + 1
            self._placeholders[key] = f"{name.what}-{self._counts[name.what]}"
        return self._placeholders[key]

    def _piece(self, piece: str | Name | Said) -> str:
        match piece:
            case Name():
                return self.name(piece)
            case Said():
                return piece.otherwise if self.hidden else piece.words
            case _:
                return _COMMAND.sub(self._called, piece)

    def _called(self, command: re.Match[str]) -> str:
        return f"{self._program if command['asks'] == 'demo' else self._again} "


def names_of(look: Look) -> Names:
    """What is shown for each name to whoever looks so."""
    return Names(hidden=look.redact, program=look.program, again=look.again)
