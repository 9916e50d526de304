"""What a kubeconfig and a cluster know, asked for within two seconds in all, in silence.

Safety rule: nobody is asked for credentials, since neither plugins nor the connection get a terminal.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from leasectl.cli import connection
from leasectl.cli.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from leasectl.cli.completing.places import Typed
    from leasectl.cli.flags import Flag
    from leasectl.cli.session import Session
    from leasectl.cluster.config.kubeconfig_file import Kubeconfig
    from leasectl.cluster.connect import Connected
    from leasectl.cluster.scope import Scope
    from leasectl.lease.state import Judged

EACH_ANSWER_S = 1.5  # a server, or a plugin, which is ended then


def kubeconfig(typed: Typed, session: Session) -> Kubeconfig:
    """All that the kubeconfig of the line names; LeasectlError where it cannot be used."""
    from leasectl.cluster.config.kubeconfig import merged

    home = Path(session.environ.get("HOME") or "/")
    return merged(connection.overrides(_given(typed)), session.environ, home)


@contextmanager
def cluster(typed: Typed, session: Session) -> Iterator[tuple[Session, Connected]]:
    """The cluster of the line, and the run that asks it; LeasectlError where there is none."""
    given = _given(typed)
    timeout_s = connection.seconds(given.get("request_timeout") or "0")
    with Path(os.devnull).open("r+b", buffering=0) as nobody:
        quiet = replace(
            session,
            streams=Streams(nobody, nobody, nobody, terminal=False, talk_on_terminal=False, width=80, colour=False),
            overrides=connection.overrides(given),
            request_timeout_s=min(timeout_s or EACH_ANSWER_S, EACH_ANSWER_S),
        )
        if typed.in_demo:
            from leasectl.cluster.config.kubeconfig import Overrides, from_document
            from leasectl.demo import Demo

            with Demo(nodes=_count(given.get("nodes"))) as demo:
                target = from_document(demo.kubeconfig(), Overrides())
                inside = replace(quiet, target=target)
                with inside.connected() as connected:
                    yield inside, connected
        else:
            with quiet.connected() as connected:
                yield quiet, connected


def read_into(found: list[Judged], scopes: Sequence[Scope], session: Session, connected: Connected) -> None:
    """Judge the leases of each scope; those that were read before one fails, stand."""
    from leasectl.cli import reading
    from leasectl.cli.request import Request

    for scope in scopes:
        known = {row.lease.key for row in found}
        read = reading.live(Request([]), session, connected, scope)
        found.extend(row for row in read.rows if row.lease.key not in known)


def _given(typed: Typed) -> Mapping[str, Any]:
    """The flags by their parameters' names."""
    known = {flag.name: flag for flag in typed.flags}
    given = {}
    for name, values in typed.given.items():
        flag = known.get(name)
        parameter = "as_" if name == "as" else name.replace("-", "_")
        given[parameter] = _value(flag, values)
    return given


def _value(flag: Flag | None, values: Sequence[str]) -> object:
    if flag is not None and flag.takes == "bool":
        return values[-1] == "true"
    return list(values) if flag is not None and flag.many else values[-1]


def _count(text: object) -> int:
    """Demo's nodes, as far as they can be shown in time."""
    return min(int(text), 200) if isinstance(text, str) and text.isdecimal() else 12
