"""Exec plugins, as real programs: what they are told, what they may give, and what their failures read like."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.config.kubeconfig_file import Base64, Cluster, ExecPlugin, Extension, User, Variable
from leasectl.cluster.identity.attendant import Attendant
from leasectl.cluster.identity.exec import credential
from leasectl.lease.errors import ConfigurationError, ConnectionFailed, LeasectlError
from tests.clocks import PatientClock

if TYPE_CHECKING:
    from leasectl.cluster.identity.credential import Credential

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"
SECRET = "s3cret-token"
GOOD = json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": {"token": SECRET}})
NO_CREDENTIAL = "decoding stdout: couldn't get version/kind: it is no ExecCredential"
GETTING = "Unable to connect to the server: getting credentials: "


class Plugin:
    """A shell script as a plugin, and what was said on our stderr while it ran."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "plugin"
        self.said: list[str] = []

    def runs(self, script: str) -> None:
        self.path.write_text(f"#!/bin/sh\n{script}\n")
        self.path.chmod(0o700)

    def prints(self, answer: str) -> None:
        answer_file = self.path.with_suffix(".answer")
        answer_file.write_text(answer)
        self.runs(f"cat '{answer_file}'")

    def asked(
        self,
        cluster: Cluster | None = None,
        *,
        wait_s: float = 20,
        at_terminal: bool = False,
        watched: bool = False,
        environ: dict[str, str] | None = None,
        **changes: Any,
    ) -> Credential:
        settings = {"command": str(self.path), "api_version": V1, "interactive_mode": "IfAvailable", **changes}
        environ = {"PATH": os.environ["PATH"], **(environ or {})}
        attendant = Attendant(at_terminal, watched, self.said.append, environ, wait_s)
        return credential(
            User(name="u"), ExecPlugin(**settings), cluster or Cluster(name="k"), attendant, PatientClock()
        )

    def failure(self, kind: type[LeasectlError] = ConnectionFailed, **changes: Any) -> str:
        with pytest.raises(kind) as caught:
            self.asked(**changes)
        text = str(caught.value)
        assert SECRET not in text
        assert "\n" not in text
        return text.replace(str(self.path), "PLUGIN")


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


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


def test_a_child_that_a_plugin_leaves_behind_does_not_hold_us_up(plugin: Plugin) -> None:
    plugin.runs(f"sleep 30 >/dev/null & echo '{GOOD}'; echo ready >&2")
    began_at = time.monotonic()

    assert plugin.asked().token == SECRET
    assert time.monotonic() - began_at < 10
    assert plugin.said == ["ready"]


def test_a_child_that_holds_the_output_open_does_not_hold_us_up(plugin: Plugin) -> None:
    plugin.runs(f"echo '{GOOD}'; sleep 30 &")
    began_at = time.monotonic()

    assert plugin.asked().token == SECRET
    assert time.monotonic() - began_at < 10


def test_what_is_said_after_the_answer_is_heard_however_long(plugin: Plugin) -> None:
    plugin.runs(f"echo '{GOOD}'; exec >&-; yes word | head -c 300000 >&2; echo end >&2")

    assert plugin.asked(watched=True).token == SECRET
    assert plugin.said[-1] == "end"


def test_where_a_person_looks_a_plugin_is_heard_at_once_and_not_twice(plugin: Plugin) -> None:
    plugin.runs("echo 'open https://login' >&2; printf 'code ' >&2; sleep 60")

    text = plugin.failure(wait_s=1, watched=True)

    assert plugin.said == ["open https://login", "code "]
    assert "it said" not in text


def test_a_line_without_end_is_passed_on_in_pieces(plugin: Plugin) -> None:
    plugin.runs("yes x | tr -d '\\n' | head -c 200000 >&2; exit 1")

    plugin.failure(watched=True)

    assert {len(line) for line in plugin.said[:-1]} == {4096}


