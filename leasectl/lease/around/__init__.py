"""What lies around a lease: nodes, pods, candidates, events; what to look for, and what it tells."""
