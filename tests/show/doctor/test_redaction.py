"""Without names nothing of a cluster full of markers is left, whatever is known of it and in whatever format."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from leasectl.lease.doctor.diagnose import diagnose
from leasectl.lease.doctor.facts import (
    Choice,
    Completion,
    Config,
    Facts,
    File,
    Leases,
    Login,
    Plugin,
    Reached,
    Server,
    Who,
)
from leasectl.lease.doctor.rights import Right, needs, places
from leasectl.lease.doctor.trouble import Problem, Trouble
from leasectl.lease.errors import Fault
from leasectl.show.doctor import document, page
from leasectl.show.doctor.look import Look
from tests.making import NOW, election, heartbeat, judged, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.doctor.finding import Diagnosis


def as_text(diagnosis: Diagnosis, look: Look) -> list[bytes]:
    return [f"{line}\n".encode() for line in page.render(diagnosis, look)]


def built(struct: Any, *positional: st.SearchStrategy[Any], **named: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A struct of what strategies give; hypothesis' own `builds` wants annotations that are there at run time."""
    given_ = st.tuples(st.tuples(*positional), st.fixed_dictionaries(named))
    return given_.map(lambda both: struct(*both[0], **both[1]))


RENDERERS = [as_text, document.as_json, document.as_yaml]
M = "zzmark"  # in each name and in each word of others
FILES = [File(f"/{M}/a", "read", read_by_others=True), File(f"/{M}/b", "absent"), File(f"/{M}/c", "unusable")]
PROBLEMS = st.none() | built(Problem, st.sampled_from(Trouble), st.just(f"{M} refused"))
CHOICES = st.none() | built(
    Choice,
    st.just(f"{M}-name"),
    st.sampled_from(["--context", "context", "current-context"]),
    st.sampled_from(["", f"/{M}/a", f"/{M}/d"]),
)
CONFIGS = built(
    Config,
    st.sampled_from(["--kubeconfig", "KUBECONFIG", "~/.kube/config", "in-cluster", "demo"]),
    st.lists(st.sampled_from(FILES), max_size=3),
    CHOICES,
    CHOICES,
    CHOICES,
    CHOICES,
    st.just(f"https://{M}:6443"),
)
LOGINS = built(
    Login,
    st.just("the exec plugin {}"),
    st.just(f"{M}-plugin"),
    st.sampled_from(["", f"/{M}/token"]),
    st.sampled_from([None, (NOW, NOW + timedelta(days=1)), (NOW + timedelta(days=1), NOW), (NOW, NOW)]),
    st.none(),
    st.sampled_from(["", f"{M}-user"]),
)
ELECTED = {"holderIdentity": f"{M}-holder", "acquireTime": time(900), "renewTime": time(900), "leaseTransitions": 1}
ROWS = judged(
    [
        heartbeat(f"{M}-node", renewed=90),
        lease(f"{M}-short", f"{M}-ns", **ELECTED, leaseDurationSeconds=1),
        lease(f"{M}-none", f"{M}-ns", **ELECTED),
        lease(f"{M}-long", f"{M}-ns", **ELECTED, leaseDurationSeconds=7200),
        lease(f"{M}-free", f"{M}-ns", **{**ELECTED, "holderIdentity": ""}),
        lease(f"{M}-off", f"{M}-ns", managed=[written(1)], **{**ELECTED, "renewTime": time(-80)}, leaseDurationSeconds=15, strategy="x"),
        election(f"{M}-witness", renewed=1, managed=[written(1)]),
    ]
)  # fmt: skip
LEASES = st.none() | built(
    Leases,
    st.sampled_from([[], ROWS]),
    st.lists(PROBLEMS.filter(bool), max_size=1),
    st.integers(0, 1),
    st.sampled_from([None, frozenset(), frozenset({f"{M}-node", f"{M}-other"})]),
    st.sampled_from(["", f"{M} gap"]),
)
RIGHTS = st.lists(st.sampled_from([None, False, True]), min_size=2, max_size=7).map(
    lambda answers: [
        Right(place, need.resource, need.group, need.verb, answers[at % len(answers)])
        for at, (need, place) in enumerate((need, place) for need in needs(candidates=True) for place in ("", *places(f"{M}-ns")))
    ]
)  # fmt: skip
FACTS = built(
    Facts,
    config=CONFIGS,
    config_problem=PROBLEMS,
    login=st.none() | LOGINS,
    login_problem=PROBLEMS,
    reached=st.none() | st.just(Reached(0.1, 0.1, offset_s=90.0)),
    reach_problem=PROBLEMS,
    server=st.none() | built(Server, st.just(f"v1.36.3-{M}"), st.just("1.36.3"), st.booleans(), st.just([])),
    server_gap=st.just(f"{M} gap"),
    who=st.none() | st.just(Who(f"{M}-user", [f"{M}-group", "system:masters"])),
    who_gap=st.just(f"{M} gap"),
    rights=st.none() | RIGHTS,
    leases=LEASES,
    leases_problem=PROBLEMS,
    plugin=built(
        Plugin,
        st.sampled_from(["", f"/{M}/kubectl"]),
        st.just("1.36.3"),
        st.sampled_from(["", f"/{M}/kubectl-lease"]),
        st.booleans(),
        st.sampled_from(["", M]),
        st.just("0.1.0"),
        st.booleans(),
    ),
    completion=built(Completion, st.sampled_from(["", "bash"]), st.sampled_from(["", f"/{M}/x"])),
)


def shown(facts: Facts, render: Any, *, redact: bool) -> str:
    return b"".join(render(diagnose(facts, NOW), Look(redact=redact))).decode()


@pytest.mark.parametrize("render", RENDERERS)
@given(facts=FACTS)
def test_no_marker_is_left(render: Any, facts: Facts) -> None:
    assert M not in shown(facts, render, redact=True)


@given(FACTS)
def test_the_level_is_the_same_and_each_line_is_still_there(facts: Facts) -> None:
    named, redacted = (shown(facts, as_text, redact=redact) for redact in (False, True))
    assert len(named.splitlines()) == len(redacted.splitlines())
    assert named.splitlines()[-1] == redacted.splitlines()[-1]


def test_the_markers_are_there_with_names() -> None:
    """So that the tests above could fail."""
    facts = Facts(
        config=Config("KUBECONFIG", FILES, Choice(f"{M}-context", "context"), server=f"https://{M}"),
        login=Login("a token"),
        reached=Reached(0.1, 0.1),
        server_gap=f"{M} gap",
        who=Who(f"{M}-user", [f"{M}-group"]),
        rights=[],
        leases=Leases(ROWS, nodes=frozenset()),
    )
    assert shown(facts, as_text, redact=False).count(M) > 15
    assert M in shown(replace(facts, leases=None, leases_problem=Problem(Fault.BROKEN, M)), as_text, redact=False)
