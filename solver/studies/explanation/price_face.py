"""All prices that prove a plan, and the most that a route may lack among them.

Prices y of capacities, rows of rules and classes of firm demand prove a plan if, by
complementary slackness,

- only full capacities, rows at their limit and classes with unmet demand have a price;
- every route that is taken pays the least of its shipment, and what is left unmet in
  part costs as much as carrying it;
- no other route pays less.

These are the optimal solutions of the dual linear program: a face of a polyhedron. Over
it, the largest of ``pays_r(y) - least_d(y)`` is what a route r lacks: with its cost
lower by less, some y still proves the plan, with its cost lower by more, none does, and
every optimal plan takes the route. Routes are rows of this small program, made when
prices call for them, as columns are in the large one.

Rows that bound all values together enter through every linear row that is as tight at
the plan (`row_weights`). An index is smooth there and has one; of the largest together
and of change there are many where values tie, or stay as they were.

References
----------
Gal, T. (1995), Postoptimal Analyses, Parametric Programming and Related Topics, 2nd
edition, de Gruyter: degenerate optima, the face of optimal duals, one-sided prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.studies.explanation.face_columns import face_columns

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints, Mask
    from solver.network.routes import Routes
    from solver.studies.explanation.proved_plan import ProvedPlan


_NEAR = 1e-9
"""Relative difference of costs that counts as none."""

_BOX = 1e4
"""Largest price sought, in multiples of the dearest route."""

_SAME = 1e-6
"""Relative difference of two prices that counts as none."""

_AT_BOX = 0.99
"""Part of the largest price from which a price may be held back by it."""

_DIGITS = 6
"""Digits after the point to which prices are compared with those known to prove."""

_MOST_SWEEPS = 500
"""Searches for further routes in all; figures asked for later are as good as known."""


@dataclass(frozen=True, slots=True)
class Extreme:
    """The largest of a figure over all prices that prove a plan.

    `value` is infinite if there is no largest. If not `is_proved`, more may be true:
    the search ended early, or a rule has a price in a scope that carries nothing.
    """

    value: float
    is_proved: bool


class PriceFace:
    """The prices that prove a plan, as a small linear program over them.

    Parameters
    ----------
    proved : ProvedPlan
        The plan, which its prices prove.
    """

    def __init__(self, proved: ProvedPlan) -> None:
        self.proved, self.columns = proved, face_columns(proved)
        self._start = self.columns.start
        self._scale = _dearest(proved)
        self._sweeps = 0
        self._constant, self._least = self._least_forms()
        self._rows: list[sparse.csr_array] = []
        self._limits: list[Floats] = []
        self._known: set[int] = set()
        self._proving: set[bytes] = set()
        self._ranges: dict[int, tuple[Extreme, Extreme]] = {}
        self._add_equalities()
        links = self.columns.links
        self._add(links, np.zeros(links.shape[0]))

    def lacks(self, routes: Routes) -> list[Extreme]:
        """Return what each route lacks: the most it pays beyond the least."""
        entries = self.columns.entries(routes) - self._least[routes.shipment]
        constant = routes.cost - self._constant[routes.shipment]
        self._add_routes(routes)
        matrix = sparse.csr_array(entries)
        return [
            self._largest(float(constant[row]), matrix[[row]].toarray()[0])
            for row in range(len(routes))
        ]

    def limit_prices(self, limit: int) -> tuple[Extreme, Extreme]:
        """Lowest and highest price of a limit among all that prove the plan.

        They are what one more unit saves and one less costs.
        """
        return self._range(np.flatnonzero(self.columns.limits == limit))

    def row_prices(self, number: int) -> tuple[Extreme, Extreme]:
        """Lowest and highest price of a row of a rule, likewise."""
        place = np.flatnonzero(self.columns.rows == number)
        return self._range(len(self.columns.limits) + place)

    def _range(self, place: Ints) -> tuple[Extreme, Extreme]:
        """Lowest and highest price of a column; 0 where there is none."""
        if not len(place):
            return Extreme(0.0, is_proved=True), Extreme(0.0, is_proved=True)
        column = int(place[0])
        if column not in self._ranges:
            unit = np.zeros(len(self.columns))
            unit[column] = 1.0
            lowest, highest = self._largest(0.0, -unit), self._largest(0.0, unit)
            here = float(self._start[column])
            low = Extreme(_snapped(-lowest.value, here), lowest.is_proved)
            high = Extreme(_snapped(highest.value, here), highest.is_proved)
            self._ranges[column] = low, high
        return self._ranges[column]

    # ---- the program

    def _least_forms(self) -> tuple[Floats, sparse.csr_array]:
        """Return the least of each shipment: a constant, and entries in prices.

        It is what one taken route pays; of a shipment that is wholly unmet, the price
        of leaving it.
        """
        proved, cargo = self.proved, self.proved.known.cargo
        shipment, first = np.unique(proved.plan.shipment, return_index=True)
        taken = proved.routes.chosen(first)
        constant = np.where(cargo.firm, 0.0, cargo.unmet_cost)
        constant[shipment] = taken.cost
        owed = self.columns.entries(taken)
        spread = sparse.csr_array(
            (np.ones(len(shipment)), (shipment, np.arange(len(shipment)))),
            shape=(len(cargo), len(shipment)),
        )
        idle = np.ones(len(cargo), dtype=bool)
        idle[shipment] = False
        leaving = self._leaving_entries(idle)
        return constant, sparse.csr_array(spread @ owed + leaving)

    def _leaving_entries(self, chosen: Mask) -> sparse.csr_array:
        """Entries of the price of leaving each shipment, of those chosen."""
        cargo = self.proved.known.cargo
        of_class = np.where(chosen & cargo.firm, cargo.unmet_class, -1)
        return self.columns.class_entries(of_class)

    def _add_equalities(self) -> None:
        """Taken routes pay the least; unmet in part costs as much as carrying it.

        Plans and prices are rounded: what they are off by now is allowed.
        """
        proved = self.proved
        first = np.unique(proved.plan.shipment, return_index=True)[1]
        others = np.setdiff1d(np.arange(len(proved.routes)), first)
        routes = proved.routes.chosen(others)
        entries = self.columns.entries(routes) - self._least[routes.shipment]
        constant = routes.cost - self._constant[routes.shipment]
        self._add(entries, -constant)
        self._add(-entries, constant)
        in_part = np.flatnonzero((proved.plan.unmet > 0) & (proved.served > 0))
        entries, constant = self._beyond_leaving(in_part)
        self._add(entries, -constant)
        self._add(-entries, constant)

    def _beyond_leaving(self, shipments: Ints) -> tuple[sparse.csr_array, Floats]:
        """Least of shipments less the price of leaving them: entries and constant."""
        cargo = self.proved.known.cargo
        every = np.ones(len(cargo), dtype=bool)
        leaving = self._leaving_entries(every)[shipments]
        money = np.where(cargo.firm, 0.0, cargo.unmet_cost)[shipments]
        return self._least[shipments] - leaving, self._constant[shipments] - money

    def _add(self, entries: sparse.csr_array, least: Floats) -> None:
        """Add rows ``entries y >= least``, as far as the certificate's prices do."""
        if not len(least):
            return
        matrix = sparse.csr_array(entries)
        here = np.asarray(matrix @ self._start)
        self._rows.append(matrix)
        self._limits.append(np.minimum(least, here) - _NEAR * self._scale)

    def _add_routes(self, routes: Routes) -> bool:
        """Add rows of routes that are new; whether there are any."""
        prints = routes.fingerprint.tolist()
        fresh = [n for n, own in enumerate(prints) if own not in self._known]
        self._known.update(prints)
        new = routes.chosen(np.array(fresh, dtype=int))
        entries = self.columns.entries(new) - self._least[new.shipment]
        self._add(entries, self._constant[new.shipment] - new.cost)
        return bool(fresh)

    def _add_leaving(self, values: Floats) -> bool:
        """Add rows of served cargo that would rather be left; whether there are any."""
        proved, cargo = self.proved, self.proved.known.cargo
        held = np.isin(cargo.unmet_class, self.columns.classes) | ~cargo.firm
        served = np.flatnonzero((proved.plan.unmet == 0) & held)
        entries, constant = self._beyond_leaving(served)
        over = constant + entries @ values > _NEAR * self._scale
        fresh = [
            n for n in np.flatnonzero(over).tolist() if ~served[n] not in self._known
        ]
        self._known.update((~served[fresh]).tolist())
        self._add(-entries[fresh], constant[fresh])
        return bool(fresh)

    def _largest(self, constant: float, objective: Floats) -> Extreme:
        """Return the largest of ``constant + objective y`` over the face."""
        found = self._within(_BOX, objective)
        if found is None:
            return Extreme(constant + float(objective @ self._start), is_proved=False)
        value, values, is_done = found
        if (np.abs(values) >= _AT_BOX * _BOX * self._scale).any():
            value, is_done = self._in_wider_boxes(objective, value)
        return Extreme(constant + value, is_done and self.columns.is_complete)

    def _in_wider_boxes(self, objective: Floats, value: float) -> tuple[float, bool]:
        """Return the largest of an objective that the first box may hold back.

        It has no end if it grows as the box does.
        """
        found = [value]
        for box in (10 * _BOX, 100 * _BOX):
            wider = self._within(box, objective)
            if wider is None or not wider[2]:
                return found[-1], False
            found.append(wider[0])
        first, second = np.diff(found)
        grows = first > _NEAR * _BOX * self._scale and second > first
        return (np.inf if grows else found[-1]), True

    def _within(
        self, box: float, objective: Floats
    ) -> tuple[float, Floats, bool] | None:
        """Largest of an objective with prices in a box, where, and if that is sure."""
        while True:
            values = self._solved(box, objective)
            if values is None:
                return None
            place = np.round(values, _DIGITS).tobytes()
            if place not in self._proving:
                if self._sweeps >= _MOST_SWEEPS:
                    return float(objective @ self._start), self._start, False
                self._sweeps += 1
                if self._add_leaving(values) | self._sweep(values):
                    continue
                self._proving.add(place)
            return float(objective @ values), values, True

    def _sweep(self, values: Floats) -> bool:
        """Add routes that pay less than the least of their shipment, if any do."""
        least = self._constant + self._least @ values
        prices = self.columns.prices(values)
        threshold = least - 2 * _NEAR * self._scale
        found = self.proved.known.pricer.search(prices, threshold)
        return self._add_routes(found.routes)

    def _solved(self, box: float, objective: Floats) -> Floats | None:
        from scipy.optimize import linprog

        columns = self.columns
        if not len(columns):
            return np.zeros(0)
        most = np.minimum(columns.most, box * self._scale)
        rows = limits = None
        if self._rows:
            rows = -sparse.csr_array(sparse.vstack(self._rows)).toarray()
            limits = -np.concatenate(self._limits)
        answer = linprog(
            -objective,
            A_ub=rows,
            b_ub=limits,
            bounds=list(zip(columns.least.tolist(), most.tolist(), strict=True)),
            method="highs",
        )
        return np.asarray(answer.x) if answer.status == 0 else None


def _dearest(proved: ProvedPlan) -> float:
    """Money per unit of the dearest route taken or step, 1 at least."""
    steps = proved.known.network.steps.cost
    dearest = np.max(steps[np.isfinite(steps)], initial=1.0)
    return float(np.max(proved.routes.cost, initial=dearest))


def _snapped(value: float, here: float) -> float:
    """Return a price, or the certificate's where rounding alone tells them apart."""
    return here if abs(value - here) <= _SAME * max(1.0, abs(here)) else value
