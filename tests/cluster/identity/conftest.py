from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.identity.plugins import Plugin
from tests.cluster.identity_provider import Asking, Provider, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.certificates import Authority


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


@pytest.fixture
def provider(certs: Authority) -> Iterator[Provider]:
    """An identity provider that gives tokens."""
    yield from serving(Provider(certs))


@pytest.fixture
def asking(provider: Provider, certs: Authority) -> Asking:
    """Who logs in to it."""
    return Asking(provider, certs)
