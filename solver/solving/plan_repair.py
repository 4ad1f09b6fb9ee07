"""Quantities in whole units, moved until every linear row is kept exactly.

What rounding makes a row exceed is taken from the routes in it and given to another
route of the same shipment that has room; where none has, other shipments make room for
it, one for the next; where none can, it stays unmet. A row that asks for more is given
some of what stays unmet.
"""

from __future__ import annotations

from collections import defaultdict, deque
from fractions import Fraction
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.solving.exact_rows import DecimalRow, ExactRows

MOST_MOVES = 40
"""Moves for each row in a turn, and turns through all rows before units become coarse;
only after twice as many turns is more left unmet."""

_MOST_TURNS = 2 * MOST_MOVES + 80
"""Turns through all rows. In the last ones twice as much is left each time."""

_MOST_CANDIDATES = 30

_MOST_ROWS = 60
"""Rows in which room is sought, one for the next."""

_MOST_WORK = 2_000_000
"""Entries of rows looked at in all, after which no room is sought."""

Move = tuple[int, int | None, int]
"""Route, route that takes from it (None: unmet), and units."""

_NOWHERE = -1


class Repair:
    """Moves units until rows are kept.

    Parameters
    ----------
    rows : ExactRows
        Rows to keep.
    units : list of int
        Units of each route.
    left : list of int
        Units of each shipment that stay unmet.
    steps : list of int
        Units of each shipment that its routes carry multiples of.
    """

    def __init__(
        self,
        rows: ExactRows,
        units: Sequence[int],
        left: Sequence[int],
        steps: Sequence[int],
    ) -> None:
        self.rows, self.units, self.left = rows, [*units], [*left]
        self.shipment = rows.routes.shipment.tolist()
        self._steps: list[int] = [steps[shipment] for shipment in self.shipment]
        self.firm = rows.routes.cargo.firm.tolist()
        self._work = 0
        self._fullest: dict[int, list[int]] = {}
        self._routes: dict[int, list[int]] = defaultdict(list)
        order = rows.routes.cost.argsort(kind="stable").tolist()
        for route in order:
            self._routes[self.shipment[route]].append(route)

    def done(self) -> bool:
        """Move units until every row is kept; tell whether that came about.

        Where rows take from one another without end, units become as coarse as those of
        the largest shipment in them; then ever more is left unmet.
        """
        for turn in range(_MOST_TURNS):
            held = self.rows.of(self.units)
            excess = [row.excess(self.units) for row in held]
            if not any(size > 0 for size in excess):
                return True
            self._hold(held, excess)
            broken = [number for number in range(len(held)) if excess[number] > 0]
            if turn == MOST_MOVES:
                self._coarsen(broken)
            for number in broken if turn != MOST_MOVES else ():
                if turn < 2 * MOST_MOVES:
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
            least = self._fewest_digits(number)
            owners = {self.shipment[route] for route in self._used(number)}
            for route, owner in enumerate(self.shipment):
                if owner in owners:
                    own = 10 ** max(0, self.rows.digits(route) - least)
                    steps[route] = max(steps[route], own)
        for route, step in enumerate(steps):
            if step > self._steps[route]:
                self._move((route, None, self.units[route] % step))
        self._steps = steps

    def _fewest_digits(self, number: int) -> int:
        """Digits in which the finest shipment counts that can lessen or fill a row.

        It has routes that stand in the row in different ways.
        """
        factors = self._held[number].factors
        owners = {self.shipment[route] for route in self._used(number)}
        movable = [
            own
            for own in owners
            if len({factors.get(route, 0) for route in self._routes[own]}) > 1
        ]
        digits = [
            self.rows.digits(route) - len(str(self._steps[route])) + 1
            for route in (self._routes[own][0] for own in movable)
        ]
        return max(digits, default=0)

    def _used(self, number: int) -> list[int]:
        """Routes that carry something of what stands in a row."""
        return [route for route in self._held[number].factors if self.units[route] > 0]

    def _hold(self, held: list[DecimalRow], excess: list[int]) -> None:
        """Look at some rows from now on."""
        self._held, self._excess = held, excess
        self._of_route: dict[int, list[int]] = defaultdict(list)
        for number, row in enumerate(held):
            for route in row.factors:
                self._of_route[route].append(number)

    def _mend(self, number: int) -> None:
        """Take from the routes in a row what it exceeds."""
        for _ in range(MOST_MOVES):
            if self._excess[number] <= 0:
                return
            if self._serve_more(number):
                continue
            moves = self._exchange(number)
            if not moves and not self._taken(number):
                return
            for move in moves or [self._leaving(number)]:
                self._move(move)

    def _exchange(self, number: int) -> list[Move]:
        """Return moves that take from a row what it exceeds, or a half of it, or less.

        None are returned if no other route has any room.
        """
        factors, amount = self._held[number].factors, self._excess[number]
        self._fullest.clear()
        least = min((abs(factor) for factor in factors.values()), default=amount)
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
            self._work += len(self._held[row].factors)
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
        fit = fit and all(self.units[route] >= 0 for route, _, _ in chain)
        for route, other, size in chain:
            self._move((route, other, -size))
        return fit

    def _serve_more(self, number: int) -> bool:
        """Serve what stays unmet, where that helps a row; tell whether it could be."""
        excess = self._excess[number]
        for route, factor in self._held[number].factors.items():
            left = self.left[self.shipment[route]]
            if factor < 0 and left > 0:
                step = self._steps[route]
                wanted = -(-excess // (-factor * step)) * step
                size: int = min(wanted, left // step * step)
                if size and not self._overfilled((_NOWHERE, route, size)):
                    self._add(route, size)
                    self.left[self.shipment[route]] -= size
                    return True
        return False

    def _size(self, route: int, excess: int, factor: int) -> int:
        """Units of a route that make up for an excess, whole steps or all of it."""
        step, units = self._steps[route], self.units[route]
        rest = units % step
        wanted = -(-excess // factor) - rest
        return min(units, rest + -(-max(0, wanted) // step) * step)

    def _taken(self, number: int) -> list[int]:
        """Routes that a row is full of."""
        factors, units = self._held[number].factors, self.units
        return [r for r, factor in factors.items() if factor > 0 and units[r] > 0]

    def _moves(self, number: int, excess: int) -> Iterator[Move]:
        """Yield moves to other routes that would lessen what stands in a row."""
        factors, units = self._held[number].factors, self.units
        for route in self._fullest_in(number):
            for other in self._routes[self.shipment[route]]:
                less = factors[route] - factors.get(other, 0)
                if less > 0:
                    yield route, other, self._size(route, excess, less)
        wanting = (route for route, factor in factors.items() if factor < 0)
        for other in islice(wanting, _MOST_CANDIDATES):
            for route in self._routes[self.shipment[other]]:
                if units[route] > 0 and route not in factors:
                    yield route, other, self._size(route, excess, -factors[other])

    def _fullest_in(self, number: int) -> list[int]:
        """Routes that most of what stands in a row is on, known until cargo moves."""
        if number not in self._fullest:
            factors, units = self._held[number].factors, self.units
            self._fullest[number] = nsmallest(
                _MOST_CANDIDATES,
                self._taken(number),
                key=lambda route: -units[route] * factors[route],
            )
        return self._fullest[number]

    def _leaving(self, number: int) -> Move:
        """Leave unmet what a row exceeds: of priced demand, and as little as can be.

        Units differ from one shipment to another. Just what is too much comes first, or
        less than that: rows of shares may ask for parts that are equal to the last
        digit. It is left of the demand of which it is least. More comes last, no more
        than must be.
        """
        factors, excess = self._held[number].factors, self._excess[number]
        taken = self._taken(number)
        taken = [r for r in taken if not self.firm[self.shipment[r]]] or taken
        options = [
            (route, self._size(route, excess, factors[route])) for route in taken
        ]
        just = [one for one in options if factors[one[0]] * one[1] == excess]
        less = [(r, self._size_within(r, excess, factors[r])) for r in taken]
        few = just or [one for one in less if one[1] > 0]
        if few:
            route, size = min(few, key=lambda one: self._part_left(*one))
        else:
            route, size = min(options, key=lambda one: factors[one[0]] * one[1])
        return route, None, size

    def _size_within(self, route: int, excess: int, factor: int) -> int:
        """Units of a route that make up for no more than an excess, whole steps."""
        step = self._steps[route]
        return min(self.units[route], excess // factor) // step * step

    def _part_left(self, route: int, size: int) -> Fraction:
        """Part of its demand that a route leaves unmet, with so many units more."""
        left = self.rows.quantity(route, self.left[self.shipment[route]] + size)
        return left / Fraction(self.rows.size(route) or 1.0)

    def _leave(self, number: int, amount: int) -> None:
        """Leave unmet so much of what stands in a row, of the fullest routes."""
        factors, units = self._held[number].factors, self.units
        for route in sorted(self._taken(number), key=lambda r: -units[r] * factors[r]):
            size = self._size(route, amount, factors[route])
            self._move((route, None, size))
            amount -= size * factors[route]
            if amount <= 0:
                return

    def _overfilled(self, move: Move) -> dict[int, int]:
        """Rows that a move would exceed, and by how much more than now."""
        route, other, size = move
        found = {}
        for number in self._of_route[route if other is None else other]:
            factors = self._held[number].factors
            taken = factors.get(route, 0)
            given = 0 if other is None else factors[other]
            more = (given - taken) * size
            if more > 0 and self._excess[number] + more > 0:
                found[number] = more + min(0, self._excess[number])
        return found

    def _move(self, move: Move) -> None:
        route, other, size = move
        self._add(route, -size)
        if other is None:
            self.left[self.shipment[route]] += size
        else:
            self._add(other, size)

    def _add(self, route: int, size: int) -> None:
        self.units[route] += size
        for number in self._of_route[route]:
            self._excess[number] += self._held[number].factors[route] * size
