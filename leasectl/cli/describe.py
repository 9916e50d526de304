"""`leasectl describe`: one lease, explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from leasectl.cli import options, times, words
from leasectl.cli.help import Command
from leasectl.cli.request import Request
from leasectl.lease.select import Filter

if TYPE_CHECKING:
    from leasectl.cli.session import Session

EXAMPLES = """
Examples:
  # Who leads, is it alive, why do you think so, and what happens next
  leasectl describe kube-controller-manager
  # A node: its conditions, when it turns Unknown, when its pods go
  leasectl describe node/worker-1
  # A name may be the beginning of names: every API server
  leasectl describe apiserver-
  # All that is in trouble
  leasectl describe -A --trouble
  # How often is it renewed, and are its timings sound? Look for a while
  leasectl describe payments/ledger-migrate --observe 1m
  # When will somebody take over, at the latest?
  leasectl describe kube-scheduler -o json | jq -r '.next[-1].latest'

Output: text; json and yaml: a document with the same facts, with several NAMEs
        a List of them. docs/reference/schemas/account.md has its schema.

Nodes, pods, events and candidates are looked up side by side, for 5 s at most.
What may not be read, is not there or does not answer is a line "Not seen".
"""

Output = Annotated[
    str, typer.Option("--output", "-o", metavar="FORMAT", show_default=False, help="text, json or yaml.")
]
ShowEvents = Annotated[
    str, typer.Option("--show-events", metavar="true|false", help="Whether the lease's events are shown.")
]

app = options.new_app()


@app.command(cls=Command, epilog=EXAMPLES, context_settings=options.HELP)
def describe(
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
    output: Output = "text",
    show_events: ShowEvents = "true",
    from_: options.From = None,
    at: options.At = None,
    observe: options.Observe = None,
    chunk_size: options.ChunkSize = 0,
) -> None:
    """Explain leases: who holds it, is it alive and why, who acts next, and what to do."""
    from leasectl.cli import describing

    session: Session = ctx.obj
    write = describing.WRITERS.get(output.lower() or "text")
    if write is None:
        raise words.no_format(f'"{output}"', sorted(describing.WRITERS))
    request = Request(
        names=names or [],
        all_namespaces=all_namespaces,
        labels=selector,
        fields=field_selector,
        source=from_,
        at=at,
        observe_s=times.observation_s(observe),
        wanted=Filter(words.states(state or [], stale=stale), words.kinds(kind or []), holder, trouble),
        chunk_size=chunk_size,
    )
    events = words.truth("show-events", show_events)
    raise typer.Exit(describing.describe(request, write, session, events=events))
