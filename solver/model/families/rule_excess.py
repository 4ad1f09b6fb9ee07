"""What a plan may exceed rules by: soft ones for money, others while they are loose.

Every row of a rule may have a column for the excess over it. Whether it may be above 0,
and what a unit of it costs, changes from one objective to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.model.families.family import RowFamily
from solver.model.families.lift import listed
from solver.model.scale import weight_unit

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints, Mask
    from solver.model.answer import Answer
    from solver.model.families.family import Host
    from solver.model.objective import Objective


class RuleExcess(RowFamily):
    """Rows of rules, and the columns of the excess over them.

    Attributes
    ----------
    row : ndarray of int, shape (rows,)
        Row of the model for each row of the rules; -1 while it is not needed.
    excess_column : ndarray of int, shape (rows,)
        Column of the excess over a row, where one is allowed.
    most_excess : ndarray, shape (rows,)
        Most excess over each row that must hold.
    is_soft : ndarray of bool, shape (rows,)
        Rows that may be broken for money.
    weight : ndarray, shape (rows,)
        Power of two of about what a unit of cargo counts in each row.
    is_held : bool
        Whether all rows may be exceeded, as cargo stands aside.
    """

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.model, self.rules = host.model, host.rules
        count = len(self.rules.rows)
        self.row = np.full(count, -1)
        self.excess_column = np.full(count, -1)
        self.most_excess = np.full(count, np.inf)
        self.is_soft = np.array([row.is_soft for row in self.rules.rows], dtype=bool)
        self.weight = np.array([weight_unit(row) for row in self.rules.rows])
        self.money, self.excess_cost = 1.0, 0.0
        self.is_held = False
        self._is_loose = np.zeros(count, dtype=bool)

    def add_excess(self, numbers: Ints) -> None:
        """Allow an excess over rows that are soft, or that may prove impossible."""
        allowed = [
            self.is_soft[n]
            or self._is_loose[n]
            or self.is_held
            or self.rules.rows[n].broken_by_nothing
            for n in numbers.tolist()
        ]
        chosen = numbers[np.array(allowed, dtype=bool)]
        if len(chosen):
            pairs = [
                [
                    (int(self.row[n]), -1.0),
                    *((row, self._penalty(n)) for row in self.host.money_rows()),
                ]
                for n in chosen.tolist()
            ]
            upper = np.where(self.is_soft[chosen], np.inf, self.most_excess[chosen])
            unit = self.model.unit * self.weight[chosen]
            given = self.costs(chosen), upper, listed(pairs), unit
            self.excess_column[chosen] = self.model.add_columns(*given)

    def _penalty(self, number: int) -> float:
        """Money per unit of excess over a row; 0 if it must hold."""
        return self.rules.rows[number].most_price if self.is_soft[number] else 0.0

    def money_columns(self) -> tuple[Ints, Floats]:
        """Columns of excess over soft rows, and the money per unit of each."""
        rows = np.flatnonzero((self.excess_column >= 0) & self.is_soft)
        penalty = [self._penalty(number) for number in rows.tolist()]
        return self.excess_column[rows], np.array(penalty, dtype=float)

    def costs(self, numbers: Ints) -> Floats:
        """Cost of a unit of excess over each row: its penalty, or the objective's.

        Beside money, the objective's is for what a unit of cargo counts there.
        """
        soft = [self.money * self._penalty(n) for n in numbers.tolist()]
        counted = self.weight[numbers] if self.money else 1.0
        return np.where(self.is_soft[numbers], soft, self.excess_cost / counted)

    def set_objective(self, objective: Objective) -> None:
        """Minimise something else from now on."""
        self.money, self.excess_cost = float(objective.money), objective.excess
        rows = np.flatnonzero(self.excess_column >= 0)
        self.model.set_costs(self.excess_column[rows], self.costs(rows))

    def loosen(self, rows: Mask | None = None) -> None:
        """Allow every row of a rule an excess, or only some."""
        self._is_loose |= True if rows is None else rows
        self.add_excess(np.flatnonzero((self.row >= 0) & (self.excess_column < 0)))

    def forbid_excess(self) -> None:
        """Allow no rule that must hold any excess from now on."""
        self.most_excess[:] = 0.0
        excess = self.excess_column[self.may_be_exceeded]
        self.model.set_upper(excess, np.zeros(len(excess)))

    @property
    def may_be_exceeded(self) -> Mask:
        """Rows that must hold, yet have a column for their excess."""
        return np.asarray((self.excess_column >= 0) & ~self.is_soft)

    def excess(self, answer: Answer) -> float:
        """Sum of the excesses over rules that must hold, in cargo.

        Columns that came into the model after the answer hold nothing in it.
        """
        held = self.may_be_exceeded & (self.excess_column < len(answer.values))
        return float(
            (answer.values[self.excess_column[held]] / self.weight[held]).sum()
        )
