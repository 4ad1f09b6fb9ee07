"""The network that routes go through: elements, steps, limits, tariffs."""
