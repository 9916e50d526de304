"""The auth provider `oidc` against a real identity provider on loopback: which tokens are used, saved and refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from leasectl.cluster.config import kubeconfig_edit
from leasectl.cluster.identity import oidc
from leasectl.lease.errors import ConfigurationError
from tests.cluster.identity_provider import DISCOVERY, FRESH, LOG_IN, NOW, Asking, Provider, jwt, lasting, says
from tests.cluster.kubeconfigs import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cluster.certificates import Authority


def test_a_token_that_is_valid_for_more_than_ten_seconds_is_used(asking: Asking) -> None:
    asking.config["id-token"] = lasting(11)
    credential = asking.login()
    assert (credential.token, credential.expires_at) == (lasting(11), NOW + timedelta(seconds=11))
    assert (asking.provider.asked, asking.saved) == ([], [])


def test_a_cached_token_costs_no_import() -> None:
    script = (
        "import sys; from datetime import *; from leasectl.cluster.identity import oidc\n"
        f"config = {{'idp-issuer-url': 'x', 'client-id': 'x', 'id-token': {FRESH!r}}}\n"
        f"oidc.login('u', config, None, datetime.fromisoformat({NOW.isoformat()!r}), 1)\n"
        "print(sorted({'requests', 'urllib3', 'ssl', 'yaml', 'http', 'socket', 'urllib.parse'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("cached", [lasting(10), lasting(-5), jwt({}), ""])
def test_new_tokens_are_saved_before_they_are_used(asking: Asking, cached: str) -> None:
    asking.config["id-token"] = cached
    credential = asking.login()
    assert (credential.token, credential.expires_at) == (FRESH, NOW + timedelta(hours=1))
    # What stands in the way of saving was looked for between discovery and refresh.
    assert asking.saved == [(1, {}), (2, {"id-token": FRESH, "refresh-token": "s3cret-r1+"})]


def test_rotating_tokens_live_on_in_the_kubeconfig(provider: Provider, certs: Authority, tmp_path: Path) -> None:
    config = {**Asking(provider, certs).config, "id-token": lasting(0)}
    users = [{"name": "u", "user": {"auth-provider": {"name": "oidc", "config": config}}}]
    path = Path(written(tmp_path, "# mine\n" + yaml.safe_dump({"users": users})))
    for _ in range(3):
        read = yaml.safe_load(path.read_text())["users"][0]["user"]["auth-provider"]["config"]
        late = NOW + timedelta(hours=2)
        oidc.login("u", read, lambda new: kubeconfig_edit.set_auth_provider_config(str(path), "u", new), late, 10)
    assert path.read_text().startswith("# mine\n")
    assert 'refresh-token: "s3cret-r1+++"\n' in path.read_text()


def test_a_refresh_token_that_stays_is_not_written_again(asking: Asking) -> None:
    for body in ({"id_token": FRESH, "refresh_token": "s3cret-r1"}, {"id_token": FRESH, "refresh_token": ""}):
        asking.provider.acts["/token"] = says(200, body)
        asking.login()
    assert [values for _, values in asking.saved if values] == [{"id-token": FRESH}] * 2


def test_a_new_refresh_token_is_kept_even_where_there_is_no_use_for_the_rest(asking: Asking) -> None:
    for body in ({"refresh_token": "s3cret-r2"}, {"refresh_token": "s3cret-r3", "id_token": "s3cret"}):
        asking.provider.acts["/token"] = says(200, body)
        asking.failure()
    assert [values for _, values in asking.saved if values] == [
        {"refresh-token": "s3cret-r2"},
        {"refresh-token": "s3cret-r3"},
    ]


def test_where_nothing_can_be_saved_the_refresh_token_is_not_spent(asking: Asking) -> None:
    def persist(_values: Mapping[str, str]) -> None:
        raise ConfigurationError("error: open config.lock: file exists")

    with pytest.raises(ConfigurationError) as caught:
        oidc.login("u", asking.config, persist, NOW, 10)
    assert str(caught.value) == "error: could not persist new tokens: open config.lock: file exists; none was asked for"
    assert [path for path, *_ in asking.provider.asked] == [DISCOVERY]


def test_tokens_that_were_not_saved_are_not_used(asking: Asking) -> None:
    def persist(values: Mapping[str, str]) -> None:
        if values:
            raise ConfigurationError("error: write: no space left on device")

    with pytest.raises(ConfigurationError) as caught:
        oidc.login("u", asking.config, persist, NOW, 10)
    assert str(caught.value) == (
        "error: could not persist new tokens: write: no space left on device; should the old refresh token not count "
        f"any more, {LOG_IN}"
    )


def test_a_client_is_known_by_header_or_else_by_form(asking: Asking) -> None:
    asking.login()
    assert "client_secret" not in asking.provider.asked[-1][1]
    asking.provider.style = "form"
    asking.login()
    path, form, authorization = asking.provider.asked[-1]
    assert (path, form["client_id"], form["client_secret"], authorization) == ("/token", "c/1", "s3cret:", "")


def test_a_client_without_a_secret_names_itself_alone(asking: Asking) -> None:
    del asking.config["client-secret"]
    assert '"invalid_client"' in asking.failure()
    _, form, _ = asking.provider.asked[-1]
    assert form == {"grant_type": "refresh_token", "refresh_token": "s3cret-r1", "client_id": "c/1"}


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("idp-issuer-url", 'error: Must provide idp-issuer-url; add it to the auth-provider of user "u"'),
        ("client-id", 'error: Must provide client-id; add it to the auth-provider of user "u"'),
        ("refresh-token", f"error: No valid id-token, and cannot refresh without refresh-token; {LOG_IN}"),
    ],
)
def test_what_the_config_lacks_is_named(asking: Asking, missing: str, message: str) -> None:
    del asking.config[missing]
    assert asking.failure() == message


@pytest.mark.parametrize("token", ["s3cret", "a.!.c", "a.e30", jwt([]), jwt(b"s3cret"), jwt({"exp": None}), jwt({"exp": "s3cret"}), jwt(b"\xff"), jwt({"exp": 1e300})[:-1] + "\n", "a.e30.é", jwt(b'{"exp":' + b"[" * 10000)])  # fmt: skip
def test_what_is_no_jwt_is_said_to_be_none(asking: Asking, token: str) -> None:
    asking.config["id-token"] = token
    said = "error: ID Token is not a valid JWT: {} has no claims that can be read; remove it, or log in anew"
    assert asking.failure() == said.format('the id-token of user "u"')
    del asking.config["id-token"]
    asking.provider.acts["/token"] = says(200, {"id_token": token})
    assert asking.failure() == said.format("the id_token that the identity provider gave")


@pytest.mark.parametrize(("exp", "expires_at"), [("1795240799", datetime(2026, 11, 21, 5, 59, 59, tzinfo=UTC)), (1e300, datetime.max.replace(microsecond=0, tzinfo=UTC)), (1795244400.9, NOW + timedelta(hours=1))])  # fmt: skip
def test_an_expiry_may_be_any_number(asking: Asking, exp: Any, expires_at: datetime) -> None:
    asking.provider.acts["/token"] = says(200, {"id_token": jwt({"exp": exp})})
    assert asking.login().expires_at == expires_at