ASKING = """
import signal, sys
from leasectl.cli.clock import SystemClock
from leasectl.cluster.identity.plugin_process import run
for name in sys.argv[2:]:
    signal.signal(getattr(signal, name), signal.SIG_IGN)
print(run([sys.argv[1]], {"PATH": "/bin:/usr/bin"}, SystemClock(), 50, print).code, flush=True)
"""


def begun(path: Path) -> str:
    """The process group of a plugin, once it is there."""
    pid = Path(f"{path}.pid")
    deadline = time.monotonic() + 20
    while not (pid.exists() and pid.read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return pid.read_text().strip()


def still_there(group: str) -> list[Path]:
    return [each for each in Path("/proc").glob("[0-9]*/stat") if group_of(each) == group]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_that_ends_us_ends_the_plugin_first(plugin: Plugin, number: signal.Signals) -> None:
    plugin.runs(f"echo $$ >{plugin.path}.pid; sleep 60")
    command = [sys.executable, "-c", ASKING, str(plugin.path)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        group = begun(plugin.path)
        process.send_signal(number)
        assert process.wait(10) == -number
    assert still_there(group) == []


def test_a_signal_that_is_ignored_stays_so(plugin: Plugin) -> None:
    plugin.runs(f"echo $$ >{plugin.path}.pid; sleep 1")
    command = [sys.executable, "-c", ASKING, str(plugin.path), "SIGHUP"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        begun(plugin.path)
        process.send_signal(signal.SIGHUP)
        out, _ = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, b"0\n")


EARLY = """
import os, signal, subprocess, sys
started = subprocess.Popen._execute_child
def start(self, *given):
    started(self, *given)
    os.kill(os.getpid(), int(sys.argv[2]))  # as soon as there is a process, and before Popen has returned
subprocess.Popen._execute_child = start
from leasectl.cli.clock import SystemClock
from leasectl.cluster.identity.plugin_process import run
run([sys.argv[1]], {"PATH": "/bin:/usr/bin"}, SystemClock(), 50, print)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_a_plugin_is_started_leaves_none_behind(plugin: Plugin, number: signal.Signals) -> None:
    plugin.runs(f"echo $$ >{plugin.path}.pid; sleep 60")
    command = [sys.executable, "-c", EARLY, str(plugin.path), str(int(number))]
    ended = subprocess.run(command, check=False, capture_output=True, timeout=20)
    assert ended.returncode == -number
    left = Path(f"{plugin.path}.pid")
    assert not left.exists() or still_there(left.read_text().strip()) == []


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
    ("script", "why"),
    [
        ("echo 'Open https://login in a browser' >&2; sleep 60", "gave no answer in time"),
        (f"echo '{GOOD}'; exec >&-; exec 2>&-; sleep 60", "closed its output but did not end"),
    ],
)
def test_a_plugin_that_hangs_is_ended_with_its_children(plugin: Plugin, script: str, why: str) -> None:
    plugin.runs(f"echo $$ >{plugin.path}.pid; {script}")
    began_at = time.monotonic()

    text = plugin.failure(wait_s=0.5)

    assert time.monotonic() - began_at < 10
    assert text.startswith(f"{GETTING}exec: executable PLUGIN {why}; ")
    assert text.endswith("it had 0.5s: if it waits for a login, run it by hand once, or set --request-timeout higher")
    group = Path(f"{plugin.path}.pid").read_text().strip()
    assert not [each for each in Path("/proc").glob("[0-9]*/stat") if group_of(each) == group]


def group_of(status: Path) -> str:
    """The process group of a process that lives, from its /proc/PID/stat."""
    try:
        _, _, rest = status.read_text().rpartition(")")
    except OSError:
        return ""
    state, _, group, *_ = rest.split()
    return "" if state == "Z" else group


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


def test_a_plugin_that_never_stops_printing_is_ended(plugin: Plugin) -> None:
    plugin.runs("yes")

    assert "exec: executable PLUGIN wrote far more than a credential" in plugin.failure()


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
