"""Quantities in whole units, moved until every linear row is kept exactly.

What rounding makes a row exceed is taken from the routes in it and given to another
route of the same shipment that has room; where none has, other shipments make room for
it, one for the next; where none can, it stays unmet. A row that asks for more is given
some of what stays unmet.
"""

from __future__ import annotations

from collections import deque
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from solver.solving.rounding.least_left import ABOUT, UNDERFLOW, Filling
from solver.solving.rounding.rows_of_routes import RowsOfRoutes
from solver.solving.rounding.whole_units import is_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Ints
    from solver.solving.rounding.exact_rows import DecimalRow, ExactRows

MOST_MOVES = 40
"""Moves for each row in a turn, and turns through all rows before units become coarse;
only after twice as many turns is more left unmet."""

_MOST_TURNS = 2 * MOST_MOVES + 80
"""Turns through all rows. In the last ones twice as much is left each time."""

_MOST_CANDIDATES = 30

_MOST_ROWS = 60
"""Rows in which room is sought, one for the next."""

_MOST_STEPS = 40
"""Steps more or less in which what stays unmet is made one that can be told."""

_MOST_WORK = 2_000_000
"""Entries of rows looked at in all, after which no room is sought."""

Move = tuple[int, int | None, int]
"""Route, route that takes from it (None: unmet), and units."""

_NOWHERE = -1

_LONGEST_POWER = 18
"""Digits of the most units."""


