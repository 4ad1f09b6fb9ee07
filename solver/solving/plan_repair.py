"""Quantities in whole units, moved until every linear row is kept exactly.

What rounding makes a row exceed is taken from the routes in it and given to another
route of the same shipment that has room; where none has, it stays unmet. A row that
asks for more is given some of what stays unmet.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.solving.exact_rows import DecimalRow, ExactRows

MOST_MOVES = 40
"""Moves for each row, after which what is left is given up."""

_MOST_CANDIDATES = 30

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
    """

    def __init__(
        self, rows: ExactRows, units: Sequence[int], left: Sequence[int]
    ) -> None:
        self.rows, self.units, self.left = rows, [*units], [*left]
        self.shipment = rows.routes.shipment.tolist()
        self.firm = rows.routes.cargo.firm.tolist()
        self._routes: dict[int, list[int]] = defaultdict(list)
        order = rows.routes.cost.argsort(kind="stable").tolist()
        for route in order:
            self._routes[self.shipment[route]].append(route)

    def done(self) -> bool:
        """Move units until every row is kept; tell whether that came about."""
        for _ in range(MOST_MOVES):
            held = self.rows.of(self.units)
            excess = [row.excess(self.units) for row in held]
            if not any(size > 0 for size in excess):
                return True
            self._through(held, excess)
        return False

    def _through(self, held: list[DecimalRow], excess: list[int]) -> None:
        """Mend each broken row once."""
        self._held, self._excess = held, excess
        self._of_route: dict[int, list[int]] = defaultdict(list)
        for number, row in enumerate(held):
            for route in row.factors:
                self._of_route[route].append(number)
        for number in range(len(held)):
            if excess[number] > 0:
                self._mend(number)

    def _mend(self, number: int) -> None:
        """Take from the routes in a row what it exceeds."""
        row = self._held[number]
        for _ in range(MOST_MOVES):
            if self._excess[number] <= 0:
                return
            if self._serve_more(number):
                continue
            taken = [r for r, f in row.factors.items() if f > 0 and self.units[r] > 0]
            if not taken:
                return
            taken.sort(key=lambda route: -self.units[route] * row.factors[route])
            for route, other, size in self._moves(number, taken[:_MOST_CANDIDATES]):
                if other is None or self._has_room(other, size, route):
                    self._move(route, other, size)
                    break

    def _serve_more(self, number: int) -> bool:
        """Serve what stays unmet, where that helps a row; tell whether it could be."""
        excess = self._excess[number]
        for route, factor in self._held[number].factors.items():
            left = self.left[self.shipment[route]]
            if factor < 0 and left > 0:
                size = min(left, -(-excess // -factor))
                if self._has_room(route, size, _NOWHERE):
                    self._add(route, size)
                    self.left[self.shipment[route]] -= size
                    return True
        return False

    def _moves(
        self, number: int, taken: list[int]
    ) -> Iterator[tuple[int, int | None, int]]:
        """Yield moves that would mend a row: route, route that takes it, and units."""
        factors, excess = self._held[number].factors, self._excess[number]
        sizes = {r: min(self.units[r], -(-excess // factors[r])) for r in taken}
        for route in taken:
            for other in self._routes[self.shipment[route]]:
                if factors.get(other, 0) < factors[route] and other != route:
                    yield route, other, sizes[route]
        priced = [route for route in taken if not self.firm[self.shipment[route]]]
        route = (priced or taken)[0]
        yield route, None, sizes[route]

    def _has_room(self, other: int, size: int, route: int) -> bool:
        """Whether a route can take units of another one."""
        for number in self._of_route[other]:
            factors = self._held[number].factors
            more = (factors[other] - factors.get(route, 0)) * size
            if more > 0 and self._excess[number] + more > 0:
                return False
        return True

    def _move(self, route: int, other: int | None, size: int) -> None:
        self._add(route, -size)
        if other is None:
            self.left[self.shipment[route]] += size
        else:
            self._add(other, size)

    def _add(self, route: int, size: int) -> None:
        self.units[route] += size
        for number in self._of_route[route]:
            self._excess[number] += self._held[number].factors[route] * size
