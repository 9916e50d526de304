"""A lock as it runs: stood for, held while the command runs and, of a leader, stood for again."""

from __future__ import annotations

import os
import random
import shutil
from errno import EACCES, ENOENT
from typing import TYPE_CHECKING

from leasectl.cli import exits, names, signals
from leasectl.cli.locking.looking import first_look
from leasectl.cli.locking.outcome import let_go
from leasectl.cli.locking.scene import Scene
from leasectl.cli.locking.standing import won
from leasectl.cli.locking.turn import Turn
from leasectl.lease.elector import Elector
from leasectl.lease.lock import LABELS
from leasectl.lease.record import Draft
from leasectl.run.hold import Holding
from leasectl.run.lock import ListeningClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cli.locking.asked import Asked
    from leasectl.cli.session import Session
    from leasectl.cluster.connect import Connected
    from leasectl.lease.record import Record

_DEFAULT = "default"  # kubectl's namespace, where nothing names another


def run_locked(asked: Asked, session: Session) -> int:
    """Run the command under the lease; the exit code.

    Raises:
        LeasectlError: it did not run.
    """
    failure = _why_not(asked.command[0], session.environ.get("PATH"))
    if failure:
        return exits.not_run(asked.command[0], failure, session.streams)
    with signals.ending_cleanly(), signals.standing_by(), session.connected() as connected:
        scene = _scene(asked, session, connected)
        until = scene.give_up_at()
        sight = first_look(scene, until)
        known_at = sight.known_at
        elector = Elector(asked.identity, asked.lock.timing)
        holding = Holding(scene.store, scene.clock, elector, random.random, seen=sight.seen, dress=_dress(asked))
        while won(scene, holding, until, known_at):
            turn = Turn(scene, holding)
            try:
                code = turn.take()
            except (KeyboardInterrupt, SystemExit):  # before the command was there to hear it
                let_go(scene, holding)
                raise
            if not turn.is_to_be_repeated:
                return code
            until, known_at = scene.give_up_at(), None
        return exits.Exit.NOT_IN_TIME


def _scene(asked: Asked, session: Session, connected: Connected) -> Scene:
    from leasectl.cluster.store import ApiLeaseStore

    told = session.overrides.namespace
    scope = names.scope(
        [asked.name], namespace=told, context_namespace=None, all_namespaces=False, labels="", fields=""
    )
    (name,) = scope.names
    namespace = name.namespace or connected.namespace or _DEFAULT
    store = ApiLeaseStore(connected.api, namespace, name.name)
    return Scene(asked, session, connected, namespace, name.name, store, ListeningClock(session.clock))


def _dress(asked: Asked) -> Callable[[Record], Draft]:
    """What it writes says that it is a lock; who stands in an election leaves that lease what it is."""
    return Draft if asked.leader else lambda record: Draft(record, LABELS)


def _why_not(command: str, path: str | None) -> int:
    """Why a command cannot be run, an errno; 0 where it may be. So that nobody waits for a lock for nothing."""
    if shutil.which(command, path=path) is not None:
        return 0
    return EACCES if "/" in command and os.path.lexists(command) else ENOENT
