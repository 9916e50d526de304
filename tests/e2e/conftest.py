from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import hostile_cases as cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future


@pytest.fixture(scope="module")
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[None]]]:
    """Each case of the module by its name, played against a server that speaks plain HTTP."""
    config = cases.written_kubeconfig(tmp_path_factory.mktemp("hostile"))
    yield from cases.side_by_side(request, lambda case: cases.play_plain(case, config))
