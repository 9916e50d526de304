"""Whole runs of the installed program against the demo: what people and scripts rely on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from leasectl import __version__
from tests.cluster.scripted import Scripted, silence
from tests.processes import LEASECTL, leasectl, run
from tests.terminal import on_a_terminal


def test_the_first_screen_shows_what_the_tool_is_for() -> None:
    ended = leasectl("demo", "get", "-A")
    assert (ended.code, ended.stderr) == (0, "")
    header, *rows = ended.stdout.splitlines()
    assert header.split() == ["NAMESPACE", "NAME", "KIND", "STATE", "RENEWED", "REMAINING", "HELD", "SKEW", "HOLDER"]
    states = {tuple(row.split()[2:4]) for row in rows}
    assert {
        ("node", "Fresh"),
        ("node", "Late"),
        ("node", "Expired"),
        ("apiserver", "Late"),
        ("election", "Fresh"),
        ("election", "Released"),
        ("coordinated", "Fresh"),
        ("lock", "Released"),
        ("lock", "Expired"),
    } <= states
    assert any("+40s" in row for row in rows)


def test_version() -> None:
    assert leasectl("--version") == (0, f"leasectl {__version__}\n", "")


@pytest.mark.parametrize("words", [(), ("get",), ("demo",), ("options",)])
def test_no_line_of_help_is_wider_than_a_terminal(words: tuple[str, ...]) -> None:
    shown = leasectl(*words, "--help", COLUMNS="80").stdout
    assert shown.startswith("Usage: leasectl ")
    assert [line for line in shown.splitlines() if len(line) > 80] == []


def test_no_words_at_all_show_the_help() -> None:
    assert leasectl().stdout == leasectl("--help").stdout
    assert "leasectl demo get -A" in leasectl().stdout


def test_as_a_plugin_the_help_names_the_plugin() -> None:
    shim = str(Path(LEASECTL).parent / "kubectl-lease")
    shown = run([shim, "get", "--help"]).stdout
    assert "kubectl lease get -A --trouble" in shown
    assert "leasectl" not in shown


@pytest.mark.parametrize("alias", ["list", "ls"])
def test_list_and_ls_are_get(alias: str) -> None:
    assert leasectl("demo", alias, "node/node-03", "--no-headers").stdout.split()[:4] == [
        "kube-node-lease",
        "node-03",
        "node",
        "Expired",
    ]


def test_without_a_cluster_the_error_says_what_to_do() -> None:
    ended = leasectl("get")
    assert ended.code == 1
    assert ended.stderr.startswith("error: no cluster is configured: ")
    assert "leasectl demo get -A" in ended.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("get", "--nonsense"), "error: unknown flag: --nonsense\nSee 'leasectl get --help' for usage.\n"),
        (("gett",), 'error: unknown command "gett" for "leasectl"\n\nDid you mean this?\n    get\n'),
        (("get", "-o", "xml"), "error: unable to match a printer suitable for the output format"),
        (("get", "--request-timeout", "soon"), "error: Invalid timeout value."),
        (("get", "--at", "2026-11-21"), "error: --at judges a dump: it needs --from FILE\n"),
        (("get", "--from", "-", "-l", "a in"), "error: unable to parse requirement: found '' expected: '('\n"),
        (("demo", "--context", "x", "get"), "error: the demo brings its own cluster: --context has no place here\n"),
        (("demo", "get", "--server", "x"), "error: the demo brings its own cluster: --server has no place here\n"),
        (("demo", "--nodes", "many", "get"), "error: "),
        (("demo", "--nodes", "-1", "get"), "error: "),
    ],
)
def test_a_command_line_that_cannot_be_meant_is_2_and_one_clear_error(words: tuple[str, ...], said: str) -> None:
    ended = leasectl(*words, stdin=b'{"kind":"List","apiVersion":"v1","items":[]}')
    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr.startswith(said)
    assert "Traceback" not in ended.stderr


def test_a_dump_is_judged_as_a_cluster_is() -> None:
    dump = leasectl("demo", "get", "-A", "-o", "json", "--show-managed-fields").stdout
    again = leasectl("get", "--from", "-", "--kind", "lock", "-o", "name", stdin=dump.encode())
    assert again.stdout.split() == [
        f"lease.coordination.k8s.io/{n}" for n in ("ledger-backup", "ledger-migrate", "nightly-report")
    ]
    yaml = leasectl("get", "--from", "-", "-A", "-o", "yaml", "--show-managed-fields", stdin=dump.encode())
    back = leasectl("get", "--from", "-", "-A", "-o", "json", "--show-managed-fields", stdin=yaml.stdout.encode())
    assert json.loads(back.stdout) == json.loads(dump)


def test_a_name_that_lies_in_two_namespaces_is_an_error_that_names_both() -> None:
    twice = "".join(
        f'{{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{{"name":"x","namespace":"{n}"}}}}'
        for n in "ab"
    )
    ended = leasectl("get", "x", "--from", "-", stdin=twice.encode())
    assert (ended.code, ended.stderr) == (2, 'error: "x" is a lease in a and in b; say which: -n a, or a/x\n')


def test_a_reader_that_goes_away_ends_it_without_a_word() -> None:
    command = f"{LEASECTL} demo --nodes 3000 get -A 2>&1 | head -1"
    ended = run(["bash", "-c", f"set -o pipefail; {command}"])
    assert ended.code == 128 + signal.SIGPIPE
    assert ended.stdout.startswith("NAMESPACE")
    assert ended.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("redirection", "code"), [("<&-", 0), (">&-", 0), ("2>&-", 0), ("<&- >&- 2>&-", 0), (">&- 2>&- get nope", 1)]
)
def test_closed_streams_are_no_reason_to_fail(redirection: str, code: int) -> None:
    words = "" if "get" in redirection else "get -n payments"
    ended = run(["bash", "-c", f"{LEASECTL} demo {words} {redirection}"])
    assert ended.code == code
    assert "Traceback" not in ended.stderr
    assert ("ledger-migrate" in ended.stdout) == (">&-" not in redirection.replace("2>&-", ""))


def test_an_argument_that_is_no_text_is_refused() -> None:
    ended = run(["bash", "-c", f"{LEASECTL} demo get $'\\xff\\xfe'"])
    assert (ended.code, ended.stderr) == (2, 'error: the argument "\\udcff\\udcfe" is not UTF-8\n')


@pytest.mark.parametrize("words", ["demo get -A", "--version", "get --help", "options"])
def test_a_full_disk_is_an_error_and_no_success(words: str) -> None:
    ended = run(["bash", "-c", f"{LEASECTL} {words} >/dev/full"])
    assert (ended.code, ended.stderr) == (1, "error: standard output: No space left on device\n")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)],
    ids=str,
)
def test_a_demo_that_is_ended_leaves_nothing_behind(number: signal.Signals, code: int, tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [LEASECTL, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    assert demo.stdout is not None
    assert demo.stderr is not None
    try:
        said = demo.stdout.readline().decode()
        config = Path(re.fullmatch(r"export KUBECONFIG=(\S+)\n", said)[1])  # type: ignore[index]
        assert config.stat().st_mode & 0o777 == 0o600
        assert "payments" in leasectl("get", "-A", KUBECONFIG=str(config)).stdout
        demo.send_signal(number)
        assert demo.wait(10) == code
        assert "Traceback" not in demo.stderr.read().decode()
    finally:
        demo.kill()
        demo.stdout.close()
        demo.stderr.close()
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_a_wait_with_130_and_without_a_word() -> None:
    with Scripted(silence) as server:
        command = [LEASECTL, "get", "-A", "--server", f"http://127.0.0.1:{server.port}"]
        waiting = subprocess.Popen(command, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 10
        while not server.requests and time.monotonic() < deadline:
            time.sleep(0.05)
        waiting.send_signal(signal.SIGINT)
        _, said = waiting.communicate(timeout=10)
    assert (waiting.returncode, said) == (130, b"")


def test_a_terminal_gets_colour_a_summary_and_holders_that_fit() -> None:
    shown = on_a_terminal("demo", "get", "-n", "kube-system", columns=110).text
    assert "\x1b[2mFresh\x1b[0m" in shown
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert re.search(r"6 leases: 5 Fresh, 1 Late; server clock [+-]0\.\ds", plain)
    assert "…" in plain


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_go_where_they_are_not_wanted(environ: dict[str, str]) -> None:
    assert "\x1b" not in on_a_terminal("demo", "get", "-A", environ=environ).text


@pytest.fixture
def hebrew(tmp_path: Path) -> str:
    """A dump whose holder is written from right to left, and is too long for 80 cells."""
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "a", "namespace": "b"},
        "spec": {"holderIdentity": "אב" + "x" * 80, "leaseDurationSeconds": 9},
    }
    dump = tmp_path / "dump.json"
    dump.write_text(json.dumps(lease))
    return str(dump)


@pytest.mark.parametrize("locale", ["C", "de_DE.ISO-8859-1"])
def test_a_terminal_that_knows_no_utf_8_gets_ascii(locale: str, hebrew: str) -> None:
    shown = on_a_terminal("get", "--from", hebrew, columns=80, environ={"LC_ALL": locale}).text
    assert shown.isascii()
    assert r"\u05d0\u05d1xxx" in shown
    assert "x~x" in shown


def test_a_pipe_gets_utf_8_whatever_the_locale(hebrew: str) -> None:
    assert "אבx" in leasectl("get", "--from", hebrew, LC_ALL="C").stdout


def test_colour_can_be_forced_into_a_pipe() -> None:
    assert "\x1b[2mFresh" in leasectl("demo", "get", "-A", FORCE_COLOR="1").stdout


def test_a_hostile_holder_reaches_no_terminal() -> None:
    hostile = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "a", "namespace": "b"},
        "spec": {"holderIdentity": "\x1b[31mred\x07[bold]x[/bold]\n\u202e", "leaseDurationSeconds": 9},
    }
    ended = leasectl("get", "--from", "-", stdin=json.dumps(hostile).encode())
    assert ended.stdout.splitlines()[1].endswith(r"\x1b[31mred\x07[bold]x[/bold]\n\u202e")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
@pytest.mark.parametrize(
    ("words", "code", "lines"),
    [(["demo", "get", "-n", "kube-system", "x", "kube-scheduler"], 1, 2), (["get", "--bogus"], 2, 0)],
)
def test_an_error_that_nobody_can_be_told_changes_neither_data_nor_code(
    words: list[str], code: int, lines: int
) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run([LEASECTL, *words], check=False, stdout=subprocess.PIPE, stderr=full, timeout=60)

    assert ended.returncode == code
    assert ended.stdout.count(b"\n") == lines
