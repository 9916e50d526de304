"""`leasectl expire-check`: is anything stale, for scripts and monitors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from leasectl.cli import check_options, limits, options, times, words
from leasectl.cli.help import Command
from leasectl.cli.request import Request
from leasectl.lease.check.report import Tolerance
from leasectl.lease.check.rules import Rules
from leasectl.lease.select import Filter

if TYPE_CHECKING:
    from leasectl.cli.session import Session

EXAMPLES = """
Examples:
  # Is anything stale, in the control plane and among the nodes?
  leasectl expire-check
  # One election, for Nagios: its age with both limits as performance data
  leasectl expire-check kube-system/kube-scheduler -o nagios
  # Up to 5% of the nodes may be dead before somebody is woken up
  leasectl expire-check -n kube-node-lease --max-stale 5%
  # Locks that nobody has renewed for an hour; none at all is fine
  leasectl expire-check -A --kind lock --warn 1h --crit 1h --allow-empty
  # A deployment's leader has to be there, and to be one of its own
  leasectl expire-check pay/ledger --require-holder --expect-holder 'pay-*'
  # For node_exporter's textfile collector, from cron
  leasectl expire-check -A -o prometheus --output-file /run/leases.prom

OK       renewed in time; a lock that nobody holds
WARNING  late, past its duration within --grace, a clock that is off, an
         election that nobody has held for a minute
CRITICAL past duration and grace: node 15s, coordinated 16s, election 10s (of
         more than 15s its duration and a tenth), lock 5s, others 0; nobody has
         held it for a minute though somebody has to
UNKNOWN  it cannot be judged, or not be read

Output: text, nagios, json, prometheus, junit

Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN: nothing matched, no answer
        in time, forbidden, wrong usage. The worst counts: 2, 1, 3, 0
"""

app = options.new_app()


@app.command(cls=Command, epilog=EXAMPLES, context_settings=options.HELP)
def expire_check(
    ctx: typer.Context,
    names: options.Names = None,
    all_namespaces: options.AllNamespaces = False,
    selector: options.Labels = "",
    field_selector: options.Fields = "",
    kind: options.Kinds = None,
    holder: options.Holder = None,
    grace: check_options.Grace = None,
    warn: check_options.Warn = None,
    crit: check_options.Crit = None,
    require_holder: check_options.RequireHolder = "",
    expect_holder: check_options.ExpectHolder = "",
    max_stale: check_options.MaxStale = "0",
    min_matches: check_options.MinMatches = 1,
    allow_empty: check_options.AllowEmpty = False,
    allow_partial: check_options.AllowPartial = False,
    timeout: check_options.Timeout = "10s",
    output: check_options.Output = "text",
    output_file: check_options.OutputFile = "",
    max_lines: check_options.MaxLines = 50,
    from_: options.From = None,
    at: options.At = None,
    observe: options.Observe = None,
    chunk_size: options.ChunkSize = 0,
) -> None:
    """Tell whether any lease is stale, by an exit code: for scripts, cron jobs and monitors."""
    from leasectl.cli import checking, telling_checks

    session: Session = ctx.obj
    required = words.truth("require-holder", require_holder) if require_holder else None
    observe_s = times.observation_s(observe)
    tell = telling_checks.teller(output, output_file, max_lines, session)
    what = checking.Check(
        Request(
            names=names or [],
            all_namespaces=all_namespaces,
            labels=selector,
            fields=field_selector,
            source=from_,
            at=at,
            observe_s=observe_s,
            wanted=Filter(kinds=words.kinds(kind or []), holder=holder),
            chunk_size=chunk_size,
        ),
        Rules(
            limits.ages("grace", grace or []),
            limits.ages("warn", warn or []),
            limits.ages("crit", crit or []),
            required,
            expect_holder,
        ),
        Tolerance(*limits.share("max-stale", max_stale), min_matches, allow_empty),
        (times.timeout_s(timeout) or 0.0) + observe_s,
        allow_partial,
    )
    raise typer.Exit(checking.run(what, tell, session))
