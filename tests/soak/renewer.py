"""A holder that renews its lease as client-go's does, with a clock that may be wrong, until somebody else holds it."""

from __future__ import annotations

import http.client
import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.soak.direct import Lease, moment
from tests.soak.trial import Beside

if TYPE_CHECKING:
    from tests.soak.direct import Direct

MANAGER = "renewer"


class Renewer(Beside):
    """Holds a lease for as long as a `with`.

    Args:
        api: where.
        name: of the lease, which is there.
        every_s: how often it renews.
        off_s: how far its clock is ahead.

    Attributes:
        versions: the resourceVersions that it wrote.
        deposed_by: who holds it instead; empty while it holds.
    """

    def __init__(self, api: Direct, name: str, every_s: float, off_s: float = 0.0) -> None:
        self._api, self._name, self._every_s, self._off_s = api, name, every_s, off_s
        self.identity: str = api.lease(name)["spec"]["holderIdentity"]
        self.versions: list[str] = []
        self.deposed_by = ""
        super().__init__()

    def work(self) -> None:
        """Hold it."""
        lease: Lease | None = None
        while not self.over.wait(self._every_s if lease else 0):
            try:
                lease = lease or self._api.lease(self._name)
                if lease["spec"].get("holderIdentity") != self.identity:
                    self.deposed_by = lease["spec"].get("holderIdentity") or "nobody"
                    return
                lease["spec"]["renewTime"] = moment(self._off_s)
                lease = self._written(lease)
            except (OSError, http.client.HTTPException):  # the server is away: again
                lease = None
                self.over.wait(0.5)

    def _written(self, lease: Lease) -> Lease | None:
        answer = self._api.replace(lease, MANAGER)
        if answer.status != HTTPStatus.OK:
            return None  # look again
        written: Lease = json.loads(answer.body)
        self.versions.append(written["metadata"]["resourceVersion"])
        return written
