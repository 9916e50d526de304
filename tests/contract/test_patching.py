"""Merge patches, JSON patches and server-side apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.calling import APPLY, JSON_PATCH, MERGE, lease, managers

if TYPE_CHECKING:
    from tests.contract.calling import Server


def test_a_merge_patch_sets_and_removes(server: Server) -> None:
    server.make("one")

    patch = {"spec": {"leaseDurationSeconds": None, "holderIdentity": "b"}, "metadata": {"annotations": {"x": "y"}}}
    answer = server.call("PATCH", f"{server.leases}/one", patch, kind=MERGE, agent="patcher/1")

    assert answer.code == 200
    assert answer.body["spec"] == {"holderIdentity": "b", "renewTime": "2026-01-01T00:00:00.000000Z"}
    assert managers(answer.body) == {
        ("contract", "Update"): {"f:spec": {"f:renewTime": {}}},
        ("patcher", "Update"): {
            "f:metadata": {"f:annotations": {".": {}, "f:x": {}}},
            "f:spec": {"f:holderIdentity": {}},
        },
    }


@pytest.mark.parametrize(
    ("patch", "code", "reason"),
    [
        ({"metadata": {"resourceVersion": "1"}}, 409, "Conflict"),
        ({"metadata": {"uid": "1"}}, 422, "Invalid"),
        ({"metadata": {"name": "zz"}}, 400, "BadRequest"),
        ({"spec": {"leaseDurationSeconds": 0}}, 422, "Invalid"),
        ("{bad", 400, "BadRequest"),
    ],
)
def test_a_patch_that_must_not_be_is_refused(server: Server, patch: Any, code: int, reason: str) -> None:
    server.make("one")

    assert server.call("PATCH", f"{server.leases}/one", patch, kind=MERGE).refusal[:2] == (code, reason)


def test_a_patch_of_what_is_missing_is_not_found(server: Server) -> None:
    answer = server.call("PATCH", f"{server.leases}/none", {"spec": {"holderIdentity": "b"}}, kind=MERGE)

    assert answer.refusal == (404, "NotFound", 'leases.coordination.k8s.io "none" not found')


def test_a_json_patch_replaces_and_tests(server: Server) -> None:
    server.make("one")
    path = "/spec/holderIdentity"

    done = server.call(
        "PATCH", f"{server.leases}/one", [{"op": "replace", "path": path, "value": "b"}], kind=JSON_PATCH
    )
    failed = server.call("PATCH", f"{server.leases}/one", [{"op": "test", "path": path, "value": "a"}], kind=JSON_PATCH)

    assert done.body["spec"]["holderIdentity"] == "b"
    assert failed.refusal[:2] == (422, "Invalid")


def test_an_apply_creates_and_owns(server: Server) -> None:
    body = lease("one", {"holderIdentity": "z"})

    answer = server.call("PATCH", f"{server.leases}/one?fieldManager=kubert", body, kind=APPLY)

    assert answer.code == 201
    assert managers(answer.body) == {("kubert", "Apply"): {"f:spec": {"f:holderIdentity": {}}}}


def test_an_apply_onto_fields_of_others_conflicts_unless_forced(server: Server) -> None:
    server.make("one")
    body = lease("one", {"holderIdentity": "z", "leaseDurationSeconds": 9})
    path = f"{server.leases}/one?fieldManager=kubert"

    refused = server.call("PATCH", path, lease("one", {"holderIdentity": "z"}), kind=APPLY)
    forced = server.call("PATCH", f"{path}&force=true", body, kind=APPLY)
    dropped = server.call("PATCH", path, lease("one", {"holderIdentity": "z"}), kind=APPLY)

    told = 'Apply failed with 1 conflict: conflict with "contract" using coordination.k8s.io/v1: .spec.holderIdentity'
    assert refused.refusal == (409, "Conflict", told)
    assert managers(forced.body) == {
        ("kubert", "Apply"): {"f:spec": {"f:holderIdentity": {}, "f:leaseDurationSeconds": {}}},
        ("contract", "Update"): {"f:spec": {"f:renewTime": {}}},
    }
    assert dropped.body["spec"] == {"holderIdentity": "z", "renewTime": "2026-01-01T00:00:00.000000Z"}


def test_an_apply_needs_a_field_manager(server: Server) -> None:
    answer = server.call("PATCH", f"{server.leases}/one", lease("one"), kind=APPLY)

    told = 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'
    assert answer.refusal == (422, "Invalid", told)
