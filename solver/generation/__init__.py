"""Instances that look like freight, of any size, the same for the same words."""

from solver.generation.folder import generate
from solver.generation.order import Order, order

__all__ = ["Order", "generate", "order"]
