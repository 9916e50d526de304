"""What a target comes to: address, headers, and the errors that name neither secret nor content."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from subprocess import run
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leasectl.cluster.config.kubeconfig import Target
from leasectl.cluster.config.kubeconfig_file import Cluster, User
from leasectl.cluster.identity.credential import Credential
from leasectl.cluster.identity.credentials import connect
from leasectl.lease.errors import ConfigurationError, ConnectionFailed
from tests.cluster.identity.connecting import UNFIT, connected, failure


@pytest.mark.parametrize(
    ("server", "scheme", "host", "port", "base_path"),
    [
        ("https://h", "https", "h", 443, ""),
        ("https://h/", "https", "h", 443, ""),
        ("https://h//", "https", "h", 443, ""),
        ("http://h", "http", "h", 80, ""),
        ("https://h:6443", "https", "h", 6443, ""),
        ("HTTPS://H:6443", "https", "h", 6443, ""),
        ("https://[::1]:6443", "https", "::1", 6443, ""),
        ("https://[::1]", "https", "::1", 443, ""),
        ("https://h/k8s/clusters/c-1", "https", "h", 443, "/k8s/clusters/c-1"),
        ("https://h/a%2Fb/", "https", "h", 443, "/a%2Fb"),
        ("https://h/a?b=c#d", "https", "h", 443, "/a"),
        ("https://h?b=c", "https", "h", 443, ""),
        ("h:8080", "http", "h", 8080, ""),
        ("h", "http", "h", 80, ""),
        ("10.0.0.1:8080/", "http", "10.0.0.1", 8080, ""),
    ],
)
def test_a_server_is_a_url_or_a_host_and_port(server: str, scheme: str, host: str, port: int, base_path: str) -> None:
    made = connected(server)

    assert (made.scheme, made.host, made.port, made.base_path) == (scheme, host, port, base_path)
    assert (made.tls is None) == (scheme == "http")


@pytest.mark.parametrize(
    "server",
    [
        *("https://", "/x", "//h:1", "h:80/x", "https://h:abc", "https://h:99999", "https://h:0", "https://[::1"),
        *("https://a b", " https://h", "https://h\n", "https://hä", "https://h/\x1b[31m"),
    ],
)
def test_what_is_no_server_is_refused(server: str) -> None:
    shown = server.encode("unicode_escape").decode()

    assert failure(server) == (
        f'error: host must be a URL or a host:port pair: "{shown}"; mend the server of cluster "k", '
        "or pass --server https://HOST:PORT"
    )


@pytest.mark.parametrize("server", ["https://me:s3cret@h", "https://s3cret@h:x", "me:s3cret@h"])
def test_a_password_in_the_url_is_refused_and_not_shown(server: str) -> None:
    assert failure(server) == (
        "error: the server's URL has an @ in it; name the user and the password in the kubeconfig, "
        "as username and password of its user"
    )


def test_other_schemes_are_refused() -> None:
    assert failure("ftp://h") == (
        'error: unsupported protocol scheme "ftp" in the server of cluster "k"; it has to be https or http'
    )


def test_a_connection_goes_through_the_proxy_that_the_cluster_or_the_environment_names() -> None:
    assert connected("https://h").proxy is None
    assert connected("https://h", proxy_url="http://s3cret:word@p").proxy is not None
    assert "s3cret" not in repr(connected("https://h", proxy_url="http://s3cret:word@p"))
    target = Target(Cluster(name="k", server="https://h", insecure_skip_tls_verify=True), User(name="u"), None, None)
    assert connect(target, environ={"HTTPS_PROXY": "http://p"}).proxy is not None
    assert connect(target, environ={"HTTPS_PROXY": "http://p", "NO_PROXY": "h"}).proxy is None
    assert connect(target, environ={"HTTP_PROXY": "http://p"}).proxy is None


def test_a_name_that_is_not_ascii_may_be_impersonated() -> None:
    assert connected(user=User(name="u", as_user="ünï")).impersonation == (("Impersonate-User", "ünï"),)


def test_a_certificate_that_a_plugin_gave_and_that_is_none_is_the_plugins_fault() -> None:
    target = Target(Cluster(name="k", server="https://h", insecure_skip_tls_verify=True), User(name="u"), None, None)

    with pytest.raises(ConnectionFailed) as caught:
        connect(target, Credential(certificate=b"rubbish", key=b"s3cret"))

    assert str(caught.value) == (
        "Unable to connect to the server: getting credentials: failed parsing client key/certificate: what the exec "
        "plugin of u gave is no certificate with its key"
    )


def test_what_a_plugin_gave_is_shown_to_the_server() -> None:
    target = Target(Cluster(name="k", server="https://h", insecure_skip_tls_verify=True), User(name="u"), None, None)

    made = connect(target, Credential(token="given", expires_at=datetime(2026, 11, 21, tzinfo=UTC)))

    assert made.authorization() == "Bearer given"
    assert made.expires_at == datetime(2026, 11, 21, tzinfo=UTC)


def test_the_certificate_has_to_name_the_host_or_what_the_cluster_says() -> None:
    assert connected("https://h.example.:6443").server_hostname == "h.example"
    assert connected("https://[::1]").server_hostname == "::1"
    assert connected("https://h", tls_server_name="inner").server_hostname == "inner"


def test_compression_is_the_clusters_choice() -> None:
    assert connected().compress
    assert not connected(disable_compression=True).compress


@pytest.mark.parametrize(
    ("user", "header"),
    [
        ({}, None),
        ({"token": ""}, None),
        ({"token": "t"}, "Bearer t"),
        ({"username": "me", "password": "pä:ss"}, "Basic bWU6cMOkOnNz"),
        ({"username": "me"}, "Basic bWU6"),
    ],
)
def test_a_user_becomes_an_authorization_header(user: dict[str, Any], header: str | None) -> None:
    assert connected(user=User(name="u", **user)).authorization() == header


UNFIT_NAME = "begins or ends with a blank, or holds a character that cannot be printed"


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ({"password": "s3cret"}, 'error: user "u" has a password but no username; add it'),
        ({"token": "s3cret\r\nX-Remote-User: root"}, f"error: the token of u {UNFIT}; write it anew without"),
        ({"token": "s3crét"}, f"error: the token of u {UNFIT}; write it anew without"),
        ({"token": "s3cret\x00"}, f"error: the token of u {UNFIT}; write it anew without"),
        (
            {"as_user": "a\nb"},
            f"error: what u impersonates {UNFIT_NAME}; write it anew without",
        ),
        ({"as_user": " "}, f"error: what u impersonates {UNFIT_NAME}; write it anew without"),
        ({"as_user": " viewer"}, f"error: what u impersonates {UNFIT_NAME}; write it anew without"),
        (
            {"as_user": "u", "as_groups": [" system:masters"]},
            f"error: what u impersonates {UNFIT_NAME}; write it anew without",
        ),
        ({"token": " "}, "error: the token of u is blank, and would be nobody's; write the real one, or leave it out"),
        (
            {"as_groups": ["g"]},
            (
                "Error in configuration: requesting uid, groups or user-extra for u without impersonating a user; "
                "say whom, with --as or `as` of the user"
            ),
        ),
        (
            {"token": "s3cret", "username": "me"},
            (
                "Error in configuration: more than one authentication method found for u; found [token basicAuth], "
                "only one is allowed; remove the one that does not apply from the kubeconfig"
            ),
        ),
    ],
)
def test_credentials_that_cannot_be_used_are_one_clear_line(user: dict[str, Any], message: str) -> None:
    assert failure(user=User(name="u", **user)) == message


def test_credentials_do_not_go_in_clear_unless_the_target_allows_it() -> None:
    user = User(name="u", token="t", as_user="bob")

    assert connected("http://h", user).authorization() is None
    assert connected("http://h", user).impersonation == (("Impersonate-User", "bob"),)
    assert connected("http://h", user, in_clear=True).authorization() == "Bearer t"


def test_impersonation_becomes_headers() -> None:
    user = User(name="u", as_user="bob", as_uid="7", as_groups=["a", "b"], as_user_extra={"x/Y%": ["1", "2"]})

    assert connected(user=user).impersonation == (
        ("Impersonate-User", "bob"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Group", "a"),
        ("Impersonate-Group", "b"),
        ("Impersonate-Extra-x%2FY%25", "1"),
        ("Impersonate-Extra-x%2FY%25", "2"),
    )


def test_nothing_secret_is_in_a_connections_repr() -> None:
    assert "s3cret" not in repr(connected(user=User(name="u", token="s3cret")))
    assert "s3cret" not in repr(connected(user=User(name="u", username="me", password="s3cret")))


def test_neither_module_costs_start_up_what_only_some_paths_need() -> None:
    heavy = ("yaml", "ssl", "socket", "tempfile", "http.client", "kubernetes", "urllib3")
    code = "import sys, leasectl.cluster.config.kubeconfig, leasectl.cluster.identity.credentials; print(*sys.modules)"
    loaded = run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert "leasectl.cluster.identity.credentials" in loaded
    assert set(heavy).isdisjoint(loaded)


@settings(max_examples=300, deadline=None)
@given(
    server=st.text(max_size=30) | st.text(max_size=20).map(lambda rest: f"https://{rest}"),
    token=st.none() | st.text(max_size=10),
    username=st.none() | st.text(max_size=10),
    file=st.none() | st.text(max_size=10),
)
def test_whatever_a_target_holds_it_is_a_connection_or_an_error_of_ours(
    server: str, token: str | None, username: str | None, file: str | None
) -> None:
    user = User(name="u", token=token, username=username, token_file=file)
    try:
        made = connected(server, user, in_clear=True)
    except ConfigurationError:
        return
    header = made.authorization() or ""

    assert made.host
    assert 0 < made.port < 65536
    assert (header + made.base_path).isascii()
    assert (header + made.base_path).isprintable()
