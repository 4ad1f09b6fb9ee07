"""Rules: whether they bound and cover anything, and name what is known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from solver.checks.coding import Coded
from solver.checks.names import known_names
from solver.errors import Fault
from solver.messages import listed, shown, suggestion
from solver.problem.tables import ABSURD, NO_CORRIDOR
from solver.rules.kinds import bound_faults, bounding_keys, kinds_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.arrays import Mask
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule, RuleKey, RulePlace


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


NAMES_OF_KEY: dict[RuleKey, str] = {
    "product": "products",
    "group": "groups",
    "origin": "places",
    "market": "places",
    "period": "periods",
}
"""The kind of names that a key of `where` takes."""


def rule_faults(instance: Instance, places: Sequence[RulePlace]) -> Iterator[Fault]:
    """Yield what is wrong with the instance's rules, each at its place."""
    counts = Counter(place.rule.name for place in places)
    for place in places:
        name = place.rule.name
        if counts[name] > 1:
            counts[name] = 0
            message = f"{shown(name)} is the name of several rules"
            yield place.fault("name", message, "give each its own name", name)
        yield from _faults(instance, place)


def rule_values(instance: Instance, rule: Rule) -> list[str]:
    """Return the values that a rule knows, cargo without a corridor included."""
    if rule.by == "port":
        return list(instance.nodes["node"][instance.nodes["kind"] == "port"])
    values = list(known_names(instance)[_KINDS[rule.by]])
    return [*values, NO_CORRIDOR] if rule.by == "corridor" else values


def selected_demand(instance: Instance, rule: Rule) -> Mask:
    """Return for each row of demand whether the rule covers it."""
    products = instance.products
    selected = np.ones(len(instance.demand), dtype=bool)
    for key, names in rule.where.items():
        column, wanted = key, set(names)
        if key == "group":
            rows = zip(products["product"], products["group"], strict=True)
            column, wanted = "product", {name for name, group in rows if group in names}
        elif key == "period":
            wanted.add("")  # Every period.
        selected &= Coded(instance.demand[column]).are_in(wanted)
    return selected


def products_without_value(instance: Instance, rule: Rule) -> list[str]:
    """Return products that a rule weighs by value, though they have none."""
    if rule.weight != "value":
        return []
    products = instance.products
    unknown = set(products["product"][np.isnan(products["value"])])
    selected = selected_demand(instance, rule)
    used = dict.fromkeys(instance.demand["product"][selected])
    return [name for name in used if name in unknown]


def _faults(instance: Instance, place: RulePlace) -> Iterator[Fault]:
    """Yield everything wrong with one rule."""
    rule = place.rule
    if not kinds_of(rule):
        keys = bounding_keys()
        remedy = f"give {', '.join(keys[:-1])} or {keys[-1]}"
        yield place.fault(keys[0], "it bounds nothing", remedy, "")
    if rule.penalty is not None and rule.penalty >= ABSURD:
        message = f"{rule.penalty:g} is too large to be true"
        remedy = f"give a number below {ABSURD:g}; without one, the rule holds"
        yield place.fault("penalty", message, remedy, rule.penalty)
    values = rule_values(instance, rule)
    if not values:
        message = f"there are no {_KINDS[rule.by]} in the instance"
        yield place.fault("by", message, "give another one", rule.by)
        return
    yield from bound_faults(instance, place, values)
    yield from _scope_faults(instance, place)


def _scope_faults(instance: Instance, place: RulePlace) -> Iterator[Fault]:
    unknown = list(_unknown_faults(instance, place))
    yield from unknown
    if unknown:
        return
    rule = place.rule
    if not selected_demand(instance, rule).any():
        remedy = "correct `where`, or remove the rule"
        yield place.fault("where", "it selects no demand", remedy, rule.where)
        return
    missing = products_without_value(instance, rule)
    if missing:
        message = f"it weighs by value, but {listed(missing)} has none"
        remedy = "give `value` in the table of products"
        yield place.fault("weight", message, remedy, "value")


def _unknown_faults(instance: Instance, place: RulePlace) -> Iterator[Fault]:
    names_of = known_names(instance)
    for key, names in place.rule.where.items():
        known = names_of[NAMES_OF_KEY[key]]
        for name in names:
            if name not in known:
                message = f"unknown {key} {shown(name)}"
                remedy = suggestion(name, known, f"known: {listed(known)}")
                yield place.fault(f"where.{key}", message, remedy, name)
