"""The ClusterRoles of the documents: one a command, with what it uses and nothing more."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import yaml

from tests.docs.telling import DOCS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FOLDER = DOCS / "rights"
_SPARED = "# Not needed"


class Right(NamedTuple):
    """One verb on one resource; `is_spared`: the command does without it."""

    resource: str
    verb: str
    is_spared: bool = False


def names() -> list[str]:
    """The commands that have a role."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def path_of(name: str) -> Path:
    """Where a command's role is."""
    return FOLDER / f"{name}.yaml"


def rights_of(name: str) -> list[Right]:
    """What a role grants."""
    text = path_of(name).read_text()
    spared = [_SPARED in before for before in text.partition("rules:\n")[2].split("  - apiGroups:")]
    rules = yaml.safe_load(text)["rules"]
    return [
        Right(resource, verb, is_spared)
        for rule, is_spared in zip(rules, spared, strict=False)
        for resource, verb in product(rule["resources"], rule["verbs"])
    ]


def shown(name: str) -> str:
    """A role as a page shows it."""
    return f"```yaml\n{path_of(name).read_text()}```\n"


PARTS: Mapping[str, Callable[..., str]] = {"role": shown}
