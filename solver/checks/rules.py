"""Rules on shares: whether they cover anything, name what is known, and can hold."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from solver.checks.names import known_names
from solver.errors import Fault
from solver.instance import NO_CORRIDOR
from solver.spelling import listed, shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from solver.instance import Instance, Rule, RuleKey

_DUST = 1e-9
"""Shares that sum to 1 but for this much do sum to 1."""

_KINDS = {
    "corridor": "corridors",
    "country": "countries",
    "port": "ports",
    "node": "nodes",
    "mode": "modes",
    "tag": "tags",
    "leg": "legs",
}
"""The kind of names that a rule's values are."""

_SCOPES: dict[RuleKey, str] = {
    "product": "products",
    "group": "groups",
    "origin": "places",
    "market": "places",
    "period": "periods",
}
"""The kind of names that a key of `where` takes."""


def rule_faults(instance: Instance, manifest: str) -> Iterator[Fault]:
    """Yield what is wrong with the instance's rules."""
    counts = Counter(rule.name for rule in instance.diversification)
    for number, rule in enumerate(instance.diversification, 1):
        check = _RuleCheck(instance, rule, (manifest, f"diversification.{number}"))
        if counts[rule.name] > 1:
            counts[rule.name] = 0
            message = f"{shown(rule.name)} is the name of several rules"
            yield check.fault("name", message, "give each its own name", rule.name)
        yield from check.faults()


def rule_values(instance: Instance, rule: Rule) -> list[str]:
    """Return the values that a rule knows, cargo without a corridor included."""
    if rule.by == "port":
        return list(instance.nodes["node"][instance.nodes["kind"] == "port"])
    values = list(known_names(instance)[_KINDS[rule.by]])
    return [*values, NO_CORRIDOR] if rule.by == "corridor" else values


class _RuleCheck:
    """One rule against its instance."""

    def __init__(self, instance: Instance, rule: Rule, place: tuple[str, str]) -> None:
        self._instance = instance
        self._rule = rule
        self._file, self._place = place

    def fault(self, key: str, message: str, remedy: str, value: object) -> Fault:
        """Return a fault at a key of the rule, which its message names."""
        place = f"{self._place}.{key}"
        text = f"rule {shown(self._rule.name)}: {message}"
        return Fault(self._file, text, remedy, None, place, str(value))

    def faults(self) -> Iterator[Fault]:
        """Yield everything wrong with the rule."""
        rule = self._rule
        if rule.max_share is None and rule.min_share is None:
            remedy = "give max_share or min_share"
            yield self.fault("max_share", "it bounds nothing", remedy, "")
        values = rule_values(self._instance, rule)
        if not values:
            message = f"there are no {_KINDS[rule.by]} in the instance"
            yield self.fault("by", message, "give another one", rule.by)
            return
        yield from self._share_faults("max_share", rule.max_share, values)
        yield from self._share_faults("min_share", rule.min_share, values)
        yield from self._crossing_faults(values)
        yield from self._sum_faults(values)
        yield from self._scope_faults()

    def _share_faults(
        self, key: str, shares: float | dict[str, float] | None, values: Sequence[str]
    ) -> Iterator[Fault]:
        given = shares if isinstance(shares, dict) else {"": shares}
        if not given:
            yield self.fault(key, "no value is named", "name one", "{}")
        for name, share in given.items():
            place = f"{key}.{name}" if name else key
            if name and name not in values:
                message = f"no route could carry {self._rule.by} {shown(name)}"
                remedy = suggestion(name, values, f"known: {listed(values)}")
                yield self.fault(place, message, remedy, name)
            if share is not None and not 0 <= share <= 1:
                remedy = "give a share from 0 to 1, such as 0.6"
                yield self.fault(place, f"{share:g} is no share", remedy, share)

    def _bounds(self, key: str, values: Sequence[str]) -> dict[str, float]:
        """Bound of each value that has one."""
        shares = getattr(self._rule, key)
        if shares is None:
            return {}
        if isinstance(shares, dict):
            return dict(shares)
        if key == "min_share":
            values = [value for value in values if value != NO_CORRIDOR]
        return dict.fromkeys(values, float(shares))

    def _crossing_faults(self, values: Sequence[str]) -> Iterator[Fault]:
        most = self._bounds("max_share", values)
        least = self._bounds("min_share", values)
        for name in least:
            if name in most and least[name] > most[name]:
                message = (
                    f"{shown(name)} would need a share of {least[name]:g} at least "
                    f"and {most[name]:g} at most, which can never hold"
                )
                yield self.fault("min_share", message, "correct one", least[name])
                return

    def _sum_faults(self, values: Sequence[str]) -> Iterator[Fault]:
        """Yield bounds whose sum leaves cargo no way, where values exclude others."""
        if self._rule.by != "corridor":
            return
        most = self._bounds("max_share", values)
        least = self._bounds("min_share", values)
        total = math.fsum(most.values())
        # Of demand, what no corridor may carry can stay behind.
        is_complete = set(values) <= set(most) and self._rule.of == "carried"
        if is_complete and total < 1 - _DUST:
            message = f"all largest shares sum to {total:g}, which can never hold"
            yield self.fault("max_share", message, "let them sum to 1 or more", total)
        total = math.fsum(least.values())
        if total > 1 + _DUST:
            message = f"the least shares sum to {total:g}, which can never hold"
            yield self.fault("min_share", message, "let them sum to 1 or less", total)

    def _scope_faults(self) -> Iterator[Fault]:
        rule, instance = self._rule, self._instance
        columns = _demand_columns(instance)
        selected = np.ones(len(instance.demand), dtype=bool)
        unknown = list(self._unknown_faults())
        yield from unknown
        for key, names in rule.where.items():
            wanted = set(names) | ({""} if key == "period" else set())
            hits = [name in wanted for name in columns[key]]
            selected &= np.array(hits, dtype=bool)
        if unknown:
            return
        if not selected.any():
            remedy = "correct `where`, or remove the rule"
            yield self.fault("where", "it selects no demand", remedy, rule.where)
        elif rule.weight == "value":
            yield from self._value_faults(selected)

    def _unknown_faults(self) -> Iterator[Fault]:
        names_of = known_names(self._instance)
        for key, names in self._rule.where.items():
            known = names_of[_SCOPES[key]]
            for name in names:
                if name not in known:
                    message = f"there is no {key} {shown(name)}"
                    remedy = suggestion(name, known, f"known: {listed(known)}")
                    yield self.fault(f"where.{key}", message, remedy, name)

    def _value_faults(self, selected: NDArray[np.bool_]) -> Iterator[Fault]:
        products = self._instance.products
        unknown = set(products["product"][np.isnan(products["value"])])
        used = dict.fromkeys(self._instance.demand["product"][selected])
        missing = [name for name in used if name in unknown]
        if missing:
            message = f"it weighs by value, but {listed(missing)} has none"
            remedy = "give `value` in the table of products"
            yield self.fault("weight", message, remedy, "value")


def _demand_columns(instance: Instance) -> dict[RuleKey, list[str]]:
    """Return what `where` may select by, for each row of demand."""
    demand, products = instance.demand, instance.products
    groups = dict(zip(products["product"], products["group"], strict=True))
    return {
        "product": demand["product"].tolist(),
        "group": [groups.get(name, "") for name in demand["product"]],
        "origin": demand["origin"].tolist(),
        "market": demand["market"].tolist(),
        "period": demand["period"].tolist(),
    }
