"""Who acts next on a lease, and when: a window, never a point."""
