"""Which cluster and user the files and flags name: tables, and one law."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leasectl.cluster.config.kubeconfig import NoConfiguration, Overrides, from_document, load
from leasectl.lease.errors import ConfigurationError
from tests.cluster.kubeconfigs import NO_CLUSTER, TWO, failure, loaded, written

if TYPE_CHECKING:
    from pathlib import Path

CONTEXTS_TAKEN = "--context takes no-cluster, no-server, no-such-cluster, no-such-user, one, two"
USERS_TAKEN = "--user takes u1, u2"
CLUSTERS_TAKEN = "--cluster takes c1, c2, c3"


def test_the_current_context_names_cluster_user_and_namespace(tmp_path: Path) -> None:
    target = loaded(tmp_path, TWO)

    assert (target.context, target.cluster.name, target.cluster.server) == ("one", "c1", "https://one:6443")
    assert (target.user.name, target.user.token, target.namespace) == ("u1", "t1", "payments")
    assert target.cluster.tls_server_name == "inner"


def test_a_context_without_a_namespace_names_none(tmp_path: Path) -> None:
    assert loaded(tmp_path, TWO, context="two").namespace is None


def test_relative_paths_are_the_files_own(tmp_path: Path) -> None:
    target = loaded(tmp_path / "home", TWO, context="two")

    assert target.user.token_file == str(tmp_path / "tokens" / "t2")
    assert target.user.client_certificate == str(tmp_path / "home" / "a.crt")
    assert target.user.client_key == "/keys/a.key"
    assert loaded(tmp_path, TWO).cluster.certificate_authority == str(tmp_path / "ca.crt")


@pytest.mark.parametrize(("command", "becomes"), [("./bin/x", "{}/bin/x"), ("aws", "aws"), ("/bin/x", "/bin/x")])
def test_an_exec_command_with_a_separator_is_a_path(tmp_path: Path, command: str, becomes: str) -> None:
    target = loaded(tmp_path, TWO.replace("token: t1", f"exec: {{command: {command}, args: [a]}}"))

    assert target.user.exec is not None
    assert (target.user.exec.command, target.user.exec.args) == (becomes.format(tmp_path), ["a"])


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"context": "two"}, {"server": "https://two:6443"}),
        ({"cluster": "c2"}, {"server": "https://two:6443", "certificate_authority": None}),
        ({"server": "https://h:1"}, {"server": "https://h:1", "tls_server_name": None}),
        ({"server": "https://h:1", "tls_server_name": "x"}, {"tls_server_name": "x"}),
        ({"tls_server_name": "x"}, {"tls_server_name": "x"}),
        ({"insecure_skip_tls_verify": True}, {"insecure_skip_tls_verify": True, "certificate_authority": None}),
        ({"context": "two", "insecure_skip_tls_verify": True}, {"certificate_authority_data": None}),
        (
            {"context": "two", "certificate_authority": "my.crt"},
            {"certificate_authority": "my.crt", "certificate_authority_data": None},
        ),
        (
            {"certificate_authority": "my.crt", "insecure_skip_tls_verify": True},
            {"certificate_authority": "my.crt", "insecure_skip_tls_verify": True},
        ),
        ({"context": "no-such-cluster", "server": "https://h:1"}, {"name": "gone", "server": "https://h:1"}),
        ({"context": "no-server", "server": "https://h:1"}, {"name": "c3", "server": "https://h:1"}),
    ],
)
def test_flags_stand_above_the_cluster(tmp_path: Path, flags: dict[str, Any], expected: dict[str, Any]) -> None:
    cluster = loaded(tmp_path, TWO, **flags).cluster

    assert {name: getattr(cluster, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"user": "u2"}, {"name": "u2", "token": None, "as_user": "bob", "as_groups": ["g"]}),
        ({"token": "x"}, {"token": "x"}),
        ({"user": "u2", "token": "x"}, {"token": "x", "token_file": None, "client_key": "/keys/a.key"}),
        ({"client_certificate": "c", "client_key": "k"}, {"client_certificate": "c", "client_key": "k", "token": "t1"}),
        ({"username": "n", "password": "p"}, {"username": "n", "password": "p", "token": "t1"}),
        ({"context": "no-such-user", "token": "x"}, {"name": "gone", "token": "x"}),
    ],
)
def test_flags_stand_above_the_user(tmp_path: Path, flags: dict[str, Any], expected: dict[str, Any]) -> None:
    user = loaded(tmp_path, TWO, **flags).user

    assert {name: getattr(user, name) for name in expected} == expected


def test_a_certificate_flag_replaces_inline_data(tmp_path: Path) -> None:
    inline = TWO.replace("token: t1", "client-certificate-data: QQ==, client-key-data: Qg==")
    user = loaded(tmp_path, inline, client_certificate="c", client_key="k").user

    assert loaded(tmp_path, inline).user.client_key_data == b"B"
    assert (user.client_certificate_data, user.client_key_data) == (None, None)


def test_a_namespace_flag_stands_above_the_context(tmp_path: Path) -> None:
    assert loaded(tmp_path, TWO, namespace="kube-system").namespace == "kube-system"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            {"context": "x"},
            f"Error in configuration: context was not found for specified context: x; {CONTEXTS_TAKEN}",
        ),
        ({"cluster": "x"}, f'error: no server found for cluster "x"; pass --server, or {CLUSTERS_TAKEN}'),
        ({"user": "x"}, f'error: auth info "x" does not exist; {USERS_TAKEN}'),
        (
            {"context": "no-such-cluster"},
            f'error: cluster "gone" was not found for context "no-such-cluster"; {CLUSTERS_TAKEN}',
        ),
        ({"context": "no-such-user"}, f'error: user "gone" was not found for context "no-such-user"; {USERS_TAKEN}'),
        ({"context": "no-cluster"}, f'error: cluster was not specified for context "no-cluster"; {CLUSTERS_TAKEN}'),
        ({"context": "no-server"}, f'error: no server found for cluster "c3"; pass --server, or {CLUSTERS_TAKEN}'),
    ],
)
def test_a_name_that_leads_nowhere_is_told_with_the_names_there_are(
    tmp_path: Path, flags: dict[str, Any], message: str
) -> None:
    assert failure(tmp_path, TWO, **flags) == message


def test_many_names_are_not_all_listed(tmp_path: Path) -> None:
    names = ", ".join(f"{{name: c{i}}}" for i in range(12))

    assert failure(tmp_path, f"contexts: [{names}]").endswith("takes c0, c1, c10, c11, c2, c3, c4, c5 and 4 more")


@pytest.mark.parametrize("empty", ["", "\n", "# nothing\n", "null", "---\n", "apiVersion: v1\nkind: Config\n"])
def test_an_empty_file_configures_nothing(tmp_path: Path, empty: str) -> None:
    assert failure(tmp_path, empty) == NO_CLUSTER


@pytest.mark.parametrize("environ", [{}, {"KUBECONFIG": ""}, {"KUBECONFIG": ":"}, {"KUBECONFIG": "/no/such:/file"}])
def test_where_there_is_no_kubeconfig_the_error_says_what_to_do(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(NoConfiguration) as caught:
        load(Overrides(), environ, tmp_path)

    assert str(caught.value) == NO_CLUSTER


def test_a_server_flag_needs_no_kubeconfig(tmp_path: Path) -> None:
    target = load(Overrides(server="https://h:1", token="x"), {}, tmp_path)

    assert (target.cluster.server, target.user.token, target.context) == ("https://h:1", "x", None)


def test_a_kubeconfig_without_current_context_says_which_there_are(tmp_path: Path) -> None:
    text = TWO.replace("current-context: one\n", "").replace("no-", "x-")
    with pytest.raises(NoConfiguration, match=r"^error: no context is chosen; --context takes one, two, x-cluster"):
        loaded(tmp_path, text)


def test_the_default_file_is_the_homes(tmp_path: Path) -> None:
    written(tmp_path, TWO, ".kube/config")

    assert load(Overrides(), {}, tmp_path).context == "one"


def test_kubeconfig_the_flag_stands_above_the_variable(tmp_path: Path) -> None:
    other = written(tmp_path, TWO.replace("current-context: one", "current-context: two"), "other")
    path = written(tmp_path, TWO)

    assert load(Overrides(kubeconfig=path), {"KUBECONFIG": other}, tmp_path).context == "one"


def test_a_missing_file_of_the_flag_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(Overrides(kubeconfig="nope"), {}, tmp_path)

    assert str(caught.value) == ("error: stat nope: no such file or directory; --kubeconfig names a file that exists")


def test_only_a_document_of_our_own_may_send_credentials_in_clear(tmp_path: Path) -> None:
    document = {"clusters": [{"name": "k", "cluster": {"server": "http://127.0.0.1:1"}}]}

    assert from_document(document, Overrides(cluster="k")).credentials_over_http
    assert not loaded(tmp_path, TWO).credentials_over_http


def test_nothing_secret_is_in_a_repr(tmp_path: Path) -> None:
    text = TWO.replace("token: t1", "token: s3cret, password: s3cret, exec: {env: [{name: a, value: s3cret}]}")
    target = loaded(tmp_path, text.replace("https://one", "https://u:s3cret@one"))

    assert "s3cret" not in repr(target) + repr(Overrides(token="s3cret", password="s3cret"))
    assert "s3cret" not in str(target.user.__rich_repr__()) + str(target.cluster.__rich_repr__())
    assert repr(Overrides(token="s3cret", context="c")) == "Overrides(given: context, token)"


NAMES = st.sampled_from(["a", "b", "c", "d"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(files=st.lists(st.tuples(st.lists(NAMES, unique=True), st.none() | NAMES), min_size=1, max_size=4))
def test_the_first_file_that_has_a_name_wins_it_whole(
    tmp_path: Path, files: list[tuple[list[str], str | None]]
) -> None:
    paths = []
    for at, (names, current) in enumerate(files):
        document: dict[str, Any] = {
            "clusters": [{"name": name, "cluster": {"server": f"https://{at}"}} for name in names],
            "users": [{"name": name, "user": {"token": str(at)} if at else {"username": "first"}} for name in names],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in names],
        }
        paths.append(
            written(tmp_path, json.dumps(document | ({"current-context": current} if current else {})), str(at))
        )
    environ = {"KUBECONFIG": os.pathsep.join(["", *paths, paths[0], "/no/such/file"])}

    for name in {name for names, _ in files for name in names}:
        first = next(at for at, (names, _) in enumerate(files) if name in names)
        target = load(Overrides(context=name), environ, tmp_path)
        assert target.cluster.server == f"https://{first}"
        assert (target.user.token, target.user.username) == ((str(first), None) if first else (None, "first"))

    chosen = next((current for _, current in files if current), None)
    if chosen and any(chosen in names for names, _ in files):
        assert load(Overrides(), environ, tmp_path).context == chosen
