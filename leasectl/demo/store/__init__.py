"""What the simulated API server keeps, and the rules of writing it."""
