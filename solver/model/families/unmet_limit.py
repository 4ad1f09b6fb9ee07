"""Rows of unmet limits: ``sum_{d in c} u_d <= U_c`` for each class c of firm demand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.families.family import RowFamily
from solver.model.writing.named import Named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats, Ints
    from solver.model.answer import Answer
    from solver.model.families.family import Host
    from solver.model.objective import Duals


class UnmetLimits(RowFamily):
    """What classes may leave unmet.

    A class that may leave nothing has no row: its unmet columns are closed.

    Attributes
    ----------
    most : dict of int to float
        Quantity that a class (or `PRICED`) may leave, by its number.
    """

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.most: dict[int, float] = {}
        self._row: dict[int, int] = {}

    def named_rows(self) -> Iterator[Named]:
        """Priority of each class."""
        for number, row in self._row.items():
            first = self.host.cargo.classes[number] if number >= 0 else "priced"
            name = "last" if first is None else str(first)
            said = f"unmet demand of priority {name}"
            yield Named(row, ("unmet_limit_priority", name), said)

    def limit(self, number: int, most: float) -> None:
        """Leave at most so much unmet in a class (or of `PRICED`) from now on.

        Where something must be left unmet, which of the class it is is a choice. What
        is unmet enters the model; what is carried whole does when prices call for it.
        """
        self.most[number] = most
        cargo, model = self.host.cargo, self.host.model
        members = np.flatnonzero(
            (cargo.unmet_class == number) & ~self.host.outside.lost
        )
        if most > 0.0:
            self.host.enter(members[~self.host.outside.carried[members]])
        columns = self._columns(members)
        if most > 0.0:
            entries = (np.array([0, len(columns)]), columns, np.ones(len(columns)))
            self._row[number] = int(model.add_rows(np.array([most]), entries)[0])
        else:
            model.set_upper(columns, np.zeros(len(columns)))
        self.host.price_outside()

    def limit_again(self, number: int, most: float, slack: float) -> None:
        """Leave another quantity above 0 unmet at most in a class that has a limit.

        The model may leave a slack besides, which bounds do not know.
        """
        self.most[number] = most
        self.host.model.set_limit(self._row[number], most + slack)

    def free(self, number: int) -> None:
        """Let a class leave what it likes again."""
        cargo, model = self.host.cargo, self.host.model
        members = np.flatnonzero(cargo.unmet_class == number)
        del self.most[number]
        row = self._row.pop(number, None)
        if row is not None:
            model.set_limit(row, float(cargo.quantity[members].sum()))
        columns = self._columns(members)
        model.set_upper(columns, np.full(len(columns), np.inf))

    def _columns(self, members: Ints) -> Ints:
        """Unmet columns of shipments, of those that are in the model."""
        inside = self.host.outside.entered[members]
        return self.host.unmet_column[members[inside]]

    def unmet_entries(self, shipments: Ints) -> tuple[Ints, Floats]:
        """Row of the class of each shipment."""
        classes = self.host.cargo.unmet_class[shipments].tolist()
        rows = np.array([self._row.get(number, -1) for number in classes], dtype=int)
        return rows, np.ones(len(rows))

    def most_unmet(self, shipments: Ints) -> Floats:
        """0 in a class that may leave nothing."""
        classes = self.host.cargo.unmet_class[shipments].tolist()
        none_left = {number for number, most in self.most.items() if most == 0.0}
        upper = [0.0 if number in none_left else np.inf for number in classes]
        return np.array(upper, dtype=float)

    def priced(self, duals: Duals, answer: Answer) -> Duals:
        """Prices of classes."""
        prices = {
            number: max(0.0, -float(answer.duals[row]))
            for number, row in self._row.items()
        }
        return replace(duals, unmet_prices=prices)

    def hold_unmet(self, costs: Floats, duals: Duals) -> None:
        """Charge prices of classes; infinite where nothing may be left."""
        for number in self.most:
            members = self.host.cargo.unmet_class == number
            if number in self._row:
                costs[members] += duals.unmet_prices.get(number, 0.0)
            else:
                costs[members] = np.inf

    def less_constant(self, bound: float, duals: Duals) -> float:
        """Return a bound less prices times what classes may leave."""
        for number, price in duals.unmet_prices.items():
            bound -= price * self.most[number]
        return bound
