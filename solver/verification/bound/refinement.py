"""Bounds made sharper where the cheapest walk is no route."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from solver.verification.bound.routes import RouteSearch
from solver.verification.bound.walks import UNREACHED
from solver.verification.exact.amounts import floor
from solver.verification.rules.cargo_scopes import routes_by_value

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    from solver.arrays import Floats, Ints, Mask
    from solver.problem.rules import By
    from solver.solution.certificate import Stage
    from solver.verification.bound.bound import Bound
    from solver.verification.facts.flows import PlanFlows


ALL_LABELS = 1_000_000
"""Labels of all searches of a stage together."""


class Refinement:
    """Search of simple routes for the shipments whose walks leave a gap.

    Parameters
    ----------
    bound : Bound
        Bound of a stage; its `cheapest` is made sharper in place.
    flows : PlanFlows or None
        The plan, which says where the gap is; None if there is none.
    """

    def __init__(self, bound: Bound, flows: PlanFlows | None) -> None:
        self.bound, self.flows = bound, flows
        self.scaled, self.world = bound.scaled, bound.world
        self.search = RouteSearch(bound.scaled)
        self._sharp: set[int] = set()

    @property
    def stage(self) -> Stage:
        """Prices of the bound."""
        return self.bound.prices.stage

    def reach(self, goal: Decimal | Fraction) -> Decimal:
        """Sharpen the bound until it reaches a goal, or no further."""
        bound, quantity = self.bound, self.world.cargo.quantity
        total = bound.total()
        for shipment in self._worst_first() if total < goal else ():
            if total >= goal or self._is_tired:
                break
            before = bound.least(shipment)
            self._sharpen(shipment)
            gain = bound.least(shipment) - before
            total += gain * quantity[shipment]
        return total

    def least_of(self, shipment: int) -> Decimal:
        """Cost of carrying a unit of a shipment or leaving it, by simple routes."""
        if self._doubtful[shipment] and shipment not in self._sharp:
            self._sharpen(shipment)
            self._sharp.add(shipment)
        return self.bound.least(shipment)

    def least(self) -> tuple[Floats, Mask]:
        """Cost of carrying a unit of each shipment or leaving it, by simple routes.

        Where that took too many labels, it may be more than is said; the second
        array marks these shipments.
        """
        bound, best = self.bound, self._best_in_plan()
        unsure = np.zeros(len(best), dtype=bool)
        open_ = self._open() & (best > bound.cheapest)
        for shipment in np.flatnonzero(open_).tolist():
            if self._is_tired:
                unsure[shipment] = True
            else:
                self._sharpen(shipment)
        walks = bound.cheapest / 10.0**self.scaled.places
        unmet_price = bound.prices.unmet_price.floats()
        is_walk = bound.cheapest < self.scaled.unmet_price
        return np.where(is_walk, walks, unmet_price), unsure

    def cheapest(self, shipment: int, cutoff: int) -> int:
        """Cost of the cheapest route of a shipment in units, rounded down."""
        return self.search.cheapest(shipment, cutoff)

    def _sharpen(self, shipment: int) -> None:
        cutoff = int(self.scaled.unmet_price[shipment])
        self.bound.cheapest[shipment] = self.cheapest(shipment, cutoff)

    # ---- which shipments

    @property
    def _is_tired(self) -> bool:
        """Whether searches have taken all the labels that a stage has."""
        return self.search.looked_at > ALL_LABELS

    @cached_property
    def _doubtful(self) -> Mask:
        """Shipments whose walks, as first found, may be no routes but decide."""
        return self._open()

    def _open(self) -> Mask:
        is_walk = self.bound.cheapest < self.scaled.unmet_price
        return np.asarray(self.search.doubtful() & is_walk)

    def _worst_first(self) -> list[int]:
        """Shipments whose walks may be no routes, by what they cost the bound."""
        loss = self._losses()
        open_ = self._open() & (loss > 0)
        worst = np.argsort(-loss, kind="stable")
        return [shipment for shipment in worst.tolist() if open_[shipment]]

    def _best_in_plan(self) -> Ints:
        """Cost at prices of the cheapest route that the plan has for each shipment."""
        best = np.full(len(self.bound.cheapest), UNREACHED)
        if self.flows is not None:
            np.minimum.at(best, self.flows.shipment, self.route_costs(self.flows))
        return best

    def _losses(self) -> Floats:
        """Return what plan and bound differ by on each shipment."""
        cheapest, flows = self.bound.cheapest, self.flows
        below = (self.scaled.unmet_price - cheapest).astype(np.float64)
        if flows is None:
            return self.world.cargo.quantity.floats() * below
        dearer = self.route_costs(flows) - cheapest[flows.shipment]
        carried = flows.quantity.floats() * dearer
        found = np.bincount(flows.shipment, carried, len(below))
        return np.asarray(found + flows.unmet.floats() * below)

    def route_costs(self, flows: PlanFlows) -> Ints:
        """Cost at prices of each flow's route, in units, every part rounded down."""
        scaled, terms = self.scaled, self.scaled.terms
        group = scaled.kind[flows.shipment] * len(terms) + scaled.term[flows.shipment]
        uses, routes = flows.uses(group, len(scaled.kinds) * len(terms)), flows.routes
        kind, term = np.divmod(uses.group, len(terms))
        costs = [scaled.costs(number) for number in range(len(scaled.kinds))]
        on_element = np.array([elements for elements, _ in costs])
        at_start = np.array([starts for _, starts in costs])
        offset = [[floor(x, scaled.places) for x in own.offset] for own in terms]
        passed = routes.chain.take(uses.route)
        owner = passed.owners
        found = np.zeros(len(uses.route), dtype=np.int64)
        np.add.at(found, owner, on_element[kind[owner], passed.items])
        found += at_start[kind, routes.start[uses.route]]
        found += np.array(offset)[term, routes.corridor[uses.route]]
        wanted: dict[By, set[str]] = {}
        for touch in chain.from_iterable(own.touches for own in terms):
            wanted.setdefault(touch.by, set()).add(touch.value)
        carriers = {by: dict(routes_by_value(routes, by, wanted[by])) for by in wanted}
        none = np.zeros(len(routes), dtype=bool)
        for number in np.unique(term).tolist():
            for touch in terms[number].touches:
                carry = carriers[touch.by].get(touch.value, none)[uses.route]
                found[carry & (term == number)] += floor(touch.charge, scaled.places)
        return found[uses.place]
