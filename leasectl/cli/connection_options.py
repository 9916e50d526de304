"""The flags that name a cluster, and who to be there: of every command, anywhere on the line."""

from __future__ import annotations

from typing import Annotated

import typer

from leasectl import __version__

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
