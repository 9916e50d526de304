"""`leasectl describe` as people run it, on the demo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest
import yaml

from leasectl.demo import Demo
from leasectl.lease.account.facts import Account
from tests.described import KEPT, LEASES, described
from tests.making import document
from tests.processes import leasectl

if TYPE_CHECKING:
    from pathlib import Path

DUMP = msgspec.json.encode({"apiVersion": "v1", "kind": "List", "items": [{**document("a"), "kind": "Lease"}]})
DUMP = DUMP.replace(b'"kind":"Lease"', b'"kind":"Lease","apiVersion":"coordination.k8s.io/v1"')
TRIES = 3  # a machine that is busy for seconds makes a late lease an expired one


@pytest.mark.parametrize("title", LEASES)
def test_every_trouble_of_the_demo_is_explained_as_it_was(title: str) -> None:
    kept = (KEPT / f"{title}.txt").read_text()
    told = [described(LEASES[title])]
    while kept not in told and len(told) < TRIES:
        told.append(described(LEASES[title]))
    assert told[-1] == kept, "if it is meant to be so, run `make docs`"


def test_what_is_advised_asks_the_cluster_that_was_asked(tmp_path: Path) -> None:
    with Demo() as demo:
        (tmp_path / "kubeconfig").write_text(json.dumps(demo.kubeconfig()))
        ended = leasectl(
            "describe", "payments/ledger-migrate", "--context=demo", KUBECONFIG=str(tmp_path / "kubeconfig")
        )
    assert "Try:          leasectl --context demo watch payments/ledger-migrate --until changed\n" in ended.stdout


def test_several_leases_are_parted_as_kubectl_parts_them() -> None:
    ended = leasectl("demo", "describe", "node/node-01", "payments/ledger-backup")
    assert ended.code == 0
    first, second = ended.stdout.split("\n\n\n")
    assert first.startswith("Name:         node-01\n")
    assert second.startswith("Name:         ledger-backup\n")


def test_a_document_says_the_same_in_json_and_in_yaml() -> None:
    as_json = leasectl("demo", "describe", "payments/ledger-migrate", "-ojson")
    as_yaml = leasectl("demo", "describe", "payments/ledger-migrate", "-o=yaml")
    found = msgspec.json.decode(as_json.stdout, type=Account)
    assert found.state == "Expired"
    assert [act.who for act in found.next] == ["whoever waits for it"]
    told = yaml.safe_load(as_yaml.stdout)
    assert told.keys() == json.loads(as_json.stdout).keys()
    assert told["advice"] == found.advice
    assert list(json.loads(as_json.stdout))[:2] == ["apiVersion", "kind"]


def test_several_names_are_a_list_and_what_is_not_there_is_an_error() -> None:
    ended = leasectl("demo", "describe", "node/node-01", "nobody", "-o", "json")
    assert ended.code == 1
    assert ended.stderr == 'Error from server (NotFound): leases.coordination.k8s.io "nobody" not found\n'
    assert [item["name"] for item in json.loads(ended.stdout)["items"]] == ["node-01"]
    assert leasectl("demo", "describe", "nobody", "-o", "json").stdout == ""


def test_a_name_may_be_the_beginning_of_names() -> None:
    ended = leasectl("demo", "describe", "apiserver-", "node/node-0", "-o", "json")
    assert ended.code == 0
    names = [item["name"] for item in json.loads(ended.stdout)["items"]]
    assert sum(name.startswith("apiserver-") for name in names) == 3
    assert sum(name.startswith("node-0") for name in names) == 9


def test_filters_select_what_is_explained() -> None:
    ended = leasectl("demo", "describe", "-A", "--kind", "lock", "--stale", "-o", "json")
    assert [item["name"] for item in json.loads(ended.stdout)["items"]] == ["ledger-migrate"]
    nothing = leasectl("demo", "describe", "-n", "payments", "--kind", "node")
    assert (nothing.code, nothing.stdout) == (0, "")
    assert nothing.stderr == "No resources found in payments namespace.\n"


def test_more_than_fifty_are_refused() -> None:
    ended = leasectl("demo", "--nodes", "60", "describe", "-A")
    assert ended.code == 2
    assert ended.stderr.startswith("error: 74 leases are meant, 50 are explained at once: name them")


def test_a_dump_is_explained_without_what_lies_around() -> None:
    ended = leasectl("describe", "--from", "-", stdin=DUMP)
    assert ended.code == 0
    assert "State:        Unheld\n" in ended.stdout
    assert "Not seen:     what lies around it: a dump holds leases and nothing else\n" in ended.stdout


def test_events_can_be_left_out() -> None:
    ended = leasectl("demo", "describe", "kube-controller-manager", "--show-events=false")
    assert ended.code == 0
    assert "Events:" not in ended.stdout
    assert "Advice:" in ended.stdout


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            ("-o", "wide"),
            'error: unable to match a printer suitable for the output format "wide", allowed formats are:',
        ),
        (("--show-events=maybe",), 'error: invalid argument "maybe" for "--show-events" flag: it is true or false'),
        (("--at", "2026-11-21T06:00:00Z"), "error: --at judges a dump: it needs --from FILE"),
        (("-A", "x"), "error: a resource cannot be retrieved by name across all namespaces"),
    ],
)
def test_what_cannot_be_meant_is_said(words: tuple[str, ...], error: str) -> None:
    ended = leasectl("demo", "describe", *words)
    assert ended.code == 2
    assert ended.stderr.startswith(error)


def test_without_a_server_there_is_one_clear_error(tmp_path: Path) -> None:
    config = tmp_path / "kubeconfig"
    config.write_text(
        "{clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}], users: [{name: u, user: {}}],"
        " contexts: [{name: x, context: {cluster: c, user: u}}], current-context: x}"
    )
    ended = leasectl("describe", "x", KUBECONFIG=str(config))
    assert ended.code == 1
    assert ended.stderr.startswith("The connection to the server 127.0.0.1:1 was refused")
