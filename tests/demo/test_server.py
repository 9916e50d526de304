"""The server: what only the simulated one has, and that nothing of it is left."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.demo import Demo, SimulatedApi
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import LEASES

if TYPE_CHECKING:
    from collections.abc import Iterator

LEASE_PATH = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
OWNER = Owner("test")


def _ask(api: SimulatedApi, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes, Any]:
    connection = http.client.HTTPConnection(api.url.removeprefix("http://"), timeout=10)
    try:
        sent = {"Authorization": f"Bearer {api.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def _make(api: SimulatedApi, name: str) -> None:
    api.store.create(LEASES, "default", {"metadata": {"name": name}, "spec": {"holderIdentity": "a"}}, OWNER)


@pytest.fixture
def api() -> Iterator[SimulatedApi]:
    with SimulatedApi() as api:
        yield api


def test_what_is_written_into_the_store_is_served(api: SimulatedApi) -> None:
    _make(api, "one")

    code, body, _ = _ask(api, "GET", f"{LEASE_PATH}/one")

    assert (code, json.loads(body)["spec"]) == (200, {"holderIdentity": "a"})


def test_a_write_into_the_store_wakes_a_watch(api: SimulatedApi) -> None:
    connection = http.client.HTTPConnection(api.url.removeprefix("http://"), timeout=10)
    connection.request("GET", f"{LEASE_PATH}?watch=1", headers={"Authorization": f"Bearer {api.token}"})
    answer = connection.getresponse()

    _make(api, "one")

    assert json.loads(answer.readline())["object"]["metadata"]["name"] == "one"
    answer.close()
    connection.close()


def test_stopping_ends_hanging_watches_at_once_and_leaves_nothing() -> None:
    before = set(threading.enumerate())
    api = SimulatedApi()
    api.start()
    connection = http.client.HTTPConnection(api.url.removeprefix("http://"), timeout=10)
    connection.request("GET", f"{LEASE_PATH}?watch=1", headers={"Authorization": f"Bearer {api.token}"})
    answer = connection.getresponse()
    began = time.monotonic()

    api.stop()

    assert time.monotonic() - began < 1.0
    assert answer.read() == b""
    connection.close()
    assert set(threading.enumerate()) == before
    port = int(api.url.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
    api.stop()


def test_a_demo_starts_fast_renews_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opened = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    began = time.monotonic()
    with Demo() as demo:
        assert time.monotonic() - began < 0.5
        first, body, _ = _ask(demo, "GET", "/apis/coordination.k8s.io/v1/leases")
        deadline, version = time.monotonic() + 10, demo.store.version
        while demo.store.version == version and time.monotonic() < deadline:
            threading.Event().wait(0.05)
        assert demo.store.version > version
    assert first == 200
    assert len(json.loads(body)["items"]) == 26
    assert not list(tmp_path.iterdir())
    assert (len(list(Path("/proc/self/fd").iterdir())) if opened else 0) <= opened  # others may end meanwhile


def test_a_demo_can_be_ended_before_it_began() -> None:
    Demo().stop()


def test_the_kubeconfig_opens_the_door_without_a_token() -> None:
    with SimulatedApi() as api:
        config = api.kubeconfig()
        (cluster,) = config["clusters"]
        path = cluster["cluster"]["server"].removeprefix(api.url)

        connection = http.client.HTTPConnection(api.url.removeprefix("http://"), timeout=10)
        codes = []
        for url in (f"{path}{LEASE_PATH}", LEASE_PATH, f"/wrong{LEASE_PATH}"):
            connection.request("GET", url)
            answer = connection.getresponse()
            answer.read()
            codes.append(answer.status)
        connection.close()

    assert config["current-context"] == "demo"
    assert config["users"] == [{"name": "demo", "user": {"token": api.token}}]
    assert codes == [200, 403, 403]


def test_what_is_forbidden_is_refused_and_reviewed_so(api: SimulatedApi) -> None:
    api.access.forbid("nodes")
    api.access.forbid("leases", "update", "default")
    attributes = {"namespace": "default", "verb": "update", "group": "coordination.k8s.io", "resource": "leases"}
    review = {"spec": {"resourceAttributes": attributes}}

    code, body, _ = _ask(api, "GET", "/api/v1/nodes")
    reviewed = _ask(api, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)

    message = 'nodes is forbidden: User "demo" cannot list resource "nodes" in API group "" at the cluster scope'
    assert (code, json.loads(body)["message"]) == (403, message)
    assert json.loads(reviewed[1])["status"] == {"allowed": False}
    assert _ask(api, "GET", LEASE_PATH)[0] == 200
    assert _ask(api, "PUT", f"{LEASE_PATH}/one", {"metadata": {"name": "one"}})[0] == 403


def test_candidates_are_served_where_coordination_is_on() -> None:
    path = "/apis/coordination.k8s.io/v1beta1/leasecandidates"
    with Demo() as demo:
        code, body, _ = _ask(demo, "GET", path)
        _, group, _ = _ask(demo, "GET", "/apis/coordination.k8s.io")

    assert (code, json.loads(body)["kind"], len(json.loads(body)["items"])) == (200, "LeaseCandidateList", 3)
    assert [version["version"] for version in json.loads(group)["versions"]] == ["v1", "v1beta1"]
    assert json.loads(group)["preferredVersion"]["version"] == "v1"


def test_a_long_answer_is_zipped_only_where_that_was_asked_for(api: SimulatedApi) -> None:
    body = {"metadata": {"name": "long"}, "spec": {"holderIdentity": "x" * 200_000}}
    api.store.create(LEASES, "default", body, OWNER)

    _, plain, plain_headers = _ask(api, "GET", LEASE_PATH)
    _, zipped, zipped_headers = _ask(api, "GET", LEASE_PATH, Accept_Encoding="gzip")

    assert "Content-Encoding" not in plain_headers
    assert zipped_headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped) == plain


def test_a_table_is_made_for_kubectl(api: SimulatedApi) -> None:
    _make(api, "one")

    _, body, _ = _ask(api, "GET", LEASE_PATH, Accept="application/json;as=Table;v=v1;g=meta.k8s.io")

    table = json.loads(body)
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Holder", "Age"]
    assert [row["cells"][:2] for row in table["rows"]] == [["one", "a"]]


def test_bookmarks_come_as_often_as_was_asked_for() -> None:
    with SimulatedApi(bookmark_s=0.05) as api:
        connection = http.client.HTTPConnection(api.url.removeprefix("http://"), timeout=10)
        query = "watch=1&allowWatchBookmarks=true&timeoutSeconds=1"
        connection.request("GET", f"{LEASE_PATH}?{query}", headers={"Authorization": f"Bearer {api.token}"})
        answer = connection.getresponse()
        _make(api, "one")
        kinds = [json.loads(line)["type"] for line in answer.read().splitlines()]
        connection.close()

    assert len(kinds) > 4
    assert sorted(kinds)[:2] == ["ADDED", "BOOKMARK"]


def test_a_reader_too_slow_for_the_history_is_hung_up_on_and_told_when_it_comes_back() -> None:
    with SimulatedApi(kept=3) as api:
        connection = http.client.HTTPConnection(api.url.removeprefix("http://"), timeout=10)
        query = f"watch=1&resourceVersion={api.store.version}"
        headers = {"Authorization": f"Bearer {api.token}"}
        connection.request("GET", f"{LEASE_PATH}?{query}", headers=headers)
        answer = connection.getresponse()
        _make(api, "first")
        assert b'"first"' in answer.readline()
        with api.store.lock:  # the watch cannot look before all is written
            for number in range(10):
                _make(api, f"lease-{number}")
        told = answer.read()
        connection.request("GET", f"{LEASE_PATH}?{query}", headers=headers)
        (event,) = connection.getresponse().read().splitlines()
        connection.close()

    assert told == b""
    assert json.loads(event)["object"]["code"] == 410


def test_a_version_that_is_about_to_come_is_waited_for(api: SimulatedApi) -> None:
    later = threading.Timer(0.3, _make, (api, "one"))
    later.start()

    code, body, _ = _ask(api, "GET", f"{LEASE_PATH}?resourceVersion={api.store.version + 1}")
    later.join()

    assert (code, [item["metadata"]["name"] for item in json.loads(body)["items"]]) == (200, ["one"])


def test_a_continue_token_that_outlives_its_history_says_how_to_go_on(api: SimulatedApi) -> None:
    for name in ("a", "b", "c"):
        _make(api, name)
    _, body, _ = _ask(api, "GET", f"{LEASE_PATH}?limit=1")
    token = json.loads(body)["metadata"]["continue"]
    _make(api, "d")
    api.store.compact()

    code, body, _ = _ask(api, "GET", f"{LEASE_PATH}?limit=1&continue={token}")
    onward = json.loads(body)["metadata"]["continue"]
    _, rest, _ = _ask(api, "GET", f"{LEASE_PATH}?continue={onward}")

    assert (code, json.loads(body)["reason"]) == (410, "Expired")
    assert [item["metadata"]["name"] for item in json.loads(rest)["items"]] == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", f"{LEASE_PATH}/one", []),
        ("DELETE", f"{LEASE_PATH}/one", {"preconditions": "x"}),
        ("POST", LEASE_PATH, ["x"]),
        ("POST", LEASE_PATH, {"metadata": {"name": 5}}),
        ("POST", LEASE_PATH, {"metadata": {"name": "x", "labels": [], "ownerReferences": {}}}),
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {"spec": {"resourceAttributes": "x"}}),
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {"spec": "x"}),
        ("PUT", f"{LEASE_PATH}/one", {"metadata": [], "spec": {}}),
    ],
)
def test_a_malformed_body_is_the_clients_fault(api: SimulatedApi, method: str, path: str, body: Any) -> None:
    _make(api, "one")

    code, answer, _ = _ask(api, method, path, body)

    assert 400 <= code < 500
    assert json.loads(answer)["kind"] == "Status"
