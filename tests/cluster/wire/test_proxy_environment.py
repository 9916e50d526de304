"""HTTPS_PROXY, HTTP_PROXY and NO_PROXY mean what they mean to kubectl: Go's own rules."""

from __future__ import annotations

import pytest

from leasectl.cluster.wire.proxy_environment import goes_directly, proxy_for
from leasectl.lease.errors import ConfigurationError

PROXIES = {"HTTPS_PROXY": "http://secure:1", "HTTP_PROXY": "http://plain:2"}

LIST = (
    "foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, "
    "2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64"
)


@pytest.mark.parametrize(
    ("host", "directly"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::2", False),
        ("192.168.1.1", True),
        ("192.168.1.2", False),
        ("192.168.1.3", True),
        ("192.168.1.4", False),
        ("10.0.0.2", True),
        ("::ffff:10.0.0.2", True),
        ("10.0.0.4", False),
        ("2001:db8::52:0:1", True),
        ("2001:db8::52:0:2", False),
        ("2001:db8::52:0:3", True),
        ("2002:db8:a::123", True),
        ("fe80::424b:c8be:1643:a1b6", False),
        ("barbaz.net", False),
        ("www.barbaz.net", True),
        ("foobar.com", True),
        ("FOOBAR.com", True),
        ("www.foobar.com", True),
        ("foofoobar.com", False),
        ("baz.com", False),
        ("localhost.net", False),
        ("local.localhost", False),
        ("barbarbaz.net", False),
        ("wildcard.io", False),
        ("nested.wildcard.io", True),
        ("awildcard.io", False),
    ],
)
def test_a_server_goes_directly_where_go_would_have_it(host: str, directly: bool) -> None:
    assert goes_directly(host, 80, LIST) is directly


@pytest.mark.parametrize(
    ("no_proxy", "host", "directly"),
    [
        ("*", "api.example", True),
        ("foo.com,*", "10.1.2.3", True),
        ("", "api.example", False),
        (" , ,", "api.example", False),
        ("\tAPI.example \n", "api.example", True),
        ("api.example:6443", "api.example", True),
        ("api.example:443", "api.example", False),
        ("api.example:", "api.example", True),
        (".example:6443", "api.example", True),
        (":6443", "api.example", False),
        ("ample", "api.example", False),
        ("*api.example", "x.api.example", False),
        ("api.example", "api.example.", False),
        ("10.0.0.0/8", "10.255.0.1", True),
        ("10.0.0.9/8", "10.255.0.1", True),
        ("10.0.0.0/255.0.0.0", "10.255.0.1", False),
        ("10.0.0.0/33", "10.0.0.1", False),
        ("10.0.0.1", "api.example", False),
        ("10.", "10.0.0.1", False),
        ("0.0.0.0/0", "2001:db8::1", False),
        ("fe80::/10", "fe80::1%eth0", True),
        ("fe80::1", "fe80::1%eth0", True),
        ("fe80::1%eth0", "fe80::1%eth0", False),
        ("[2001:db8::1]:6443", "2001:db8::1", True),
        ("[2001:db8::1]", "2001:db8::1", False),
        ("example.com", "1000::%.example.com", False),
        (".示例.com", "www.xn--fsq092h.com", True),
        ("示例.com", "xn--fsq092h.com", True),
        ("示..com", "xn--fsq092h.com", False),
        ("xn--fsq092h.com", "www.xn--fsq092h.com", True),
    ],
)
def test_an_entry_of_no_proxy_covers(no_proxy: str, host: str, directly: bool) -> None:
    assert goes_directly(host, 6443, no_proxy) is directly


@pytest.mark.parametrize(
    ("environ", "scheme", "expected"),
    [
        (PROXIES, "https", ("HTTPS_PROXY", "http://secure:1")),
        (PROXIES, "http", ("HTTP_PROXY", "http://plain:2")),
        ({"HTTP_PROXY": "http://plain:2"}, "https", None),
        ({"https_proxy": "http://lower:3"}, "https", ("https_proxy", "http://lower:3")),
        ({"https_proxy": "http://lower:3", **PROXIES}, "https", ("HTTPS_PROXY", "http://secure:1")),
        ({"https_proxy": "http://lower:3", "HTTPS_PROXY": ""}, "https", ("https_proxy", "http://lower:3")),
        ({"no_proxy": "api.example", **PROXIES}, "https", None),
        ({"no_proxy": "api.example", "NO_PROXY": "else", **PROXIES}, "https", ("HTTPS_PROXY", "http://secure:1")),
        ({"ALL_PROXY": "http://all:4"}, "https", None),
        ({}, "https", None),
    ],
)
def test_the_variable_that_counts(environ: dict[str, str], scheme: str, expected: tuple[str, str] | None) -> None:
    assert proxy_for(scheme, "api.example", 6443, environ) == expected


def test_a_cgi_script_does_not_take_its_callers_header_for_a_proxy() -> None:
    cgi = {"REQUEST_METHOD": "GET", **PROXIES}
    with pytest.raises(ConfigurationError, match="refusing to use HTTP_PROXY value in CGI environment"):
        proxy_for("http", "api.example", 80, cgi)
    assert proxy_for("https", "api.example", 443, cgi) == ("HTTPS_PROXY", "http://secure:1")
