"""`leasectl steal`: take a lease, and never make two leaders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from leasectl.cli import options, steal_options, words
from leasectl.cli.help import Command

if TYPE_CHECKING:
    from leasectl.cli.session import Session

EXAMPLES = """
Examples:
  # Move the leader, and see who leads next and how long nobody did
  leasectl steal kube-system/kube-scheduler --force --wait
  # What would be written, and what would follow
  leasectl steal kube-scheduler --force --dry-run
  # Nobody is to lead for ten minutes of maintenance
  leasectl steal payments/ledger --force --then hold --for 10m
  # To a standby of your choice: its identity, as a lease or its log names it
  leasectl steal payments/ledger --force --to ledger-7d4b9c6f5-x2m8q_5e0f
  # A lock whose holder is dead, in a script: only from that one
  leasectl steal payments/migrate --if-holder job-7f_1 --then release --yes

Taking a lease is becoming its holder, with a fence: its own duration and one
renewal interval of its holder. By then the old leader has stopped, as
client-go's do, and nobody else could lead before; so there never are two.
Clearing or deleting a lease gives it back to the old leader half of the time,
and is not offered.

Without --force only a lease that is Expired, Released or Unheld is taken, and
an Expired one is watched for its whole duration first. A holder that lives is
watched for two renewals. --no-observe believes the clocks instead, and then
the fence is twice the duration. Leave the old leader running until the fence
is over: one that is stopped gracefully may release the lease, and a standby
leads at once.

--then lapse    standbys elect once the fence is over
       hold     it is kept until Ctrl-C or --for, counted from when the old
                leader has stopped; nobody leads. Then it is released
       release  free at once; only of a lease whose holder was seen to be dead

Standbys with client-go before 0.27 count with their own duration, not the
fence's: --then hold covers them. Heartbeats of nodes, identities of API
servers and coordinated leases are refused.

Exit codes: 0 taken, 1 error, 2 usage, 3 refused, 4 lost the race
"""

app = options.new_app()


@app.command(cls=Command, epilog=EXAMPLES, context_settings=options.HELP)
def steal(
    ctx: typer.Context,
    name: steal_options.Name,
    force: steal_options.Force = False,
    then: steal_options.ThenWhat = None,
    for_: steal_options.For = None,
    to: steal_options.To = None,
    identity: steal_options.Identity = None,
    if_holder: steal_options.IfHolder = None,
    duration: steal_options.Duration = None,
    renew_interval: steal_options.RenewInterval = None,
    reason: steal_options.Reason = "",
    yes: steal_options.Yes = False,
    dry_run: steal_options.DryRun = "none",
    wait: steal_options.Wait = False,
    timeout: steal_options.Timeout = None,
    no_observe: steal_options.NoObserve = False,
    output: steal_options.Output = "text",
) -> None:
    """Take a lease, so that somebody else leads and never two do."""
    from leasectl.cli.stealing import asked as parsed
    from leasectl.cli.stealing.steal import steal as run
    from leasectl.cli.stealing.story import FORMATS

    session: Session = ctx.obj
    form = output.lower() or "text"
    if form not in FORMATS:
        raise words.no_format(f'"{output}"', sorted(FORMATS))
    said = parsed.Said(
        identity, then, for_, to, if_holder, duration, renew_interval, reason, force=force, observe=not no_observe
    )
    waits_s = parsed.wait_s(timeout, wait=wait)
    asked = parsed.Asked(name, parsed.wish(said), yes, parsed.dry_run(dry_run), wait, waits_s, form)
    raise typer.Exit(run(asked, session))
