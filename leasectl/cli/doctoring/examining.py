"""A doctor as it runs: what can be known in time is found out, then told; the exit code is the worst line's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli import signals
from leasectl.cli.doctoring.here import Here
from leasectl.cli.doctoring.steps import examine
from leasectl.cli.within import OutOfTime, within
from leasectl.lease import duration
from leasectl.lease.doctor.diagnose import diagnose
from leasectl.lease.doctor.facts import Facts
from leasectl.lease.doctor.finding import Level
from leasectl.lease.doctor.trouble import Problem
from leasectl.lease.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cli.doctoring.steps import Examination
    from leasectl.cli.session import Session
    from leasectl.lease.doctor.finding import Diagnosis

    Teller = Callable[[Diagnosis], None]

_SPARE_S = 0.25  # what waits for a socket ends by itself, and says what it waited for


def run(what: Examination, tell: Teller, session: Session) -> int:
    """Find out, and tell; the exit code.

    Raises:
        UsageError: what was asked for cannot be meant.
    """
    facts, lasts_s = Facts(), what.timeout_s + what.observe_s
    here = Here(session.environ)
    here.start()
    until = session.clock.seen_at() + lasts_s

    def end() -> Diagnosis:
        facts.plugin, facts.completion = here.plugin, here.completion
        return diagnose(facts, session.clock.now())

    def last_words() -> None:
        _out_of_time(facts, lasts_s)
        tell(end())

    try:
        with signals.ending_cleanly(), within(lasts_s + _SPARE_S, last_words, Level.FAILED):
            examine(facts, what, session, until)
            here.join(max(0.0, until - session.clock.seen_at()))
    except OutOfTime:
        _out_of_time(facts, lasts_s)
    diagnosis = end()
    with signals.ending_cleanly():
        tell(diagnosis)
    return int(diagnosis.level)


def _out_of_time(facts: Facts, lasts_s: float) -> None:
    """What had not come to an end when the time was over."""
    late = Problem(Fault.TIMED_OUT, f"no answer within {duration.human(lasts_s)}")
    if facts.config is None or facts.config_problem is not None or facts.login_problem is not None:
        return
    if facts.reached is None:
        facts.reach_problem = facts.reach_problem or late
    elif facts.leases is None:
        facts.leases_problem = facts.leases_problem or late
