"""Whether leases are as they should be, for scripts and monitors."""
