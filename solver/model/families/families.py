"""The registry of the families of rows, and their sums in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.model.families.budget import Budget
from solver.model.families.capacity import CapacityRows
from solver.model.families.family import Broken
from solver.model.families.kept_routes import KeptRoutes
from solver.model.families.rules import RuleRows
from solver.model.families.unmet_limit import UnmetLimits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.arrays import Floats, Ints, Mask
    from solver.model.answer import Answer
    from solver.model.families.family import Host, RowFamily
    from solver.model.objective import Duals, Objective
    from solver.model.route_columns import RouteBatch


class Families:
    """Every family of a master, each under its name.

    Its methods are those of `RowFamily`, over all of them.
    """

    def __init__(self, host: Host) -> None:
        self.capacity = CapacityRows(host)
        self.rules = RuleRows(host)
        self.unmet = UnmetLimits(host)
        self.budget = Budget(host, self.__iter__)
        self.kept = KeptRoutes(host)

    def __iter__(self) -> Iterator[RowFamily]:
        """Yield them in the order in which the master sums."""
        yield from (self.capacity, self.rules, self.unmet, self.budget, self.kept)

    # ---- rows and columns

    def add_broken(self, values: Floats, quantities: Sequence[Floats]) -> Broken:
        """Add the rows that a plan breaks, and the cuts that it calls for."""
        found = [family.add_broken(values, quantities) for family in self]
        return Broken(sum(own.rows for own in found), sum(own.cuts for own in found))

    def entries(
        self, batch: RouteBatch, index: Ints
    ) -> list[tuple[Ints, Ints, Floats]]:
        """Entries of routes of a batch: rows, positions in `index`, and values."""
        found = (family.entries(batch, index) for family in self)
        return [entries for entries in found if entries is not None]

    def unmet_entries(self, shipments: Ints) -> list[tuple[Ints, Floats]]:
        """Rows (-1: none) and values of the unmet column of each shipment."""
        found = (family.unmet_entries(shipments) for family in self)
        return [entries for entries in found if entries is not None]

    def most_unmet(self, shipments: Ints) -> Floats:
        """Upper bound of the unmet column of each shipment."""
        upper = np.full(len(shipments), np.inf)
        for family in self:
            most = family.most_unmet(shipments)
            upper = upper if most is None else np.minimum(upper, most)
        return upper

    def money_rows(self) -> list[int]:
        """Rows that count money."""
        return [family.money_row for family in self if family.money_row >= 0]

    # ---- objective

    def set_objective(self, objective: Objective) -> None:
        """Minimise something else from now on."""
        for family in self:
            family.set_objective(objective)

    def price_outside(self) -> None:
        """Tell rows what everything costs that is not in the model."""
        for family in self:
            family.price_outside()

    def cost(self, total: float, answer: Answer) -> float:
        """Return a total with what the families' columns cost in a plan."""
        for family in self:
            total += family.cost(answer)
        return total

    # ---- prices

    def priced(self, duals: Duals, answer: Answer) -> Duals:
        """Return prices with those of all families."""
        for family in self:
            duals = family.priced(duals, answer)
        return duals

    def charge_outside(self, costs: Floats, shipments: Mask, duals: Duals) -> Floats:
        """Return what the routes of shipments outside cost with all prices."""
        for family in self:
            costs = family.charge_outside(costs, shipments, duals)
        return costs

    def charge_unmet(self, costs: Floats, duals: Duals) -> None:
        """Add what the families charge for leaving a unit of each shipment unmet."""
        for family in self:
            family.charge_unmet(costs, duals)

    def hold_unmet(self, costs: Floats, duals: Duals) -> None:
        """Add what limits on unmet demand charge."""
        for family in self:
            family.hold_unmet(costs, duals)

    def least_values(self, value: Floats, duals: Duals) -> Floats:
        """Return least costs of routes, with what is charged for single routes."""
        for family in self:
            value = family.least_values(value, duals)
        return value

    def less_constant(self, bound: float, duals: Duals) -> float:
        """Return a bound less prices times right-hand sides of all families."""
        for family in self:
            bound = family.less_constant(bound, duals)
        return bound
