"""`--observe` as a person and a script see it: the line that moves, and what is left behind when it ends."""

from __future__ import annotations

import os
import time

import pytest

from tests.processes import leasectl
from tests.terminal import on_a_terminal

WIPE = "\r\x1b[K"


def test_a_line_shows_how_far_it_has_come_and_goes() -> None:
    shown = on_a_terminal("demo", "get", "-n", "kube-system", "--observe", "3s", columns=140)

    assert shown.code == 0
    assert "watching 6 leases, 0 seen renewing" in shown.text
    assert "3s" in shown.text
    line, _, table = shown.text.rpartition(WIPE)
    assert "[====================] 3s of 3s" not in table
    assert "[             " in line
    assert table.startswith("\x1b[1mNAME")
    assert "\x1b[?25" not in shown.text, "the cursor is left alone"


def test_ctrl_c_ends_it_and_leaves_nothing_behind() -> None:
    began_at = time.monotonic()

    shown = on_a_terminal("demo", "get", "--observe", "60s", type_=b"\x03", when="seen renewing")

    assert shown.code == 130
    assert time.monotonic() - began_at < 20
    assert shown.text.rpartition(WIPE)[2].strip() in {"", "^C"}
    assert "\x1b[?25" not in shown.text


def test_the_line_goes_to_stderr_so_that_stdout_is_data() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as data:
        shown = on_a_terminal("demo", "get", "-A", "-o", "name", "--observe", "2s", stdout=writing)
        os.close(writing)
        lines = data.read().splitlines()

    assert "seen renewing" in shown.text
    assert all(line.startswith("lease.coordination.k8s.io/") for line in lines)


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}])
def test_a_terminal_that_cannot_redraw_gets_no_line(environ: dict[str, str]) -> None:
    assert "\x1b" not in on_a_terminal("demo", "get", "--observe", "1s", environ=environ).text


def test_off_a_terminal_it_is_silent() -> None:
    ended = leasectl("demo", "get", "-n", "kube-system", "--observe", "1s")

    assert (ended.code, ended.stderr) == (0, "")


@pytest.mark.parametrize("columns", [20, 5])
def test_the_line_never_wraps(columns: int) -> None:
    shown = on_a_terminal("demo", "get", "-n", "kube-system", "--observe", "1s", columns=columns).text

    drawn = [line for line in shown.split(WIPE)[:-1] if line]
    assert drawn
    assert max(map(len, drawn)) < columns


@pytest.mark.parametrize("length", ["", "0", "-1s", "soon", "25h", "1e9s"])
def test_a_length_that_cannot_be_meant_is_refused(length: str) -> None:
    ended = leasectl("demo", "get", f"--observe={length}")

    assert ended.code == 2
    assert ended.stderr == (
        f'error: invalid argument "{length}" for "--observe" flag: '
        "it has to be longer than 0 and at most 24h, such as 20s or 1m\n"
    )


def test_a_dump_cannot_be_watched() -> None:
    ended = leasectl("get", "--from", "-", "--observe", "5s", stdin=b"{}")

    assert (ended.code, ended.stderr) == (2, "error: --observe watches a cluster: it has no place beside --from\n")


def test_a_cluster_in_which_nothing_is_found_is_not_waited_for() -> None:
    began_at = time.monotonic()

    ended = leasectl("demo", "get", "-n", "default", "--observe", "1h")

    assert ended.stderr == "No resources found in default namespace.\n"
    assert time.monotonic() - began_at < 30
