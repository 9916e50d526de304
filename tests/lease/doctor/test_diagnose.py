"""What is told of what is known, and what is left out for what failed before."""

from __future__ import annotations

from typing import Any

import pytest

from leasectl.lease.doctor.diagnose import diagnose
from leasectl.lease.doctor.facts import Facts
from leasectl.lease.doctor.finding import Check, Level
from leasectl.lease.doctor.trouble import ADVICE, Problem, Trouble, problem_of
from leasectl.lease.errors import (
    BadAnswer,
    ConfigurationError,
    ConnectionFailed,
    Fault,
    LeasectlError,
    NotAuthenticated,
    StatusError,
)
from tests.lease.doctor.facts import diagnosed, told
from tests.making import NOW

LATE = Problem(Fault.TIMED_OUT, "no answer within 10s")
BEHIND = ("server", "identity", "rights", "clock", "leases", "nodes", "elections")


def test_a_healthy_cluster_is_ok_line_for_line() -> None:
    diagnosis = diagnosed()
    assert [finding.check for finding in diagnosis.findings] == list(Check)
    assert {finding.level for finding in diagnosis.findings} == {Level.OK}
    assert diagnosis.level == 0


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, 0),
        ({"server": None, "server_gap": "forbidden"}, 1),
        ({"who": None, "who_gap": "404"}, 0),
        ({"reached": None, "reach_problem": LATE}, 2),
        ({"leases": None, "leases_problem": LATE}, 2),
        ({"config_problem": LATE, "login": None, "reached": None}, 2),
        ({"login_problem": LATE, "reached": None}, 2),
    ],
)
def test_the_whole_is_as_bad_as_its_worst_line(changes: dict[str, Any], level: int) -> None:
    assert diagnosed(**changes).level == level


def test_what_no_connection_hides_is_named_once_and_fails_no_more_lines() -> None:
    findings = diagnosed(reached=None, reach_problem=LATE).findings
    assert [finding.check for finding in findings if finding.level is Level.FAILED] == ["connection"]
    assert [finding.check for finding in findings if finding.level is Level.UNSEEN] == list(BEHIND)


def test_without_a_kubeconfig_the_connection_is_not_looked_at_either() -> None:
    findings = diagnosed(config_problem=LATE, login=None, reached=None).findings
    assert [finding.check for finding in findings if finding.level is Level.UNSEEN] == ["connection", *BEHIND]


def test_a_server_that_does_not_know_us_answers_and_tells_nothing() -> None:
    findings = diagnosed(login_problem=problem_of(NotAuthenticated())).findings
    levels = {finding.check: finding.level for finding in findings if finding.level is not Level.UNSEEN}
    assert levels[Check.CREDENTIALS] is Level.FAILED
    assert levels[Check.CONNECTION] is Level.OK
    assert set(BEHIND).isdisjoint(levels)


def test_where_the_time_was_over_before_anything_was_known_all_has_failed() -> None:
    diagnosis = diagnose(Facts(), NOW)
    assert diagnosis.level is Level.FAILED
    assert {finding.check for finding in diagnosis.findings if finding.level is Level.UNSEEN} == {"connection", *BEHIND}


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (NotAuthenticated(), Trouble.UNAUTHENTICATED),
        (StatusError(403, "Forbidden", "no"), Trouble.FORBIDDEN),
        (StatusError(500, "InternalError", "no"), Trouble.STATUS),
        (ConfigurationError("error: x"), Trouble.CONFIGURATION),
        (BadAnswer("error: x"), Trouble.NOT_KUBERNETES),
        (ConnectionFailed("Unable to connect to the server: x", Fault.NO_HOST), Fault.NO_HOST),
        (ConnectionFailed("error: getting credentials: the proxy was refused", Fault.CREDENTIALS), Fault.CREDENTIALS),
        (ConnectionFailed("Unable to connect to the server: x"), Fault.UNREACHABLE),
    ],
)
def test_an_error_is_of_its_class_whatever_its_words(error: LeasectlError, trouble: Trouble | Fault) -> None:
    assert problem_of(error).trouble is trouble


def test_for_each_trouble_there_is_something_to_do() -> None:
    assert set(ADVICE) == {*Trouble, *Fault}


def test_a_node_list_that_may_not_be_read_is_told_with_the_rights_alone() -> None:
    from msgspec.structs import replace

    from tests.lease.doctor.facts import LEASES, all_rights

    hidden = replace(LEASES, nodes=None, nodes_gap="nodes is forbidden")
    denied = all_rights(but=frozenset({("", "nodes", "list")}))
    assert told(diagnosed(leases=hidden, rights=denied).findings, "nodes") == [
        ("UNSEEN", "not looked at: they may not be listed")
    ]
    assert told(diagnosed(leases=hidden).findings, "nodes") == [
        ("WARNING", "the nodes could not be listed: nodes is forbidden")
    ]


@pytest.mark.parametrize(
    ("allowed", "trouble", "line"),
    [
        (True, Trouble.FORBIDDEN, ("OK", "no leases where you may look")),
        (False, Trouble.FORBIDDEN, ("UNSEEN", "not looked at")),
        (True, Trouble.STATUS, ("FAILED", "not all could be read: no")),
        (None, Trouble.FORBIDDEN, ("FAILED", "not all could be read: no")),
    ],
)
def test_an_empty_namespace_is_no_failure_of_who_may_look_nowhere_else(
    allowed: bool | None, trouble: Trouble, line: tuple[str, str]
) -> None:
    from leasectl.lease.doctor.facts import Leases
    from leasectl.lease.doctor.rights import COORDINATION, Right

    rights = [
        Right(place, "leases", COORDINATION, "list", is_had)
        for place, is_had in (("", allowed and False), ("kube-system", allowed and False), ("own", allowed))
    ]
    leases = Leases([], [Problem(trouble, "no")], nodes_gap="no")
    assert told(diagnosed(leases=leases, rights=rights).findings, "leases") == [line]
