"""`leasectl doctor` as people and scripts run it."""

from __future__ import annotations

import ssl
import time
from typing import TYPE_CHECKING

import pytest

from leasectl.demo import Demo, SimulatedApi
from tests.cluster.certificates import authorities
from tests.cluster.scripted import Scripted, says, silence, status
from tests.e2e.doctored import doctor, kubeconfig, lines, of_demo
from tests.e2e.hostile import Tls
from tests.processes import leasectl
from tests.terminal import on_a_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


HOSTILE = "\x1b[31mred\u202e|'\n</x>"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with Demo() as cluster:
        yield cluster


def test_the_demo_fails_for_its_leases_alone() -> None:
    ended = leasectl("demo", "doctor")
    assert (ended.code, ended.stderr) == (2, "")
    told = lines(ended.stdout)
    assert list(told) == [
        "kubeconfig",
        "credentials",
        "connection",
        "server",
        "identity",
        "rights",
        "clock",
        "leases",
        "nodes",
        "elections",
        "plugin",
        "completion",
    ]
    assert told["identity"] == "ok you are demo, of system:masters, system:authenticated"
    assert told["rights"] == "ok all that leasectl uses, in every namespace"
    assert told["leases"].startswith("failed ")
    assert told["nodes"] == "warning 1 node lease has no Node: node-retired"
    assert ended.stdout.splitlines()[-1].startswith("failed: ")


def test_the_demo_s_secret_is_nowhere(demo: Demo, tmp_path: Path) -> None:
    config = demo.kubeconfig()
    entrance = config["clusters"][0]["cluster"]["server"].rpartition("/")[2]
    for form in ("text", "json", "yaml"):
        told = doctor("--kubeconfig", of_demo(demo, tmp_path), "-o", form).stdout
        assert entrance not in told
        assert demo.token not in told


def test_an_empty_cluster_is_ok(tmp_path: Path) -> None:
    with SimulatedApi() as api:
        ended = doctor("--kubeconfig", of_demo(api, tmp_path))
    told = lines(ended.stdout)
    assert told["leases"] == "ok no leases, none in trouble"
    assert told["server"].endswith("no leasecandidates: coordinated election is off, as usual")
    assert (ended.code, ended.stderr) == (0, "")


def test_rights_that_are_missing_are_a_warning_with_their_cost(tmp_path: Path) -> None:
    with SimulatedApi() as api:
        api.access.forbid("leases", "update", "kube-system")
        ended = doctor("--kubeconfig", of_demo(api, tmp_path))
    assert ended.code == 1
    assert "> may not update leases in kube-system: no steal, lock" in ended.stdout
    (row,) = [line.split() for line in ended.stdout.splitlines() if line.split()[:1] == ["kube-system"]]
    assert row == ["kube-system", "get,list,watch,create,delete", "list", "all"]


def test_who_may_list_nothing_sees_no_cascade(tmp_path: Path) -> None:
    with SimulatedApi() as api:
        api.access.forbid("leases")
        ended = doctor("--kubeconfig", of_demo(api, tmp_path))
    assert ended.code == 2
    assert ended.stdout.count("failed") == 3  # the line, and twice in the last one
    assert "not looked at: leases, nodes, elections" in ended.stdout


def test_without_a_kubeconfig(tmp_path: Path) -> None:
    ended = doctor(HOME=str(tmp_path))
    assert ended.code == 2
    missing = tmp_path / ".kube" / "config"
    assert lines(ended.stdout)["kubeconfig"] == (
        f"failed no kubeconfig: neither a flag nor KUBECONFIG names one, and there is no {missing}"
    )
    assert "not looked at: connection, server, identity, rights, clock, leases, nodes, elections" in ended.stdout


def test_a_kubeconfig_that_others_may_read(tmp_path: Path) -> None:
    with SimulatedApi() as api:
        path = of_demo(api, tmp_path)
        (tmp_path / "config").chmod(0o644)
        ended = doctor("--kubeconfig", path)
    assert ended.code == 1
    assert f"> chmod 600 {path}" in ended.stdout


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    ended = doctor("--kubeconfig", kubeconfig(tmp_path, "https://127.0.0.1:1"), "--context", "nope")
    assert ended.code == 2
    assert lines(ended.stdout)["kubeconfig"] == (
        "failed context was not found for specified context: nope; --context takes marked-context"
    )


def test_a_refused_port(tmp_path: Path) -> None:
    ended = doctor("--kubeconfig", kubeconfig(tmp_path, "https://127.0.0.1:1", token="t"))
    assert ended.code == 2
    assert lines(ended.stdout)["connection"].startswith(
        "failed https://127.0.0.1:1: The connection to the server 127.0.0.1:1 was"
    )


