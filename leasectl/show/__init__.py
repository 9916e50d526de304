"""Data to text; told about the terminal, never asking it."""
