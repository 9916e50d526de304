"""How bytes get there and back: one connection, directly or by a proxy, in bounded time, and what its failures mean."""
