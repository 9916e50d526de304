"""The demo cluster: the simulated API server with the scene in it; a context manager."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from leasectl.demo.actors.wheel import Wheel
from leasectl.demo.actors.world import Windable, World
from leasectl.demo.api.server import SimulatedApi, wall_clock
from leasectl.demo.scene.scene import NAMESPACES, lay_out
from leasectl.demo.store.history import KEPT

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Demo(SimulatedApi):
    """A throwaway simulated cluster; nothing of it is left after `stop`.

    Args:
        nodes: how many; the scene has its late and its dead one from three on.
        seed: of names, uids and jitter.
        now: the cluster's wall clock.
        seen_at: the actors' monotonic clock, in seconds.
    """

    def __init__(
        self,
        nodes: int = 12,
        seed: int = 0,
        *,
        now: Callable[[], datetime] = wall_clock,
        seen_at: Callable[[], float] = time.monotonic,
    ) -> None:
        clock = Windable(now)
        super().__init__(seed, coordinated=True, kept=max(KEPT, 2 * nodes), now=clock.now)
        self.wheel = Wheel(seen_at)
        world = World(self.store, self.wheel, clock, seed)
        for name in NAMESPACES:
            self.add_namespace(name)
        lay_out(world, nodes, now())
