"""What is left unmet of a row that no other route makes room for: as little as can be.

Units differ from one shipment to another. Just what is too much comes first, or less
than that: rows of shares may ask for parts that are equal to the last digit. It is left
of the demand of which it is least. More comes last, no more than must be.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from solver.solving.rounding.route_kinds import RouteKinds, codes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.arrays import Floats, Ints, Mask
    from solver.solving.rounding.exact_rows import DecimalRow, ExactRows

ABOUT = 1e-9
"""Part by which floats surely do not differ from the exact numbers they stand for,"""

UNDERFLOW = 1e-300
"""unless these are as small as this."""

_MOST_UNITS = 10**18
"""More units than a shipment has."""


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """Routes that a row is too full of.

    Parameters
    ----------
    rows : ExactRows
        What the row is one of.
    row : DecimalRow
        The row.
    excess : int
        By how much it is broken, above 0.
    routes : ndarray of int
        Routes that carry something of what stands in it.
    units, steps : ndarray of int
        Units that each carries, and units that it carries multiples of.
    left : ndarray of int, shape (shipments,)
        Units that stay unmet.
    """

    rows: ExactRows
    row: DecimalRow
    excess: int
    routes: Ints
    units: Ints
    steps: Ints
    left: Ints

    def least(self) -> tuple[int, int]:
        """Return the route that leaves something, and how many units."""
        sizes, within, is_just = self._sizes()
        few = np.flatnonzero(is_just)
        if not len(few):
            few, sizes = np.flatnonzero(within), np.where(within > 0, within, sizes)
        place = self._least_part(few, sizes) if len(few) else self._least_filled(sizes)
        return self.routes.item(place), sizes.item(place)

    def _sizes(self) -> tuple[Ints, Ints, Mask]:
        """Units of routes that make up for what a row exceeds, whole steps or all.

        Returns
        -------
        sizes, within : ndarray of int, shape (routes,)
            Units that are enough, and units that are no more than enough.
        is_just : ndarray of bool, shape (routes,)
            Whether those that are enough are just enough.
        """
        filling = [max(factor, 1) for factor in self.row.factors]
        above = [-(-self.excess // factor) for factor in filling]
        below = [self.excess // factor for factor in filling]
        kind = self.row.kinds.kind_of(self.routes)
        over, under = (
            np.array([min(size, _MOST_UNITS) for size in quotients])[kind]
            for quotients in (above, below)
        )
        rest = self.units % self.steps
        more = -(-np.maximum(over - rest, 0) // self.steps) * self.steps
        sizes = np.minimum(self.units, rest + more)
        within = np.minimum(self.units, under) // self.steps * self.steps
        return sizes, within, (over == under) & (sizes == over)

    def _least_part(self, few: Ints, sizes: Ints) -> int:
        """Place, among few, of the route that leaves least of its demand."""
        owners = self.rows.routes.shipment[self.routes[few]]
        left, asked = self.left[owners] + sizes[few], self.rows.units_asked[owners]

        def part(number: int) -> Fraction:
            route = self.routes.item(few.item(number))
            own = self.rows.quantity(route, left.item(number))
            return own / Fraction(self.rows.size(route) or 1.0)

        return few.item(_first_least(left / asked, [left, asked], part))

    def _least_filled(self, sizes: Ints) -> int:
        """Place of the route that takes least from the row."""
        kind = self.row.kinds.kind_of(self.routes)

        def filled(place: int) -> int:
            return self.row.factors[kind.item(place)] * sizes.item(place)

        return _first_least(sizes * self.row.about[kind], [sizes, kind], filled)


def _first_least(
    about: Floats, codes: Sequence[Ints], exactly: Callable[[int], Fraction | int]
) -> int:
    """Place of the least of some exact numbers, the first of those that are equal.

    Parameters
    ----------
    about : ndarray
        The numbers as floats, but for rounding.
    codes : list of ndarray of int
        What tells numbers apart: those are equal that no code does.
    exactly : callable
        Returns the number of a place.
    """
    near = np.flatnonzero(about <= float(about.min()) * (1.0 + ABOUT) + UNDERFLOW)
    kinds = RouteKinds.told_apart(near, [codes_of(code[near]) for code in codes])
    places: list[int] = near[np.sort(kinds.first)].tolist()
    return min(places, key=exactly)
