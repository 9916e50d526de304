"""One run of leasectl, from argv to an exit code. Little is imported before an interrupt can be answered."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.cli.session import Session


COMPLETE = "__complete"


def main() -> None:
    """The console script, called as `leasectl` or, by kubectl, as `kubectl-lease`."""
    sys.exit(_main(sys.argv[1:]))


def complete() -> None:
    """The console script `kubectl_complete-lease`: kubectl hands it the words behind `lease`, to complete the last."""
    sys.exit(_main([COMPLETE, *sys.argv[1:]]))


def _main(argv: Sequence[str]) -> int:
    gc.disable()  # a run is short: looking for cycles costs more than they hold; what lasts switches it on again
    try:
        import os

        from leasectl.cli.clock import SystemClock
        from leasectl.cli.session import Session
        from leasectl.cli.streams import Streams

        called = sys.argv[0].rpartition(os.sep)[2]
        program = "kubectl lease" if called.startswith("kubectl-lease") else "leasectl"
        return run(argv, Session(program, Streams.of_process(os.environ), SystemClock(), os.environ))
    except KeyboardInterrupt:
        return 130  # so early that nothing had begun


def run(argv: Sequence[str], session: Session) -> int:
    """Run one command line; the exit code."""
    try:
        return _dispatch(argv, session)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - a person gets one line, not a traceback
        from leasectl.cli import exits

        return exits.as_verdict(_failed(error, session), argv)


def _failed(error: Exception, session: Session) -> int:
    """Say why a run failed; the exit code."""
    from leasectl.cli import exits
    from leasectl.cli.streams import OutputFailed, ReaderGone
    from leasectl.lease.errors import LeasectlError

    match error:
        case OutputFailed():
            exits.drop_output()
            return exits.tell(error, session.streams)
        case LeasectlError():
            return exits.tell(error, session.streams)
        case ReaderGone() | BrokenPipeError():
            return exits.pipe_closed()
        case OSError() if error.filename is None:
            exits.drop_output()  # what is left of these is help's and the like, which Typer writes by itself
            return exits.tell(OutputFailed(f"error: standard output: {error.strerror}"), session.streams)
        case _:
            return exits.unforeseen(error, session.streams, session.environ)


def _dispatch(argv: Sequence[str], session: Session) -> int:
    if argv[:1] == [COMPLETE]:  # a shell asks, at each TAB: it does not wait for the app
        from leasectl.cli.completing import complete

        return complete.run(argv[1:], session)
    from leasectl.cli import dispatch

    code = dispatch.invoke(argv, session)
    session.streams.stdout.flush()
    return code
