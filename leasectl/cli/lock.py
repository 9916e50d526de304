"""`leasectl lock`: run a command under a lease, so that it never runs twice at once."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import typer

from leasectl.cli import lock_options, options
from leasectl.cli.help import Command

if TYPE_CHECKING:
    from leasectl.cli.session import Session

EXAMPLES = """
Examples:
  # A migration that must not run twice, wherever it is started
  leasectl lock payments/migrate -- ./migrate.sh
  # A cron job: where another one runs already, leave it at that
  leasectl lock payments/report --wait 0 -- ./report.sh
  # A service of which one leads, and others stand by
  leasectl lock payments/ledger --leader -- ./ledger --port 8080
  # A command that needs a minute to stop
  leasectl lock pay/index --lease-duration 75s --kill-after 1m -- ./index

The lease is created where there is none: in the namespace of -n or of the
context, or in default. The command runs in a process group of its own. Where
the lease is lost, all that came of the command is ended: --signal first,
SIGKILL after --kill-after, and that is over before anybody else may take the
lease. leasectl killed, stopped or cut off leaves nothing running. Signals
that leasectl is sent go to the command.

The command finds in its environment LEASECTL_LOCK_NAME,
LEASECTL_LOCK_NAMESPACE, LEASECTL_LOCK_IDENTITY and LEASECTL_LOCK_TOKEN: a
number that grows with every holder. A store that refuses a smaller one than
it has seen is safe even from a command that slept past its lease with all its
processes, which nothing on its own machine can stop.

Exit codes: those of the command, 128 + N where signal N ended it; 124 the
        lock was not got in time, 125 it was lost while the command ran, or
        leasectl failed; 126 the command cannot be run, 127 it is not there
"""

app = options.new_app()


class LockCommand(Command):
    """A command whose arguments end with another command line, which stands behind `--`."""

    names_before_dashes = 1


@app.command(cls=LockCommand, epilog=EXAMPLES, context_settings=options.HELP)
def lock(
    ctx: typer.Context,
    name: lock_options.Name,
    command: lock_options.Words,
    wait: lock_options.Wait = "forever",
    leader: lock_options.Leader = False,
    lease_duration: lock_options.LeaseDuration = "15s",
    renew_deadline: lock_options.RenewDeadline = "8s",
    retry_period: lock_options.RetryPeriod = "2s",
    identity: lock_options.Identity = None,
    signal: lock_options.Signal = "TERM",
    kill_after: lock_options.KillAfter = "4s",
    delete: lock_options.Delete = False,
    verbose: lock_options.Verbose = False,
) -> None:
    """Run a command under a lease, so that it never runs twice at once."""
    from leasectl.cli.locking import asked as parsed
    from leasectl.cli.locking.locking import run_locked

    gc.enable()
    session: Session = ctx.obj
    lengths = parsed.Lengths(lease_duration, renew_deadline, retry_period, kill_after)
    asked = parsed.Asked(
        name=name,
        command=command,
        lock=parsed.lock(lengths),
        wait_s=parsed.wait_s(wait),
        identity=parsed.identity(identity),
        ending=parsed.ending(signal),
        leader=leader,
        delete=delete,
        verbose=verbose,
    )
    raise typer.Exit(run_locked(asked, session))
