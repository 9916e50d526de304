"""What a cluster offers to a shell: answers of the installed program, in time and in silence."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.demo import Demo, SimulatedApi
from tests.cluster.scripted import Scripted, says, silence
from tests.completing import DEFAULT, NO_FILES, NO_SPACE, Answer, asked, printed, read
from tests.completions import COMPLETIONS
from tests.e2e.locked import is_gone
from tests.e2e.watched import Leases
from tests.processes import run
from tests.terminal import on_a_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_S = 3.5  # two seconds, and what a busy machine takes to start the program
KUBECTL = shutil.which(
    "kubectl", path=f"{os.environ.get('KUBEBUILDER_ASSETS', '')}{os.pathsep}{os.environ.get('PATH', '')}"
)
OWN = ["kube-controller-manager", "kube-scheduler"]
PAYMENTS = ["invoice-worker", "ledger-backup", "ledger-migrate", "nightly-report"]
NAMESPACES = ["cert-manager", "ingress-nginx", "kube-node-lease", "kube-system", "linkerd", "payments"]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with Demo() as running:
        yield running


@pytest.fixture
def config(demo: Demo, tmp_path: Path) -> str:
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(demo.kubeconfig()))
    return str(path)


def values(config: str, *words: str) -> list[str]:
    """What is offered, of this cluster."""
    return asked(*words, KUBECONFIG=config).values


def test_a_bare_name_is_looked_for_where_get_looks_and_other_namespaces_are_named(config: str) -> None:
    found = values(config, "get", "")
    assert {*OWN, "node-01", "cp-1"} <= set(found)
    assert [value for value in found if value.endswith("/")] == [f"{name}/" for name in NAMESPACES]
    assert not set(PAYMENTS) & set(found)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["get", "kube-sch"], ["kube-scheduler"]),
        (["get", "node-0"], [f"node-0{number}" for number in range(1, 10)]),
        (["describe", "payments/"], [f"payments/{name}" for name in PAYMENTS]),
        (["watch", "payments/le"], ["payments/ledger-backup", "payments/ledger-migrate"]),
        (["get", "payments/ledger-backup", "payments/le"], ["payments/ledger-migrate"]),
        (["get", "-n", "payments", "le"], ["ledger-backup", "ledger-migrate"]),
        (["-n=payments", "get", "ledger-backup", "le"], ["ledger-migrate"]),
        (["get", "-n", "payments", "payments/le"], ["payments/ledger-backup", "payments/ledger-migrate"]),
        (["get", "-n", "payments", "linkerd/"], []),
        (["get", "-n", "payments", "kube"], []),
        (["get", "node/node-01", "node/node-0"], [f"node/node-0{number}" for number in range(2, 10)]),
        (["get", "node-01", "node/node-01"], []),
        (["get", "lease/kube-c"], ["lease/kube-controller-manager"]),
        (["get", "-n", "payments", "lease/le"], ["lease/ledger-backup", "lease/ledger-migrate"]),
        (["get", "LEASE/kube-c"], ["LEASE/kube-controller-manager"]),
        (["get", "nowhere/"], []),
        (["get", "a/b/c"], []),
        (["get", "../"], []),
        (["get", "-A", ""], []),
        (["get", "-l", "a=b", ""], []),
        (["get", "--from", "x", ""], []),
        (["get", "--request-timeout", "nonsense", ""], []),
        (["get", "--context", "nonsense", ""], []),
        (["get", "--", "kube-sch"], ["kube-scheduler"]),
        # What they refuse is not offered.
        (["steal", "kube-"], ["kube-controller-manager", "kube-system/"]),
        (["steal", "node/"], []),
        (["steal", "kube-controller-manager", ""], []),
        (["lock", "-n", "payments", ""], ["ledger-backup", "ledger-migrate", "nightly-report"]),
        (["lock", "-n", "payments", "--leader", "in"], ["invoice-worker"]),
        (["lock", "payments/n"], ["payments/nightly-report"]),
        # Namespaces, and what the kubeconfig names.
        (["get", "-n", "pay"], ["payments"]),
        (["get", "-npay"], ["-npayments"]),
        (["get", "-n=pay"], ["payments"]),
        (["--namespace=pay"], ["payments"]),
        (["get", "--context", ""], ["demo"]),
        # Who holds them.
        (["get", "-A", "--holder", "job"], ["job-7f_1_a3"]),
        (["get", "-n", "payments", "--holder=job"], ["job-7f_1_a3"]),
        (["watch", "-n", "payments", "--until", "held-by=job"], ["held-by=job-7f_1_a3"]),
        (["steal", "payments/ledger-migrate", "--if-holder", ""], ["job-7f_1_a3"]),
        (["expire-check", "payments/ledger-migrate", "--expect-holder", ""], ["job-7f_1_a3"]),
    ],
)
def test_words_become_what_the_cluster_has(words: list[str], expected: list[str], config: str) -> None:
    found = values(config, *words)
    assert sorted(found) == sorted(expected)


def test_another_one_is_offered_to_hand_a_lease_to(config: str) -> None:
    found = values(config, "steal", "payments/ledger-migrate", "--to", "")
    assert found
    assert "job-7f_1_a3" not in found


def test_a_namespace_alone_goes_on_behind_its_slash(config: str) -> None:
    assert asked("get", "paym", KUBECONFIG=config) == Answer(["payments/"], NO_FILES | NO_SPACE)
    assert asked("get", "kube-", KUBECONFIG=config).directive == NO_FILES


def test_each_name_is_told_with_its_verdict(config: str) -> None:
    text = printed("get", "payments/ledger-m", KUBECONFIG=config)
    assert text == "payments/ledger-migrate\tExpired lock, held by job-7f_1_a3\n:4\n"


def test_the_demo_brings_its_own_names() -> None:
    assert asked("demo", "get", "payments/le").values == ["payments/ledger-backup", "payments/ledger-migrate"]
    assert asked("demo", "get", "-n", "pay").values == ["payments"]
    assert asked("demo", "--nodes", "3", "get", "node-0").values == ["node-01", "node-02", "node-03"]
    assert asked("demo", "get", "--context", "x", "").values == []


def test_a_name_that_lies_in_two_namespaces_is_offered_behind_them_alone(tmp_path: Path) -> None:
    with SimulatedApi() as api:
        for namespace in ("kube-system", "kube-node-lease"):
            Leases(api, tmp_path / "kubeconfig", namespace).put("twice", "x")
        config = str(tmp_path / "kubeconfig")
        assert values(config, "get", "tw") == []
        assert values(config, "get", "kube-system/tw") == ["kube-system/twice"]


def test_who_may_not_read_everything_is_offered_what_may_be_read(tmp_path: Path) -> None:
    with SimulatedApi() as api:
        config = str(tmp_path / "kubeconfig")
        Leases(api, tmp_path / "kubeconfig", "team").put("ours", "x")
        Leases(api, tmp_path / "kubeconfig", "kube-system").put("theirs", "x")
        api.access.forbid("namespaces", "list")
        assert values(config, "get", "-n", "") == ["kube-system", "team"]
        api.access.forbid("leases", "list", "kube-system")
        assert values(config, "get", "kube-system/") == []
        assert values(config, "get", "-n", "team", "") == ["ours"]
        api.access.forbid("leases")
        assert values(config, "get", "") == []
        assert values(config, "get", "-n", "") == []


def in_time(*words: str, **environ: str) -> Answer:
    """The answer, which came in time."""
    began = time.monotonic()
    answer = asked(*words, **environ)
    assert time.monotonic() - began < LONGEST_S
    return answer


@pytest.mark.parametrize("words", [("get", ""), ("get", "-n", ""), ("steal", "x", "--if-holder", "")])
def test_a_server_that_hangs_has_two_seconds(words: tuple[str, ...]) -> None:
    with Scripted(silence) as server:
        flags = ("--server", f"http://127.0.0.1:{server.port}", "--request-timeout", "1h")
        assert in_time(*flags, *words) == Answer([], NO_FILES)


def test_so_has_a_proxy() -> None:
    with Scripted(silence) as proxy:
        flags = ("--server", "https://cluster.invalid", "get", "")
        assert in_time(*flags, HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}") == Answer([], NO_FILES)


def test_what_was_read_before_a_server_hangs_is_offered() -> None:
    lease = {"metadata": {"name": "first", "namespace": "kube-system"}, "spec": {"holderIdentity": "x"}}
    listed = {"kind": "LeaseList", "apiVersion": "coordination.k8s.io/v1", "metadata": {}, "items": [lease]}
    with Scripted(says("200 OK", listed), silence) as server:
        found = in_time("--server", f"http://127.0.0.1:{server.port}", "get", "f")
    assert found == Answer(["first"], NO_FILES)


def with_plugin(folder: Path, server: str, script: str, mode: str = "IfAvailable") -> str:
    """A kubeconfig whose user is a plugin's; the plugin is a shell script."""
    plugin: dict[str, Any] = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "/bin/sh",
        "args": ["-c", script],
        "interactiveMode": mode,
    }
    document = {
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"exec": plugin}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path = folder / "kubeconfig"
    path.write_text(json.dumps(document))
    return str(path)


