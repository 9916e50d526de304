"""Expressions, order and chunks, as typed: what goes to a pipe, what to a terminal, and what ends with which code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.making import document
from tests.processes import leasectl
from tests.terminal import on_a_terminal

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "evil\x1b[31m\u202e\nrow"


@pytest.fixture
def dump(tmp_path: Path) -> str:
    """Two leases, one of whose holders is hostile."""
    leases = [
        document("b", "one", holderIdentity=HOSTILE, leaseDurationSeconds=15),
        document("a", "one", holderIdentity="good", leaseDurationSeconds=40),
    ]
    items = [{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", **each} for each in leases]
    path = tmp_path / "dump.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return str(path)


def test_in_a_pipe_every_byte_of_a_value_stays(dump: str) -> None:
    ended = leasectl("get", "--from", dump, "-o", "jsonpath={.items[0].spec.holderIdentity}")

    assert ended == (0, HOSTILE, "")


@pytest.mark.parametrize("form", ["jsonpath={.items[0].spec.holderIdentity}", "custom-columns=BY:.spec.holderIdentity"])
def test_on_a_terminal_no_value_is_obeyed(dump: str, form: str) -> None:
    shown = on_a_terminal("get", "--from", dump, "-o", form)

    assert shown.code == 0
    assert "\x1b" not in shown.text
    assert "\u202e" not in shown.text
    assert r"\u202e\nrow" in shown.text


def test_as_json_is_json_on_a_terminal_too(dump: str) -> None:
    shown = on_a_terminal("get", "--from", dump, "-o", "jsonpath-as-json={.items[*].spec.holderIdentity}")

    assert "\u202e" not in shown.text
    assert json.loads(shown.text) == [HOSTILE, "good"]


def test_the_templates_own_text_is_printed_as_it_is(dump: str) -> None:
    template = 'jsonpath={range .items[*]}{.metadata.name}{"\\t"}{.spec.leaseDurationSeconds}{"\\n"}{end}'

    assert leasectl("get", "--from", dump, "-o", template).stdout == "b\t15\na\t40\n"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["-o", "jsonpath={.kind"], 2, "error: error parsing jsonpath {.kind, unclosed action\n"),
        (["-o", "jsonpath="], 2, "error: template format specified but no template given\n"),
        (["-o", "custom-columns=A"], 2, "error: unexpected custom-columns spec: A, expected <header>:<json-path-expr>\n"),
        (["-o", "custom-columns=A:.a[b"], 2, "error: unterminated array\n"),
        (["-o", "custom-columns=A:.kind", "--show-labels"], 2, "error: --show-labels option cannot be used with custom-columns=A:.kind printer\n"),
        (["-o", "jsonpath={.kind}", "--template", "x"], 2, 'error: unable to match a printer suitable for the output format "jsonpath={.kind}" with --template, allowed formats are: custom-columns,custom-columns-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,table,wide,yaml\n'),
        (["-o", "jsonpath={.items[9]}"], 1, 'error: error executing jsonpath "{.items[9]}": Error executing template: array index out of bounds: index 9, length 2\n'),
        (["-o", "jsonpath={.no}", "--allow-missing-template-keys=false"], 1, 'error: error executing jsonpath "{.no}": Error executing template: no is not found\n'),
        (["--allow-missing-template-keys=maybe"], 2, 'error: invalid argument "maybe" for "--allow-missing-template-keys" flag: it is true or false\n'),
        (["--sort-by", ".no"], 1, 'error: couldn\'t find any field with path "{.no}" in the list of objects; --sort-by takes a path, or renewed, remaining, held, age, holder, name, state\n'),
        (["--sort-by", "{a"], 2, "error: unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'; --sort-by takes a path, or renewed, remaining, held, age, holder, name, state\n"),
    ],
)  # fmt: skip
def test_an_expression_that_cannot_be_meant_is_one_clear_line(
    dump: str, words: list[str], code: int, says: str
) -> None:
    assert leasectl("get", "--from", dump, *words) == (code, "", says)


@pytest.mark.parametrize("key", ["name", "NAME", ".metadata.name", "{.metadata.name}", "metadata.name", "holder"])
@pytest.mark.parametrize("form", ["name", "jsonpath={.items[*].metadata.name}", "table"])
def test_the_order_counts_for_every_format(dump: str, key: str, form: str) -> None:
    key = ".metadata.name" if key == "holder" else key

    shown = leasectl("get", "--from", dump, "--sort-by", key, "-o", form, "--no-headers").stdout

    assert shown.split()[0 if form != "table" else 1].endswith("a")


def test_a_list_in_chunks_is_the_same_list() -> None:
    words = ("demo", "get", "-A", "-o", "name", "--sort-by", "name")

    assert leasectl(*words, "--chunk-size=3") == leasectl(*words)
