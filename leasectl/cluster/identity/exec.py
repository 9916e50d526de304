"""The exec protocol: a program of the user's that gives credentials (EKS, GKE, AKS and others).

Safety rule: a plugin that fails, hangs or talks nonsense is an error with what it said on stderr, never an anonymous
request.

Source: k8s.io/client-go/plugin/pkg/client/auth/exec/exec.go, tools/clientcmd/validation.go (1.36).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from leasectl.cluster.config.kubeconfig_file import os_reason
from leasectl.cluster.identity.exec_credential import V1, V1BETA1, NotUsable, parse, request
from leasectl.cluster.identity.plugin_process import Unfinished, run
from leasectl.lease.errors import ConfigurationError, ConnectionFailed, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cluster.config.kubeconfig import Cluster, User
    from leasectl.cluster.config.kubeconfig_file import ExecPlugin
    from leasectl.cluster.identity.attendant import Attendant
    from leasectl.cluster.identity.credential import Credential
    from leasectl.lease.ports import Clock

_MODES = frozenset({"Never", "IfAvailable", "Always"})
_ALONE_S = 60.0
_WITH_A_PERSON_S = 300.0  # who may have to log in in a browser first
_MOST_QUOTED = 600


def credential(user: User, plugin: ExecPlugin, cluster: Cluster, attendant: Attendant, clock: Clock) -> Credential:
    """Run a user's plugin, and take what it gives.

    Raises:
        ConfigurationError: the kubeconfig's `exec` cannot be used.
        ConnectionFailed: the program is not there, failed, hung, or gave nothing that can be used.
    """
    _check(user, plugin)
    at_terminal = _is_interactive(user, plugin, attendant)
    wait_s = attendant.request_timeout_s or (_WITH_A_PERSON_S if at_terminal else _ALONE_S)
    told = request(plugin.api_version, cluster if plugin.provide_cluster_info else None, interactive=at_terminal)
    variables = {variable.name: variable.value for variable in plugin.env if variable}
    environ = {**attendant.environ, **variables, "KUBERNETES_EXEC_INFO": told}
    command = [_program(plugin, attendant), *plugin.args]
    try:
        outcome = run(command, environ, clock, wait_s, None if at_terminal else _listener(attendant))
    except Unfinished as unfinished:
        hint = f"it had {wait_s:g}s: if it waits for a login, run it by hand once, or set --request-timeout higher"
        if not unfinished.overdue:
            hint = "is it the right program?"
        raise _failed(f"exec: executable {plugin.command} {unfinished}", attendant, unfinished.said, hint) from None
    except (OSError, ValueError) as error:
        hint = "the exec command of the user has to be a program"
        raise _failed(f"exec: {os_reason(plugin.command, error)}", attendant, hint=hint) from None
    if outcome.code:
        ended = str(outcome.code) if outcome.code > 0 else f"-1 (it was ended by signal {-outcome.code})"
        raise _failed(f"exec: executable {plugin.command} failed with exit code {ended}", attendant, outcome.said)
    try:
        given = parse(outcome.answer, plugin.api_version)
    except NotUsable as fault:
        hint = f"{plugin.command} should print an ExecCredential: run it by hand and look"
        raise _failed(str(fault), attendant, outcome.said, hint) from None
    if not attendant.watched:
        for line in outcome.said.splitlines():
            attendant.say(line)
    return given


def _listener(attendant: Attendant) -> Callable[[str], None]:
    """Where a person looks, a line is shown as it comes: it may be where to log in. Else it is kept for the end."""
    return attendant.say if attendant.watched else lambda _line: None


def _check(user: User, plugin: ExecPlugin) -> None:
    for what, given in (
        ("command", plugin.command),
        ("apiVersion", plugin.api_version),
        ("env variable name", all(variable is None or variable.name for variable in plugin.env)),
    ):
        if not given:
            raise ConfigurationError(
                f"Error in configuration: {what} must be specified for {user.name} to use exec authentication plugin; "
                "add it to the user's exec in the kubeconfig"
            )
    if plugin.api_version not in {V1, V1BETA1}:
        raise ConfigurationError(
            f'error: exec plugin: invalid apiVersion "{plugin.api_version}" of user {user.name}; it is {V1} or '
            f"{V1BETA1}: a newer release of the plugin may know one of them"
        )


def _is_interactive(user: User, plugin: ExecPlugin, attendant: Attendant) -> bool:
    mode = plugin.interactive_mode or ("IfAvailable" if plugin.api_version == V1BETA1 else "")
    if mode not in _MODES:
        fault = f'invalid interactiveMode for {user.name}: "{mode}"'
        if not mode:
            fault = f"interactiveMode must be specified for {user.name} to use exec authentication plugin"
        raise ConfigurationError(f"Error in configuration: {fault}; it is Never, IfAvailable or Always")
    if mode == "Always" and not attendant.at_terminal:
        raise _failed(
            "exec plugin cannot support interactive mode: standard input is not a terminal",
            attendant,
            hint=f"{plugin.command} has to ask somebody: run this in a terminal, or choose another user with --user",
        )
    return mode != "Never" and attendant.at_terminal


def _program(plugin: ExecPlugin, attendant: Attendant) -> str:
    """The program's path; it is looked for on our PATH, whatever PATH the plugin itself is given."""
    if os.sep in plugin.command:
        if Path(plugin.command).exists():
            return plugin.command
    else:
        for folder in filter(None, os.get_exec_path(dict(attendant.environ))):
            candidate = Path(folder, plugin.command)
            if candidate.is_file() and os.access(candidate, os.X_OK):
                return str(candidate)
    hint = " ".join(plugin.install_hint.split()) or "install it, or choose another user with --user or --context"
    raise _failed(f"exec: executable {plugin.command} not found", attendant, hint=hint)


def _failed(what: str, attendant: Attendant, said: str = "", hint: str = "") -> ConnectionFailed:
    quoted = " | ".join(line.strip() for line in said.splitlines() if line.strip() and not attendant.watched)
    if len(quoted) > _MOST_QUOTED:
        quoted = f"…{quoted[-_MOST_QUOTED:]}"
    parts = [what, *([f"it said: {quoted}"] if quoted else []), *([hint] if hint else [])]
    return ConnectionFailed(
        f"Unable to connect to the server: getting credentials: {'; '.join(parts)}", Fault.CREDENTIALS
    )
