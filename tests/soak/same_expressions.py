r"""Trial: on a real control plane, output expressions, selectors and --sort-by give the same bytes as kubectl's.

The expressions are of the kinds that kubectl's documentation and its own tests have. Wildcards and recursive descent
over maps are left out: there kubectl's order is left to chance.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.trial import SHORT, Ended, Plane, check, plane

ONE = ("node-00003.example.internal", "-n", "kube-node-lease")
TWO = ("node-00003.example.internal", "node-00001.example.internal", "-n", "kube-node-lease")
ALL = ("-A",)
NONE = ("-n", "default")
MISSING = ("node-00003.example.internal", "missing", "-n", "kube-node-lease")

OF_LISTS = (
    "{.items[*].metadata.name}",
    "{.items[*]['metadata.name', 'spec.holderIdentity']}",
    '{range .items[*]}{.metadata.name}{"\\t"}{.spec.holderIdentity}{"\\n"}{end}',
    "{range .items[*]}[{.metadata.name}, {.spec.leaseDurationSeconds}] {end}",
    "{range .items[*]}{.metadata.name}{'\\n'}{end}",
    "{.items[0].metadata.name}",
    "{.items[-1:].metadata.name}",
    "{.items[1:3].metadata.name}",
    "{.items[:2].metadata.name}",
    "{.items[0:4:2].metadata.name}",
    "{.items[0,2].metadata.name}",
    '{.items[?(@.metadata.name=="node-00002.example.internal")].spec.holderIdentity}',
    "{.items[?(@.spec.leaseDurationSeconds>40)].metadata.name}",
    "{.items[?(@.spec.leaseDurationSeconds>=40)].metadata.name}",
    "{.items[?(@.spec.leaseDurationSeconds!=40)].metadata.name}",
    "{.items[?(@.metadata.labels.zone)].metadata.name}",
    '{.items[?(@.metadata.labels.zone=="z1")].metadata.labels.zone}',
    "{.items[*].metadata.labels.kubernetes\\.io/hostname}",
    "{.items[*].metadata.labels['kubernetes\\.io/hostname']}",
    "{.items[*].spec.nothing}",
    "{.kind} {.apiVersion} {.metadata}",
    "{.items[0].spec}",
    "{.items[0].metadata.ownerReferences}",
    "{.items[0].metadata.managedFields[0].manager}",
    "{range .items[*]}{range .metadata.managedFields[*]}{.manager} {.operation}{'\\n'}{end}{end}",
    "plain words, no action",
    "{'a quoted text'}{\"\\u00e9\\t\"}{1}{-1.5}{true}",
    "{.items[99].metadata.name}",
    "{.items.name}",
    "{.items[*].metadata.name",
    "{.items[?(@.metadata.name==)]}",
    "{range .items[*]}{.metadata.name}",
    "{end}",
    "{..leaseDurationSeconds}",
    "{@.kind}{$.kind}",
)
OF_ONE = (
    "{.metadata.name}",
    "{.spec}",
    "{.spec.leaseDurationSeconds}{'\\n'}",
    "{.metadata.labels}",
    "{.spec['holderIdentity','leaseDurationSeconds']}",
    "{.metadata.creationTimestamp}",
    "{.metadata.uid}{.metadata.resourceVersion}",
    "{.nothing.at.all}",
    "{.spec.holderIdentity.too.deep}",
)
COLUMNS = (
    "NAME:.metadata.name",
    "NAME:.metadata.name,HOLDER:.spec.holderIdentity,LASTS:.spec.leaseDurationSeconds",
    "NAME:metadata.name,ZONE:{.metadata.labels.zone},NO:.nothing",
    "N:.metadata.name,OWNER:.metadata.ownerReferences[0].kind,MANAGERS:.metadata.managedFields[*].manager",
    "SPEC:.spec,LABELS:.metadata.labels",
    "HOST:.metadata.labels.kubernetes\\.io/hostname",
    "NAME:.metadata.name,NAME",
    "NAME",
)
SORTS = (
    ".metadata.name",
    "metadata.name",
    "{.metadata.name}",
    ".spec.holderIdentity",
    ".metadata.labels.zone",
    ".metadata.creationTimestamp",
    ".spec.nothing",
    ".metadata.name}",
)
SELECTED = (
    ("-l", "zone=z1"),
    ("-l", "zone!=z1"),
    ("-l", "zone in (z0,z2)"),
    ("-l", "!zone"),
    ("--field-selector", "metadata.name=node-00001.example.internal"),
    ("--chunk-size", "2"),
    ("--chunk-size=0",),
)


def same(cluster: Plane, *words: str) -> None:
    """Ask both; an expression that cannot be read is a usage error here, and noticed before anything is printed."""
    for _ in range(10):
        theirs = cluster.kubectl("get", "lease", *words)
        mine = cluster.leasectl("get", *words)
        if cluster.kubectl("get", "lease", *words) == theirs:
            break
    asked = " ".join(words)
    if mine.code == 2:
        told = _last_line(theirs)
        check(theirs.code == 1 and mine.stderr.strip().startswith(told), f"get {asked}: exit 2, {mine.stderr.strip()}")
        return
    equal = (mine.code, mine.stdout) == (theirs.code, theirs.stdout)
    told = theirs.stderr.partition(". Printing more information")[0].strip()
    check(
        equal and mine.stderr.strip().startswith(told),
        f"get {asked}: exit {mine.code}, {len(mine.stdout)} characters {mine.stderr.strip()}",
    )


def _last_line(ended: Ended) -> str:
    return ended.stderr.strip().splitlines()[-1]


def main() -> int:
    """Ask everything both ways."""
    with plane("same-expressions") as cluster, TemporaryDirectory() as folder:
        cluster.fill(6 if SHORT else 10)  # up to twelve kubectl keeps equals in their order
        for scope, template in product((ALL, TWO, NONE), OF_LISTS):
            same(cluster, *scope, "-o", f"jsonpath={template}")
        for scope, template in product((ONE, MISSING), OF_ONE):
            same(cluster, *scope, "-o", f"jsonpath={template}")
        for template in OF_LISTS[:26] + OF_ONE:
            same(cluster, *ALL, f"-ojsonpath-as-json={template}")
        for scope, spec in product((ALL, ONE, TWO, NONE), COLUMNS):
            same(cluster, *scope, "-o", f"custom-columns={spec}")
        same(cluster, *ALL, "-o", f"custom-columns={COLUMNS[1]}", "--no-headers")
        for key, form in product(SORTS, ("name", "jsonpath={.items[*].metadata.name}", f"custom-columns={COLUMNS[1]}")):
            same(cluster, *ALL, "--sort-by", key, "-o", form)
        for selector in SELECTED:
            same(cluster, *ALL, *selector, "-o", f"jsonpath={OF_LISTS[2]}")
            same(cluster, *ALL, *selector, "-o", "name")
        of_jsonpath, columns = Path(folder, "template"), Path(folder, "columns")
        of_jsonpath.write_text(OF_LISTS[2] + "\n")
        columns.write_text("NAME            HOLDER\n.metadata.name  .spec.holderIdentity\n")
        for words in (
            (f"-ojsonpath-file={of_jsonpath}",),
            ("-o", f"custom-columns-file={columns}"),
            ("-o", f"custom-columns-file={columns}", "--no-headers"),
            ("-o", "jsonpath", "--template", OF_LISTS[0]),
            ("-o", "jsonpath"),
            ("-o", "jsonpath="),
            ("-o", "jsonpath-file=/no/such/file"),
            ("-o", "custom-columns="),
            ("-o", "custom-columns-file=/no/such/file"),
            ("-o", "jsonpath={.nothing}", "--allow-missing-template-keys=false"),
            ("-o", "custom-columns=A:.kind", "--show-labels"),
        ):
            same(cluster, *ALL, *words)
    return 0


if __name__ == "__main__":
    sys.exit(main())
