"""Columns and rows of a lifted rule, as the model holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints
    from solver.model.answer import Answer
    from solver.rules.row import Part, RuleRow


class Lift(NamedTuple):
    """Columns and rows of a rule's row that bounds all values together.

    `levels` are the columns of F_v, the last of the base, which `total` is the row of;
    `columns` are those of the lifted row; `rows` pairs each part with its row. Solvers
    count in `unit`.
    """

    levels: Ints
    total: int
    columns: Ints
    unit: float
    rows: list[tuple[Part, int]]

    @property
    def parts(self) -> list[Part]:
        """Parts added so far."""
        return [part for part, _ in self.rows]

    def entries(self, parts: Sequence[Part]) -> tuple[Ints, Ints, Floats]:
        """Entries of the rows that parts are."""
        return listed(
            [
                [
                    (int(self.levels[part.value]), part.level),
                    (int(self.levels[-1]), part.base),
                    *(
                        (int(self.columns[column]), factor)
                        for column, factor in part.columns
                    ),
                ]
                for part in parts
            ]
        )

    def weights(self, row: RuleRow, price: float, answer: Answer) -> Floats:
        """Weights of the lifted row: the mean of its parts', by their prices."""
        weights = np.zeros(len(row.values))
        for part, place in self.rows:
            weights[part.value] -= part.weight * float(answer.duals[place]) / price
        return row.sound(weights)


def listed(
    pairs: Sequence[Sequence[tuple[int, float]]],
) -> tuple[Ints, Ints, Floats]:
    """Return entries, list by list of (index, factor); factors of 0 are left out."""
    kept = [[(place, factor) for place, factor in own if factor] for own in pairs]
    starts = np.cumsum([0, *map(len, kept)], dtype=int)
    every = [pair for own in kept for pair in own]
    index = np.array([place for place, _ in every], dtype=int)
    return starts, index, np.array([factor for _, factor in every], dtype=float)
