"""A throwaway simulated cluster on loopback."""

from leasectl.demo.demo import Demo
from leasectl.demo.server import SimulatedApi

__all__ = ["Demo", "SimulatedApi"]
