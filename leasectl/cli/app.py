"""The Typer app: which commands there are, and the flags that all of them take.

A command's module is imported when it is called, so that none pays for another.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from msgspec.structs import replace

from leasectl.cli import connection, connection_options, options
from leasectl.cli.help import Group

if TYPE_CHECKING:
    from collections.abc import Mapping

# A line a command: the module that has its `app`, and what the list of commands says of it.
COMMANDS = {
    "get": ("leasectl.cli.get", "Show leases: who holds them, since when, are they alive."),
    "describe": ("leasectl.cli.describe", "Explain a lease: is it alive and why, and who acts next."),
    "expire-check": ("leasectl.cli.expire_check", "Tell by an exit code whether any lease is stale."),
    "watch": ("leasectl.cli.watch", "Follow leases: see leadership live, die and move."),
    "steal": ("leasectl.cli.steal", "Take a lease, so that somebody else leads and never two do."),
    "lock": ("leasectl.cli.lock", "Run a command under a lease, so that it runs once at a time."),
    "doctor": ("leasectl.cli.doctor", "Tell what stands in the way: rights, clocks, leases in trouble."),
    "completion": ("leasectl.cli.completion", "Print a script with which a shell completes commands."),
    "demo": ("leasectl.cli.demo", "A simulated cluster, to look at and to try things on."),
    "options": ("leasectl.cli.globals", "The flags that every command takes."),
}
ALIASES = {"list": "get", "ls": "get"}


class Commands(Group):
    """The commands, each imported when it is asked for."""

    lines: ClassVar[Mapping[str, str]] = {name: line for name, (_, line) in COMMANDS.items()}

    def list_commands(self, _ctx: Any) -> list[str]:
        """Their names, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        """One of them, or None."""
        entry = COMMANDS.get(ALIASES.get(cmd_name, cmd_name))
        return None if entry is None else _built(entry[0])


@cache
def _built(module: str) -> Any:
    return typer.main.get_command(import_module(module).app)


app = options.new_app(Commands)


@app.callback(epilog=options.ROOT_EPILOG, no_args_is_help=True)
def root(
    ctx: typer.Context,
    kubeconfig: connection_options.Kubeconfig = None,
    context: connection_options.Context = None,
    cluster: connection_options.Cluster = None,
    user: connection_options.User = None,
    namespace: connection_options.Namespace = None,
    server: connection_options.Server = None,
    as_: connection_options.As = None,
    as_group: connection_options.AsGroup = None,
    as_uid: connection_options.AsUid = None,
    as_user_extra: connection_options.AsUserExtra = None,
    token: connection_options.Token = None,
    username: connection_options.Username = None,
    password: connection_options.Password = None,
    certificate_authority: connection_options.CertificateAuthority = None,
    client_certificate: connection_options.ClientCertificate = None,
    client_key: connection_options.ClientKey = None,
    tls_server_name: connection_options.TlsServerName = None,
    insecure_skip_tls_verify: connection_options.InsecureSkipTlsVerify = False,
    disable_compression: connection_options.DisableCompression = False,
    request_timeout: connection_options.RequestTimeout = "0",
    _version: connection_options.Version = False,
) -> None:
    """Who leads, since when, is it alive, and for how much longer: the inspector for Kubernetes Leases."""
    ctx.obj = replace(
        ctx.obj, overrides=connection.overrides(ctx.params), request_timeout_s=connection.seconds(request_timeout)
    )
