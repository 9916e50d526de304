"""The site, built as `make docs-site` does: strictly, and of nothing that a browser would fetch from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.docs.telling import DOCS, ROOT, pages

if TYPE_CHECKING:
    from pathlib import Path

FETCHED = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=["'](?:https?:)?//[^"']+""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return folder


def test_every_page_is_in_the_site_and_can_be_searched(site: Path) -> None:
    index = (site / "search" / "search_index.json").read_text()

    for page in pages()[1:]:
        address = page.relative_to(DOCS).with_suffix("").as_posix().removesuffix("index")
        assert (site / address / "index.html").exists(), page
        assert f'"location":"{address.rstrip("/")}{"/" if address else ""}"' in index, page


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text()
        assert not [found[0] for found in FETCHED.finditer(text) if 'rel="canonical"' not in found[0]], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", sheet.read_text()), sheet
