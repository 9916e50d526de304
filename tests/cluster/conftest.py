from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cluster.certificates import Authority, authorities

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authorities(tmp_path_factory.mktemp("certificates"))


def descriptors() -> set[str]:
    """What this process holds open, by target."""
    folder = Path("/proc/self/fd")
    return {str(link.readlink()) for link in folder.iterdir() if link.is_symlink()} if folder.is_dir() else set()


@pytest.fixture
def no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files; nothing may remain in it, nor a descriptor of ours."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.iterdir()) == []
    assert [path for path in descriptors() if "leasectl" in path] == []
