"""How one shows who one is, in a word, and never the secret itself."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.doctor.login import login_of
from tests.cluster.kubeconfigs import loaded

if TYPE_CHECKING:
    from pathlib import Path

    from leasectl.lease.doctor.facts import Login

SECRET = "zz-secret"


def of(folder: Path, user: dict[str, Any], server: str = "https://one:6443") -> Login:
    document = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user}],
    }
    return login_of(loaded(folder, json.dumps(document)))


def jwt(claims: Any) -> str:
    return "e30." + base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=") + f".{SECRET}"


@pytest.mark.parametrize(
    ("user", "means"),
    [
        ({"token": SECRET}, "a token"),
        ({"username": "ann", "password": SECRET}, "a user name and a password"),
        ({"auth-provider": {"name": "oidc", "config": {"id-token": SECRET}}}, "OIDC: tokens of an identity provider"),
        ({"auth-provider": {"name": "gcp"}}, "an auth provider"),
        ({"client-certificate-data": "Q0E=", "client-key-data": "Q0E="}, "a client certificate"),
        ({"exec": {"command": "/opt/bin/aws", "apiVersion": "v1", "args": [SECRET]}}, "the exec plugin {}"),
        ({}, "nothing: no credentials are configured"),
        ({"token": SECRET, "exec": {"command": "aws"}}, "a token"),
    ],
)
def test_how_one_logs_in_and_no_secret(tmp_path: Path, user: dict[str, Any], means: str) -> None:
    login = of(tmp_path, user)
    assert login.means == means
    assert SECRET not in repr(login)


def test_a_plugin_goes_by_its_name_without_its_folder(tmp_path: Path) -> None:
    assert of(tmp_path, {"exec": {"command": "/opt/bin/aws"}}).plugin == "aws"


def test_over_plain_http_nothing_is_sent(tmp_path: Path) -> None:
    assert of(tmp_path, {"token": SECRET}, "http://one").means == "nothing: over plain HTTP no credentials are sent"


def test_a_token_file_is_named_and_read_for_its_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(jwt({"exp": 1800000000}))
    login = of(tmp_path, {"tokenFile": "token", "as": "bob"})
    assert (login.file, login.acts_as) == (str(tmp_path / "token"), "bob")
    assert login.token_until == datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "token",
    [SECRET, "a.b", "a.b.c", jwt({}), jwt([]), jwt({"exp": "soon"}), jwt({"exp": -1}), jwt({"exp": 1e300}), "a.é.c"],
)
def test_a_token_that_does_not_say_when_it_ends_is_of_no_end(tmp_path: Path, token: str) -> None:
    assert of(tmp_path, {"token": token}).token_until is None
