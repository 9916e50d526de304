"""Which proxy a kubeconfig and the environment come to; and that no password of one is ever seen."""

from __future__ import annotations

import pytest

from leasectl.cluster.wire.proxy import Proxy, choose
from leasectl.lease.errors import ConfigurationError

WRITE = (
    "write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, and what is special in the user or the password as a "
    "percent code (@ is %40, # is %23, / is %2F)"
)


def chosen(proxy_url: str | None, environ: dict[str, str] | None = None, host: str = "api.example") -> Proxy | None:
    return choose(proxy_url, "https", host, 6443, environ or {}, "east")


@pytest.mark.parametrize(
    ("url", "scheme", "address", "login"),
    [
        ("http://proxy.corp:3128", "http", "proxy.corp:3128", None),
        ("HTTP://Proxy.corp", "http", "proxy.corp:80", None),
        ("https://proxy.corp/", "https", "proxy.corp:443", None),
        ("socks5://10.0.0.1", "socks5", "10.0.0.1:1080", None),
        ("socks5h://proxy.corp:1", "socks5", "proxy.corp:1", None),
        ("http://[2001:db8::1]:3128", "http", "[2001:db8::1]:3128", None),
        ("http://bob@proxy.corp", "http", "proxy.corp:80", (b"bob", b"")),
        ("http://bob:s%40c%3Aret@proxy.corp", "http", "proxy.corp:80", (b"bob", b"s@c:ret")),
        ("http://b%C3%B6b:s@cret@proxy.corp", "http", "proxy.corp:80", ("böb".encode(), b"s@cret")),
    ],
)
def test_a_proxy_url_is_read(url: str, scheme: str, address: str, login: tuple[bytes, bytes] | None) -> None:
    proxy = chosen(url)
    assert proxy is not None
    assert (proxy.scheme, proxy.address, proxy.login) == (scheme, address, login)
    assert proxy.named_by == 'proxy-url of cluster "east"'


def test_a_proxy_url_beats_the_environment_and_its_exceptions() -> None:
    environ = {"HTTPS_PROXY": "http://other:1", "NO_PROXY": "*"}
    for host in ("api.example", "127.0.0.1", "localhost"):
        proxy = chosen("http://proxy.corp:3128", environ, host)
        assert proxy is not None
        assert proxy.address == "proxy.corp:3128"


@pytest.mark.parametrize(
    ("value", "scheme", "address"),
    [
        ("proxy.corp:3128", "http", "proxy.corp:3128"),
        ("proxy", "http", "proxy:80"),
        ("bob:s3cret@proxy:3128", "http", "proxy:3128"),
        ("https://proxy.corp", "https", "proxy.corp:443"),
        ("socks5h://proxy.corp", "socks5", "proxy.corp:1080"),
    ],
)
def test_a_variable_may_do_without_a_scheme(value: str, scheme: str, address: str) -> None:
    proxy = chosen(None, {"https_proxy": value})
    assert proxy is not None
    assert (proxy.scheme, proxy.address, proxy.named_by) == (scheme, address, "https_proxy")


def test_nothing_named_and_nothing_that_counts_is_no_proxy() -> None:
    assert chosen(None) is None
    assert chosen("") is None
    # What is wrong with a proxy that is not used does not matter.
    assert chosen(None, {"HTTPS_PROXY": "ftp://x", "NO_PROXY": "api.example"}) is None


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("ftp://bob:s3cret@proxy:1", f'unsupported scheme "ftp", must be http, https, or socks5; {WRITE}'),
        ("bob:s3cret@proxy:3128", f'unsupported scheme "", must be http, https, or socks5; {WRITE}'),
        ("//bob:s3cret@proxy:3128", f'unsupported scheme "", must be http, https, or socks5; {WRITE}'),
        ("http://bob:s3cret#@proxy:3128", f"could not parse it; {WRITE}"),
        ("http://bob:s3cret@proxy:port", f"could not parse it; {WRITE}"),
        ("http://bob:s3cret@proxy:0", f"could not parse it; {WRITE}"),
        ("http://bob:s3cret@proxy:65536", f"could not parse it; {WRITE}"),
        ("http://bob:s3cret@[::1:3128", f"could not parse it; {WRITE}"),
        ("http://bob:s3cret@pro\nxy:3128", f"could not parse it; {WRITE}"),
        ("http://bob:s3cret@proxy:3128 ", f"could not parse it; {WRITE}"),
        ("http://bob:s3crét@proxy:3128", f"could not parse it; {WRITE}"),
        ("http://bob:s3cret@:3128", f"it names no host; {WRITE}"),
        (
            "socks5://b%C3%B6b:s3cret@proxy",
            "SOCKS takes a user and a password of 1 to 255 characters of ASCII",
        ),
        ("socks5://:s3cret@proxy", "SOCKS takes a user and a password of 1 to 255 characters of ASCII"),
        (f"socks5://bob:{'s3cret' * 50}@proxy", "SOCKS takes a user and a password of 1 to 255 characters of ASCII"),
    ],
)
def test_a_proxy_url_that_cannot_be_used_says_what_to_write_and_shows_no_password(url: str, what: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        chosen(url)
    assert str(caught.value) == f"Error in configuration: invalid 'proxy-url' for cluster \"east\": {what}"
    if "://" in url:
        with pytest.raises(ConfigurationError) as caught:
            chosen(None, {"HTTPS_PROXY": url})
        assert str(caught.value) == f"error: HTTPS_PROXY: {what}"
    assert "s3cret" not in repr(caught.value)


def test_a_password_is_in_no_repr() -> None:
    proxy = chosen("http://bob:s3cret@proxy.corp:3128")
    assert proxy is not None
    assert proxy.authorization == "Basic Ym9iOnMzY3JldA=="
    for shown in (repr(proxy), str(proxy), f"{[proxy]}"):
        assert "s3cret" not in shown
        assert "bob" not in shown
        assert "proxy.corp" in shown
