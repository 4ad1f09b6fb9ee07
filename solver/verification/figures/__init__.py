"""Checks of every figure in a result."""
