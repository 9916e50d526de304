"""Work that lasts: done over time, handed what it reads from and the clock it goes by."""
