"""What tests of credentials share: a target connected, and the error that it ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.config.kubeconfig import Target
from leasectl.cluster.config.kubeconfig_file import Cluster, User
from leasectl.cluster.identity.credentials import connect
from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from leasectl.cluster.wire.connection import Connection


UNFIT = "holds a character that no HTTP header may carry: a line break, a control character or one outside ASCII"


def connected(
    server: str = "https://h", user: User | None = None, *, in_clear: bool = False, **cluster: Any
) -> Connection:
    # Insecure, so that the system's roots need not be read each time; trust has its own tests.
    made = Cluster(name="k", server=server, insecure_skip_tls_verify=True, **cluster)
    return connect(Target(made, user or User(name="u"), None, None, in_clear))


def failure(server: str = "https://h", user: User | None = None, **more: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        connected(server, user, **more)
    return str(caught.value)
