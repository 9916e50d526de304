"""How leases did, as a table and as objects."""

from __future__ import annotations

from textwrap import dedent

from leasectl.lease.tally import Stats
from leasectl.show.stats import objects, render

STEADY = Stats("kube-system/kube-scheduler", 1812, 2.002, 2.113, 3.9, 0, 0, 0.0)
SHAKY = Stats("kube-system/kube-controller-manager", 97, 2.01, 14.2, 14.2, 6, 2, 131.5)
SILENT = Stats("payments/\x1b[31m東京", 0, None, None, None, 0, 0, 0.25)


def test_the_table() -> None:
    assert "".join(f"{line}\n" for line in render([STEADY, SHAKY, SILENT], namespaces=True, colour=False)) == dedent("""\
        NAMESPACE     NAME                      RENEWALS   P50      P99      MAX      MISSED   CHANGES   LEADERLESS
        kube-system   kube-scheduler            1812       2.0s     2.1s     3.9s     0        0         0.0s
        kube-system   kube-controller-manager   97         2.0s     14.2s    14.2s    6        2         2m11s
        payments      \\x1b[31m東京              0          <none>   <none>   <none>   0        0         250ms
        """)


def test_of_one_namespace_its_name_is_left_out() -> None:
    assert list(render([STEADY], namespaces=False, colour=False)) == [
        "NAME             RENEWALS   P50    P99    MAX    MISSED   CHANGES   LEADERLESS",
        "kube-scheduler   1812       2.0s   2.1s   3.9s   0        0         0.0s",
    ]


def test_what_should_not_be_is_coloured() -> None:
    _, steady, shaky = render([STEADY, SHAKY], namespaces=False, colour=True)
    assert "\x1b" not in steady
    assert "14.2s   \x1b[35m6\x1b[0m        \x1b[36m2\x1b[0m         2m11s" in shaky


def test_objects_stand_beside_those_of_changes() -> None:
    assert list(objects([SHAKY], terminal=False)) == [
        b'{"type":"stats","lease":"kube-system/kube-controller-manager","renewals":97,"interval_p50_s":2.01,"interval_p99_s":14.2,"interval_max_s":14.2,"missed":6,"changes":2,"leaderless_s":131.5}\n'
    ]
    [silent] = objects([SILENT], terminal=True)
    assert b"interval_p50_s" not in silent
    assert silent[:-1].decode().isprintable()
