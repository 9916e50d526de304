"""Links of the README and the documents: to files and headings that are there.

There is no network in tests: of an address elsewhere only the form is looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.docs.fences import headings, links
from tests.docs.telling import DOCS, README, ROOT, name_of, pages

if TYPE_CHECKING:
    from pathlib import Path


def anchors(page: Path) -> set[str]:
    """What a page's headings are linked by, on GitHub and in the site."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings(page.read_text())
    }


def broken(page: Path, root: Path) -> list[str]:
    """Links that lead nowhere, or out of `root`: what the site has is below docs."""
    found = []
    for line, target in links(page.read_text()):
        parts = urlsplit(target)
        if parts.scheme:
            well = parts.scheme == "https" and "." in parts.netloc and " " not in target
        else:
            there = (page.parent / parts.path).resolve() if parts.path else page
            well = there.exists() and (not parts.fragment or parts.fragment in anchors(there))
            well = well and there.is_relative_to(root)
        if not well:
            found.append(f"line {line}: {target}")
    return found


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    assert not broken(page, ROOT if page == README else DOCS)


@pytest.mark.parametrize(
    "link", ["#nowhere", "nowhere.md", "index.md#nowhere", "http://example.com", "https://nodot", "../README.md"]
)
def test_a_planted_link_to_nowhere_is_found(link: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# A page\n\n[word](#a-page) [other]({link})\n")
    (tmp_path / "index.md").write_text("# Index\n")

    assert broken(page, tmp_path) == [f"line 3: {link}"]
