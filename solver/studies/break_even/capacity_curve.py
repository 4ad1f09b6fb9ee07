"""The quantity on selected elements, piece by piece, as their capacity grows.

First the quantity that stays unmet, class by class, then the cost: each is convex and
piecewise linear where those before it are linear. The prices of the stage that proves
each give its slope.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import UsageError
from solver.network.network import Network
from solver.problem.edits import with_columns
from solver.solution.keys import CapacityKey, UnmetKey
from solver.studies.break_even.convex import Tangent, bends
from solver.studies.break_even.envelope import CURVED, EXACT
from solver.studies.break_even.nearest import nearest_to
from solver.studies.break_even.rate_curve import is_curved, proved_plan
from solver.studies.break_even.set_apart import with_tables
from solver.studies.break_even.use import SelectedUse
from solver.studies.what_if import WhatIf
from solver.verification.exact.amounts import decimal

if TYPE_CHECKING:
    from solver.options import Options
    from solver.problem.instance import Instance
    from solver.solution.plan import Plan
    from solver.solution.solution import Solution
    from solver.studies.break_even.selection import Selection
    from solver.studies.break_even.set_apart import SetApart
    from solver.studies.break_even.use import Move

_TABLES = (("leg", "legs"), ("node", "nodes"), ("route", "routes"))
_NOISE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Capacity over which a unit more is of one value.

    Parameters
    ----------
    start, end : Fraction
        Capacity added on each element.
    value : float
        Cost that a unit saves on each element, with what is unmet held or lessened.
    relief : float
        Firm demand that a unit lets through.
    before, after : float
        Selected quantity at both ends; between them it grows evenly.
    moves : tuple of Move
        Who comes from one end to the other.
    """

    start: Fraction
    end: Fraction
    value: float
    relief: float
    before: float
    after: float
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CapacityCurve:
    """Selected quantity by capacity added, from nothing to where more is of no use.

    Parameters
    ----------
    stretches : tuple of Stretch
        One after the other.
    capacity : float or None
        Capacity of every element today, where it is one.
    today, most, demand : float
        Selected quantity today and at any capacity, and that of the cargo.
    is_exact, tolerance, gap, solves
        As in a `RateCurve`.
    solution : Solution
        The plan of today, proved.
    """

    stretches: tuple[Stretch, ...]
    capacity: float | None
    today: float
    most: float
    demand: float
    is_exact: bool
    tolerance: float
    gap: float
    solves: int
    solution: Solution


def capacity_curve(
    apart: SetApart, selection: Selection, options: Options
) -> CapacityCurve:
    """Curve of the quantity that selected elements carry, by their capacity.

    Parameters
    ----------
    apart : SetApart
        The instance, with the selected cargo set apart.
    selection : Selection
        The elements; those without a limit stay so.
    options : Options
        Solver and time limit of every solve.

    Raises
    ------
    UsageError
        No element has a limit.
    UnansweredError
        A solve ended without a proved plan.
    """
    return _CapacitySearch(apart, selection, options).curve()


