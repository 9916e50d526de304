"""One step after the other, from the kubeconfig to the leases; what fails ends it, and is a fact itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from leasectl.cli import observing, sources
from leasectl.cli.request import Request
from leasectl.cluster import connect, snapshot
from leasectl.cluster.config.provenance import provenance, without_path
from leasectl.cluster.doctor.asking import Asking, greet
from leasectl.cluster.doctor.judging import by_another_answer, leases_of
from leasectl.cluster.doctor.login import login_of
from leasectl.cluster.leases import LeaseClient
from leasectl.lease.doctor.facts import Choice, Config, Reached
from leasectl.lease.doctor.trouble import problem_of
from leasectl.lease.errors import ConfigurationError, ConnectionFailed, LeasectlError, NotAuthenticated, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.cli.session import Session
    from leasectl.cluster.config.kubeconfig import Target
    from leasectl.cluster.connect import Connected
    from leasectl.cluster.doctor.asking import Greeted
    from leasectl.cluster.snapshot import Snapshot
    from leasectl.lease.doctor.facts import Facts
    from leasectl.lease.sighting import Observed


class Examination(Struct, frozen=True):
    """What is to be done.

    Attributes:
        timeout_s: when it is over.
        observe_s: for how long to look at the leases; 0 for one look.
    """

    timeout_s: float
    observe_s: float = 0.0


def examine(facts: Facts, what: Examination, session: Session, until: float) -> None:
    """Step by step; what fails ends it, as a fact."""
    try:
        target = _target(facts, session)
    except UsageError:
        raise
    except LeasectlError as error:
        facts.config_problem = problem_of(error)
        return
    facts.login = login_of(target)
    patient = replace(session, request_timeout_s=session.request_timeout_s or round(until - session.clock.seen_at(), 1))
    try:
        with patient.connected(target) as connected:
            if (greeted := _greeted(facts, connected, session, until)) is not None:
                _ask(facts, greeted, what, session, connected, until)
    except ConfigurationError as error:
        facts.config_problem = problem_of(error)
    except ConnectionFailed as error:
        facts.login_problem = problem_of(error)


def _target(facts: Facts, session: Session) -> Target:
    """The cluster that is meant, and where that is known from."""
    if session.target is not None:
        session.refuse_connection_flags()
        facts.config = Config("demo", server=without_path(session.target.cluster.server))
        return session.target
    facts.config = provenance(session.overrides, session.environ, session.home())
    target = connect.target_of(session.overrides, session.environ, session.home())
    if target.context is None and target.cluster.name == "in-cluster":
        namespace = Choice(target.namespace or "default", "context")
        facts.config = Config("in-cluster", namespace=namespace, flags=facts.config.flags)
    facts.config = replace(facts.config, server=without_path(target.cluster.server))
    return target


def _greeted(facts: Facts, connected: Connected, session: Session, until: float) -> Greeted | None:
    began_at = session.clock.seen_at()
    try:
        greeted = greet(connected.api, session.clock, until, by_proxy=connected.api.by_proxy)
    except NotAuthenticated as error:
        took_s = session.clock.seen_at() - began_at
        facts.reached, facts.login_problem = Reached(took_s, took_s), problem_of(error)
        return None
    except LeasectlError as error:
        facts.reach_problem = problem_of(error)
        return None
    facts.reached = greeted.reached
    return greeted


def _ask(
    facts: Facts, greeted: Greeted, what: Examination, session: Session, connected: Connected, until: float
) -> None:
    """All else, side by side: leases over this connection, the rest over others."""
    namespace = session.overrides.namespace or connected.namespace or "default"
    left_s = round(max(0.0, until - session.clock.seen_at()), 1)
    with Asking(connected.another_api, session.clock, left_s, namespace) as asking:
        read = None
        try:
            read = _leases(what, session, connected)
        except UsageError:
            raise
        except LeasectlError as error:
            facts.leases_problem = problem_of(error)
        asking.finish(facts, greeted)
        if read is not None:
            facts.reached = reached = by_another_answer(greeted.reached, read[0].server_clock)
            facts.leases = leases_of(*read, reached, asking.nodes())


def _leases(what: Examination, session: Session, connected: Connected) -> tuple[Snapshot, Mapping[str, Observed]]:
    """Every lease that one may read; looked at again for a while, where that was asked for."""
    scope = sources.scope_of(Request([], all_namespaces=True), session, connected.namespace, everywhere=False)
    client = LeaseClient(connected.api)
    if not what.observe_s:
        return snapshot.read(client, scope), {}
    return observing.observe(lambda: snapshot.read(client, scope), session, what.observe_s)
