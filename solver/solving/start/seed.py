"""What a start leaves to the model in routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.network.routes import Routes
    from solver.pricing.prices import Prices
    from solver.rules.row import Part

MOST_FURTHER = 5
"""Further routes for each shipment with which the model in routes begins, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Seed:
    """What the model in routes begins with.

    Parameters
    ----------
    first : Routes
        One route for each shipment that has any.
    more : Routes
        Further routes of some of them.
    unsettled : ndarray of int
        Shipments that may as well be left unmet.
    limits : ndarray of int
        Limits that bind.
    rules : dict of int to list of Part
        Rows of rules that bind, by number, with the parts of those that have any.
    best : tuple of Prices and ndarray, or None
        Prices of the best bound, with the cheapest route of each shipment at them.
    shares : tuple of ndarray
        Parts of their shipments that the first and the further routes carry.
    is_near : bool
        Whether these parts are nearly the best: else limits may be broken by all that
        stands aside.
    is_central : bool
        Whether the prices are as good as any, and stand in the middle of those.
    settled : Prices, or None
        Prices at which what is at hand leaves least, where time was over.
    unpriced : tuple of Prices and ndarray, or None
        No prices, with the cheapest route of each shipment.
    seconds : float
        What a search takes.
    """

    first: Routes
    more: Routes
    unsettled: Ints
    limits: Ints
    rules: dict[int, list[Part]]
    best: tuple[Prices, Floats] | None
    shares: tuple[Floats, Floats]
    is_near: bool
    is_central: bool = False
    settled: Prices | None = None
    unpriced: tuple[Prices, Floats] | None = None
    seconds: float = 0.0

    @property
    def likely(self) -> Routes:
        """Further routes to begin with: of very many, those that carry most.

        A point that is far from a corner takes ten of each shipment, more than the
        simplex method gets through soon; a search finds those again that are missed.
        """
        most = MOST_FURTHER * len(self.first)
        if len(self.more) <= most:
            return self.more
        order = np.argsort(-self.shares[1], kind="stable")
        return self.more.chosen(np.sort(order[:most]))
