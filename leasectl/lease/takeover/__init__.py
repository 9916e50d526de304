"""Taking a lease: whether it may be, how, what was seen of its holder, and what came of it."""