class _CapacitySearch:
    """Solves one instance at many capacities."""

    def __init__(self, apart: SetApart, selection: Selection, options: Options) -> None:
        self.instance = apart.instance
        self.rows = {
            table: [row for row in rows if self._is_limited(table, row)]
            for table, rows in (
                ("legs", selection.legs),
                ("nodes", selection.nodes),
                ("routes", selection.routes),
            )
        }
        if not any(self.rows.values()):
            message = "--of capacity: nothing selected has a capacity that could grow"
            raise UsageError(f"{message}; name a leg or node that has one")
        network = Network(self.instance)
        selected = np.isin(self.instance.products["product"], apart.products)
        charges = np.outer(selected, _passing(network, selection)).astype(float)
        self.use = SelectedUse(network, charges, selected, apart.name_of)
        self.study = WhatIf(self.instance, options)
        proved_plan(self.study.solution)
        self.solves, self.gap = 1, 0.0
        self._known: dict[Fraction, Solution] = {Fraction(0): self.study.solution}
        self.is_exact = not is_curved(self.instance)
        self.tolerance = EXACT if self.is_exact else CURVED
        self.keys = self._keys()

    def _is_limited(self, table: str, row: int) -> bool:
        return not np.isnan(getattr(self.instance, table)["capacity"][row])

    def _keys(self) -> set[CapacityKey]:
        """Limits of the selected elements."""
        return {
            CapacityKey(kind, str(getattr(self.instance, table)[kind][row]), period)  # type: ignore[arg-type]
            for kind, table in _TABLES
            for row in self.rows[table]
            for period in self.instance.periods
        }

    def curve(self) -> CapacityCurve:
        """Draw it from what there is to as much as all cargo needs."""
        zero, whole = Fraction(0), self._enough()
        places = [zero, *self._bends(zero, whole), whole]
        plans = self._told_plans(places)
        pieces = [
            self._stretch(*ends, *pair)
            for ends, pair in zip(pairwise(places), pairwise(plans), strict=True)
        ]
        while pieces and not pieces[-1].value and not pieces[-1].relief:
            pieces.pop()  # More is of no use from there on.
        return CapacityCurve(
            stretches=tuple(pieces),
            capacity=self._capacity(),
            today=self.use.quantity(self._plan(zero)),
            most=self.use.quantity(plans[len(pieces)]),
            demand=self.use.demand,
            is_exact=self.is_exact,
            tolerance=float(self.tolerance),
            gap=self.gap,
            solves=self.solves,
            solution=self.study.solution,
        )

    def _enough(self) -> Fraction:
        """Return a capacity that all cargo together does not fill."""
        total = float(self.use.cargo.quantity.sum())
        return Fraction(max(1, 2 * int(np.ceil(total))))

    def _capacity(self) -> float | None:
        """Capacity of every element, if it is one."""
        found = {
            float(getattr(self.instance, table)["capacity"][row])
            for table, rows in self.rows.items()
            for row in rows
        }
        return found.pop() if len(found) == 1 else None

    # ---- solves

    def _solution(self, added: Fraction) -> Solution:
        if added not in self._known:
            self.solves += 1
            self._known[added] = self.study.solve(self._instance(added))
            proved_plan(self._known[added])
        found = self._known[added]
        self.gap = max(self.gap, found.proved.gap or 0.0)
        return found

    def _instance(self, added: Fraction) -> Instance:
        """Return the instance with so much more capacity."""
        tables: dict[str, Any] = {}
        for table, rows in self.rows.items():
            old = getattr(self.instance, table)
            column = old["capacity"].astype(float).copy()
            for row in rows:
                column[row] = float(Fraction(decimal(column[row])) + added)
            tables[table] = with_columns(old, {"capacity": column})
        return with_tables(self.instance, tables)

    def _plan(self, added: Fraction) -> Plan:
        return proved_plan(self._solution(added))

    def _left(self, added: Fraction) -> list[Fraction]:
        """Firm demand that is left, class by class."""
        cargo, plan = self.use.cargo, self._plan(added)
        return [
            sum(map(_exact, plan.unmet[cargo.unmet_class == number]), Fraction(0))
            for number in range(len(cargo.classes))
        ]

    # ---- pieces

    def _bends(self, low: Fraction, high: Fraction) -> list[Fraction]:
        """Places at which any objective bends: those of the first, then within."""
        places = [low, high]
        for number in range(len(self.use.cargo.classes) + 1):
            found = [
                place
                for start, end in pairwise(places)
                for place in self._within(number, start, end)
            ]
            places = sorted({*places, *found})
        return places[1:-1]

    def _within(self, number: int, start: Fraction, end: Fraction) -> list[Fraction]:
        """Places where one objective bends; those before it are lines between."""
        classes = self.use.cargo.classes
        slopes = [
            (after - before) / (end - start)
            for before, after in zip(self._left(start), self._left(end), strict=True)
        ]

        def tangent(place: Fraction) -> Tangent:
            solution = self._solution(place)
            is_cost = number == len(classes)
            objective = "cost" if is_cost else "unmet"
            priority = None if is_cost else classes[number]
            value = self._cost(place) if is_cost else self._left(place)[number]
            slope = Fraction(0)
            stages = solution.certificate.stages if solution.certificate else ()
            for stage in stages:
                if stage.objective == objective and stage.priority == priority:
                    own = (stage.capacities.get(key, 0.0) for key in self.keys)
                    slope -= sum(map(_exact, own), Fraction(0))
                    for earlier, by in zip(classes, slopes, strict=True):
                        price = stage.unmet.get(UnmetKey(earlier), 0.0)
                        slope -= _exact(price) * by
            return Tangent(place, value, slope)

        return bends(tangent, start, end, self.tolerance)

    def _cost(self, added: Fraction) -> Fraction:
        return self.use.cost(self._plan(added))

    def _told_plans(self, places: list[Fraction]) -> list[Plan]:
        """Return an optimal plan at each place, that nearest the one before."""
        plans = [self._plan(places[0])]
        for place in places[1:-1]:
            self.solves += 1
            nearest = nearest_to(self.study, self._instance(place), plans[-1])
            plans.append(self._plan(place) if nearest is None else nearest)
        # Beyond the last bend nothing is of use, and nothing moves.
        last = plans[-1] if self._is_level(places) else self._plan(places[-1])
        return [*plans, last]

    def _is_level(self, places: list[Fraction]) -> bool:
        """Whether nothing changes between the last two places."""
        return self._left(places[-2]) == self._left(places[-1]) and self._is_noise(
            self._cost(places[-2]) - self._cost(places[-1])
        )

    def _is_noise(self, cost: Fraction) -> bool:
        least = self.tolerance * max(Fraction(1), self._cost(Fraction(0)))
        return abs(cost) <= least

    def _stretch(
        self, start: Fraction, end: Fraction, before: Plan, after: Plan
    ) -> Stretch:
        """Return one piece, with who comes from one end to the other."""
        less = sum(self._left(start)) - sum(self._left(end))
        saved = self._cost(start) - self._cost(end)
        relief, value = less / (end - start), saved / (end - start)
        scale = max(float(self.use.demand), 1.0)
        return Stretch(
            start,
            end,
            0.0 if self._is_noise(saved) else float(value),
            0.0 if less <= _NOISE * scale else float(relief),
            self.use.quantity(before),
            self.use.quantity(after),
            tuple(self.use.moves(before, after)),
        )


def _exact(value: float) -> Fraction:
    return Fraction(decimal(value))


def _passing(network: Network, selection: Selection) -> np.ndarray[Any, Any]:
    """How often each step passes a selected element, shape (steps,)."""
    passes = np.zeros(network.num_steps)
    legs, nodes = {*selection.legs}, {*selection.nodes}
    routes = {network.num_legs + row for row in selection.routes}
    for element in range(network.num_elements):
        through, visited = network.passes(element)
        count = sum(leg in legs for leg in through)
        count += sum(node in nodes for node in visited)
        passes[element] = count + (element in routes)
    for node in nodes:
        passes[network.num_elements + node] = 1
    return passes
