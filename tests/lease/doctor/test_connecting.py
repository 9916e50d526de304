"""From the kubeconfig to the server: what was chosen, as whom, and whether it answers."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from leasectl.lease.doctor.facts import Choice, Config, File, Login, Reached, Server
from leasectl.lease.doctor.trouble import Problem, Trouble
from leasectl.lease.errors import Fault
from leasectl.show.doctor.naming import Names
from tests.lease.doctor.facts import CONFIG, FILE, diagnosed, text, told
from tests.making import NOW

NOTHING = Problem(Trouble.CONFIGURATION, "no cluster is configured")


def found(check: str, **changes: Any) -> tuple[str, str]:
    (finding,) = told(diagnosed(**changes).findings, check)
    return finding


def test_what_the_file_chose_is_said_without_saying_so_each_time() -> None:
    assert found("kubeconfig") == (
        "OK",
        f"{FILE}: context prod (current-context), cluster prod-eu, user ann, namespace payments",
    )


def test_what_a_flag_or_another_file_chose_is_said() -> None:
    other = "/etc/kube/users"
    config = replace(
        CONFIG,
        source="KUBECONFIG",
        files=[File(FILE, "read"), File(other, "read"), File("/gone", "absent")],
        context=Choice("dev", "--context", FILE),
        user=Choice("bob", "context", other),
        namespace=Choice("x", "--namespace"),
    )
    assert found("kubeconfig", config=config) == (
        "OK",
        (
            f"{FILE}, {other} (KUBECONFIG): context dev (--context), cluster prod-eu, user bob (in {other}), "
            "namespace x (--namespace); not there: /gone"
        ),
    )


def test_a_secret_that_others_may_read_is_a_warning() -> None:
    level, said = found("kubeconfig", config=replace(CONFIG, files=[File(FILE, "read", read_by_others=True)]))
    assert level == "WARNING"
    assert said.endswith(f"; other users may read {FILE}, which holds a secret")


def test_what_closes_open_files_can_be_pasted_into_a_shell() -> None:
    files = [File(path, "read", read_by_others=True) for path in (FILE, "/my files/it's; x")]
    finding = diagnosed(config=replace(CONFIG, files=files)).findings[0]
    assert text(finding.told).endswith(", each of which holds a secret")
    command = text(*finding.advice)
    assert shlex.split(command) == ["chmod", "600", FILE, "/my files/it's; x"]
    assert Names(hidden=True).text(*finding.advice) == "chmod 600 path-1 'path-2'"


def test_flags_are_named_beside_what_the_files_chose() -> None:
    chosen = "context prod (current-context), cluster prod-eu (--cluster, in /etc/x), user ann, namespace payments"
    config = replace(CONFIG, cluster=Choice("prod-eu", "--cluster", "/etc/x"), flags=["--server", "--token"])
    assert found("kubeconfig", config=config) == ("OK", f"{FILE}: {chosen}; by flags: --server, --token")


def test_a_server_of_a_flag_alone_needs_no_file() -> None:
    config = Config("~/.kube/config", [File(FILE, "absent")], flags=["--server"])
    assert found("kubeconfig", config=config) == ("OK", "no context; the server is named by --server")


def test_a_credential_that_is_refused_and_has_run_out_has_run_out() -> None:
    refused = Problem(Trouble.UNAUTHENTICATED, "unauthorized")
    old = Login("c", certificate=(NOW - timedelta(days=9), NOW - timedelta(days=2)))
    assert found("credentials", login=old, login_problem=refused) == (
        "FAILED",
        "c, which ran out 2d ago (2026-11-19 06:00 UTC)",
    )
    good = Login("c", certificate=(NOW - timedelta(days=9), NOW + timedelta(days=2)))
    assert found("credentials", login=good, login_problem=refused) == ("FAILED", "c: unauthorized")


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (
            Config("~/.kube/config", [File(FILE, "absent")]),
            f"no kubeconfig: neither a flag nor KUBECONFIG names one, and there is no {FILE}",
        ),
        (Config("KUBECONFIG", [File("/x", "absent")]), "no kubeconfig: KUBECONFIG names /x, which is not there"),
        (Config("KUBECONFIG", [File("/x", "unusable")]), "no cluster is configured"),
        (Config("--kubeconfig", [File("/x", "absent")]), "no cluster is configured"),
        (Config("in-cluster"), "no cluster is configured"),
        (CONFIG, "no cluster is configured"),
    ],
)
def test_no_kubeconfig_that_can_be_used(config: Config, words: str) -> None:
    changes = {"config": config, "config_problem": NOTHING, "login": None, "reached": None}
    assert found("kubeconfig", **changes) == ("FAILED", words)


def test_in_a_pod_its_service_account_is_used() -> None:
    level, said = found("kubeconfig", config=Config("in-cluster"))
    assert (level, said) == ("OK", "none: this runs in a pod, and its service account is used")


@pytest.mark.parametrize(
    ("login", "level", "words"),
    [
        (Login("a token"), "OK", "a token"),
        (Login("the exec plugin {}", plugin="aws"), "OK", "the exec plugin aws"),
        (Login("a token", file="/t", acts_as="bob"), "OK", "a token, in /t; acting as bob"),
        (Login("a token", token_until=NOW + timedelta(minutes=50)), "OK", "a token, valid for 50m more (until 2026-11-21 06:50 UTC)"),
        (Login("a token", token_until=NOW - timedelta(hours=2)), "FAILED", "a token, which ran out 120m ago (2026-11-21 04:00 UTC)"),
        (Login("c", certificate=(NOW, NOW + timedelta(days=90))), "OK", "c, valid for 90d more (until 2027-02-19 06:00 UTC)"),
        (Login("c", certificate=(NOW, NOW + timedelta(days=3))), "WARNING", "c, valid for 3d more (until 2026-11-24 06:00 UTC)"),
        (Login("c", certificate=(NOW, NOW)), "FAILED", "c, which ran out 0s ago (2026-11-21 06:00 UTC)"),
        (Login("c", certificate=(NOW + timedelta(hours=1), NOW + timedelta(days=90))), "FAILED", "c, not valid before 2026-11-21 07:00 UTC"),
    ],
)  # fmt: skip
def test_until_when_a_credential_holds(login: Login, level: str, words: str) -> None:
    assert found("credentials", login=login) == (level, words)


@pytest.mark.parametrize(
    ("reached", "level", "words"),
    [
        (Reached(0.031, 0.004), "OK", "answers in 4 ms (31 ms with connecting)"),
        (Reached(0.1, 0.1), "OK", "answers in 100 ms"),
        (Reached(2.5, 0.9, by_proxy=True), "OK", "answers in 900 ms through a proxy (2.5 s with connecting)"),
        (Reached(2.5, 1.2), "WARNING", "answers in 1.2 s (2.5 s with connecting)"),
    ],
)
def test_how_fast_the_server_answers(reached: Reached, level: str, words: str) -> None:
    assert found("connection", reached=reached) == (level, f"https://api.prod.example:6443 {words}")


@pytest.mark.parametrize(
    ("offset_s", "level", "words"),
    [
        (0.2, "OK", "this machine's and the server's agree: +0.2s ±0.5s"),
        (-2.4, "OK", "this machine's and the server's agree: -2.4s ±0.5s"),
        (2.6, "WARNING", "this machine's is 3s behind the server's (+2.6s ±0.5s)"),
        (-59.0, "WARNING", "this machine's is 59s ahead of the server's (-59.0s ±0.5s)"),
        (-3599.9, "FAILED", "this machine's is 60m ahead of the server's (-3599.9s ±0.5s)"),
        (3600.0, "FAILED", "this machine's is 60m behind the server's (+3600.0s ±0.5s)"),
    ],
)
def test_how_far_the_clocks_are_apart(offset_s: float, level: str, words: str) -> None:
    assert found("clock", reached=Reached(0.01, 0.01, offset_s=offset_s, offset_error_s=0.5)) == (level, words)


def test_a_server_without_a_date_leaves_the_clock_open() -> None:
    assert found("clock", reached=Reached(0.01, 0.01))[0] == "WARNING"


def test_lease_candidates_that_are_off_are_no_warning() -> None:
    assert found("server") == (
        "OK",
        "Kubernetes v1.36.3, one API server by its identity lease; leases v1; no leasecandidates: coordinated election is off, as usual",
    )
    on = Server("v1.34.1", "1.34.1", leases=True, candidates=["v1beta1", "v1alpha2"])
    assert found("server", server=on) == (
        "OK",
        "Kubernetes v1.34.1, one API server by its identity lease; leases v1; leasecandidates v1beta1 and v1alpha2: coordinated election is on",
    )


def test_a_server_without_leases_is_of_no_use() -> None:
    assert found("server", server=Server("v1.12.0", "1.12.0", leases=False, candidates=[]))[0] == "FAILED"


def test_who_one_is_may_stay_untold() -> None:
    assert found("identity") == ("OK", "you are ann@example.org, of sre, system:authenticated")
    assert found("identity", who=None, who_gap="404")[0] == "OK"


def test_what_to_do_goes_with_each_line_that_is_not_ok() -> None:
    for finding in diagnosed(reached=None, reach_problem=Problem(Fault.REFUSED, "x")).findings:
        if finding.level > 0:
            assert all(map(text, finding.advice))
            assert finding.advice
