"""`leasectl watch`: leases live, die and move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from leasectl.cli import options, times, words
from leasectl.cli.help import Command
from leasectl.cli.request import Request
from leasectl.lease import until as goals
from leasectl.lease.errors import UsageError
from leasectl.lease.select import Filter

if TYPE_CHECKING:
    from leasectl.cli.session import Session

EXAMPLES = """
Examples:
  # Who leads, is it alive, and what happens when it dies
  leasectl watch kube-controller-manager
  # The whole control plane; everything that is in trouble, anywhere
  leasectl watch -n kube-system
  leasectl watch -A --trouble
  # A log of a drill, with each renewal
  leasectl watch kube-scheduler --renewals | tee drill.log
  # For a script: has it moved? 0 once it has, 3 after a minute without
  leasectl watch kube-scheduler --until changed --timeout 1m
  leasectl watch payments/migrate --until 'held-by=job-8*' --timeout 5m
  # How steadily do nodes beat? A minute of it
  leasectl watch -n kube-node-lease --timeout 1m --stats -o json
  # What happens to leadership, as JSON
  leasectl watch -A --kind election -o json | jq 'select(.type=="changed")'

Output: screen (on a terminal), lines (elsewhere), json: one object a line with
        type, time, lease, and what goes with it of from, to, gap_s, age_s, …
Changes: seen (the first look), created, acquired, changed, reacquired, renewed,
        late, expired, recovered, released, deleted, recreated, duration,
        strategy, skew; blind and seeing, of the connection
Goals of --until: expired, released, held, changed, held-by=GLOB, deleted; with
        several NAMEs each has to come to it, with none the first of any will do

Exit codes: 0 ended, or --until came true; 3 it did not within --timeout;
        1 an error; 2 wrong usage; 130 after Ctrl-C
"""

Output = Annotated[
    str,
    typer.Option("--output", "-o", metavar="FORMAT", show_default=False, help="screen, lines or json: see above."),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="GOAL", help="End with 0 once it is so: expired, changed, …")
]
Timeout = Annotated[
    str | None, typer.Option("--timeout", metavar="DURATION", help="End after so long; with --until, with 3.")
]
Stats = Annotated[bool, typer.Option("--stats", help="At the end: renewals, their intervals, changes, gaps.")]
Renewals = Annotated[bool, typer.Option("--renewals", help="Tell each renewal, instead of how many there were.")]

FORMATS = ("", "screen", "lines", "json")

app = options.new_app()


@app.command(cls=Command, epilog=EXAMPLES, context_settings=options.HELP)
def watch(
    ctx: typer.Context,
    names: options.Names = None,
    all_namespaces: options.AllNamespaces = False,
    selector: options.Labels = "",
    field_selector: options.Fields = "",
    state: options.States = None,
    stale: options.Stale = False,
    trouble: options.Trouble = False,
    kind: options.Kinds = None,
    holder: options.Holder = None,
    output: Output = "",
    until: Until = None,
    timeout: Timeout = None,
    renewals: Renewals = False,
    stats: Stats = False,
) -> None:
    """Follow leases: see leadership live, die and move."""
    from leasectl.cli import watching

    session: Session = ctx.obj
    if output.lower() not in FORMATS:
        raise words.no_format(f'"{output}"', FORMATS[1:])
    request = Request(
        names=names or [],
        all_namespaces=all_namespaces,
        labels=selector,
        fields=field_selector,
        wanted=Filter(words.states(state or [], stale=stale), words.kinds(kind or []), holder, trouble),
    )
    how = watching.How(output.lower(), _goal(until), times.timeout_s(timeout), each_renewal=renewals, stats=stats)
    raise typer.Exit(watching.watch(request, how, session))


def _goal(text: str | None) -> goals.Until | None:
    try:
        return None if text is None else goals.parse(text)
    except ValueError as error:
        raise UsageError(f'error: invalid argument for "--until" flag: {error}') from None
