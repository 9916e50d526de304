"""The simulated API server: requests in, answers out."""
