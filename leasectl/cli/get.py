"""`leasectl get`: leases and how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from leasectl.cli import exits, options, output, reading, sorting, times, words
from leasectl.cli.help import Command
from leasectl.cli.request import Request
from leasectl.cli.wish import Wish
from leasectl.lease.errors import UsageError
from leasectl.lease.select import Filter
from leasectl.show.table import Look

if TYPE_CHECKING:
    from leasectl.cli.session import Session

EXAMPLES = """
Examples:
  # The control plane's elections and the nodes' heartbeats
  leasectl get
  # What is in trouble, anywhere
  leasectl get -A --trouble
  # One lease, wherever it lies; one node's heartbeat
  leasectl get kube-scheduler
  leasectl get node/worker-1
  # Everything that one machine holds
  leasectl get -A --holder 'cp-1_*'
  # Expired locks, for a script
  leasectl get -A --kind lock --stale -o name
  # Those with the least time left first
  leasectl get -A --sort-by remaining
  # Just what a script needs
  leasectl get kube-scheduler -o jsonpath='{.spec.holderIdentity}'
  leasectl get -o custom-columns=NAME:.metadata.name,ID:.metadata.uid
  # Each write as it comes; `watch` tells what becomes of leadership instead
  leasectl get -n kube-system -w --output-watch-events
  # Alive or dead, whatever the clocks say: watch for longer than it lasts
  leasectl get kube-scheduler --observe 20s
  # A dump, judged as of the time it was taken
  leasectl get -A -o json --show-managed-fields >dump.json
  leasectl get --from dump.json --at 2026-11-21T06:00:00Z

Output: table, wide, json, yaml, name; jsonpath=TEMPLATE, jsonpath-file=FILE,
        jsonpath-as-json=TEMPLATE, custom-columns=SPEC, custom-columns-file=FILE
States: Fresh, Late, Expired, Released, Unheld, Unknown, Skewed
Kinds:  node, apiserver, coordinated, election, lock, other

With neither -n nor -A it looks in kube-system, kube-node-lease and the
context's namespace.
"""

app = options.new_app()


@app.command(cls=Command, epilog=EXAMPLES, context_settings=options.HELP)
def get(
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
    ignore_not_found: options.IgnoreNotFound = False,
    watch: options.Watch = False,
    watch_only: options.WatchOnly = False,
    output_watch_events: options.OutputWatchEvents = False,
    output_: options.Output = "table",
    template: options.Template = "",
    allow_missing_template_keys: options.AllowMissingTemplateKeys = "true",
    sort_by: options.SortBy = "",
    no_headers: options.NoHeaders = False,
    show_labels: options.ShowLabels = False,
    label_columns: options.LabelColumns = None,
    show_managed_fields: options.ManagedFields = False,
    no_trunc: options.NoTrunc = False,
    from_: options.From = None,
    at: options.At = None,
    observe: options.Observe = None,
    chunk_size: options.ChunkSize = 0,
) -> None:
    """Show leases: who holds them, since when, and whether they are alive."""
    session: Session = ctx.obj
    allow_missing = words.truth("allow-missing-template-keys", allow_missing_template_keys)
    format_ = output.find(output_, template, allow_missing=allow_missing)
    if show_labels and not format_.is_table:
        raise UsageError(f"error: --show-labels option cannot be used with {output_} printer")
    key = sorting.check(sort_by)
    wanted = Filter(words.states(state or [], stale=stale), words.kinds(kind or []), holder, trouble)
    request = Request(
        names=names or [],
        all_namespaces=all_namespaces,
        labels=selector,
        fields=field_selector,
        source=from_,
        at=at,
        observe_s=times.observation_s(observe),
        wanted=wanted,
        ignore_not_found=ignore_not_found,
        objects=not format_.is_table or sorting.needs_objects(key),
        chunk_size=chunk_size,
    )
    look = Look(format_.name == "wide", headers=not no_headers, label_columns=label_columns or [], labels=show_labels)
    wish = Wish(look, show_managed_fields, no_trunc, ignore_not_found)
    if watch or watch_only:
        from leasectl.cli import get_watch

        how = get_watch.How(format_, wish, key, only=watch_only, events=output_watch_events)
        raise typer.Exit(get_watch.watch(request, how, session))
    if output_watch_events:
        raise UsageError("error: --output-watch-events option can only be used with --watch or --watch-only")
    read = sorting.apply(reading.read(request, session), key)
    output.show(read, format_, wish, session.streams)
    raise typer.Exit(exits.tell_all(read.errors, session.streams))
