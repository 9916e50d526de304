from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.demo import SimulatedApi
from tests.e2e import hostile_cases as cases
from tests.e2e.locked import Locks
from tests.e2e.stolen import Target
from tests.e2e.watched import Leases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path


@pytest.fixture(scope="module")
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[None]]]:
    """Each case of the module by its name, played against a server that speaks plain HTTP."""
    config = cases.written_kubeconfig(tmp_path_factory.mktemp("hostile"))
    yield from cases.side_by_side(request, lambda case: cases.play_plain(case, config))


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    """A lease that somebody is about to take, on a simulated API server."""
    with SimulatedApi(coordinated=True) as api:
        yield Target(Leases(api, tmp_path / "kubeconfig"))


@pytest.fixture
def locks(tmp_path: Path) -> Iterator[Locks]:
    """A lock that nobody has taken yet, on a simulated API server."""
    with SimulatedApi(coordinated=True) as api:
        yield Locks(Leases(api, tmp_path / "kubeconfig"), tmp_path)
