"""All that is known of one lease, and how it comes together: what `describe` shows."""
