"""What one run of leasectl may touch of the world: streams, clock, environment, and a cluster once it is named."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from leasectl.cluster.config.overrides import Overrides
from leasectl.lease.errors import UsageError
from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from leasectl.cli.streams import Streams
    from leasectl.cluster.config.kubeconfig import Target
    from leasectl.cluster.connect import Connected
    from leasectl.lease.ports import Clock


class Session(Struct, frozen=True):
    """One run.

    Attributes:
        program: how it was called: `leasectl`, or `kubectl lease`.
        streams: where data and talk go.
        clock: what time it is.
        environ: the environment.
        overrides: the connection's flags.
        request_timeout_s: `--request-timeout`; 0 for none.
        target: a cluster that is given, as the demo's is: kubeconfig and connection flags are out of play.
    """

    program: str
    streams: Streams
    clock: Clock
    environ: Mapping[str, str]
    overrides: Overrides = field(default_factory=Overrides)
    request_timeout_s: float = 0.0
    target: Target | None = None

    @property
    def again(self) -> list[str]:
        """The words that begin a command line which asks the same cluster, as the same user: leasectl --context x."""
        if self.target is not None:
            return [*self.program.split(), "demo"]
        from leasectl.cli import connection

        return [*self.program.split(), *connection.choosing(self.overrides)]

    @contextmanager
    def connected(self, target: Target | None = None) -> Iterator[Connected]:
        """The cluster that flags, environment and kubeconfig name, or one that is known; let go of at the end."""
        from leasectl.cluster import connect
        from leasectl.cluster.identity.attendant import Attendant

        at_terminal, watched = self.streams.stdin.isatty(), self.streams.stderr.isatty()
        attendant = Attendant(at_terminal, watched, self._say, self.environ, self.request_timeout_s)
        if self.target is not None:
            self.refuse_connection_flags()
            connected = connect.connect_to(self.target, self.clock, attendant)
        elif target is not None:
            connected = connect.connect_to(target, self.clock, attendant)
        else:
            connected = connect.connect(self.overrides, self.clock, attendant, self.home())
        with connected.api:
            yield connected

    def refuse_connection_flags(self) -> None:
        """The demo brings its own cluster: UsageError where a flag names another."""
        given = [name for name in Overrides.__struct_fields__ if name != "namespace" and getattr(self.overrides, name)]
        if given:
            flag = "--" + given[0].rstrip("_").replace("_", "-")
            raise UsageError(f"error: the demo brings its own cluster: {flag} has no place here")

    def _say(self, line: str) -> None:
        self.streams.say(safe.text(line.expandtabs(4)))

    def home(self) -> Path:
        """Where this user's files are."""
        return Path(self.environ.get("HOME") or "/")
