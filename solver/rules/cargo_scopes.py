"""Scopes of rules: which cargo each row of a rule speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.keys import ALL_PERIODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats
    from solver.network.shipments import Cargo
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule


@dataclass(frozen=True, slots=True, eq=False)
class CargoScope:
    """Cargo that one row of a rule speaks of.

    `weight` has shape (shipments,): what a unit of each shipment counts, 0 outside
    the scope; `pairs` are the `for_each` keys with their values; `demand` is D.
    """

    rule: Rule
    pairs: tuple[tuple[str, str], ...]
    period: str
    weight: Floats
    demand: float


class CargoScopes:
    """Scopes of an instance's cargo."""

    def __init__(self, instance: Instance, cargo: Cargo) -> None:
        self.instance, self.cargo = instance, cargo

    def of(self, rule: Rule) -> Iterator[CargoScope]:
        """Cargo that a rule speaks of, scope by scope."""
        keys, cargo = self._keys, self.cargo
        covered = np.ones(len(cargo), dtype=bool)
        for key, names in rule.where.items():
            covered &= np.isin(np.array(keys[key], dtype=object), list(names))
        combinations = list(zip(*(keys[key] for key in rule.for_each), strict=True))
        combinations = combinations or [()] * len(cargo)
        periods = self.instance.periods
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
                yield CargoScope(rule, pairs, span, weight, demand)

    @cached_property
    def _keys(self) -> dict[str, list[str]]:
        """Value of each key a rule may select by, for every shipment."""
        instance, cargo = self.instance, self.cargo
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

    def _weights(self, rule: Rule) -> Floats:
        if rule.weight == "quantity":
            return np.ones(len(self.cargo))
        value = self.instance.products["value"].astype(float)
        return np.asarray(np.nan_to_num(value)[self.cargo.product])
