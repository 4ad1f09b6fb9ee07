"""Cheapest routes at the prices of the linear program."""
