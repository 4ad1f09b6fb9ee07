"""Each rule as rows of the linear program, and what one route puts in them.

A share rule becomes one row for each scope, period, value and side:

    max, of carried:   sum w ([v] - s) x <= 0
    min, of carried:   sum w (s - [v]) x <= 0
    max, of demand:    sum w [v] x       <= s D
    min, of demand:  - sum w [v] x       <= - s D

with weight w, share s, [v] = 1 where a route carries the value, and D the weighted
demand of the scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse

from solver.solution import ALL_PERIODS, RowKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from solver.cargo import Cargo
    from solver.instance import By, Rule
    from solver.network import Network
    from solver.routes import Routes

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Side = Literal["max", "min"]
    Bound = float | dict[str, float] | None


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Cargo that one row of a rule speaks of.

    `weight` has shape (shipments,): what a unit of each shipment counts, 0 outside
    the scope; `pairs` are the `for_each` keys with their values.
    """

    rule: Rule
    pairs: tuple[tuple[str, str], ...]
    period: str
    weight: Floats
    demand: float


@dataclass(frozen=True, slots=True, eq=False)
class ShareRow:
    """One row: the share of a value in a scope, bounded from one side."""

    key: RowKey
    scope: Scope
    value: int
    """Index into the values of the rule's `by` (corridors: `none` is last)."""
    share: float

    @property
    def limit(self) -> float:
        """Right-hand side."""
        if self.scope.rule.of == "carried":
            return 0.0
        side = 1.0 if self.key.side == "max" else -1.0
        return side * self.share * self.scope.demand

    def entries(self, weight: Floats, carried: Mask) -> Floats:
        """Entries of routes with these weights that carry the value or do not."""
        base = self.share if self.scope.rule.of == "carried" else 0.0
        side = 1.0 if self.key.side == "max" else -1.0
        return np.asarray(side * weight * (carried - base))


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What priced rows add to routes, by group of shipments that they treat alike.

    Parameters
    ----------
    group : ndarray of int, shape (shipments,)
        Group of each shipment.
    corridor : ndarray, shape (groups, corridors + 1)
        Money per unit by corridor of the route (`none` last).
    touches : list by group of dict
        Money per unit, once, for a route that carries a (by, value index).
    """

    group: Ints
    corridor: Floats
    touches: list[dict[tuple[By, int], float]]


class Diversification:
    """The share rules of an instance.

    Parameters
    ----------
    network : Network
        The instance as arrays.
    cargo : Cargo
        Its shipments.

    Attributes
    ----------
    rows : list of ShareRow
        Every row, in the order reports list them.
    """

    def __init__(self, network: Network, cargo: Cargo) -> None:
        self.network = network
        self.cargo = cargo
        self.rows = list(self._all_rows())

    def values(self, by: By) -> tuple[str, ...]:
        """Known values of `by`, in order of first appearance (`none` last)."""
        if by == "corridor":
            return self.network.corridor_names
        return self.network.incidence(by).values

    def carried(self, routes: Routes, by: By) -> sparse.csc_array:
        """Whether each route counts for each value, shape (routes, values)."""
        if by == "corridor":
            count = len(self.network.corridor_names)
            columns = np.where(routes.corridor < 0, count - 1, routes.corridor)
            entries = (np.ones(len(routes)), (np.arange(len(routes)), columns))
            return sparse.csc_array(entries, shape=(len(routes), count))
        incidence = self.network.incidence(by)
        touched = sparse.csr_array(routes.steps @ incidence.steps.T)
        touched.data[:] = 1.0
        ends = incidence.ends.T
        if ends.nnz:
            own = ends[routes.first_node] + ends[routes.last_node]
            own = sparse.csr_array(own)
            own.data[:] = 1.0
            touched = touched - touched.multiply(own)
        result = sparse.csc_array(touched)
        result.eliminate_zeros()
        return result

    def entries(self, routes: Routes, rows: Sequence[int]) -> sparse.csr_array:
        """Entries of routes in some rows, shape (rows, routes)."""
        carried: dict[By, sparse.csc_array] = {}
        lines = []
        for number in rows:
            row = self.rows[number]
            by = row.scope.rule.by
            if by not in carried:
                carried[by] = self.carried(routes, by)
            hits = carried[by][:, [row.value]].toarray()[:, 0]
            weight = row.scope.weight[routes.shipment]
            lines.append(sparse.csr_array(row.entries(weight, hits)[None, :]))
        if not lines:
            return sparse.csr_array((0, len(routes)))
        return sparse.csr_array(sparse.vstack(lines, format="csr"))

    def excess(self, routes: Routes, quantity: Floats) -> Floats:
        """Left side minus right side of every row, shape (rows,)."""
        activity = self.entries(routes, range(len(self.rows))) @ quantity
        return np.asarray(activity - [row.limit for row in self.rows])

    def terms(self, priced: dict[int, float]) -> Terms:
        """Return what rows with these prices (number to price) add to routes."""
        count = len(self.network.corridor_names)
        rows = [(self.rows[number], price) for number, price in priced.items()]
        if not rows:
            group = np.zeros(len(self.cargo), dtype=int)
            return Terms(group, np.zeros((1, count)), [{}])
        weights = np.column_stack([row.scope.weight for row, _ in rows])
        unique, group = np.unique(weights, axis=0, return_inverse=True)
        corridor = np.zeros((len(unique), count))
        touches: list[dict[tuple[By, int], float]] = [{} for _ in unique]
        for number, weight in enumerate(unique):
            for (row, price), counts in zip(rows, weight.tolist(), strict=True):
                if counts:
                    _add_term(corridor[number], touches[number], row, price * counts)
        return Terms(group.reshape(-1), corridor, touches)

    @cached_property
    def _keys(self) -> dict[str, list[str]]:
        """Value of each key a rule may select by, for every shipment."""
        instance, cargo = self.network.instance, self.cargo
        groups = instance.products["group"][cargo.product]
        periods = np.array(instance.periods, dtype=object)[cargo.period]
        demand = instance.demand
        return {
            "product": list(demand["product"][cargo.demand]),
            "group": list(groups),
            "origin": list(demand["origin"][cargo.demand]),
            "market": list(demand["market"][cargo.demand]),
            "period": list(periods),
        }

    def _all_rows(self) -> Iterator[ShareRow]:
        for rule in self.network.instance.diversification:
            values = self.values(rule.by)
            index = {value: number for number, value in enumerate(values)}
            bounds = list(_bounds(rule, values))
            for scope in self._scopes(rule):
                for value, side, share in bounds:
                    key = RowKey(rule.name, scope.pairs, scope.period, value, side)
                    yield ShareRow(key, scope, index[value], share)

    def _scopes(self, rule: Rule) -> Iterator[Scope]:
        keys, cargo = self._keys, self.cargo
        covered = np.ones(len(cargo), dtype=bool)
        for key, names in rule.where.items():
            covered &= np.isin(np.array(keys[key], dtype=object), list(names))
        combinations = list(zip(*(keys[key] for key in rule.for_each), strict=True))
        combinations = combinations or [()] * len(cargo)
        periods = self.network.instance.periods
        spans = [ALL_PERIODS] if rule.over == "all" else list(periods)
        found = dict.fromkeys(combinations[n] for n in np.flatnonzero(covered))
        number = {names: n for n, names in enumerate(found)}
        of_shipment = np.array([number.get(names, -1) for names in combinations])
        for names, span in product(found, spans):
            inside = covered & (of_shipment == number[names])
            if span != ALL_PERIODS:
                inside &= cargo.period == periods.index(span)
            if inside.any():
                pairs = tuple(zip(rule.for_each, names, strict=True))
                weight = np.where(inside, self._weights(rule), 0.0)
                demand = float(weight @ cargo.quantity)
                yield Scope(rule, pairs, span, weight, demand)

    def _weights(self, rule: Rule) -> Floats:
        if rule.weight == "quantity":
            return np.ones(len(self.cargo))
        value = self.network.instance.products["value"].astype(float)
        return np.asarray(np.nan_to_num(value)[self.cargo.product])


def _bounds(rule: Rule, values: Sequence[str]) -> Iterator[tuple[str, Side, float]]:
    """Value, side and share of each bound a rule sets in every scope."""
    sides: tuple[tuple[Side, Bound], ...] = (
        ("max", rule.max_share),
        ("min", rule.min_share),
    )
    named = [limit for _, limit in sides if isinstance(limit, dict)]
    order = dict.fromkeys([name for limit in named for name in limit])
    if any(isinstance(limit, float) for _, limit in sides):
        order = dict.fromkeys([*values])
    for value in order:
        for side, limit in sides:
            if isinstance(limit, dict):
                if value in limit:
                    yield value, side, limit[value]
            elif limit is not None and not (
                side == "min" and rule.by == "corridor" and value == values[-1]
            ):
                yield value, side, limit


def _add_term(
    corridor: Floats,
    touches: dict[tuple[By, int], float],
    row: ShareRow,
    price: float,
) -> None:
    side = price if row.key.side == "max" else -price
    if row.scope.rule.of == "carried":
        corridor -= side * row.share
    if row.scope.rule.by == "corridor":
        corridor[row.value] += side
    else:
        place = (row.scope.rule.by, row.value)
        touches[place] = touches.get(place, 0.0) + side