@pytest.mark.parametrize("script", ["echo 'log in at https://x' >&2; exit 1", "echo nonsense", "exit 0", "kill -9 $$"])
def test_a_plugin_that_fails_is_silent(script: str, tmp_path: Path) -> None:
    config = with_plugin(tmp_path, "https://127.0.0.1:1", script)
    assert in_time("get", "", KUBECONFIG=config) == Answer([], NO_FILES)


def test_a_plugin_that_hangs_is_ended_in_time(tmp_path: Path) -> None:
    config = with_plugin(tmp_path, "https://127.0.0.1:1", f"echo $$ >{tmp_path}/pid; exec sleep 600")
    assert in_time("get", "", KUBECONFIG=config) == Answer([], NO_FILES)
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_a_plugin_that_wants_to_ask_somebody_is_not_started(tmp_path: Path) -> None:
    config = with_plugin(tmp_path, "https://127.0.0.1:1", f"touch {tmp_path}/started", "Always")
    assert asked("get", "", KUBECONFIG=config) == Answer([], NO_FILES)
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize("script", ["echo Password: >/dev/tty", "read password </dev/tty", "stty -echo </dev/tty"])
def test_a_plugin_has_no_terminal_to_ask_at(script: str, tmp_path: Path) -> None:
    """One that opens /dev/tty, past stdin and stderr, would write into the line that somebody types."""
    config = with_plugin(tmp_path, "https://127.0.0.1:1", f"{script}; echo $? >{tmp_path}/ended; exit 1")
    shown = on_a_terminal("__complete", "get", "", environ={"KUBECONFIG": config})
    assert shown == (0, ":4\r\n")
    assert (tmp_path / "ended").read_text() != "0\n"


