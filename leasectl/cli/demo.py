"""`leasectl demo`: a simulated cluster with trouble in it, for one command or until Ctrl-C."""

from __future__ import annotations

import gc
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Never

import msgspec
import typer
from msgspec.structs import replace

from leasectl.cli import main, options, signals
from leasectl.cli.help import Command
from leasectl.cluster.config import kubeconfig

if TYPE_CHECKING:
    from leasectl.cli.session import Session
    from leasectl.demo import Demo

EXAMPLES = """
Examples:
  # What leasectl shows of a cluster in trouble
  leasectl demo get -A
  # Ten times the nodes, and what of them is in trouble
  leasectl demo --nodes 120 get -A --trouble
  # A cluster to try things on, until Ctrl-C; it says how another shell finds it
  leasectl demo
"""

Nodes = Annotated[int, typer.Option("--nodes", metavar="N", min=0, max=20_000, help="How many nodes beat.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Names and jitter are those of this seed.")]
Words = Annotated[list[str] | None, typer.Argument(metavar="[COMMAND...]", help="A leasectl command and its flags.")]

app = options.new_app()


@app.command(
    cls=Command,
    epilog=EXAMPLES,
    context_settings={**options.HELP, "allow_interspersed_args": False, "ignore_unknown_options": True},
)
def demo(ctx: typer.Context, command: Words = None, nodes: Nodes = 12, seed: Seed = 0) -> None:
    """Run one leasectl command against a throwaway simulated cluster, or keep one up until Ctrl-C.

    It serves the Kubernetes API on a random port of this machine, with nodes that beat, electors that elect, and
    trouble to find. It knows nothing of your kubeconfig, and leaves nothing behind.
    """
    from leasectl.demo import Demo

    gc.enable()
    session: Session = ctx.obj
    session.refuse_connection_flags()
    with signals.ending_cleanly(), Demo(nodes=nodes, seed=seed) as cluster:
        if not command:
            _stay_up(cluster, session)
        target = kubeconfig.from_document(cluster.kubeconfig(), kubeconfig.Overrides())
        raise typer.Exit(main.run(command or [], replace(session, target=target)))


def _stay_up(cluster: Demo, session: Session) -> Never:
    """Until a signal ends it; the kubeconfig goes with it."""
    with tempfile.TemporaryDirectory(prefix="leasectl-demo-") as folder:
        config = Path(folder) / "kubeconfig"
        config.touch(mode=0o600)
        config.write_bytes(msgspec.json.encode(cluster.kubeconfig()))
        session.streams.lines([f"export KUBECONFIG={shlex.quote(str(config))}"])
        session.streams.say(f"A simulated cluster is at {cluster.url} until Ctrl-C.")
        session.streams.say(f"In another shell, say the line above, then: {session.program} get -A")
        while True:
            session.clock.sleep(3600)
