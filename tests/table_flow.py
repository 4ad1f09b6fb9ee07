"""Least cost of an instance folder by flows on arcs, from its tables alone.

Nothing of the solver is used: see `table_rates`. All demand is firm and there are no
rules. Cargo of one product from one origin flows through copies of the network, one
before it has a corridor and one for each.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from tests.table_rates import Rates, Row, Tables, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

State = tuple[str, str]


def least_cost(folder: Path, scenarios: Sequence[str] = ()) -> float:
    """Return the least cost, in USD, at which all demand of a folder is carried."""
    return _Program(Tables(folder, scenarios).rows).least()


@dataclass
class _Columns:
    """Columns of the program, and what each takes of every limit."""

    costs: list[float] = field(default_factory=list)
    balance: dict[tuple[str, str, State], dict[int, float]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    products: list[str] = field(default_factory=list)
    use: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, cost: float, product: str, limits: Iterable[str]) -> int:
        """Add a column that passes limits with a product."""
        self.costs.append(cost)
        self.products.append(product)
        column = len(self.costs) - 1
        for limit in limits:
            self.use[limit].append(column)
        return column


class _Program:
    """The linear program: columns, balances, limits."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self.rows = rows
        self.rates = Rates(rows)
        self.columns = _Columns()
        self.equal: list[tuple[dict[int, float], float]] = []

    def least(self) -> float:
        """Solve it."""
        cargo: dict[tuple[str, str], dict[str, float]] = defaultdict(
            lambda: defaultdict(float)
        )
        for row in self.rows["demand"]:
            quantity = float(row["quantity"])
            if quantity:
                cargo[row["product"], row["origin"]][row["market"]] += quantity
        for (product, origin), markets in cargo.items():
            self._add_flow(product, origin, markets)
        self.equal += [(line, 0.0) for line in self.columns.balance.values()]
        upper = list(self._limits())
        rows = self._matrix([line for line, _ in (*upper, *self.equal)])
        most = np.array([limit for _, limit in (*upper, *self.equal)])
        least = np.where(np.arange(len(most)) < len(upper), -np.inf, most)
        costs = np.array(self.columns.costs)
        limits = LinearConstraint(rows, least, most)
        found = milp(costs, constraints=limits, bounds=Bounds(0.0, np.inf))
        assert found.status == 0, found.message
        return float(costs @ found.x)

    def _add_flow(self, product: str, origin: str, markets: dict[str, float]) -> None:
        """Columns of one product from one origin, in every state it can reach."""
        columns = self.columns
        start: State = (origin, "")
        handling = self.rates.handling(product, origin)
        assert handling is not None
        column = columns.add(handling, product, [f"node {origin}"])
        columns.balance[product, origin, start][column] = 1.0
        waiting, seen = [start], {start}
        sinks: dict[str, dict[int, float]] = {market: {} for market in markets}
        while waiting:
            state = waiting.pop()
            here = columns.balance[product, origin, state]
            if state[0] in markets:
                column = columns.add(0.0, product, [])
                here[column] = -1.0
                sinks[state[0]][column] = 1.0
            for leg, cost in self.rates.steps(product, state[0]):
                after = self._after(state, leg)
                if after is None:
                    continue
                limits = [f"leg {leg['leg']}", f"node {after[0]}"]
                column = columns.add(cost, product, limits)
                here[column] = -1.0
                columns.balance[product, origin, after][column] = 1.0
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
        self.equal += [(sinks[market], whole) for market, whole in markets.items()]

    @staticmethod
    def _after(state: State, leg: Row) -> State | None:
        """State behind a leg; None if its corridor is another than the cargo's."""
        if leg["corridor"] and state[1] not in ("", leg["corridor"]):
            return None
        return leg["to"], state[1] or leg["corridor"]

    # ---- limits

    def _limits(self) -> Iterable[tuple[dict[int, float], float]]:
        """Yield what may pass each node, leg and joint capacity."""
        for table, key in (("nodes", "node"), ("legs", "leg")):
            for row in self.rows[table]:
                if row["capacity"]:
                    line = self._passing([f"{key} {row[key]}"], [], [])
                    yield line, float(row["capacity"])
        for row in self.rows["capacities"]:
            limits = [f"leg {name}" for name in names(row, "legs")]
            limits += [f"node {name}" for name in names(row, "nodes")]
            line = self._passing(limits, names(row, "group"), names(row, "product"))
            yield line, float(row["quantity"])

    def _passing(
        self, limits: list[str], groups: list[str], products: list[str]
    ) -> dict[int, float]:
        """Columns that pass one of the limits, with some products only."""
        found: dict[int, float] = defaultdict(float)
        for limit in limits:
            for column in self.columns.use.get(limit, ()):
                product = self.columns.products[column]
                if product in (products or [product]) and (
                    not groups or self.rates.group[product] in groups
                ):
                    found[column] += 1.0
        return found

    def _matrix(self, lines: list[dict[int, float]]) -> csr_array:
        number = [n for n, line in enumerate(lines) for _ in line]
        column = [c for line in lines for c in line]
        value = [v for line in lines for v in line.values()]
        shape = (len(lines), len(self.columns.costs))
        return csr_array((value, (number, column)), shape=shape)
