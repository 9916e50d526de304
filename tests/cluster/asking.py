"""What tests of requests share: an Api at a scripted server, and the error that a list ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.api import Api
from leasectl.cluster.leases import LeaseClient
from leasectl.cluster.wire.wire import Limits
from leasectl.lease.errors import LeasectlError
from tests.clocks import PatientClock
from tests.cluster.scripted import Scripted

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

EMPTY: dict[str, Any] = {"kind": "LeaseList", "metadata": {"resourceVersion": "7"}, "items": []}
QUICK = Limits(3.0, 1.0, 1.0, 3.0)  # long enough for a busy machine, short enough for those that never answer


def api_of(server: Scripted, limits: Limits = QUICK, **connection: Any) -> Api:
    return Api(server.connection(**connection), PatientClock(), limits)


def failure(*acts: Callable[[socket.socket], None]) -> LeasectlError:
    """The error that a list ends with."""
    with Scripted(*acts) as server, api_of(server) as api, pytest.raises(LeasectlError) as caught:
        LeaseClient(api).list(None)
    return caught.value
