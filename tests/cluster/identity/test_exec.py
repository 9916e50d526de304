"""Exec plugins, as real programs: what they are told, what they may give, and what their failures read like."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.config.kubeconfig_file import Base64, Cluster, Extension, Variable
from leasectl.lease.errors import ConfigurationError
from tests.cluster.identity.plugins import GETTING, GOOD, NO_CREDENTIAL, SECRET, V1, V1BETA1, Plugin

if TYPE_CHECKING:
    from pathlib import Path


def test_a_plugin_gives_a_token_and_says_how_long_it_is_good(plugin: Plugin) -> None:
    status = {"token": SECRET, "expirationTimestamp": "2026-11-21T07:00:00Z"}
    plugin.prints(json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": status}))

    given = plugin.asked()

    assert given.token == SECRET
    assert given.expires_at is not None
    assert given.expires_at.isoformat() == "2026-11-21T07:00:00+00:00"
    assert SECRET not in repr(given)


def test_a_plugin_gives_a_certificate_and_its_key(plugin: Plugin) -> None:
    status = {"clientCertificateData": "CERT", "clientKeyData": "KEY"}
    plugin.prints(json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": status}))

    given = plugin.asked()

    assert (given.token, given.certificate, given.key) == (None, b"CERT", b"KEY")


def test_a_plugin_may_answer_in_yaml(plugin: Plugin) -> None:
    plugin.prints(f"apiVersion: {V1BETA1}\nkind: ExecCredential\nstatus:\n  token: {SECRET}\n")

    assert plugin.asked(api_version=V1BETA1, interactive_mode="").token == SECRET


def test_a_plugin_is_told_its_arguments_environment_and_cluster(plugin: Plugin, tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_bytes(b"CA")
    plugin.runs(f"""echo "$@|$OURS|$THEIRS" >{tmp_path}/told; echo "$KUBERNETES_EXEC_INFO" >{tmp_path}/info
                    echo '{GOOD}'""")
    cluster = Cluster(
        name="k",
        server="https://h:6443",
        certificate_authority=str(tmp_path / "ca.crt"),
        tls_server_name="inner",
        extensions=[Extension("other", 1), None, Extension("client.authentication.k8s.io/exec", {"audience": "a"})],
    )

    plugin.asked(
        cluster,
        args=["get token", "-x"],
        env=[Variable("THEIRS", "2"), Variable("OURS", "changed")],
        environ={"OURS": "1"},
        provide_cluster_info=True,
    )

    assert (tmp_path / "told").read_text() == "get token -x|changed|2\n"
    assert json.loads((tmp_path / "info").read_text()) == {
        "apiVersion": V1,
        "kind": "ExecCredential",
        "spec": {
            "interactive": False,
            "cluster": {
                "server": "https://h:6443",
                "certificate-authority-data": "Q0E=",
                "tls-server-name": "inner",
                "config": {"audience": "a"},
            },
        },
    }


def test_a_plugin_that_did_not_ask_is_told_nothing_of_the_cluster(plugin: Plugin, tmp_path: Path) -> None:
    plugin.runs(f"echo \"$KUBERNETES_EXEC_INFO\" >{tmp_path}/info; echo '{GOOD}'")

    plugin.asked(Cluster(name="k", server="https://h", certificate_authority_data=Base64(b"CA")))

    assert json.loads((tmp_path / "info").read_text())["spec"] == {"interactive": False}


def test_a_plugin_is_looked_for_on_our_path_whatever_path_it_is_given(plugin: Plugin) -> None:
    plugin.prints(GOOD)
    folder = str(plugin.path.parent)

    given = plugin.asked(
        command="plugin", env=[Variable("PATH", "/bin:/usr/bin")], environ={"PATH": f"{folder}:/bin:/usr/bin"}
    )

    assert given.token == SECRET


def test_what_a_plugin_says_is_passed_on_when_it_succeeds(plugin: Plugin) -> None:
    plugin.runs(f"echo 'your login ends in 5 minutes' >&2; echo '{GOOD}'")

    assert plugin.asked().token == SECRET
    assert plugin.said == ["your login ends in 5 minutes"]


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo no session >&2; echo run login >&2; exit 3", "failed with exit code 3; it said: no session | run login"),
        ("exit 1", "failed with exit code 1"),
        (f"echo '{GOOD}'; exit 1", "failed with exit code 1"),
        ("kill -9 $$", "failed with exit code -1 (it was ended by signal 9)"),
        ("yes x | head -c 2000 >&2; exit 1", "failed with exit code 1; it said: …"),
    ],
)
def test_a_plugin_that_fails_is_an_error_with_what_it_said(plugin: Plugin, script: str, says: str) -> None:
    plugin.runs(script)

    assert plugin.failure().startswith(f"{GETTING}exec: executable PLUGIN {says}")
    assert len(plugin.failure()) < 900


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("", NO_CREDENTIAL),
        (f"token={SECRET}", NO_CREDENTIAL),
        (f"{{{SECRET}", NO_CREDENTIAL),
        (f"[{SECRET}", NO_CREDENTIAL),
        ('{"status": {"token": "s3cret-token"}}', NO_CREDENTIAL),
        (GOOD.replace(f'"{SECRET}"', "7"), "decoding stdout: Expected `str | null`, got `int` - at `$.status.token`"),
        (
            GOOD.replace("/v1", "/v1beta1"),
            f"exec plugin is configured to use API version {V1}, plugin returned version {V1BETA1}",
        ),
        (
            GOOD.replace("/v1", f"/{SECRET}"),
            f"exec plugin is configured to use API version {V1}, plugin returned version none that is known",
        ),
        (f'{{"apiVersion":"{V1}","kind":"ExecCredential"}}', "exec plugin didn't return a status field"),
        (GOOD.replace(SECRET, " "), "exec plugin didn't return a token or cert/key pair"),
        (GOOD.replace("token", "Token", 1), "exec plugin didn't return a token or cert/key pair"),
        (
            GOOD.replace('"token"', '"clientCertificateData"'),
            "exec plugin returned only certificate or key, not both",
        ),
    ],
)
def test_a_plugin_that_prints_rubbish_is_an_error_that_does_not_quote_it(
    plugin: Plugin, answer: str, says: str
) -> None:
    plugin.prints(answer)

    hint = "PLUGIN should print an ExecCredential: run it by hand and look"
    assert plugin.failure() == f"{GETTING}{says}; {hint}"


def test_a_plugin_that_has_to_ask_fails_where_there_is_nobody(plugin: Plugin) -> None:
    plugin.prints(GOOD)

    assert plugin.failure(interactive_mode="Always") == (
        f"{GETTING}exec plugin cannot support interactive mode: standard input is not a terminal; "
        "PLUGIN has to ask somebody: run this in a terminal, or choose another user with --user"
    )


def test_a_plugin_that_is_not_there_says_how_to_get_it(plugin: Plugin) -> None:
    assert plugin.failure() == (
        f"{GETTING}exec: executable PLUGIN not found; install it, or choose another user with --user or --context"
    )
    assert plugin.failure(command="no-such-plugin", install_hint="brew install\n  it") == (
        f"{GETTING}exec: executable no-such-plugin not found; brew install it"
    )


def test_a_plugin_that_is_no_program_is_an_error(plugin: Plugin) -> None:
    plugin.path.write_bytes(b"\x7fELF rubbish")
    assert "exec: open PLUGIN: permission denied; the exec command of the user has to be a program" in plugin.failure()
    plugin.path.chmod(stat.S_IRWXU)

    assert plugin.failure() == (
        f"{GETTING}exec: open PLUGIN: exec format error; the exec command of the user has to be a program"
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"command": ""}, "command must be specified for u to use exec authentication plugin"),
        ({"api_version": ""}, "apiVersion must be specified for u to use exec authentication plugin"),
        ({"env": [Variable("", "x")]}, "env variable name must be specified for u to use exec authentication plugin"),
        (
            {"api_version": "client.authentication.k8s.io/v1alpha1"},
            'invalid apiVersion "client.authentication.k8s.io/v1alpha1" of user u',
        ),
        ({"interactive_mode": ""}, "interactiveMode must be specified for u to use exec authentication plugin"),
        ({"interactive_mode": "Often"}, 'invalid interactiveMode for u: "Often"'),
    ],
)
def test_an_incomplete_plugin_is_refused_before_it_runs(plugin: Plugin, changes: dict[str, Any], says: str) -> None:
    assert f": {says}; " in plugin.failure(ConfigurationError, **changes)
