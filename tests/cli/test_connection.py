"""What the flags of a connection say."""

from __future__ import annotations

from leasectl.cli.connection import choosing
from leasectl.cluster.config.overrides import Overrides


def test_a_command_line_is_advised_with_the_flags_that_chose_the_cluster() -> None:
    given = Overrides(kubeconfig="/k", context="a b", cluster="c", user="u", as_="joe", namespace="n")
    assert choosing(given) == [
        *("--kubeconfig", "/k", "--context", "a b", "--cluster", "c", "--user", "u"),
        *("--as", "joe"),
    ]
    assert choosing(Overrides()) == []


def test_no_command_line_is_advised_with_what_may_be_a_secret() -> None:
    assert choosing(Overrides(token="t", password="p", username="n", server="https://u:p@h?token=t")) == []
