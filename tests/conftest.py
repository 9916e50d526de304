"""What tests of several rooms share: a real cluster, where the environment has one."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import realcluster

if TYPE_CHECKING:
    from collections.abc import Iterator

# A law is no stopwatch: a busy machine breaks none.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def real_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[realcluster.RealCluster]:
    """A real kube-apiserver: one of our own from KUBEBUILDER_ASSETS, or the one of a KUBECONFIG with LEASECTL_E2E=1."""
    cluster = realcluster.found(tmp_path_factory.mktemp("real-cluster"))
    if cluster is None:
        pytest.skip(realcluster.NO_CLUSTER)
    yield cluster
    cluster.stop()


def pytest_configure() -> None:
    """Processes that tests start answer to signals, even where the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
