"""The proof that no plan of least cost moves less of an earlier plan's cargo."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from solver.records import dataclass
from solver.solution.certificate import Exposure, Question
from solver.solution.tolerances import GAP
from solver.verification.bound.bound import Bound
from solver.verification.bound.price_faults import price_faults
from solver.verification.bound.question_prices import QuestionPrices
from solver.verification.bound.refinement import Refinement
from solver.verification.bound.walks import UNREACHED
from solver.verification.exact.amounts import ONE, ZERO, ceiling, decimal
from solver.verification.movement.earlier import ExactEarlier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.solution.certificate import Movement
    from solver.solution.earlier import EarlierPlan
    from solver.verification.bound.prices import Sum
    from solver.verification.facts.flows import PlanFlows
    from solver.verification.movement.earlier import MovedAmounts
    from solver.verification.world import World


_GAP = decimal(GAP)

_WHERE = "certificate.json: movement"


@dataclass(frozen=True, slots=True)
class ProvedMovement:
    """What is proved about the movement.

    Parameters
    ----------
    moved : MovedAmounts or None
        What became of the earlier plan's cargo; None without an earlier plan.
    bound : Decimal or None
        No plan of least cost moves less; None if there are faults.
    faults : tuple of str
        What is wrong with the prices.
    shortfalls : tuple of str
        What they fail to prove.
    """

    moved: MovedAmounts | None = None
    bound: Decimal | None = None
    faults: tuple[str, ...] = ()
    shortfalls: tuple[str, ...] = ()


def unproved(movement: Movement | None, earlier: EarlierPlan | None) -> ProvedMovement:
    """Return what is known where no movement can be looked at."""
    if movement is None or earlier is not None:
        return ProvedMovement()
    what = f"{_WHERE}: prices, but there is no earlier plan"
    return ProvedMovement(faults=(what,))


class MovementPrices(QuestionPrices):
    """Prices of a movement, exactly: a question of no value, at this plan's cost."""

    def __init__(
        self,
        world: World,
        movement: Movement,
        kept: tuple[Decimal, ...],
        objective: Fraction,
    ) -> None:
        question = Question("corridor", "", "least", 0.0)
        asked = Exposure(question, movement.prices, movement.budget, 0.0, 0.0)
        super().__init__(world, asked, kept, ZERO, objective)
        self._earned = [decimal(price) for price in movement.kept.values()]

    @property
    def most_earned(self) -> Decimal:
        """The highest price of what stays."""
        return max(self._earned, default=ZERO)

    def _own_terms(self, terms: Sum) -> None:
        """Add nothing: what stays is counted by route."""


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
            earned = np.array(
                [kept.get(row, 0) for row in rows.tolist()], dtype=np.int64
            )
            costs = self._route_costs(candidates) - earned
            np.minimum.at(self._own, candidates.shipment, costs)
        bound.cheapest = np.minimum(bound.cheapest, self._own)

    def cheapest(self, shipment: int, cutoff: int) -> int:
        """Cost of the cheapest route of a shipment, its earlier ones included."""
        return min(super().cheapest(shipment, cutoff), int(self._own[shipment]))


class MovementProof:
    """Checks what is said about the movement of one plan.

    Parameters
    ----------
    world : World
        The instance.
    flows : PlanFlows
        The plan.
    earlier : EarlierPlan
        The plan that it is to be near.
    unmet : tuple of Decimal
        What the plan leaves unmet by class of firm demand.
    objective : Fraction
        Its cost and penalties.
    """

    def __init__(
        self,
        world: World,
        flows: PlanFlows,
        earlier: EarlierPlan,
        unmet: tuple[Decimal, ...],
        objective: Fraction,
    ) -> None:
        self.world, self.flows = world, flows
        self.earlier = ExactEarlier(world, earlier)
        self.unmet, self.objective = unmet, objective

    def proved(self, movement: Movement | None) -> ProvedMovement:
        """Return what prices prove, and where they fall short."""
        faults = [*self._earlier_faults()]
        if movement is not None:
            faults += self._faults(movement)
        if faults:
            return ProvedMovement(faults=tuple(faults))
        moved = self.earlier.moved(self.flows)
        goal = moved.movement - _GAP * moved.comparable
        bound = ZERO if movement is None else self._bound(movement, moved, goal)
        bound = max(ZERO, bound)
        shortfalls: tuple[str, ...] = ()
        if bound < goal:
            what = f"{float(bound)!r} must move, {float(moved.movement)!r} does"
            shortfalls = (f"{_WHERE}: proves only that {what}",)
        return ProvedMovement(moved, bound, (), shortfalls)

    def _earlier_faults(self) -> Iterator[str]:
        """Yield what keeps a table from being one that a run writes."""
        if any(size <= 0 for size in self.earlier.quantity):
            yield "earlier.csv: a quantity is not above 0"

    def _faults(self, movement: Movement) -> Iterator[str]:
        budget = decimal(movement.budget)
        for fault in price_faults(self.world, movement.prices, budget):
            yield f"{_WHERE}: {fault}"
        rows = len(self.earlier.plan)
        for row, price in movement.kept.items():
            if not 0 <= row < rows:
                yield f"{_WHERE}: a price for row {row + 1} of {rows}"
            if not 0 < decimal(price) <= ONE:
                yield f"{_WHERE}: the price {price} of row {row + 1} is not one"

    def _bound(self, movement: Movement, moved: MovedAmounts, goal: Decimal) -> Decimal:
        """Return the movement that no plan of this cost goes below."""
        prices = MovementPrices(self.world, movement, self.unmet, self.objective)
        bound = Bound(prices)
        kept = {row: decimal(price) for row, price in movement.kept.items()}
        earned = {row: ceiling(price, bound.places) for row, price in kept.items()}
        own = self.earlier
        stay = (
            (ONE - kept.get(row, ZERO)) * own.quantity[row] for row in own.open_rows
        )
        base = moved.comparable - sum(stay, ZERO)
        refined = _MovementRefinement(bound, self.flows, own, earned)
        return base + refined.reach(goal - base)
