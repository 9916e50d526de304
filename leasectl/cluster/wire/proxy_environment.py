"""Which proxy the environment names for a server: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, by Go's rules.

Upper case stands before lower case, an empty variable is none. Never by a proxy: `localhost` and loopback addresses.
NO_PROXY is a list with commas; white space and case do not count:

| entry | goes directly |
| --- | --- |
| `*` | everything |
| `foo.com` | foo.com and every name below it |
| `.foo.com`, `*.foo.com` | every name below foo.com, but not foo.com |
| `10.1.2.3`, `2001:db8::1` | this address |
| `10.0.0.0/8`, `2001:db8::/32` | every address in it |
| `foo.com:6443`, `10.1.2.3:6443`, `[2001:db8::1]:6443` | the same, on this port alone |

Names are not resolved: an address listed does not cover a name, nor a name an address.

Source: golang.org/x/net/http/httpproxy/proxy.go, which net/http's ProxyFromEnvironment is.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Network, IPv6Network


def proxy_for(scheme: str, host: str, port: int, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The variable that counts, and the URL it holds; None to connect directly.

    Args:
        scheme: the server's, `http` or `https`.
        host: the server's, a name or an address, IPv6 without brackets.
        port: the server's.
        environ: the environment.

    Raises:
        ConfigurationError: HTTP_PROXY would count, but may be a request header of whoever calls this CGI script.
    """
    named = _first(environ, "HTTPS_PROXY" if scheme == "https" else "HTTP_PROXY")
    exceptions = _first(environ, "NO_PROXY")
    if named is None or goes_directly(host, port, exceptions[1] if exceptions else ""):
        return None
    if scheme == "http" and environ.get("REQUEST_METHOD"):
        raise ConfigurationError(
            "error: refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy; "
            "name the proxy as proxy-url of the cluster"
        )
    return named


def goes_directly(host: str, port: int, no_proxy: str) -> bool:
    """Whether a server is reached without the environment's proxy, `no_proxy` being what NO_PROXY holds."""
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    entries = [entry.strip().lower() for entry in no_proxy.split(",")]
    return "*" in entries or any(_covers(entry, host.lower(), port, address) for entry in entries if entry)


def _first(environ: Mapping[str, str], name: str) -> tuple[str, str] | None:
    for variable in (name, name.lower()):
        if value := environ.get(variable):
            return variable, value
    return None


def _covers(entry: str, host: str, port: int, address: IPv4Address | IPv6Address | None) -> bool:
    network = _network(entry)
    if network is not None:
        return address is not None and address in network
    name, only_port = _split_port(entry)
    if not name or only_port not in {"", str(port)}:
        return False
    listed = None if "%" in name else _address(name)
    if listed is not None or address is not None:
        return listed == address
    name = _in_ascii(name.removeprefix("*") if name.startswith("*.") else name)
    below = name if name.startswith(".") else f".{name}"
    return host == name or host.endswith(below)


def _split_port(entry: str) -> tuple[str, str]:
    """Name and port; an entry that does not end in one port, an IPv6 address for example, is all name."""
    if entry.startswith("["):
        name, ends, port = entry[1:].partition("]:")
    else:
        name, ends, port = entry.rpartition(":")
        ends = "" if ":" in name else ends
    return (name, port) if ends and ":" not in port else (entry, "")


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address without its zone; an IPv4 one written as IPv6 (::ffff:10.1.2.3) is what it is."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _network(entry: str) -> IPv4Network | IPv6Network | None:
    """A range as ADDRESS/BITS; Python would take a netmask for the bits, Go does not."""
    address, _, bits = entry.partition("/")
    if not bits.isdigit() or "%" in address:
        return None
    try:
        return ip_network(entry, strict=False)
    except ValueError:
        return None


def _in_ascii(name: str) -> str:
    if name.isascii():
        return name
    dot = "." if name.startswith(".") else ""
    try:
        return dot + name.removeprefix(".").encode("idna").decode("ascii")
    except UnicodeError:
        return name
