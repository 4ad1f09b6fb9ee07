"""Rows of rules that bound all values together, as the program over flows has them.

Quantities count as shares of the scope's demand. A *level* is what a value carries, the
last level is the base; further columns and parts are those of the lifted row
(`concentrations`), and one column allows an excess for money.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints
    from solver.rules.concentration import ConcentrationRow
    from solver.rules.row import Part

    Entries = dict[int, float]


_FEW = 1e-12
"""Price, in units of the program, below which a row has none."""


@dataclass(slots=True, eq=False)
class FlowConcentration:
    """One such row.

    Parameters
    ----------
    number : int
        Number of the row of the rules.
    lines : ndarray of int
        Numbers of its sums in the program.
    first : int
        First of its columns.
    further : int
        How many columns its lifted form has.
    most : float
        Money per unit of excess.

    Attributes
    ----------
    parts : list of Part
        Parts that are rows of the program.
    place : ndarray of int
        Rows of the program: of the lifted row, then of the parts.
    """

    number: int
    row: ConcentrationRow
    lines: Ints
    first: int
    further: int
    most: float
    parts: list[Part] = field(default_factory=list)
    place: Ints = field(default_factory=lambda: np.zeros(0, dtype=int))

    @property
    def size(self) -> int:
        """How many values it knows."""
        return len(self.row.values)

    @property
    def width(self) -> int:
        """How many columns it has: levels, base, those of the lifted row, excess."""
        return self.size + 2 + self.further

    @property
    def base(self) -> int:
        """Column of the base."""
        return self.first + self.size

    @property
    def excess(self) -> int:
        """Column of the excess."""
        return self.first + self.width - 1

    @property
    def demand(self) -> float:
        """What a share of 1 is, in (weighted) quantity."""
        return self.row.scope.demand

    @property
    def is_held(self) -> bool:
        """Whether the program holds it."""
        return bool(len(self.place))

    def level(self, line: int) -> int:
        """Column of the level that a line is equal to, by its position."""
        return self.first + line

    def standing(self, sums: Floats) -> tuple[float, float, Floats]:
        """Excess, base and amounts of the row, by the sums of its lines."""
        amounts = sums[: self.size]
        base = float(sums[-1]) if len(sums) > self.size else float(amounts.sum())
        base = self.demand if self.row.of_demand else base
        return self.row.excess(amounts, base), base, amounts

    def base_row(self) -> tuple[float, Entries] | None:
        """Equation of the base, unless a line is one: its right side and entries."""
        if len(self.lines) > self.size:
            return None
        if self.row.of_demand:
            return 1.0, {self.base: 1.0}
        levels = {self.first + value: 1.0 for value in range(self.size)}
        return 0.0, {**levels, self.base: -1.0}

    def lifted_row(self) -> tuple[float, Entries]:
        """Right side and entries of the lifted row."""
        lifted = self.row.lifted()
        further = self.base + 1
        own = {further + n: factor for n, factor in enumerate(lifted.factors.tolist())}
        entries = {**own, self.base: lifted.base, self.excess: -1.0}
        return lifted.limit / self.demand, entries

    def part_row(self, part: Part) -> tuple[float, Entries]:
        """Right side and entries of a part."""
        further = {self.base + 1 + place: factor for place, factor in part.columns}
        entries = {self.first + part.value: part.level, self.base: part.base}
        return part.limit / self.demand, {**entries, **further}

    def cuts(self, sums: Floats) -> Sequence[Part]:
        """Parts that a plan calls for."""
        excess, base, amounts = self.standing(sums)
        if base <= 0 or excess <= self.row.noise(base):
            return []
        return self.row.cuts(amounts, base, self.parts)

    def price(self, duals: Floats, unit: float) -> tuple[float, Floats]:
        """Price of the row and its weights, by the duals of the program's rows."""
        own = -duals[self.place]
        price, weights = float(own[0]), np.zeros(self.size)
        if price <= _FEW:
            return 0.0, weights
        for part, dual in zip(self.parts, own[1:].tolist(), strict=True):
            weights[part.value] += part.weight * dual / price
        money = min(price * unit / self.demand, self.row.most_price)
        return money, self.row.sound(weights)
