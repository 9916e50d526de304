"""The flags that commands share, written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from typer.core import TyperGroup

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

ROOT_EPILOG = """
Examples:
  # A simulated cluster, to see what this is about
  leasectl demo get -A
  # Every lease, and whether it is alive; only what is in trouble
  leasectl get -A
  leasectl get -A --trouble
  # Who leads, is it alive and why, and what happens next
  leasectl describe kube-controller-manager
"""


def new_app(cls: type[TyperGroup] | None = None) -> typer.Typer:
    """A Typer app as leasectl's are: quick to start, plain in its help."""
    return typer.Typer(
        cls=cls,
        context_settings=HELP,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


# Which leases.
Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME...]", help="NAME, NAMESPACE/NAME, lease/NAME, node/NAME.")
]
AllNamespaces = Annotated[bool, typer.Option("--all-namespaces", "-A", help="Leases of every namespace.")]
Labels = Annotated[str, typer.Option("--selector", "-l", metavar="SELECTOR", help="By label: 'a=b,c in (d,e),!f'.")]
Fields = Annotated[
    str, typer.Option("--field-selector", metavar="SELECTOR", help="By metadata.name, metadata.namespace.")
]
States = Annotated[list[str] | None, typer.Option("--state", metavar="STATE,...", help="In one of these states.")]
Stale = Annotated[bool, typer.Option("--stale", help="Expired: no renewal for longer than the lease lasts.")]
Trouble = Annotated[
    bool, typer.Option("--trouble", help="Late, Expired, Skewed, Unknown, or with a clock that is off.")
]
Kinds = Annotated[list[str] | None, typer.Option("--kind", metavar="KIND,...", help="Of one of these kinds.")]
Holder = Annotated[str | None, typer.Option("--holder", metavar="GLOB", help="Held by this identity: 'cp-1_*'.")]
IgnoreNotFound = Annotated[bool, typer.Option("--ignore-not-found", help="A lease that is not there is no error.")]

# For how long.
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Then each lease as it is written, until Ctrl-C.")]
WatchOnly = Annotated[bool, typer.Option("--watch-only", help="The same without the list.")]
OutputWatchEvents = Annotated[
    bool, typer.Option("--output-watch-events", help="With -w: ADDED, MODIFIED or DELETED, too.")
]

# From where.
From = Annotated[
    str | None, typer.Option("--from", metavar="FILE|-", help="Judge a dump (JSON, YAML) instead of a cluster.")
]
At = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="With --from: the time to judge at; now unless told.")
]
Observe = Annotated[
    str | None,
    typer.Option("--observe", metavar="DURATION", help="Look for so long, and believe no clock but our own."),
]
ChunkSize = Annotated[
    int, typer.Option("--chunk-size", metavar="N", help="Ask for so many leases at once; 0 for all.", min=0)
]

# How it is shown.
Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT",
        show_default=False,
        help="table, wide, json, yaml, name, or an expression: see above.",
    ),
]
Template = Annotated[
    str, typer.Option("--template", metavar="TEMPLATE", help="The expression of -o, where it does not stand there.")
]
AllowMissingTemplateKeys = Annotated[
    str,
    typer.Option(
        "--allow-missing-template-keys", metavar="true|false", help="Whether a field that is nowhere prints nothing."
    ),
]
SortBy = Annotated[
    str, typer.Option("--sort-by", metavar="KEY", help="A path, or renewed, remaining, held, age, holder, name, state.")
]
NoHeaders = Annotated[bool, typer.Option("--no-headers", help="No line of headers.")]
ShowLabels = Annotated[bool, typer.Option("--show-labels", help="All labels as the last column.")]
LabelColumns = Annotated[
    list[str] | None, typer.Option("--label-columns", "-L", metavar="KEY,...", help="Labels as columns.")
]
ManagedFields = Annotated[bool, typer.Option("--show-managed-fields", help="Keep managedFields in JSON and YAML.")]
NoTrunc = Annotated[bool, typer.Option("--no-trunc", help="All columns, and nothing shortened to fit.")]
