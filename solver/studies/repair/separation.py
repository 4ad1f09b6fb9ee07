"""Shortages that have nothing to do with each other, told apart.

The prices of a stage `unmet` stand on limits, rows of rules and classes served before.
Those on the cheapest ways of one shipment belong together. A set of them is a shortage
of its own if its prices alone, all others lifted, still charge each of its shipments as
much, and no other shipment less than nothing: then the bounds of the sets,

    sum_d q_d min(w_d, v_d) - sum_k price_k K_k - sum_i price_i rhs_i
        - sum_c price_c U_c

over the prices of one set each, add up to that of all. Where a shipment of one set has
a cheaper way past the limits of another, both sets are one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import limit_usage
from solver.solution.certificate import Certificate
from solver.solution.keys import UnmetKey
from solver.solving.prices_to_decimals import published_prices
from solver.studies.explanation.proved_plan import rule_entries, unmet_prices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from solver.arrays import Floats, Ints, Mask
    from solver.network.routes import Routes
    from solver.solution.certificate import Stage
    from solver.solution.keys import CapacityKey, RowKey
    from solver.solution.plan import Plan
    from solver.solving.prepared import Prepared

    Item = CapacityKey | RowKey | UnmetKey

_NEAR = 1e-7
"""Part of a unit of demand that a charge may differ by."""

_MOST_SETS = 24
"""Sets that are looked at one by one; where there are more, all are one."""


@dataclass(frozen=True, slots=True, eq=False)
class SeparateSet:
    """A set of limits that keeps some cargo, whatever becomes of all others.

    Parameters
    ----------
    stage : Stage
        Its prices alone.
    bound : float
        What they prove must stay unmet of cargo that has a route.
    shipments : ndarray of int
        Shipments of the class that are left, the largest quantity first.
    """

    stage: Stage
    bound: float
    shipments: Ints


def separate_sets(known: Prepared, stage: Stage, plan: Plan) -> list[SeparateSet]:
    """Return the shortages of a class that have nothing to do with each other.

    Parameters
    ----------
    known : Prepared
        The instance.
    stage : Stage
        Prices of an objective `unmet`.
    plan : Plan
        The plan, proved.

    Returns
    -------
    list of SeparateSet
        The largest bound first; one set of all prices where they cannot be told apart.
    """
    return _Separation(known, stage, plan).sets()


class _Separation:
    """Groups what has a price in one stage."""

    def __init__(self, known: Prepared, stage: Stage, plan: Plan) -> None:
        self.known, self.stage, self.plan = known, stage, plan
        self.cargo = known.cargo
        self.items: list[Item] = [*stage.capacities, *stage.rules, *stage.unmet]
        self._root = {item: item for item in self.items}
        self._prices = published_prices(stage, known.network, known.rules)
        limits = known.network.limit_numbers
        self._limits = np.array([limits[key] for key in stage.capacities], dtype=int)
        rows = {row.key: n for n, row in enumerate(known.rules.rows)}
        self._rows = [(key, rows[key]) for key in stage.rules]

    def sets(self) -> list[SeparateSet]:
        """Join what belongs together until every set stands alone."""
        every = np.full(len(self.cargo), np.inf)
        routes, leaving, value = self._cheapest(self.stage, every)
        self._has_route = np.isfinite(value)
        counted = np.where(self._has_route, np.minimum(leaving, value), 0.0)
        owed = self._items_of(routes)
        for shipment, items in owed.items():
            if abs(counted[shipment]) > _NEAR:
                self._join(items)
        while 1 < len(groups := self._groups()) <= _MOST_SETS:
            if not self._joined_further(groups, owed, counted):
                break
        whole = self._set(self.items, owed, counted)
        if not 1 < len(groups) <= _MOST_SETS:
            return [whole]
        noise = _NEAR * max(1.0, whole.bound)
        found = [self._set(items, owed, counted) for items in groups.values()]
        told = [own for own in found if own.bound > noise]
        if not told[1:] or whole.bound - sum(own.bound for own in told) > noise:
            return [whole]
        return sorted(told, key=lambda own: -own.bound)

    # ---- groups

    def _find(self, item: Item) -> Item:
        while self._root[item] != item:
            item = self._root[item]
        return item

    def _join(self, items: Iterable[Item]) -> None:
        roots = [self._find(item) for item in items]
        for other in roots[1:]:
            self._root[self._find(other)] = self._find(roots[0])

    def _groups(self) -> dict[Item, list[Item]]:
        groups: dict[Item, list[Item]] = {}
        for item in self.items:
            groups.setdefault(self._find(item), []).append(item)
        return groups

    def _joined_further(
        self,
        groups: Mapping[Item, list[Item]],
        owed: Mapping[int, list[Item]],
        counted: Floats,
    ) -> bool:
        """Join sets of which one alone charges a shipment less; whether any are."""
        is_joined = False
        for items in groups.values():
            mine = self._mine(items, owed)
            expected = np.where(mine, counted, 0.0)
            threshold = np.where(self._has_route, expected - _NEAR, -np.inf)
            routes, leaving, value = self._cheapest(self._alone(items), threshold)
            less = np.minimum(leaving, value) < expected - _NEAR
            ways = self._items_of(routes)
            for shipment in np.flatnonzero(less & self._has_route).tolist():
                own = [*owed.get(shipment, []), *ways.get(shipment, []), items[0]]
                is_joined |= len({self._find(item) for item in own}) > 1
                self._join(own)
        return is_joined

    def _mine(self, items: Iterable[Item], owed: Mapping[int, list[Item]]) -> Mask:
        """Whether each shipment's cheapest way pays for any of some items."""
        chosen = set(items)
        mine = np.zeros(len(self.cargo), dtype=bool)
        mine[[n for n, own in owed.items() if not chosen.isdisjoint(own)]] = True
        return mine

    # ---- charges

    def _alone(self, items: Iterable[Item]) -> Stage:
        """Return the stage with the prices of some items alone."""
        chosen = set(items)
        stage = self.stage
        return replace(
            stage,
            capacities={k: p for k, p in stage.capacities.items() if k in chosen},
            rules={k: p for k, p in stage.rules.items() if k in chosen},
            weights={k: w for k, w in stage.weights.items() if k in chosen},
            unmet={k: p for k, p in stage.unmet.items() if k in chosen},
        )

    def _cheapest(
        self, stage: Stage, threshold: Floats
    ) -> tuple[Routes, Floats, Floats]:
        """Cheapest routes at a stage's prices, prices of leaving, and their values."""
        prices = published_prices(stage, self.known.network, self.known.rules)
        found = self.known.pricer.search(prices, threshold)
        best = found.value[found.routes.shipment]
        index = np.flatnonzero(found.routes_value <= best + _NEAR)
        return found.routes.chosen(index), unmet_prices(self.cargo, stage), found.value

    def _items_of(self, routes: Routes) -> dict[int, list[Item]]:
        """Everything with a price that each shipment pays for on some routes."""
        found: dict[int, list[Item]] = {}
        owners = routes.shipment.tolist()
        keys = [*self.stage.capacities]
        used = limit_usage(routes, self._limits).tocoo()
        for route, place in zip(used.row.tolist(), used.col.tolist(), strict=True):
            found.setdefault(owners[route], []).append(keys[place])
        weights = self._prices.weights
        for key, number in self._rows:
            form = self.known.rules.rows[number].linear(weights.get(number))
            entries = rule_entries(self.known, routes, number, form)
            for route in np.flatnonzero(np.abs(entries) > _NEAR).tolist():
                found.setdefault(owners[route], []).append(key)
        for shipment in dict.fromkeys(owners):
            number = int(self.cargo.unmet_class[shipment])
            if number < 0:
                continue
            left = UnmetKey(self.cargo.classes[number])
            if left in self.stage.unmet:
                found.setdefault(shipment, []).append(left)
        return found

    # ---- what a set proves

    def _set(
        self, items: list[Item], owed: Mapping[int, list[Item]], counted: Floats
    ) -> SeparateSet:
        """Return a set with its bound, in exact arithmetic, and the cargo left."""
        stage = self._alone(items)
        proved = self.known.proof(self.plan, Certificate((stage,)))
        bounds = [own["bound"] or 0.0 for own in proved.unmet_bounds] or [0.0]
        cargo = self.cargo
        number = cargo.classes.index(stage.priority)
        own = cargo.unmet_class == number
        lost = float(cargo.quantity[own & ~self._has_route].sum())
        left = own & self._has_route & (self.plan.unmet > 0)
        left &= self._mine(items, owed) & (counted > _NEAR)
        index = np.flatnonzero(left)
        order = index[np.argsort(-self.plan.unmet[index], kind="stable")]
        return SeparateSet(stage, max(0.0, bounds[0] - lost), order)
