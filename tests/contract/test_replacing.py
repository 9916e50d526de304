"""Replaces and deletions: under a version, a uid, and whose fields are whose."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.contract.calling import MERGE, lease, managers

if TYPE_CHECKING:
    from tests.contract.calling import Server

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"
STORAGE_ERROR = (
    "StorageError: invalid object, Code: 4, Key: /registry/leases/{place}, ResourceVersion: 0, "
    "AdditionalErrorMsg: Precondition failed: UID in precondition: {asked}, UID in object meta: {have}"
)


def _refused(name: str, why: str, *, by_kind: bool = False) -> tuple[int, str, str]:
    what = "Lease.coordination.k8s.io" if by_kind else "leases.coordination.k8s.io"
    return 409, "Conflict", f'Operation cannot be fulfilled on {what} "{name}": {why}'


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_renewal_moves_the_writers_time_and_takes_the_field(server: Server) -> None:
    made = server.make("one")
    time.sleep(1.1)  # managedFields count in whole seconds
    made["spec"]["renewTime"] = "2026-01-01T00:00:02.000000Z"

    renewed = server.call("PUT", f"{server.leases}/one", made, agent="other/2").body

    assert managers(renewed) == {
        ("contract", "Update"): {"f:spec": {"f:holderIdentity": {}, "f:leaseDurationSeconds": {}}},
        ("other", "Update"): {"f:spec": {"f:renewTime": {}}},
    }
    first, second = (_at(entry["time"]) for entry in renewed["metadata"]["managedFields"])
    assert timedelta(seconds=1) <= second - first <= timedelta(seconds=4)
    assert renewed["metadata"]["creationTimestamp"] == made["metadata"]["creationTimestamp"]
    assert int(renewed["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])


def test_a_replace_that_changes_nothing_writes_nothing(server: Server) -> None:
    made = server.make("one")
    time.sleep(1.1)

    assert server.call("PUT", f"{server.leases}/one", made, agent="other/2").body == made


def test_a_label_belongs_to_who_set_it_until_it_goes(server: Server) -> None:
    made = server.make("one")

    labelled = server.call("PUT", f"{server.leases}/one", _with(made, labels={"a": "b"}), agent="labeller/1").body
    bare = server.call("PUT", f"{server.leases}/one", _with(labelled, labels=None), agent="labeller/1").body

    assert managers(labelled)["labeller", "Update"] == {"f:metadata": {"f:labels": {".": {}, "f:a": {}}}}
    assert list(managers(bare)) == [("contract", "Update")]


def _with(body: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {**body, "metadata": {**body["metadata"], **metadata}}


def test_a_replace_needs_a_resource_version(server: Server) -> None:
    server.make("one")

    answer = server.call("PUT", f"{server.leases}/one", lease("one"))

    told = "metadata.resourceVersion: Invalid value: 0: must be specified for an update"
    assert answer.refusal == (422, "Invalid", f'leases.coordination.k8s.io "one" is invalid: {told}')


def test_a_stale_resource_version_is_a_conflict(server: Server) -> None:
    made = server.make("one")
    server.call("PATCH", f"{server.leases}/one", {"spec": {"holderIdentity": "b"}}, kind=MERGE)

    answer = server.call("PUT", f"{server.leases}/one", made)

    assert answer.refusal == _refused("one", MODIFIED)
    assert answer.body["details"] == {"name": "one", "group": "coordination.k8s.io", "kind": "leases"}


def test_a_resource_version_that_is_no_number_is_an_error(server: Server) -> None:
    server.make("one")

    answer = server.call("PUT", f"{server.leases}/one", lease("one", resourceVersion="abc"))

    assert answer.refusal == (500, "", 'strconv.ParseUint: parsing "abc": invalid syntax')


def test_a_wrong_uid_is_a_conflict(server: Server) -> None:
    made = server.make("one")

    answer = server.call("PUT", f"{server.leases}/one", _with(made, uid="wrong"))

    place = f"{server.namespace}/one"
    why = STORAGE_ERROR.format(place=place, asked="wrong", have=made["metadata"]["uid"])
    assert answer.refusal == _refused("one", why)


def test_a_replace_with_the_uid_of_a_deleted_lease_does_not_bring_it_back(server: Server) -> None:
    made = server.make("one")
    server.call("DELETE", f"{server.leases}/one")

    answer = server.call("PUT", f"{server.leases}/one", made)

    why = STORAGE_ERROR.format(place=f"{server.namespace}/one", asked=made["metadata"]["uid"], have="")
    assert answer.refusal == _refused("one", why)
    assert server.names() == []


def test_a_replace_without_uid_onto_a_deleted_lease_creates_it_anew(server: Server) -> None:
    made = server.make("one")
    server.call("DELETE", f"{server.leases}/one")
    uid = made["metadata"].pop("uid")

    answer = server.call("PUT", f"{server.leases}/one", made)

    assert answer.code == 201
    assert answer.body["metadata"]["uid"] != uid


def test_a_deletion_answers_with_the_uid_of_what_is_gone(server: Server) -> None:
    made = server.make("one")

    answer = server.call("DELETE", f"{server.leases}/one")

    assert answer.code == 200
    assert answer.body["status"] == "Success"
    assert answer.body["details"] == {
        "name": "one",
        "group": "coordination.k8s.io",
        "kind": "leases",
        "uid": made["metadata"]["uid"],
    }
    assert server.get(f"{server.leases}/one").code == 404
    assert server.call("DELETE", f"{server.leases}/one").refusal[0] == 404


def test_a_deletion_keeps_its_preconditions(server: Server) -> None:
    made = server.make("one")
    uid, version = made["metadata"]["uid"], made["metadata"]["resourceVersion"]
    path = f"{server.leases}/one"

    other_uid = server.call("DELETE", path, {"preconditions": {"uid": "wrong"}})
    other_version = server.call("DELETE", path, {"preconditions": {"resourceVersion": "1"}})
    met = server.call("DELETE", path, {"preconditions": {"uid": uid, "resourceVersion": version}})

    told = (
        f"the UID in the precondition (wrong) does not match the UID in record ({uid}). "
        "The object might have been deleted and then recreated"
    )
    assert other_uid.refusal == _refused("one", told, by_kind=True)
    told = (
        f"the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({version}). "
        "The object might have been modified"
    )
    assert other_version.refusal == _refused("one", told, by_kind=True)
    assert met.code == 200


def test_a_collection_is_deleted_by_selector(server: Server) -> None:
    server.make("one", labels={"app": "x"})
    server.make("two")

    answer = server.call("DELETE", f"{server.leases}?labelSelector=app%3Dx")

    assert [item["metadata"]["name"] for item in answer.body["items"]] == ["one"]
    assert server.names() == ["two"]
