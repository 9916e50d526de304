"""The service account of a pod as a target: simulated with the files and variables that a kubelet provides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.config import in_cluster
from leasectl.cluster.config.kubeconfig import Overrides
from leasectl.cluster.identity import credentials

if TYPE_CHECKING:
    from pathlib import Path

    from leasectl.cluster.config.kubeconfig import Target

SERVICE = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}


@pytest.fixture
def mount(tmp_path: Path) -> Path:
    """What is mounted for a service account."""
    for name, content in (("token", "t1\n"), ("ca.crt", "CA"), ("namespace", "payments\n")):
        (tmp_path / name).write_text(content)
    return tmp_path


def target(mount: Path, environ: dict[str, str] | None = None, **flags: Any) -> Target:
    made = in_cluster.target(Overrides(**flags), {**SERVICE, **(environ or {})}, mount)
    assert made is not None
    return made


def test_a_pod_talks_to_its_own_cluster_as_its_service_account(mount: Path) -> None:
    made = target(mount)

    assert made.cluster.server == "https://10.0.0.1:443"
    assert made.cluster.certificate_authority == str(mount / "ca.crt")
    assert made.user.token_file == str(mount / "token")
    assert made.namespace == "payments"


def test_a_token_that_was_replaced_counts_at_once(mount: Path) -> None:
    (mount / "ca.crt").unlink()
    made = target(mount, insecure_skip_tls_verify=True)
    connection = credentials.connect(made)
    assert connection.authorization() == "Bearer t1"

    (mount / "token").write_text("t2")

    assert connection.authorization() == "Bearer t2"


def test_an_ipv6_service_is_put_in_brackets(mount: Path) -> None:
    assert target(mount, {"KUBERNETES_SERVICE_HOST": "fd00::1"}).cluster.server == "https://[fd00::1]:443"


@pytest.mark.parametrize(
    ("environ", "flags", "namespace"),
    [
        ({"POD_NAMESPACE": "own"}, {}, "own"),
        ({"POD_NAMESPACE": "own"}, {"namespace": "typed"}, "typed"),
        ({"POD_NAMESPACE": ""}, {}, "payments"),
    ],
)
def test_the_namespace_is_what_was_typed_or_the_pod_s(
    mount: Path, environ: dict[str, str], flags: dict[str, str], namespace: str
) -> None:
    assert target(mount, environ, **flags).namespace == namespace


def test_flags_stand_above_what_is_mounted(mount: Path) -> None:
    made = target(mount, token="typed", certificate_authority="my.crt", as_="bob", tls_server_name="inner")

    assert (made.user.token, made.user.token_file, made.user.as_user) == ("typed", None, "bob")
    assert (made.cluster.certificate_authority, made.cluster.tls_server_name) == ("my.crt", "inner")


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"KUBERNETES_SERVICE_HOST": "h"},
        {"KUBERNETES_SERVICE_PORT": "1"},
        {**SERVICE, "KUBERNETES_SERVICE_HOST": ""},
    ],
)
def test_without_the_service_s_address_this_is_no_pod(mount: Path, environ: dict[str, str]) -> None:
    assert in_cluster.target(Overrides(), environ, mount) is None


def test_without_a_token_this_is_no_pod(mount: Path) -> None:
    (mount / "token").unlink()

    assert in_cluster.target(Overrides(), SERVICE, mount) is None


def test_a_user_name_that_was_typed_stands_above_the_token(mount: Path) -> None:
    made = target(mount, username="me", password="p")

    assert (made.user.username, made.user.token_file) == ("me", None)
