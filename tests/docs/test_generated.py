from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.cli.app import COMMANDS
from leasectl.lease.check.verdicts import Severity
from leasectl.lease.kind import Kind
from tests.docs import picture, rules
from tests.docs.fences import regions
from tests.docs.generated import PARTS, generated
from tests.docs.reference import SITE, page_of, with_nav
from tests.docs.telling import TIMES, name_of, pages

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", [page for page in pages() if regions(page.read_text())], ids=name_of)
def test_what_is_generated_is_as_it_is_now(page: Path) -> None:
    text = page.read_text()

    assert generated(text) == text, "run `make docs`"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_page_of_the_reference_has_all_that_the_app_says(name: str) -> None:
    has = {region.what for region in regions(page_of(name).read_text())}
    flags = "global-flags" if name == "options" else f"flags {name}"

    assert {f"summary {name}", flags, f"leasectl {name}" + (" --help" if name != "options" else "")} <= has


def test_the_site_has_the_page_of_each_command() -> None:
    text = SITE.read_text()

    assert with_nav(text) == text, "run `make docs`"


def test_every_table_stands_somewhere() -> None:
    used = {region.what.split()[0] for page in pages() for region in regions(page.read_text())}

    assert used == {*PARTS, "leasectl"}


def test_the_limits_of_a_node_are_those_of_its_own_rule() -> None:
    """The generator asks the code; what it has to find of a heartbeat of 40 s is known from the rule's text."""
    (node,) = [row for row in rules.limits().splitlines() if row.startswith("| `node`")]

    assert [cell.strip() for cell in node.strip("|").split("|")] == ["`node`", "40s", "10s", "30s", "40s", "30s", "55s"]


def test_there_is_a_word_on_each_kind_and_each_severity_is_an_exit_code() -> None:
    for kind in Kind:
        assert rules.kinds().count(f"| `{kind}` |") == 1
        assert rules.graces().count(f"| `{kind}` |") == 1
    assert sorted(severity.name for severity in Severity) == ["CRITICAL", "OK", "UNKNOWN", "WARNING"]


def test_the_picture_shows_what_the_demo_draws() -> None:
    kept = picture.PICTURE.read_text()
    for _ in range(TIMES):
        difference = picture.drifted(kept, picture.written())
        if not difference:
            break

    assert not difference, f"run `make docs`\n{difference}"


def test_the_picture_asks_nothing_of_the_network() -> None:
    assert "url(http" not in picture.PICTURE.read_text()


def test_a_planted_drift_of_the_picture_is_found() -> None:
    kept = picture.PICTURE.read_text()
    planted = kept.replace(">RENEWED", ">AGED", 1) if ">RENEWED" in kept else kept.replace("RENEWED", "AGED", 1)

    assert planted != kept
    assert picture.drifted(planted, kept)
    assert picture.drifted(kept.replace("font-weight: bold", ""), kept) == "its colours"
    assert not picture.drifted(kept, kept)
