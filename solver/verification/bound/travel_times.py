"""Least days from node to node, as the verifier computes them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.certificate import Stage
from solver.verification.bound.prices import ExactPrices
from solver.verification.exact.amounts import ONE, ZERO, amounts

if TYPE_CHECKING:
    from solver.verification.exact.amounts import Amounts
    from solver.verification.world import World


class TravelTimes(ExactPrices):
    """Days instead of money: elements cost what they take, leaving costs the limit."""

    def __init__(self, world: World) -> None:
        super().__init__(world, Stage("rules"), ())

    @cached_property
    def unmet_price(self) -> Amounts:
        """Longest time of each shipment; more than any route takes without a limit."""
        cargo, elements = self.world.cargo, self.world.elements
        ever = 2.0 * float(sum(elements.days, ONE) + sum(elements.dwell, ZERO))
        longest = self.world.instance.demand["max_days"]
        return amounts(np.where(np.isnan(longest), ever, longest)).take(cargo.demand)

    def _money(self, kind: int) -> tuple[Amounts, Amounts]:
        """Return the days of each element with those at its head, and of each start."""
        del kind
        return self.world.elements.times