@pytest.mark.parametrize("authority", ["root", "other"])
def test_a_wrong_authority_and_the_right_one(tmp_path: Path, authority: str) -> None:
    made = authorities(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.path("server.crt"), made.path("server.key"))
    with Tls(context, says("403 Forbidden", status(403, "Forbidden", "no"))) as server:
        cluster = {"certificate-authority": made.path(f"{authority}.crt")}
        ended = doctor("--kubeconfig", kubeconfig(tmp_path, f"https://127.0.0.1:{server.port}", cluster, token="t"))
    level = "ok" if authority == "root" else "failed"
    assert lines(ended.stdout)["connection"].startswith(f"{level} https://127.0.0.1:{server.port}")
    assert ("failed to verify certificate" in ended.stdout) is (authority == "other")


def test_a_server_that_hangs_is_told_in_time(tmp_path: Path) -> None:
    with Scripted(silence) as server:
        began = time.monotonic()
        ended = doctor("--kubeconfig", kubeconfig(tmp_path, f"http://127.0.0.1:{server.port}"), "--timeout", "1s")
        took_s = time.monotonic() - began
    assert ended.code == 2
    assert "gave no answer in time" in lines(ended.stdout)["connection"]
    assert 1 <= took_s < 4


def test_a_server_that_hangs_after_it_answered_is_told_in_time(tmp_path: Path) -> None:
    version = says("200 OK", {"gitVersion": "v1.36.0", "major": "1", "minor": "36"})
    with Scripted(version, version, silence) as server:
        began = time.monotonic()
        ended = doctor("--kubeconfig", kubeconfig(tmp_path, f"http://127.0.0.1:{server.port}"), "--timeout", "1500ms")
        took_s = time.monotonic() - began
    assert ended.code == 2
    told = lines(ended.stdout)
    assert told["connection"].startswith("ok ")
    assert told["leases"].startswith("failed ")
    assert took_s < 5


def test_a_plugin_that_hangs_is_told_in_time(tmp_path: Path) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "sleep", "args": ["60"]}
    config = kubeconfig(tmp_path, "https://127.0.0.1:1", exec={**plugin, "interactiveMode": "Never"})
    began = time.monotonic()
    ended = doctor("--kubeconfig", config, "--timeout", "1s")
    assert ended.code == 2
    assert time.monotonic() - began < 4
    assert "gave no answer in time" in ended.stdout


def test_a_server_that_does_not_know_us(tmp_path: Path) -> None:
    with Scripted(says("401 Unauthorized", status(401, "Unauthorized", "Unauthorized"))) as server:
        config = kubeconfig(tmp_path, f"http://127.0.0.1:{server.port}", token="wrong")
        told = lines((ended := doctor("--kubeconfig", config)).stdout)
    assert ended.code == 2
    assert (
        told["credentials"]
        == "failed nothing: over plain HTTP no credentials are sent: You must be logged in to the server (Unauthorized)"
    )
    assert told["connection"].startswith("ok ")


@pytest.mark.parametrize("words", [("--bad",), ("--timeout", "0"), ("-o", "xml"), ("--observe", "soon"), ("x",)])
def test_wrong_usage_is_3_and_one_clear_error(words: tuple[str, ...]) -> None:
    ended = leasectl("demo", "doctor", *words)
    assert (ended.code, ended.stdout) == (3, "")
    assert ended.stderr.startswith("error: ")


@pytest.mark.parametrize("code", ["200 OK", "403 Forbidden", "500 Internal Server Error", "302 Found"])
def test_a_hostile_server_s_words_move_no_cursor(tmp_path: Path, code: str) -> None:
    body = {**status(403, HOSTILE, HOSTILE), "gitVersion": HOSTILE, "major": HOSTILE, "items": [{}], "status": {}}
    with Scripted(says(code, body)) as server:
        ended = doctor("--kubeconfig", kubeconfig(tmp_path, f"http://127.0.0.1:{server.port}"), "--timeout", "3s")
    assert ended.code in {1, 2}
    assert "bug" not in ended.stderr
    assert all(line.isprintable() for line in ended.stdout.split("\n"))


def test_on_a_terminal_each_line_has_its_mark() -> None:
    shown = on_a_terminal("demo", "doctor", columns=80, environ={"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"})
    assert shown.code == 2
    assert "\x1b[32m✓ \x1b[0m\x1b[32mok\x1b[0m       kubeconfig   " in shown.text
    assert "\x1b[1;31m✗ \x1b[0m\x1b[1;31mfailed\x1b[0m   leases       " in shown.text
    plain = on_a_terminal("demo", "doctor", environ={"LC_ALL": "C", "NO_COLOR": "1"})
    assert "\x1b" not in plain.text
    assert "✓" not in plain.text
