"""What is true of a lease: pure rules, no clock, no I/O."""
