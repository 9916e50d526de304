"""The simulated API server's answers: who may, what is meant, the store's word for it, in the form that was asked for.

Source: k8s.io/apiserver/pkg/endpoints; the contract tests hold it against a real kube-apiserver.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from leasectl.demo.api.listing import list_page, names_alone
from leasectl.demo.api.options import read_options
from leasectl.demo.api.request import (
    JSON,
    NAMES_ALONE,
    TABLE,
    Target,
    answer_form,
    find_target,
    is_dry_run,
    owner_of,
    read_object,
)
from leasectl.demo.api.reviews import Access, review
from leasectl.demo.api.tables import table
from leasectl.demo.api.wake import Wake, reach
from leasectl.demo.api.watching import Watching
from leasectl.demo.api.writing import delete_all, delete_one, patch
from leasectl.demo.store import resources, status

if TYPE_CHECKING:
    from leasectl.demo.store.history import Stored
    from leasectl.demo.store.store import Store

ANONYMOUS = "system:anonymous"
OPEN_PATHS = frozenset({"/readyz", "/livez", "/healthz", "/version"})
RESOURCE_PATH = r"/api/v1/|/apis/[^/]+/[^/]+"
BOOKMARK_S = 60.0
ZIPPED_FROM = 128 * 1024  # bytes; k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/writers.go


class Api:
    """The handler of every request.

    Args:
        store: what it serves.
        token: the bearer token of its one user.
        entrance: a secret first path segment that stands for the token: kubectl sends none over plain HTTP.
        access: what that user may do.
        bookmark_s: seconds between a watch's bookmarks.
    """

    def __init__(self, store: Store, token: str, entrance: str, access: Access, bookmark_s: float = BOOKMARK_S) -> None:
        self._store = store
        self._token = token
        self._entrance = f"/{entrance}/"
        self._access = access
        self._bookmark_s = bookmark_s
        self._served = resources.served(coordinated=store.coordinated)
        self.wake: Wake | None = None  # lives in the server's loop

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request; every refusal is a Status."""
        try:
            user, path = self._user(request), request.path
            if path.startswith(self._entrance):
                user, path = (self._access.user if user == ANONYMOUS else user), path[len(self._entrance) - 1 :]
            return self._fixed(request, user, path) or await self._resource(request, user, path)
        except status.Refusal as refusal:
            return _json(request, refusal.code, msgspec.json.encode(refusal.body))

    def _user(self, request: web.Request) -> str:
        """The user's name; raises Refusal (401) for a wrong token. Without one, nobody in particular asks."""
        sent = request.headers.get("Authorization", "")
        if not sent:
            return ANONYMOUS
        scheme, _, token = sent.partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token.encode()):
            raise status.unauthorized()
        return self._access.user

    def _fixed(self, request: web.Request, user: str, sent_path: str) -> web.Response | None:
        """Health, version and discovery."""
        path = sent_path.rstrip("/") or "/"
        if path in ("/readyz", "/livez", "/healthz"):
            return web.Response(text="ok")
        if user == ANONYMOUS and path not in OPEN_PATHS and not path.startswith(("/api/v1/", "/apis/")):
            told = f'forbidden: User "{ANONYMOUS}" cannot {request.method.lower()} path "{path}"'
            raise status.Refusal(403, "Forbidden", told, {})
        body = self._discovery(path, request.host)
        if body is not None:
            return _json(request, 200, msgspec.json.encode(body))
        if not re.match(RESOURCE_PATH, path):
            return web.Response(status=404, text="404 page not found\n")
        return None

    def _discovery(self, path: str, host: str) -> dict[str, Any] | None:
        groups = {resource.group for resource in self._served if resource.group}
        match path.strip("/").split("/"):
            case ["version"]:
                return resources.VERSION
            case ["api"]:
                return resources.core_versions(host)
            case ["apis"]:
                return resources.group_list(self._served)
            case ["api", version]:
                return resources.resource_list(self._served, version)
            case ["apis", group] if group in groups:
                return resources.group(self._served, group)
            case ["apis", group, version]:
                return resources.resource_list(self._served, f"{group}/{version}")
            case ["openapi", "v3"]:
                return resources.openapi_index(self._served)
            case ["openapi", "v3", *root]:
                return resources.openapi(self._served, "/".join(root))
            case _:
                return None

    async def _resource(self, request: web.Request, user: str, path: str) -> web.StreamResponse:
        target = find_target(self._served, path)
        verb = target.verb(request.method)
        options = read_options(target.resource, target.namespace, request.query) if verb == "list" else None
        self._access.check(user, "watch" if options and options.watch else verb, target)
        if options is None:
            return await self._single(request, target, verb)
        forms = (TABLE,) if options.watch else (TABLE, NAMES_ALONE)
        form = answer_form(request.headers.get("Accept", ""), forms)
        include = request.query.get("includeObject", "Metadata")
        if self.wake is not None:
            if options.watch:
                watching = Watching(self._store, target.resource, options, form, include)
                return await watching.serve(request, self.wake, self._bookmark_s)
            await reach(self._store, self.wake, options.version or 0)
        page = list_page(self._store, target.resource, options)
        if form == NAMES_ALONE:
            return _json(request, 200, msgspec.json.encode(names_alone(page)))
        if form:
            rows = table(target.resource, page.objects, self._store.now(), page.metadata, include=include)
            return _json(request, 200, msgspec.json.encode(rows))
        return _json(request, 200, page.encoded(target.resource))

    async def _single(self, request: web.Request, target: Target, verb: str) -> web.StreamResponse:
        resource, namespace = target.resource, target.namespace
        if verb == "get":
            return self._shown(request, 200, target, self._store.get(resource, namespace, target.name))
        if verb in ("delete", "deletecollection"):
            body = await request.read()
            act = delete_one if verb == "delete" else delete_all
            return _json(request, 200, act(self._store, target, request.query, body))
        owner = owner_of(request.query, request.headers.get("User-Agent", ""))
        content_type = request.headers.get("Content-Type", "")
        if verb == "patch":
            stored, created = patch(
                self._store, target, request.query, content_type=content_type, body=await request.read(), owner=owner
            )
            return self._shown(request, 201 if created else 200, target, stored)
        strict = request.query.get("fieldValidation") == "Strict"
        decoded = read_object(resource, content_type, await request.read(), strict=strict)
        if resource in (resources.ACCESS_REVIEWS, resources.SELF_REVIEWS):
            return _json(
                request, 201, msgspec.json.encode(review(self._access, resource, decoded.body, self._store.now()))
            )
        _check_place(target, decoded.metadata)
        dry_run = is_dry_run(request.query, "CreateOptions" if verb == "create" else "UpdateOptions")
        if verb == "create":
            stored, created = self._store.create(resource, namespace, decoded.body, owner, dry_run=dry_run), True
        else:
            decoded.metadata.setdefault("name", target.name)
            stored, created = self._store.update(resource, namespace, decoded.body, owner, dry_run=dry_run)
        answer = self._shown(request, 201 if created else 200, target, stored)
        for field in decoded.unknown:
            answer.headers.add("Warning", f'299 - "unknown field \\"{field}\\""')
        return answer

    def _shown(self, request: web.Request, code: int, target: Target, stored: Stored) -> web.Response:
        if not answer_form(request.headers.get("Accept", "")):
            return _json(request, code, stored.encoded_as(target.resource))
        metadata, include = {"resourceVersion": str(stored.version)}, request.query.get("includeObject", "Metadata")
        row = table(target.resource, [stored], self._store.now(), metadata, include=include)
        return _json(request, code, msgspec.json.encode(row))


def _check_place(target: Target, metadata: dict[str, Any]) -> None:
    """The object is the one that the path names; raises Refusal (400)."""
    name, namespace = metadata.get("name", ""), metadata.get("namespace", "")
    if namespace and namespace != target.namespace:
        told = "the namespace of the provided object does not match the namespace sent on the request"
        raise status.bad_request(told)
    if target.name and name and name != target.name:
        told = f"the name of the object ({name}) does not match the name on the URL ({target.name})"
        raise status.bad_request(told)


def _json(request: web.Request, code: int, body: bytes) -> web.Response:
    """One JSON answer; zipped only where that was asked for and pays."""
    headers = {"Content-Type": JSON, "Cache-Control": "no-cache, private"}
    answer = web.Response(status=code, body=body + b"\n", headers=headers)
    if len(body) > ZIPPED_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        answer.enable_compression(web.ContentCoding.gzip)
    return answer
