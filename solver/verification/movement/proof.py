"""The proof that no plan of least cost moves less of an earlier plan's cargo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solution.tolerances import GAP
from solver.verification.bound.aim import aim_of_movement
from solver.verification.bound.bound import bound_at
from solver.verification.bound.price_faults import price_faults
from solver.verification.bound.prices import ExactPrices
from solver.verification.bound.refinement import Refinement
from solver.verification.bound.walks import UNREACHED
from solver.verification.exact.amounts import ONE, ZERO, ceiling, decimal
from solver.verification.movement.earlier import ExactEarlier
from solver.verification.movement.proved import WHERE, ProvedMovement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from solver.solution.certificate import Movement
    from solver.solution.earlier import EarlierPlan
    from solver.verification.bound.bound import Bound
    from solver.verification.facts.flows import PlanFlows
    from solver.verification.movement.earlier import MovedAmounts
    from solver.verification.plan import ExactPlan


_GAP = decimal(GAP)


class _MovementRefinement(Refinement):
    """Search in which the routes of an earlier plan earn what they keep."""

    def __init__(
        self,
        bound: Bound,
        flows: PlanFlows,
        earlier: ExactEarlier,
        kept: dict[int, int],
    ) -> None:
        super().__init__(bound, flows)
        candidates, rows = earlier.candidates
        self._own = np.full(len(bound.cheapest), UNREACHED)
        if len(candidates):
            earned = [kept.get(row, 0) for row in rows.tolist()]
            costs = self.route_costs(candidates) - np.array(earned, dtype=np.int64)
            np.minimum.at(self._own, candidates.shipment, costs)
        bound.cheapest = np.minimum(bound.cheapest, self._own)

    def cheapest(self, shipment: int, cutoff: int) -> int:
        """Cost of the cheapest route of a shipment, its earlier ones included."""
        return min(super().cheapest(shipment, cutoff), int(self._own[shipment]))


class MovementProof:
    """Checks what is said about the movement of one plan.

    Parameters
    ----------
    earlier : EarlierPlan
        The plan that it is to be near.
    """

    def __init__(self, plan: ExactPlan, earlier: EarlierPlan) -> None:
        self.plan, self.world = plan, plan.world
        self.earlier = ExactEarlier(plan.world, earlier)

    def proved(self, movement: Movement | None) -> ProvedMovement:
        """Return what prices prove, and where they fall short."""
        faults = [*self._earlier_faults()]
        if movement is not None:
            faults += self._faults(movement)
        if faults:
            return ProvedMovement(faults=tuple(faults))
        moved = self.earlier.moved(self.plan.flows)
        goal = moved.movement - _GAP * moved.comparable
        bound = ZERO if movement is None else self._bound(movement, moved, goal)
        bound = max(ZERO, bound)
        shortfalls: tuple[str, ...] = ()
        if bound < goal:
            what = f"{float(bound)!r} must move, {float(moved.movement)!r} does"
            shortfalls = (f"{WHERE}: proves only that {what}",)
        return ProvedMovement(moved, bound, (), shortfalls)

    def _earlier_faults(self) -> Iterator[str]:
        """Yield what keeps a table from being one that a run writes."""
        if any(size <= 0 for size in self.earlier.quantity):
            yield "earlier.csv: a quantity is not above 0"

    def _faults(self, movement: Movement) -> Iterator[str]:
        budget = decimal(movement.budget)
        for fault in price_faults(self.world, movement.prices, budget):
            yield f"{WHERE}: {fault}"
        rows = len(self.earlier.plan)
        for row, price in movement.kept.items():
            if not 0 <= row < rows:
                yield f"{WHERE}: a price for row {row + 1} of {rows}"
            if not 0 < decimal(price) <= ONE:
                yield f"{WHERE}: the price {price} of row {row + 1} is not one"

    def _bound(self, movement: Movement, moved: MovedAmounts, goal: Decimal) -> Decimal:
        """Return the movement that no plan of this cost goes below."""
        aim, left = aim_of_movement(movement, self.plan.objective), self.plan.unmet
        prices = ExactPrices(self.world, movement.prices, left.by_class, aim)
        bound = bound_at(prices)
        kept = {row: decimal(price) for row, price in movement.kept.items()}
        places, own = bound.scaled.places, self.earlier
        earned = {row: ceiling(price, places) for row, price in kept.items()}
        stay = ((ONE - kept.get(n, ZERO)) * own.quantity[n] for n in own.open_rows)
        base = moved.comparable - sum(stay, ZERO)
        refined = _MovementRefinement(bound, self.plan.flows, own, earned)
        return base + refined.reach(goal - base)