class Repair:
    """Moves units until rows are kept.

    Parameters
    ----------
    rows : ExactRows
        Rows to keep.
    units : ndarray of int, shape (routes,)
        Units of each route.
    left : ndarray of int, shape (shipments,)
        Units of each shipment that stay unmet.
    steps : ndarray of int, shape (shipments,)
        Units of each shipment that its routes carry multiples of.
    """

    def __init__(self, rows: ExactRows, units: Ints, left: Ints, steps: Ints) -> None:
        self.rows, self.units, self.left = rows, units.copy(), left.copy()
        self.shipment = rows.routes.shipment
        self._steps = steps[self.shipment]
        self.firm = rows.routes.cargo.firm
        self._work = 0
        self._fullest: dict[int, list[int]] = {}
        self._by_shipment = np.lexsort((rows.routes.cost, self.shipment))
        bounds = np.arange(len(left) + 1)
        self._ends = np.searchsorted(self.shipment[self._by_shipment], bounds)
        self._of_route = RowsOfRoutes(rows.standing(self.units)[0])

    def done(self) -> bool:
        """Move units until every row is kept; tell whether that came about.

        Where rows take from one another without end, units become as coarse as those of
        the largest shipment in them; then ever more is left unmet.
        """
        for turn in range(_MOST_TURNS):
            held, excess = self.rows.standing(self.units)
            if not any(size > 0 for size in excess):
                return True
            self._hold(held, excess)
            broken = [number for number in range(len(held)) if excess[number] > 0]
            if turn == MOST_MOVES:
                self._coarsen(broken)
            for number in broken if turn != MOST_MOVES else ():
                if turn < 2 * MOST_MOVES or not len(self._taken(number)):
                    self._mend(number)
                else:
                    self._leave(number, excess[number] << (turn - 2 * MOST_MOVES))
        return False

    def _coarsen(self, broken: list[int]) -> None:
        """Let all shipments of some rows count in units that one of them can move.

        What is too little for it stays unmet. Parts that must be equal to the last
        digit can be, once they have the same one.
        """
        steps = self._steps.copy()
        for number in broken:
            owners = np.unique(self.shipment[self._used(number)])
            least = self._fewest_digits(number, owners)
            power = np.clip(self.rows.route_digits - least, 0, _LONGEST_POWER)
            concerned = np.isin(self.shipment, owners)
            steps[concerned] = np.maximum(steps, 10**power)[concerned]
        coarser = np.flatnonzero(steps > self._steps)
        for route in coarser.tolist():
            self._move((route, None, self.units.item(route) % steps.item(route)))
        self._steps = steps

    def _fewest_digits(self, number: int, owners: Ints) -> int:
        """Digits in which the finest of its shipments counts that can change a row.

        It has routes that stand in the row in different ways.
        """
        owners = owners[np.diff(self._ends)[owners] > 1]
        digits = [
            self.rows.digits(routes[0]) - len(str(self._steps.item(routes[0]))) + 1
            for routes in map(self._routes_of, owners.tolist())
            if len({self._factor(number, route) for route in routes}) > 1
        ]
        return max(digits, default=0)

    def _used(self, number: int) -> Ints:
        """Routes that carry something of what stands in a row."""
        row = self._held[number]
        routes = np.union1d(row.routes(1), row.routes(-1))
        return routes[self.units[routes] > 0]

    def _routes_of(self, shipment: int) -> list[int]:
        """Routes of a shipment, the cheapest first."""
        own = slice(self._ends[shipment], self._ends[shipment + 1])
        routes: list[int] = self._by_shipment[own].tolist()
        return routes

    def _owner(self, route: int) -> int:
        """Shipment of a route."""
        return int(self.shipment[route])

    def _hold(self, held: list[DecimalRow], excess: list[int]) -> None:
        """Look at some rows from now on."""
        self._held, self._excess = held, excess
        self._of_route.hold(held)

    def _factor(self, number: int, route: int) -> int:
        """Return what a unit of a route counts in a row."""
        return self._of_route[route].get(number, 0)

    def _mend(self, number: int) -> None:
        """Take from the routes in a row what it exceeds."""
        for _ in range(MOST_MOVES):
            if self._excess[number] <= 0:
                return
            if self._serve_more(number):
                continue
            moves = self._exchange(number)
            if not moves and not len(self._taken(number)):
                if not self._serve_for_others(number):
                    return
                continue
            for move in moves or [self._leaving(number)]:
                self._move(move)

    def _exchange(self, number: int) -> list[Move]:
        """Return moves that take from a row what it exceeds, or a half of it, or less.

        None are returned if no other route has any room.
        """
        factors, amount = self._held[number].factors, self._excess[number]
        self._fullest.clear()
        least = min((abs(factor) for factor in factors if factor), default=amount)
        chain = self._chain(number, amount)
        while not chain and amount > least:
            amount = -(-amount // 2)
            chain = self._chain(number, amount)
        return chain

    def _chain(self, number: int, amount: int) -> list[Move]:
        """Return moves that take an amount from a row, the fewest that there are.

        Each makes room for the one before; the last has room.
        """
        queue: deque[tuple[int, int, list[Move]]] = deque()
        queue.append((number, amount, []))
        seen = {number}
        while queue and len(seen) <= _MOST_ROWS and self._work < _MOST_WORK:
            row, need, before = queue.popleft()
            self._work += self._held[row].size
            for move in self._moves(row, need):
                chain, full = [*before, move], self._overfilled(move)
                if not full and self._is_fit(number, chain):
                    return chain
                if len(full) == 1 and not seen.issuperset(full):
                    seen.update(full)
                    queue.extend((row, more, chain) for row, more in full.items())
        return []

    def _is_fit(self, number: int, chain: list[Move]) -> bool:
        """Whether moves together lessen the excess of a row, and raise no other's."""
        before = self._excess.copy()
        for move in chain:
            self._move(move)
        rows = zip(before, self._excess, strict=True)
        fit = all(now <= max(0, then) for then, now in rows)
        fit = fit and self._excess[number] < before[number]
        fit = fit and all(self.units.item(route) >= 0 for route, _, _ in chain)
        for route, other, size in chain:
            self._move((route, other, -size))
        return fit

    def _serve_more(self, number: int) -> bool:
        """Serve what stays unmet, where that helps a row; tell whether it could be."""
        for route, size in self._servings(number):
            if not self._overfilled((_NOWHERE, route, size)):
                self._move((route, None, -size))
                return True
        return False

    def _serve_for_others(self, number: int) -> bool:
        """Serve what helps a row, where other cargo leaves full rows and breaks none.

        Steps may be larger than what is free of a row that is not quite full.
        """
        for route, size in self._servings(number):
            done: list[Move] = [(route, None, -size)]
            self._move(done[0])
            full = [row for row in self._of_route[route] if self._excess[row] > 0]
            for row in full:
                if row != number and (move := self._harmless(row)):
                    self._move(move)
                    done.append(move)
            if all(self._excess[row] <= 0 for row in full if row != number):
                return True
            for own, _, units in done:
                self._move((own, None, -units))
        return False

    def _harmless(self, number: int) -> Move | None:
        """Return a move that leaves unmet what a row exceeds, and breaks no other."""
        self._fullest.clear()
        for route in self._fullest_in(number) if self._excess[number] > 0 else ():
            size = self._size(route, self._excess[number], self._factor(number, route))
            move = route, None, self._left_size(route, size)
            if not self._overfilled(move):
                return move
        return None

    def _servings(self, number: int) -> Iterator[tuple[int, int]]:
        """Yield routes, and units of what stays unmet, that would help a row."""
        excess, routes = self._excess[number], self._held[number].routes(-1)
        for route in routes[self.left[self.shipment[routes]] > 0].tolist():
            left, step = self.left.item(self._owner(route)), self._steps.item(route)
            wanted = -(-excess // (-self._factor(number, route) * step)) * step
            for size in self._served_sizes(route, min(wanted, left // step * step)):
                yield route, size

    def _served_sizes(self, route: int, size: int) -> Iterator[int]:
        """Yield about so many units of what stays unmet, if what is left can be told.

        That is so many or some more, then fewer.
        """
        step, left = self._steps.item(route), self.left.item(self._owner(route))
        span = 1 if step == 1 else _MOST_STEPS * step
        up = range(size, min(left + 1, size + span), step)
        down = range(size - step, max(0, size - span), -step)
        for sizes in (up, down):
            told = (own for own in sizes if own > 0 and self._is_told(route, -own))
            yield from islice(told, 1)

    def _left_size(self, route: int, size: int) -> int:
        """Units of a route to leave, so many or more, so that what is left is told.

        Else a demand of very many digits takes them back, and breaks other rows so.
        """
        step, units = self._steps.item(route), self.units.item(route)
        most = min(units, size + _MOST_STEPS * step)
        sizes = range(size, most + 1, step)
        return next((own for own in sizes if self._is_told(route, own)), size)

    def _is_told(self, route: int, more: int) -> bool:
        """Whether what a shipment leaves can be told with some units more."""
        if self._steps.item(route) == 1:
            return True
        left = self.left.item(self._owner(route))
        return is_told(left + more, self.rows.digits(route))

    def _size(self, route: int, excess: int, factor: int) -> int:
        """Units of a route that make up for an excess, whole steps or all of it."""
        step, units = self._steps.item(route), self.units.item(route)
        rest = units % step
        wanted = -(-excess // factor) - rest
        return min(units, rest + -(-max(0, wanted) // step) * step)

    def _taken(self, number: int) -> Ints:
        """Routes that a row is full of."""
        routes = self._held[number].routes(1)
        return routes[self.units[routes] > 0]

    def _moves(self, number: int, excess: int) -> Iterator[Move]:
        """Yield moves to other routes that would lessen what stands in a row."""
        for route in self._fullest_in(number):
            factor = self._factor(number, route)
            for other in self._routes_of(self._owner(route)):
                less = factor - self._factor(number, other)
                if less > 0:
                    yield route, other, self._size(route, excess, less)
        for other in self._held[number].routes(-1)[:_MOST_CANDIDATES].tolist():
            given = self._factor(number, other)
            for route in self._routes_of(self._owner(other)):
                taken = self._factor(number, route)
                if given < taken <= 0 and self.units.item(route) > 0:
                    yield route, other, self._size(route, excess, taken - given)

    def _fullest_in(self, number: int) -> list[int]:
        """Routes that most of what stands in a row is on, known until cargo moves."""
        if number not in self._fullest:
            taken = self._taken(number)
            row, place = self._held[number], max(0, len(taken) - _MOST_CANDIDATES)
            about = self.units[taken] * row.about[row.kinds.kind_of(taken)]
            least = float(np.partition(about, place)[place]) if place else 0.0
            self._fullest[number] = nsmallest(
                _MOST_CANDIDATES,
                taken[about >= least * (1.0 - ABOUT) - UNDERFLOW].tolist(),
                key=lambda route: -self._filled(number, route),
            )
        return self._fullest[number]

    def _filled(self, number: int, route: int) -> int:
        """Return what a route puts on a row."""
        return self.units.item(route) * self._factor(number, route)

    def _leaving(self, number: int) -> Move:
        """Leave unmet what a row exceeds, of priced demand where there is any."""
        taken = self._taken(number)
        priced = taken[~self.firm[self.shipment[taken]]]
        taken = priced if len(priced) else taken
        place = self.rows, self._held[number], self._excess[number], taken
        filling = Filling(*place, self.units[taken], self._steps[taken], self.left)
        route, size = filling.least()
        return route, None, self._left_size(route, size)

    def _leave(self, number: int, amount: int) -> None:
        """Leave unmet so much of what stands in a row, of the fullest routes."""
        row, taken = self._held[number], self._taken(number)
        factors = np.array(row.factors, dtype=object)[row.kinds.kind_of(taken)]
        filled = (-self.units[taken] * factors).tolist()
        for place in sorted(range(len(filled)), key=filled.__getitem__):
            route, factor = taken.item(place), factors[place]
            size = self._left_size(route, self._size(route, amount, factor))
            self._move((route, None, size))
            amount -= size * factor
            if amount <= 0:
                return

    def _overfilled(self, move: Move) -> dict[int, int]:
        """Rows that a move would exceed, and by how much more than now."""
        route, other, size = move
        found = {}
        for number, factor in self._of_route[route if other is None else other].items():
            taken = self._factor(number, route)
            given = 0 if other is None else factor
            more = (given - taken) * size
            if more > 0 and self._excess[number] + more > 0:
                found[number] = more + min(0, self._excess[number])
        return found

    def _move(self, move: Move) -> None:
        route, other, size = move
        self._add(route, -size)
        if other is None:
            self.left[self._owner(route)] += size
        else:
            self._add(other, size)

    def _add(self, route: int, size: int) -> None:
        self.units[route] += size
        for number, factor in self._of_route[route].items():
            self._excess[number] += factor * size
