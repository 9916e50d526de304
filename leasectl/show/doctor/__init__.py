"""Findings for people and for programs, with or without names."""
