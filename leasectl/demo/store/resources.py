"""The resources that the simulated API serves, and what discovery says of them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
BETA = "v1beta1"


class Resource(Struct, frozen=True):
    """One resource in one API version."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    verbs: tuple[str, ...] = VERBS
    short_names: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """`coordination.k8s.io/v1`, or `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """`leases.coordination.k8s.io`, as error texts say it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """`Lease.coordination.k8s.io`, as validation says it."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def key(self) -> str:
        """Its place in the store."""
        return self.plural


LEASES = Resource("coordination.k8s.io", "v1", "leases", "Lease")
CANDIDATES = Resource("coordination.k8s.io", BETA, "leasecandidates", "LeaseCandidate")
NAMESPACES = Resource("", "v1", "namespaces", "Namespace", namespaced=False, short_names=("ns",))
NODES = Resource("", "v1", "nodes", "Node", namespaced=False, short_names=("no",))
PODS = Resource("", "v1", "pods", "Pod", short_names=("po",))
EVENTS = Resource("", "v1", "events", "Event", short_names=("ev",))
ACCESS_REVIEWS = Resource(
    "authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", False, ("create",)
)
SELF_REVIEWS = Resource("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", False, ("create",))

STORED = (LEASES, CANDIDATES, NAMESPACES, NODES, PODS, EVENTS)
VERSION = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v1.36.3-leasectl-demo",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "go1.26",
    "compiler": "gc",
    "platform": "linux/amd64",
}


def served(*, coordinated: bool) -> tuple[Resource, ...]:
    """What is served; LeaseCandidates only where coordinated leader election is switched on."""
    always = (LEASES, NAMESPACES, NODES, PODS, EVENTS, ACCESS_REVIEWS, SELF_REVIEWS)
    return (*always, CANDIDATES) if coordinated else always


def _versions(resources: tuple[Resource, ...], group: str) -> list[dict[str, str]]:
    """A group's versions, the stable one first."""
    found = sorted({r.version for r in resources if r.group == group}, key=lambda version: (len(version), version))
    return [{"groupVersion": f"{group}/{version}", "version": version} for version in found]


def group_list(resources: tuple[Resource, ...]) -> dict[str, Any]:
    """`/apis`."""
    names = dict.fromkeys(r.group for r in resources if r.group)
    groups = [{k: v for k, v in group(resources, name).items() if k not in ("kind", "apiVersion")} for name in names]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def group(resources: tuple[Resource, ...], name: str) -> dict[str, Any]:
    """`/apis/GROUP`."""
    versions = _versions(resources, name)
    body: dict[str, Any] = {"kind": "APIGroup", "apiVersion": "v1", "name": name}
    return {**body, "versions": versions, "preferredVersion": versions[0]}


def core_versions(address: str) -> dict[str, Any]:
    """`/api`; `address` is HOST:PORT."""
    cidr = {"clientCIDR": "0.0.0.0/0", "serverAddress": address}
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [cidr]}


def resource_list(resources: tuple[Resource, ...], api_version: str) -> dict[str, Any] | None:
    """`/api/v1` or `/apis/GROUP/VERSION`; None where nothing is served there."""
    rows = []
    for resource in resources:
        if resource.api_version != api_version:
            continue
        row: dict[str, Any] = {"name": resource.plural, "singularName": resource.kind.lower()}
        row |= {"namespaced": resource.namespaced, "kind": resource.kind, "verbs": list(resource.verbs)}
        if resource.short_names:
            row["shortNames"] = list(resource.short_names)
        rows.append(row)
    if not rows:
        return None
    head = {"kind": "APIResourceList"} | ({"apiVersion": "v1"} if "/" in api_version else {})
    return {**head, "groupVersion": api_version, "resources": rows}


def openapi_index(resources: tuple[Resource, ...]) -> dict[str, Any]:
    """`/openapi/v3`: where each group's document lies."""
    return {"paths": {_root(r): {"serverRelativeURL": f"/openapi/v3/{_root(r)}"} for r in resources}}


def openapi(resources: tuple[Resource, ...], root: str) -> dict[str, Any] | None:
    """`/openapi/v3/apis/GROUP/VERSION`: what kubectl looks for before it leaves the validation to the server."""
    paths: dict[str, Any] = {}
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("dryRun", "fieldValidation")]
    for resource in resources:
        if _root(resource) != root:
            continue
        scope = "namespaces/{namespace}/" if resource.namespaced else ""
        kind = {"group": resource.group, "kind": resource.kind, "version": resource.version}
        patch = {"parameters": parameters, "responses": {}, "x-kubernetes-group-version-kind": kind}
        paths[f"/{root}/{scope}{resource.plural}/{{name}}"] = {"patch": patch}
    if not paths:
        return None
    return {"openapi": "3.0.0", "info": {"title": "leasectl demo", "version": "v1"}, "paths": paths}


def _root(resource: Resource) -> str:
    return f"{'apis' if resource.group else 'api'}/{resource.api_version}"
