"""The row of the budget: routes, unmet priced demand and penalties cost no more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.families.family import RowFamily
from solver.model.writing.named import Named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from solver.arrays import Floats, Ints, Mask
    from solver.model.answer import Answer
    from solver.model.families.family import Host
    from solver.model.objective import Duals
    from solver.model.route_columns import RouteBatch


class Budget(RowFamily):
    """At most so much money.

    Parameters
    ----------
    columns : callable
        Gives the families whose columns may cost money.
    """

    def __init__(self, host: Host, families: Callable[[], Iterable[RowFamily]]) -> None:
        super().__init__(host)
        self.most = np.inf
        self._families = families

    def named_rows(self) -> Iterator[Named]:
        """Name the row that counts money."""
        if self.money_row >= 0:
            yield Named(self.money_row, ("budget",), "cost and penalties together")

    def limit(self, most: float) -> None:
        """Spend at most so much on routes, unmet demand and penalties from now on."""
        self.most = most
        host = self.host
        if self.money_row >= 0:
            host.model.set_limit(self.money_row, most)
            return
        priced = np.flatnonzero(host.outside.entered & ~host.cargo.firm)
        columns = [host.unmet_column[priced]]
        costs = [host.cargo.unmet_cost[priced]]
        for family in self._families():
            own, money = family.money_columns()
            columns.append(own)
            costs.append(money)
        for batch in host.routes.batches:
            held = batch.columns >= 0
            columns.append(batch.columns[held])
            costs.append(batch.routes.cost[held])
        index, value = np.concatenate(columns), np.concatenate(costs)
        entries = (np.array([0, len(index)]), index, value)
        row = host.model.add_rows(np.array([most]), entries, unit=host.scale.money)
        self.money_row = int(row[0])
        host.price_outside()

    def entries(
        self, batch: RouteBatch, index: Ints
    ) -> tuple[Ints, Ints, Floats] | None:
        """Return what routes cost."""
        if self.money_row < 0:
            return None
        rows = np.full(len(index), self.money_row)
        return rows, np.arange(len(index)), batch.routes.cost[index]

    def unmet_entries(self, shipments: Ints) -> tuple[Ints, Floats]:
        """Return what unmet priced demand costs."""
        cargo = self.host.cargo
        rows = np.where(cargo.firm[shipments], -1, self.money_row)
        return rows, cargo.unmet_cost[shipments]

    def price_outside(self) -> None:
        """Tell the budget what everything costs that is not in the model."""
        if self.money_row < 0:
            return
        outside, quantity = self.host.outside, self.host.cargo.quantity
        carried, unmet = outside.carried, outside.unmet
        spent = float(quantity[carried] @ outside.cost[carried])
        spent += float(quantity[unmet] @ self.host.cargo.unmet_cost[unmet])
        self.host.model.set_entry(self.money_row, int(outside.constant[0]), spent)

    def priced(self, duals: Duals, answer: Answer) -> Duals:
        """Price of money."""
        if self.money_row < 0:
            return duals
        spent = max(0.0, -float(answer.duals[self.money_row]))
        prices = replace(duals.prices, money=duals.prices.money + spent)
        return replace(duals, prices=prices, budget=spent)

    def charge_outside(self, costs: Floats, shipments: Mask, duals: Duals) -> Floats:
        """Return costs of routes with what they spend."""
        return costs + duals.budget * self.host.outside.cost[shipments]

    def charge_unmet(self, costs: Floats, duals: Duals) -> None:
        """Add what unmet priced demand spends."""
        if duals.budget:
            priced = ~self.host.cargo.firm
            costs[priced] += duals.budget * self.host.cargo.unmet_cost[priced]

    def less_constant(self, bound: float, duals: Duals) -> float:
        """Return a bound less the price of all that may be spent."""
        return bound - (duals.budget * self.most if duals.budget else 0.0)