def test_contexts_ask_no_plugin_and_no_server(tmp_path: Path) -> None:
    config = with_plugin(tmp_path, "https://127.0.0.1:1", f"touch {tmp_path}/started")
    assert values(config, "get", "--context", "") == ["x"]
    assert values(config, "get", "--cluster=") == ["c"]
    assert values(config, "get", "--user", "") == ["u"]
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize("content", ["", "nonsense: [", "[]", "clusters: 5"])
def test_a_kubeconfig_that_cannot_be_used_is_silent(content: str, tmp_path: Path) -> None:
    config = tmp_path / "kubeconfig"
    config.write_text(content)
    for words in (["get", ""], ["get", "--context", ""], ["get", "-n", ""]):
        assert asked(*words, KUBECONFIG=str(config)) == Answer([], NO_FILES)
    assert asked("get", "--kubeconfig", str(tmp_path / "none"), "") == Answer([], NO_FILES)


@pytest.mark.parametrize("words", [("get", ""), ("get", "--context", "")])
def test_a_file_that_hangs_has_two_seconds_too(words: tuple[str, ...], tmp_path: Path) -> None:
    """Nothing interrupts the wait for it, as for a name's resolution."""
    os.mkfifo(tmp_path / "kubeconfig")
    assert in_time(*words, KUBECONFIG=str(tmp_path / "kubeconfig")) == Answer([], NO_FILES)


def test_what_went_wrong_is_in_the_file_for_debugging(tmp_path: Path) -> None:
    log = tmp_path / "log"
    asked("get", "--kubeconfig", str(tmp_path / "none"), "", BASH_COMP_DEBUG_FILE=str(log))
    assert "none: no such file" in log.read_text()


def test_a_file_for_debugging_that_cannot_be_written_disturbs_nobody(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "log"):
        found = asked("get", "--kubeconfig", str(tmp_path / "none"), "", BASH_COMP_DEBUG_FILE=str(path))
        assert found == Answer([], NO_FILES)


def test_kubectls_own_way_in_is_the_same_program(config: str) -> None:
    installed = Path(sys.executable).parent
    for command in (str(installed / "kubectl_complete-lease"), str(COMPLETIONS / "kubectl_complete-lease")):
        path = f"{installed}:/usr/bin:/bin"
        ended = run([command, "get", "payments/ledger-m"], KUBECONFIG=config, PATH=path)
        assert ended == (0, "payments/ledger-migrate\tExpired lock, held by job-7f_1_a3\n:4\n", "")
        ended = run([command, "lock", "x", "--", ""], PATH=path)
        assert ended == (0, f":{DEFAULT}\n", "")


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not on the PATH, nor in KUBEBUILDER_ASSETS")
def test_kubectl_hands_on_what_is_offered(config: str, tmp_path: Path) -> None:
    environ = {"KUBECONFIG": config, "HOME": str(tmp_path), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    for words, expected in (
        (["get", ""], [f"{name}/" for name in NAMESPACES]),
        (["get", "payments/"], [f"payments/{name}" for name in PAYMENTS]),
        (["get", "--all-n"], ["--all-namespaces"]),
        (["get", "-n", "pay"], ["payments"]),
        (["des"], ["describe"]),
    ):
        ended = run([KUBECTL or "", "__complete", "lease", *words], stdin=b"", **environ)
        answer = read(ended.stdout)
        assert set(expected) <= set(answer.values)
        assert answer.directive == NO_FILES
