"""Tables of leases on terminals that have no room for all of them."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.show import layout, safe
from leasectl.show.table import Look, fitted, render
from tests.making import election, heartbeat, identity, judged, lease, time

HOLDER = "cp-1.eu-central-1.example.internal_64ad0584-1111-2222"
LEASES = [
    heartbeat("node-03", renewed=360),
    identity("apiserver-b2kr7i2napz5muu4yaqzbjgppm", renewed=4),
    election("kube-controller-manager", renewed=1, holderIdentity=HOLDER),
    election("kube-scheduler", renewed=120, holderIdentity=""),
]


def shown(width: int, *, namespaces: bool = True, labels: list[str] | None = None) -> str:
    look = Look(width=width, namespaces=namespaces, label_columns=labels or [])
    return "".join(f"{line}\n" for line in render(judged(LEASES), look))


def test_where_there_is_room_nothing_gives_way() -> None:
    assert shown(200) == "".join(f"{line}\n" for line in render(judged(LEASES), Look(namespaces=True)))


def test_what_a_state_tells_anyway_goes_first_and_the_others_stand_closer() -> None:
    assert shown(115) == dedent("""\
        NAMESPACE        NAME                                  STATE     RENEWED  REMAINING  HELD    HOLDER
        kube-node-lease  node-03                               Expired   6m       -5m20s     <none>  node-03
        kube-system      apiserver-b2kr7i2napz5muu4yaqzbjgppm  Fresh     4s       59m        <none>  apiserver-b…pm_0fd4951
        kube-system      kube-controller-manager               Fresh     1s       14s        3d      cp-1.eu-cen…-1111-2222
        kube-system      kube-scheduler                        Released  2m       <none>     <none>  <none>
        """)


def test_at_80_cells_a_lease_has_its_name_its_state_what_is_left_and_a_holder() -> None:
    assert shown(80) == dedent("""\
        NAMESPACE        NAME                          STATE     REMAINING  HOLDER
        kube-node-lease  node-03                       Expired   -5m20s     node-03
        kube-system      apiserver-b2kr…uu4yaqzbjgppm  Fresh     59m        apiser…d4951
        kube-system      kube-controller-manager       Fresh     14s        cp-1.e…-2222
        kube-system      kube-scheduler                Released  <none>     <none>
        """)


def test_at_40_cells_there_is_still_a_name_and_a_state() -> None:
    assert shown(40) == dedent("""\
        NAMESPACE        NAME           STATE
        kube-node-lease  node-03        Expired
        kube-system      apiser…bjgppm  Fresh
        kube-system      kube-c…anager  Fresh
        kube-system      kube-s…eduler  Released
        """)


def test_names_that_would_be_taken_for_one_another_are_whole() -> None:
    names = [f"controller-of-something.{number}.of-many.example.com" for number in (3, 4)]
    rows = judged([election(name, renewed=1) for name in [*names, "controller-of-something-else.example.org"]])
    _, first, second, third = render(rows, Look(width=60))
    assert first.startswith(f"{names[0]}  ")
    assert second.startswith(f"{names[1]}  ")
    assert third.startswith("controller-of")
    assert "…" in third.split()[0]


def test_the_same_name_in_another_namespace_is_another() -> None:
    rows = judged([lease("x" * 40, namespace, holderIdentity="a", renewTime=time(1)) for namespace in ("a", "b")])
    assert all("…" in line for line in list(render(rows, Look(width=50, namespaces=True)))[1:])


def test_what_was_asked_for_by_name_stays() -> None:
    headers, *_ = shown(60, labels=["kind", "held"]).splitlines()
    assert headers.split() == ["NAMESPACE", "NAME", "STATE", "KIND", "HELD"]
    headers, *_ = render(judged(LEASES), Look(width=60, wide=True))
    assert "TRANSITIONS" in headers
    assert "REMAINING" in headers


def test_it_is_told_what_had_no_room() -> None:
    assert fitted(judged(LEASES), Look(width=80, namespaces=True)).left_out == ["KIND", "RENEWED", "HELD"]
    assert fitted(judged(LEASES), Look(width=200, namespaces=True)).left_out == []


@pytest.mark.parametrize("terminal", [False, True])
def test_what_is_written_from_right_to_left_ends_with_its_cell(*, terminal: bool) -> None:
    rows = judged([lease("a", labels={"team": "פריק"}, holderIdentity="חאדם 12", renewTime=time(1))])
    (row,) = render(rows, Look(headers=False, label_columns=["team"], labels=True, terminal=terminal))
    end = "\u200e" if terminal else ""
    assert row.endswith(f"פריק{end}   חאדם 12{end}   team=פריק{end}")


@given(st.integers(36, 250), st.booleans(), st.integers(1, 60), st.text(max_size=70))
def test_no_line_is_wider_than_a_terminal_that_has_room_for_a_name_and_a_state(
    width: int, namespaces: bool, name: int, holder: str
) -> None:
    held = holder.encode("utf-8", "ignore").decode()
    rows = judged([lease("x" * name, "pay", holderIdentity=held, renewTime=time(1)), *LEASES[1:3]])
    lines = list(render(rows, Look(width=width, namespaces=namespaces)))
    assert all(safe.width(line) <= width for line in lines)


def test_holders_that_differ_in_the_middle_are_told_apart() -> None:
    holders = [f"ledger-worker-shard-{number:02}-7d4b9c6f5-x2m8q" for number in range(3)]
    rows = judged([election(f"ledger-{at}", renewed=1, holderIdentity=holder) for at, holder in enumerate(holders)])

    for width in (60, 80):
        _, *lines = render(rows, Look(width=width, namespaces=True))
        assert all(len(line) <= width for line in lines)
        assert len({line.split()[-1] for line in lines}) == len(holders), lines


@given(st.lists(st.text(max_size=40), max_size=6), st.integers(4, 20))
def test_what_is_told_apart_is_no_wider_and_the_rest_is_as_it_was(values: list[str], cells: int) -> None:
    whole = list(map(safe.text, values))
    short = [safe.middle(value, cells) for value in whole]

    apart = layout.told_apart(whole, short, cells)

    assert all(safe.width(cut) <= cells for cut in apart)
    for value, cut, before in zip(whole, apart, short, strict=True):
        alone = {other for other, its in zip(whole, short, strict=True) if its == before} == {value}
        assert cut == before or not alone
