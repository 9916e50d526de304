"""Trial: on a real control plane with 1,200 leases, leasectl's objects, names, errors and exit codes equal kubectl's.

In its short form: 200 leases and one context.
"""

from __future__ import annotations

import json
import sys
from itertools import product
from typing import TYPE_CHECKING

import yaml

from tests.soak.trial import SHORT, Ended, Plane, check, plane

if TYPE_CHECKING:
    from collections.abc import Callable

CONTEXTS = ("admin", "cert", "cert-inline")
FORMATS = ("json", "yaml", "name")
NODE = "node-00007.example.internal"
OTHER = "node-00008.example.internal"
SELECTIONS = (
    ("-A",),
    ("-n", "kube-node-lease"),
    ("-n", "kube-system"),
    ("-n", "default"),
    (NODE, "-n", "kube-node-lease"),
    (NODE, OTHER, "-n", "kube-node-lease"),
    (f"lease/{NODE}", "-n=kube-node-lease"),
    (NODE, "missing", "-n", "kube-node-lease"),
    ("missing", "-n", "kube-node-lease"),
    ("missing", "missing-too", "-n", "kube-node-lease"),
    ("missing", "-n", "kube-node-lease", "--ignore-not-found"),
    ("missing", "missing-too", "-n", "kube-node-lease", "--ignore-not-found"),
    (NODE, "missing", "-n", "kube-node-lease", "--ignore-not-found"),
    ("-A", "-l", "zone=z1"),
    ("-A", "-l", "zone in (z0,z2),!nothing"),
    ("-A", "-l", "zone=nowhere"),
    ("-A", "-l", "zone in"),
    ("-A", "--field-selector", f"metadata.name={NODE}"),
    ("-A", "--field-selector", "metadata.namespace!=kube-node-lease"),
    ("-A", "--field-selector", "spec.holderIdentity=x"),
    ("-A", "--show-managed-fields", "-l", "zone=z1"),
)
# Where both print words rather than data: everything has to be the same to the letter.
WORDS = (
    ("missing", "-n", "kube-system"),
    ("missing", "missing-too", "-n", "kube-system"),
    ("missing", "-n", "kube-system", "--ignore-not-found"),
    ("-n", "default"),
    ("-n", "no-such-namespace"),
    ("missing", "-n", "no-such-namespace"),
    ("missing", "missing-too", "-n", "no-such-namespace"),
    ("-A", "-l", "zone=nowhere"),
    ("-A", "--field-selector", "metadata.name=nowhere", "--ignore-not-found"),
    (NODE, "-A"),
    (NODE, "-l", "a=b"),
    ("..", "-n", "default"),
    ("a%b", "-n", "default"),
    ("x", "-n", "a/b"),
    ("-A", "--context", "nobody"),
    ("x", "y", "-n", "kube-system", "--context", "nobody"),
    ("-n", "kube-node-lease", "--context", "nobody", "--ignore-not-found"),
    ("-n", "kube-system", "--context", "node-viewer"),
    ("-A", "--token", "wrong"),
    ("x", "-n", "kube-system", "--token", "wrong"),
)
# Where leasectl says more: kubectl's words come first.
MORE_WORDS = (
    ("-A", "--context", "no-such-context"),
    ("-A", "--cluster", "no-such-cluster"),
    ("-A", "--user", "no-such-user"),
    ("-A", "--server", "https://127.0.0.1:1"),
)


def data_of(text: str, form: str) -> object:
    """What a format's text stands for."""
    readers: dict[str, Callable[[str], object]] = {"json": json.loads, "yaml": yaml.safe_load, "name": str.splitlines}
    return readers[form](text) if text else None


def side_by_side(cluster: Plane, words: tuple[str, ...]) -> tuple[Ended, Ended]:
    """Both answers to one question, asked while nothing changed in between."""
    for _ in range(10):
        typed = words if words[0].startswith("lease/") else ("lease", *words)
        before = cluster.kubectl("get", *typed)
        mine = cluster.leasectl("get", *words)
        if cluster.kubectl("get", *typed) == before:
            return before, mine
    raise SystemExit("FAILED: the cluster never stood still for two reads")


def main() -> int:
    """Ask everything both ways."""
    count, contexts = (200, CONTEXTS[-1:]) if SHORT else (1200, CONTEXTS)
    with plane("same-as-kubectl") as cluster:
        cluster.fill(count)
        for context, form, words in product(contexts, FORMATS, SELECTIONS):
            asked = (*words, "-o", form, "--context", context)
            theirs, mine = side_by_side(cluster, asked)
            same = data_of(mine.stdout, form) == data_of(theirs.stdout, form)
            told = (mine.code, mine.stderr) == (theirs.code, theirs.stderr)
            to_the_letter = "to the letter" if mine.stdout == theirs.stdout else "as data"
            check(same and told, f"get {' '.join(asked)}: {to_the_letter}, exit {mine.code}")
        for words in WORDS:
            theirs, mine = side_by_side(cluster, words)
            same = mine._replace(code=min(mine.code, 1)) == theirs  # what cannot be meant is 2 here, 1 to kubectl
            check(same, f"get {' '.join(words)}: exit {mine.code}, {mine.stderr.strip()!r}")
        for words in MORE_WORDS:
            theirs, mine = cluster.kubectl("get", "lease", *words), cluster.leasectl("get", *words)
            same = mine.code == theirs.code and mine.stderr.startswith(theirs.stderr.splitlines()[-1])
            check(same, f"get {' '.join(words)}: exit {mine.code}, {mine.stderr.strip()!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
