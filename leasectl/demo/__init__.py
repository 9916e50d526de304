"""A throwaway simulated cluster on loopback."""
