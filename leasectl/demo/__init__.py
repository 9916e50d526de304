"""A throwaway simulated cluster on loopback."""

from leasectl.demo.api.server import SimulatedApi
from leasectl.demo.scene.demo import Demo

__all__ = ["Demo", "SimulatedApi"]
