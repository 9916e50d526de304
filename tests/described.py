"""The demo's troubles as `describe` explains them, kept in tests/e2e/described; what changes from run to run is masked.

Run as a program it writes them anew (`make docs`); a test compares.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.processes import leasectl

KEPT = Path(__file__).parent / "e2e" / "described"
# A name each for what it shows.
LEASES = {
    "election-whose-leader-died": "cert-manager/cert-manager-cainjector-leader-election",
    "election-whose-clock-is-off": "ingress-nginx/ingress-nginx-leader",
    "election-that-is-well": "kube-system/kube-controller-manager",
    "election-that-stepped-down": "payments/invoice-worker",
    "election-by-server-side-apply": "linkerd/policy-controller-write",
    "coordinated": "kube-system/kube-scheduler",
    "apiserver-that-died": "kube-system/apiserver-bso7quqczmudj54qdqyj7srrny",
    "node-that-is-well": "node/node-01",
    "node-that-is-late": "node/node-02",
    "node-that-died": "node/node-03",
    "node-that-is-gone": "node/node-retired",
    "lock-that-is-stuck": "payments/ledger-migrate",
    "lock-that-is-held": "payments/nightly-report",
    "lock-that-is-free": "payments/ledger-backup",
}
# A length is masked as a whole, so that 59s and 60s are the same; a word that begins with a figure is none.
_LENGTH = r"(?<![\w.-])-?(?:\d+(?:\.\d)?(?:ms|[ywdhms]))+(?!\w)"
_MASKS = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"\d\d:\d\d:\d\dZ", "TIME"),
    (r"(the holder renews it) .*", r"\1 SOON"),  # from now on, or in a second
    (r"[+-]\d+\.\ds", "OFFSET"),
    (rf"(?<=\n  ){_LENGTH} +", "AGE   "),
    (rf"(?<= ){_LENGTH} {{2,}}", "AGE   "),
    (r"(?<=PINGED) +|(?<=RENEWED) +", "   "),
    (_LENGTH, "LENGTH"),
    (r"\d+ missed", "N missed"),
)


def masked(text: str) -> str:
    """The same text without what changes from run to run."""
    for pattern, word in _MASKS:
        text = re.sub(pattern, word, text)
    return text


def described(name: str) -> str:
    """What `describe` says of a lease of a demo that has just begun."""
    ended = leasectl("demo", "describe", name)
    assert ended.code == 0, ended.stderr
    return masked(ended.stdout)


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for title, lease in LEASES.items():
        (KEPT / f"{title}.txt").write_text(described(lease))
