"""What is to be carried: few large flows and many small ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.generation.order import Order


_TONNES = 50e6
"""Cargo of a hundred demands; of more it grows with the square root of their number."""


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedDemand:
    """The demands, as arrays of shape (demands,), in the order of product, origin.

    Parameters
    ----------
    product, origin, market, period : ndarray of int
        Numbers, each from 0.
    quantity : ndarray of int
        Tonnes.
    """

    product: Ints
    origin: Ints
    market: Ints
    period: Ints
    quantity: Ints


def draw_demand(order: Order, rng: np.random.Generator) -> GeneratedDemand:
    """Return the demands of an order: each product, origin and market has some."""
    counts = (order.products, order.origins, order.markets, order.periods)
    rows = np.arange(max(counts))
    always = np.ravel_multi_index(tuple(rows % count for count in counts), counts)
    drawn = rng.choice(math.prod(counts), order.demands, replace=False)
    others = drawn[~np.isin(drawn, always)][: order.demands - len(always)]
    chosen = np.sort(np.concatenate([always, others]))
    product, origin, market, period = np.unravel_index(chosen, counts)
    weight = (
        _uneven(order.products, rng)[product]
        * _uneven(order.origins, rng)[origin]
        * _uneven(order.markets, rng)[market]
        * _uneven(order.demands, rng)
    )
    return GeneratedDemand(product, origin, market, period, _tonnes(weight, order))


def _uneven(count: int, rng: np.random.Generator) -> Floats:
    return rng.lognormal(0.0, 0.7, count)


def _tonnes(weight: Floats, order: Order) -> Ints:
    total = _TONNES * np.sqrt(order.demands / 100)
    tonnes: Ints = np.rint(weight * (total / weight.sum())).astype(np.int64)
    return np.maximum(1, tonnes)
