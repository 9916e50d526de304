"""Where a connection's values come from; held against what `load` makes of the same files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.config.kubeconfig import Overrides, load
from leasectl.cluster.config.provenance import FLAGS, provenance, without_path
from leasectl.lease.doctor.facts import Choice, File
from tests.cluster.kubeconfigs import MORE, TWO, written

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = {"t1": "{token: t1}", "none": "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1}}"}


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    return written(tmp_path, TWO, "first"), written(tmp_path, MORE, "second")


def test_of_several_files_each_value_is_of_the_first_that_has_it(two: tuple[str, str], tmp_path: Path) -> None:
    first, second = two
    environ = {"KUBECONFIG": f"{tmp_path / 'gone'}:{first}:{second}"}
    config = provenance(Overrides(context="three"), environ, tmp_path)
    assert config.source == "KUBECONFIG"
    assert [(file.path, file.state) for file in config.files] == [
        (str(tmp_path / "gone"), "absent"),
        (first, "read"),
        (second, "read"),
    ]
    assert config.context == Choice("three", "--context", second)
    assert config.cluster == Choice("c9", "context", second)
    assert config.namespace == Choice("logs", "context", second)


def test_the_first_current_context_counts(two: tuple[str, str], tmp_path: Path) -> None:
    first, second = two
    config = provenance(Overrides(), {"KUBECONFIG": f"{second}:{first}"}, tmp_path)
    assert config.context == Choice("two", "current-context", second)
    assert config.cluster == Choice("c2", "context", first)


def test_a_flag_wins_and_is_named(two: tuple[str, str], tmp_path: Path) -> None:
    first, _ = two
    flags = Overrides(kubeconfig=first, cluster="c2", user="u2", namespace="x")
    config = provenance(flags, {"KUBECONFIG": "/nowhere"}, tmp_path)
    assert config.source == "--kubeconfig"
    assert config.cluster == Choice("c2", "--cluster", first)
    assert config.user == Choice("u2", "--user", first)
    assert config.namespace == Choice("x", "--namespace")


def test_flags_that_win_over_the_files_are_named_without_their_values(two: tuple[str, str], tmp_path: Path) -> None:
    flags = Overrides(server="https://elsewhere", token="secret", as_="joe", context="two")
    assert provenance(flags, {"KUBECONFIG": ":".join(two)}, tmp_path).flags == ["--server", "--token", "--as"]


def test_each_flag_that_there_is_is_told_of() -> None:
    said = {"kubeconfig", "context", "cluster", "user", "namespace"}
    assert {*FLAGS, *said, "disable_compression"} == set(Overrides.__struct_fields__)


@pytest.mark.parametrize("flags", [{}, {"context": "two"}, {"cluster": "c2"}, {"namespace": "x"}, {"user": "u2"}])
def test_what_is_told_is_what_is_loaded(two: tuple[str, str], tmp_path: Path, flags: dict[str, Any]) -> None:
    environ = {"KUBECONFIG": ":".join(two)}
    target = load(Overrides(**flags), environ, tmp_path)
    config = provenance(Overrides(**flags), environ, tmp_path)
    assert config.context is not None
    assert config.cluster is not None
    assert config.user is not None
    assert (config.context.value, config.cluster.value, config.user.value) == (
        target.context,
        target.cluster.name,
        target.user.name,
    )
    assert (config.namespace.value if config.namespace else None) == target.namespace


def test_without_flag_and_variable_it_is_the_file_of_the_home(tmp_path: Path) -> None:
    config = provenance(Overrides(), {}, tmp_path)
    assert (config.source, config.context) == ("~/.kube/config", None)
    assert config.files == [File(str(tmp_path / ".kube" / "config"), "absent")]


def test_a_file_that_is_no_kubeconfig_is_told_and_raises_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "a: [")
    assert provenance(Overrides(kubeconfig=path), {}, tmp_path).files == [File(path, "unusable")]


@pytest.mark.parametrize(
    ("user", "mode", "is_open"), [("t1", 0o644, True), ("t1", 0o600, False), ("none", 0o644, False)]
)
def test_only_a_secret_that_others_may_read_is_open(tmp_path: Path, user: str, mode: int, is_open: bool) -> None:
    path = written(tmp_path, f"users: [{{name: u, user: {SECRETS[user]}}}]")
    (tmp_path / "config").chmod(mode)
    (file,) = provenance(Overrides(kubeconfig=path), {}, tmp_path).files
    assert file.read_by_others is is_open


@pytest.mark.parametrize(
    ("server", "shown"),
    [
        ("https://one:6443", "https://one:6443"),
        ("https://one:6443/", "https://one:6443"),
        ("https://one/k8s/secret", "https://one/…"),
        ("https://user:secret@[::1]:6443/secret", "https://[::1]:6443/…"),
        ("one:6443", "http://one:6443"),
        ("one:6443/k8s/secret", "http://one:6443/…"),
        ("https://one:6443?token=secret", "https://one:6443/…"),
        ("https://one:6443#secret", "https://one:6443/…"),
        ("https://one/k8s?u=a://secret", "https://one/…"),
    ],
)
def test_of_a_server_s_url_no_more_is_told_than_scheme_host_and_port(server: str, shown: str) -> None:
    assert without_path(server) == shown
