"""Bounds made sharper where the cheapest walk is no route."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.verification.bound.labels import NEVER, Arc, Labels, Toll, WalkTask
from solver.verification.bound.searches import NONE
from solver.verification.bound.walks import UNREACHED
from solver.verification.exact.amounts import ceiling, digits_after_point, floor
from solver.verification.rules.cargo_scopes import carried_bits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal
    from fractions import Fraction

    from numpy.typing import NDArray

    from solver.verification.bound.bound import Bound
    from solver.verification.bound.prices import PricedTerms, PricedTouch
    from solver.verification.facts.flows import PlanFlows

    Positions = NDArray[np.int64]


MOST_LABELS = 100_000
"""Labels of one search: the bound is valid wherever it stops."""


ALL_LABELS = 1_000_000
"""Labels of all searches of a stage together."""


class Refinement:
    """Search of simple routes for the shipments whose walks leave a gap.

    Parameters
    ----------
    bound : Bound
        Bound of a stage; its `cheapest` is made sharper in place.
    flows : PlanFlows or None
        The plan, which says where the gap is.
    """

    def __init__(self, bound: Bound, flows: PlanFlows | None) -> None:
        self.bound, self.flows = bound, flows
        self.world = bound.world
        self._known: dict[tuple[int, int, int], Labels] = {}
        self._carried: dict[PricedTouch, NDArray[np.bool_]] = {}
        self._carriers: dict[PricedTouch, tuple[frozenset[int], frozenset[int]]] = {}
        self._found: dict[tuple[int, Decimal | None, int], int] = {}
        self._sharp: set[int] = set()

    @cached_property
    def _day_places(self) -> int:
        """Digits after the point that days have."""
        elements = self.world.elements
        longest = {days for days in self.world.cargo.max_days if days is not None}
        return digits_after_point([*elements.days, *elements.dwell, *longest])

    @property
    def looked_at(self) -> int:
        """Labels of all searches so far."""
        return sum(labels.looked_at for labels in self._known.values())

    def reach(self, goal: Decimal | Fraction) -> Decimal:
        """Sharpen the bound until it reaches a goal, or no further."""
        bound, quantity = self.bound, self.world.cargo.quantity
        total = bound.total()
        for shipment in self._worst_first() if total < goal else ():
            if total >= goal or self.looked_at > ALL_LABELS:
                break
            before = self._least(shipment)
            cutoff = int(bound.unmet_price[shipment])
            bound.cheapest[shipment] = self.cheapest(shipment, cutoff)
            gain = self._least(shipment) - before
            total += gain * quantity.value(int(quantity.units[shipment]))
        return total

    def least_of(self, shipment: int) -> Decimal:
        """Cost of carrying a unit of a shipment or leaving it, by simple routes."""
        bound = self.bound
        if self._doubtful[shipment] and shipment not in self._sharp:
            cutoff = int(bound.unmet_price[shipment])
            bound.cheapest[shipment] = self.cheapest(shipment, cutoff)
            self._sharp.add(shipment)
        return self._least(shipment)

    @cached_property
    def _doubtful(self) -> NDArray[np.bool_]:
        return self.doubtful() & (self.bound.cheapest < self.bound.unmet_price)

    def _least(self, shipment: int) -> Decimal:
        """Cost of carrying a unit of a shipment or leaving it, as the bound has it."""
        bound = self.bound
        walk = int(bound.cheapest[shipment])
        if walk < int(bound.unmet_price[shipment]):
            return bound.units_value(walk)
        unmet_price = bound.prices.unmet_price
        return unmet_price.value(int(unmet_price.units[shipment]))

    # ---- which shipments

    def doubtful(self) -> NDArray[np.bool_]:
        """Shipments whose cheapest walk may be no route."""
        bound, cargo = self.bound, self.world.cargo
        inner = self.world.elements.with_inner_nodes
        once = [
            bool(term.touches) or min(term.offset) < term.offset[-1]
            for term in bound.terms
        ]
        timed = [days is not None for days in cargo.max_days]
        return np.asarray(
            inner | np.array(once)[bound.term] | np.array(timed)[cargo.demand]
        )

    def _worst_first(self) -> list[int]:
        """Shipments whose walks may be no routes, by what they cost the bound."""
        bound = self.bound
        loss = self._losses()
        open_ = self.doubtful() & (bound.cheapest < bound.unmet_price) & (loss > 0)
        worst = np.argsort(-loss, kind="stable")
        return [shipment for shipment in worst.tolist() if open_[shipment]]

    def least(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Cost of carrying a unit of each shipment or leaving it, by simple routes.

        Where that took too many labels, it may be more than is said; the second
        array marks these shipments.
        """
        bound = self.bound
        unsure = np.zeros(len(bound.cheapest), dtype=bool)
        best = self._best_in_plan()
        open_ = self.doubtful() & (bound.cheapest < bound.unmet_price)
        for shipment in np.flatnonzero(open_ & (best > bound.cheapest)).tolist():
            if self.looked_at > ALL_LABELS:
                unsure[shipment] = True
            else:
                cutoff = int(bound.unmet_price[shipment])
                bound.cheapest[shipment] = self.cheapest(shipment, cutoff)
        unmet_price = bound.prices.unmet_price.floats()
        walks = bound.cheapest / 10.0**bound.places
        return np.where(bound.cheapest < bound.unmet_price, walks, unmet_price), unsure

    def _best_in_plan(self) -> Positions:
        """Cost at prices of the cheapest route that the plan has for each shipment."""
        best = np.full(len(self.bound.cheapest), UNREACHED)
        if self.flows is not None:
            np.minimum.at(best, self.flows.shipment, self._route_costs(self.flows))
        return best

    def _losses(self) -> NDArray[np.float64]:
        """Return what plan and bound differ by on each shipment."""
        bound, flows = self.bound, self.flows
        below = (bound.unmet_price - bound.cheapest).astype(np.float64)
        if flows is None:
            return self.world.cargo.quantity.floats() * below
        dearer = self._route_costs(flows) - bound.cheapest[flows.shipment]
        carried = flows.quantity.floats() * dearer
        found = np.bincount(flows.shipment, carried, len(below))
        return np.asarray(found + flows.unmet.floats() * below)

    def _route_costs(self, flows: PlanFlows) -> Positions:
        """Cost at prices of each flow's route, in units, every part rounded down."""
        bound, terms = self.bound, self.bound.terms
        kind, term = bound.kind[flows.shipment], bound.term[flows.shipment]
        costs = [bound.costs(number) for number in range(len(bound.kinds))]
        on_element = np.array([elements for elements, _ in costs])
        at_start = np.array([starts for _, starts in costs])
        offset = [[floor(x, bound.places) for x in found.offset] for found in terms]
        found = np.zeros(len(flows), dtype=np.int64)
        np.add.at(found, flows.owner, on_element[kind[flows.owner], flows.chain.items])
        found += at_start[kind, flows.start] + np.array(offset)[term, flows.corridor]
        for number in np.unique(term).tolist():
            for touch in terms[number].touches:
                if touch not in self._carried:
                    bits = carried_bits(flows, touch.by, [touch.value])
                    self._carried[touch] = bits != 0
                charged = (term == number) & self._carried[touch]
                found[charged] += floor(touch.charge, bound.places)
        return found

    def _marked(self, touch: PricedTouch) -> tuple[frozenset[int], frozenset[int]]:
        """Elements and nodes that carry a value."""
        if touch not in self._carriers:
            elements = self.world.elements
            carriers = elements.carriers(touch.by).get(touch.value, NONE)
            at_node = elements.nodes_with(touch.by, touch.value)
            self._carriers[touch] = (
                frozenset(carriers.tolist()),
                frozenset(at_node.tolist()),
            )
        return self._carriers[touch]

    # ---- one shipment

    def cheapest(self, shipment: int, cutoff: int) -> int:
        """Cost of the cheapest route of a shipment in units, rounded down.

        `UNREACHED` if there is none below the cutoff.
        """
        cargo = self.world.cargo
        longest = cargo.max_days[cargo.demand[shipment]]
        key = int(self.bound.trades.of_shipment[shipment]), longest, cutoff
        if key not in self._found:
            found = min(self._searches(shipment, cutoff), default=NEVER)
            self._found[key] = min(found, int(UNREACHED))
        return self._found[key]

    def _searches(self, shipment: int, cutoff: int) -> Iterator[int]:
        bound, cargo = self.bound, self.world.cargo
        terms = bound.terms[bound.term[shipment]]
        for corridor, offset in enumerate(terms.offset):
            labels = self._labels(shipment, corridor)
            units = floor(offset, bound.places)
            for start in cargo.places[int(cargo.origin[shipment])].tolist():
                for end in cargo.places[int(cargo.market[shipment])].tolist():
                    task = self._task(shipment, start, end, cutoff - units)
                    if task is not None:
                        found = labels.cheapest(task)
                        if found < NEVER:
                            cutoff = min(cutoff, found + units)
                            yield found + units

    def _task(
        self, shipment: int, start: int, end: int, cutoff: int
    ) -> WalkTask | None:
        bound, dwell = self.bound, self.world.elements.dwell
        arcs = bound.kinds[bound.kind[shipment]]
        if arcs.closed_start[start]:
            return None
        at_start = arcs.at_start.value(arcs.at_start.units[start])
        touches = bound.terms[bound.term[shipment]].touches
        first, preset = 0, 0
        for bit, touch in enumerate(touches):
            _, at_node = self._marked(touch)
            if touch.by == "country":
                preset |= (1 << bit) * (not at_node.isdisjoint((start, end)))
            else:
                first |= (1 << bit) * (start in at_node)
        cargo = self.world.cargo
        longest = cargo.max_days[cargo.demand[shipment]]
        return WalkTask(
            start=start,
            end=end,
            cost=floor(at_start, bound.places),
            days=floor(dwell[start], self._day_places),
            touches=first,
            preset=preset,
            max_days=None if longest is None else floor(longest, self._day_places),
            cutoff=cutoff,
        )

    def _labels(self, shipment: int, corridor: int) -> Labels:
        bound = self.bound
        kind, term = int(bound.kind[shipment]), int(bound.term[shipment])
        key = kind, term, corridor
        if key not in self._known:
            terms = bound.terms[term]
            required = terms.offset[corridor] < terms.offset[-1]
            arcs = self._arcs(kind, terms, corridor, required=required)
            toll = self._toll(terms, required=required)
            self._known[key] = Labels(arcs, toll, MOST_LABELS)
        return self._known[key]

    def _toll(self, terms: PricedTerms, *, required: bool) -> Toll:
        places = self.bound.places
        charges = [max(0, floor(t.charge, places)) for t in terms.touches]
        rewards = [max(0, ceiling(-t.charge, places)) for t in terms.touches]
        bit = (1 << len(terms.touches)) if required else 0
        return Toll((*charges, 0), (*rewards, 0), bit)

    def _arcs(
        self, kind: int, terms: PricedTerms, corridor: int, *, required: bool
    ) -> list[Arc]:
        """Elements of a corridor and of none, at the prices."""
        elements, arcs = self.world.elements, self.bound.kinds[kind]
        touches = [0] * len(elements)
        for bit, touch in enumerate(terms.touches):
            for element in self._marked(touch)[0]:
                touches[element] |= 1 << bit
        costs, _ = self.bound.parts(kind)
        own = elements.corridor == corridor
        if required:
            for element in np.flatnonzero(own).tolist():
                touches[element] |= 1 << len(terms.touches)
        usable = (own | (elements.corridor == len(terms.offset) - 1)) & ~arcs.closed
        return [
            Arc(
                tail=int(elements.tails[e]),
                head=int(elements.heads[e]),
                cost=int(costs[e]),
                days=floor(self._days(e), self._day_places),
                touches=touches[e],
                visits=sum(1 << node for node in elements.all[e].nodes[1:]),
            )
            for e in np.flatnonzero(usable).tolist()
        ]

    def _days(self, element: int) -> Decimal:
        elements = self.world.elements
        return elements.days[element] + elements.dwell[int(elements.heads[element])]
