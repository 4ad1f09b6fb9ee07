"""Exact arithmetic on arrays."""
