"""Who leads, since when, is it alive, and for how much longer: the inspector for Kubernetes Leases."""

__version__ = "0.1.0"
