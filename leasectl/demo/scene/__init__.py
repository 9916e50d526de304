"""The cluster in trouble that the demo shows."""
