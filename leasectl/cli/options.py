"""The flags that commands share, written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from leasectl import __version__

if TYPE_CHECKING:
    from typer.core import TyperGroup

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

ROOT_EPILOG = """
Examples:
  leasectl demo get -A         a simulated cluster, to see what this is about
  leasectl get -A              every lease, and whether it is alive
  leasectl get -A --trouble    only what is in trouble
  leasectl get kube-scheduler  who leads, since when, and for how much longer
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

# From where.
From = Annotated[
    str | None, typer.Option("--from", metavar="FILE|-", help="Judge a dump (JSON, YAML) instead of a cluster.")
]
At = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="With --from: the time to judge at; now unless told.")
]
Observe = Annotated[
    str, typer.Option("--observe", metavar="DURATION", help="Look for so long, and believe no clock but our own.")
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
        help="table, wide, json, yaml, name, or an expression: see below.",
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
NoTrunc = Annotated[bool, typer.Option("--no-trunc", help="Holders whole, however long.")]

# Which cluster: of every command, anywhere on the line.
Kubeconfig = Annotated[str | None, typer.Option("--kubeconfig", metavar="FILE", help="The kubeconfig to use.")]
Context = Annotated[str | None, typer.Option("--context", metavar="NAME", help="The kubeconfig's context to use.")]
Cluster = Annotated[str | None, typer.Option("--cluster", metavar="NAME", help="The kubeconfig's cluster to use.")]
User = Annotated[str | None, typer.Option("--user", metavar="NAME", help="The kubeconfig's user to use.")]
Namespace = Annotated[
    str | None, typer.Option("--namespace", "-n", metavar="NAMESPACE", help="The namespace to look in.")
]
As = Annotated[str | None, typer.Option("--as", metavar="USER", help="Act as this user or service account.")]
AsGroup = Annotated[
    list[str] | None, typer.Option("--as-group", metavar="GROUP", help="With --as: of this group; may be repeated.")
]
AsUid = Annotated[str | None, typer.Option("--as-uid", metavar="UID", help="With --as: of this UID.")]
AsUserExtra = Annotated[
    list[str] | None,
    typer.Option("--as-user-extra", metavar="KEY=VALUE", help="With --as: with this extra; may be repeated."),
]
Server = Annotated[str | None, typer.Option("--server", "-s", metavar="URL", help="The API server's address and port.")]
Token = Annotated[str | None, typer.Option("--token", metavar="TOKEN", help="Bearer token for the API server.")]
Username = Annotated[str | None, typer.Option("--username", metavar="NAME", help="User name for basic authentication.")]
Password = Annotated[
    str | None, typer.Option("--password", metavar="PASSWORD", help="Password for basic authentication.")
]
CertificateAuthority = Annotated[
    str | None,
    typer.Option("--certificate-authority", metavar="FILE", help="The CA that signed the server's certificate."),
]
ClientCertificate = Annotated[
    str | None, typer.Option("--client-certificate", metavar="FILE", help="Client certificate for TLS.")
]
ClientKey = Annotated[str | None, typer.Option("--client-key", metavar="FILE", help="Client key for TLS.")]
TlsServerName = Annotated[
    str | None,
    typer.Option("--tls-server-name", metavar="NAME", help="The name to expect in the server's certificate."),
]
InsecureSkipTlsVerify = Annotated[
    bool, typer.Option("--insecure-skip-tls-verify", help="Do not verify the server's certificate. Insecure.")
]
DisableCompression = Annotated[
    bool, typer.Option("--disable-compression", help="Ask the server for answers that are not compressed.")
]
RequestTimeout = Annotated[
    str, typer.Option("--request-timeout", metavar="DURATION", help="Longest wait for an answer: 1s, 2m; 0 is none.")
]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"leasectl {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version, and end.")
]
