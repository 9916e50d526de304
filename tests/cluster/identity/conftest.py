from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.identity.plugins import Plugin

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)
