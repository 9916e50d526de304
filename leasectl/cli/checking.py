"""A check as it runs: read within the time, judged by the rules, told in a format; the exit code is its severity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.cli import exits, reading, signals
from leasectl.cli.within import OutOfTime, within
from leasectl.lease import duration
from leasectl.lease.check.report import Tolerance, failure, report
from leasectl.lease.check.rules import Rules, check
from leasectl.lease.check.verdicts import Severity
from leasectl.lease.errors import FORBIDDEN, ConnectionFailed, LeasectlError, StatusError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cli.reading import Reading
    from leasectl.cli.request import Request
    from leasectl.cli.session import Session
    from leasectl.lease.check.verdicts import Report

    Teller = Callable[[Report], None]

AGAIN_S, LONGEST_S = 0.5, 4.0  # between two tries to reach the server: twice as long each time


class Check(Struct, frozen=True):
    """What is checked, and how.

    Attributes:
        request: which leases.
        rules: what is bad.
        tolerance: what is tolerated of the whole.
        allow_partial: whether a part of the scope may be forbidden.
        timeout_s: when it is over.
    """

    request: Request
    rules: Rules
    tolerance: Tolerance
    timeout_s: float
    allow_partial: bool = False


def run(what: Check, tell: Teller, session: Session) -> int:
    """Check, and tell what came of it; the exit code.

    Raises:
        UsageError: what was asked for cannot be meant.
        OutputFailed: there is no place for what is told.
    """
    trouble: list[str] = []
    so_far: list[Report] = []
    too_late = f"no answer within {duration.human(what.timeout_s)}"

    def of_time() -> Report:
        return so_far[-1] if so_far else failure(_why(too_late, trouble), session.clock.now())

    def last_words() -> None:
        tell(of_time())

    try:
        with signals.ending_cleanly(), within(what.timeout_s, last_words, Severity.UNKNOWN):
            found = _checked(what, session, trouble, so_far)
    except OutOfTime:
        found = of_time()
    except UsageError:
        raise
    except LeasectlError as error:
        found = failure(error.words, session.clock.now())
    with signals.ending_cleanly():
        tell(found)
    return int(found.severity)


def _checked(what: Check, session: Session, trouble: list[str], so_far: list[Report]) -> Report:
    """The report; a server that does not answer, or not to all, is asked again, until the time is over.

    Args:
        what: what is checked.
        session: the run.
        trouble: takes why the last try came to nothing.
        so_far: takes what is known of a part.
    """
    pause_s = AGAIN_S
    while True:
        try:
            read = reading.read(what.request, session)
        except ConnectionFailed as error:
            trouble[:] = [error.words]
        else:
            so_far[:] = [_report(what, read, session)]
            if not any(isinstance(error, ConnectionFailed) for error in read.errors):
                return so_far[0]
        session.clock.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_S)


def _report(what: Check, read: Reading, session: Session) -> Report:
    checked = [check(row, what.rules) for row in read.rows]
    unread = _unread(read, session) if what.allow_partial else [*(error.words for error in read.errors), *read.left_out]
    if not checked and read.is_no_list:
        unread.append("nothing that was read is a lease")
    offset_s = read.server_clock.offset_s if read.server_clock else None
    return report(checked, unread, what.tolerance, session.clock.now(), offset_s)


def _unread(read: Reading, session: Session) -> list[str]:
    """What could not be read and is no part that may be left out: what is forbidden, if the rest was read."""
    forbidden = [error for error in read.errors if isinstance(error, StatusError) and error.reason == FORBIDDEN]
    if not read.rows:
        forbidden = []
    exits.tell_all(forbidden, session.streams)
    return [error.words for error in read.errors if error not in forbidden]


def _why(too_late: str, trouble: list[str]) -> str:
    return f"{too_late}: {trouble[0]}" if trouble else too_late
