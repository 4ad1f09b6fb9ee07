"""Diversification rules, one kind a module."""
