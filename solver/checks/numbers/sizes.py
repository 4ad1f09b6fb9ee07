"""Numbers too far apart for one instance: what a solver could not tell from nothing.

Sizes alone do not matter, since a solver counts in units of the instance's own. Their
range does: floats have 16 digits, and a plan is told in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.checks.row_faults import row_faults
from solver.errors import Fault
from solver.messages import shown
from solver.network.network import Network
from solver.problem.tables import ABSURD, TINIEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.arrays import Floats, Mask
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule, RulePlace

LEAST_DEMAND = 1e-9
"""The largest demand is this at least."""

DEMAND_RANGE = 1e24
"""Factor by which rows of demand may differ at most."""

CAPACITY_RANGE = 1e16
"""Factor by which demand may exceed a capacity that is not closed."""

COST_RANGE = 1e13
"""Factor by which costs per unit may differ at most."""

VALUE_RANGE = 1e9
"""Factor by which values of products may differ where a rule weighs by them."""

_LIMITED = (
    ("legs", "capacity"),
    ("nodes", "capacity"),
    ("routes", "capacity"),
    ("capacities", "quantity"),
)


def size_faults(
    instance: Instance, manifest: str, rules: Sequence[RulePlace]
) -> Iterator[Fault]:
    """Yield numbers that are next to nothing beside the largest of their kind."""
    absurd = [*_manifest_faults(instance, manifest)]
    yield from absurd
    if absurd or any((place.rule.penalty or 0.0) >= ABSURD for place in rules):
        return
    yield from _quantity_faults(instance)
    yield from _value_faults(instance)
    absurd = [*_penalty_faults(instance, rules)]
    yield from absurd
    if not absurd and _may_differ(instance):
        yield from _cost_faults(instance, rules)


def _manifest_faults(instance: Instance, manifest: str) -> Iterator[Fault]:
    for key in ("emission_price", "unmet_cost"):
        value = getattr(instance, key)
        if isinstance(value, str) or value <= 0.0 or TINIEST <= value < ABSURD:
            continue
        what = "large" if value >= ABSURD else "small"
        remedy = f"give 0, or a number from {TINIEST:g} to below {ABSURD:g}"
        text = f"{value:g} is too {what} to be true"
        yield Fault(manifest, text, remedy, None, key, f"{value:g}")


def _quantity_faults(instance: Instance) -> Iterator[Fault]:
    demand = instance.demand
    largest = _largest(demand["quantity"])
    if 0.0 < largest < LEAST_DEMAND:
        row = int(np.argmax(demand["quantity"]))
        message, remedy = "is the largest demand", "state quantities in a smaller unit"
        yield from row_faults(demand, "quantity", [row], message, remedy)
    message = f"is next to nothing beside {largest:g}, the largest demand"
    small = _small(demand["quantity"], largest / DEMAND_RANGE)
    remedy = "correct the one or the other, or give 0: the row then asks for nothing"
    yield from row_faults(demand, "quantity", small, message, remedy)
    for name, column in _LIMITED:
        table = getattr(instance, name)
        small = _small(table[column], largest / CAPACITY_RANGE)
        remedy = "correct the one or the other, or give 0: it is closed then"
        yield from row_faults(table, column, small, message, remedy)


def _value_faults(instance: Instance) -> Iterator[Fault]:
    rules = instance.diversification
    if not any(rule.weight == "value" for rule in rules):
        return
    products, value = instance.products, instance.products["value"]
    hard = {rule.weight for rule in rules if rule.penalty is None}
    if len(hard) > 1:
        large = np.flatnonzero(value > VALUE_RANGE).tolist()
        message = "is far more than 1, what a unit counts in rules that do not weigh"
        remedy = "state money in a larger unit, or quantities in a smaller one"
        yield from row_faults(products, "value", large, message, remedy)
        value = np.append(value, 1.0)
    largest = _largest(value)
    small = [row for row in _small(value, largest / VALUE_RANGE) if row < len(products)]
    beside = f"{largest:g}, by which a rule weighs too"
    if largest == 1.0:
        beside = "1, what a unit counts in rules that do not weigh"
    message = f"is next to nothing beside {beside}"
    remedy = "correct the one or the other, or give 0"
    yield from row_faults(products, "value", small, message, remedy)


def _penalty_faults(instance: Instance, rules: Sequence[RulePlace]) -> Iterator[Fault]:
    """Yield penalties that ask too much of a unit, because a rule weighs by value."""
    for place in rules:
        money = _per_unit(instance, place.rule)
        if money >= ABSURD:
            value = f"{place.rule.penalty:g}"
            message = f"{value} for each unit of value is {money:g} for a unit of cargo"
            remedy = "give money per unit of value, such as 0.05"
            yield place.fault("penalty", message, remedy, value)


def _per_unit(instance: Instance, rule: Rule) -> float:
    """Penalty for a unit of the cargo that weighs most; of an index, as it is."""
    penalty = rule.penalty or 0.0
    bounds = rule.max_share, rule.min_share, rule.max_top, rule.max_change
    if rule.weight == "quantity" or all(bound is None for bound in bounds):
        return penalty
    return penalty * _largest(instance.products["value"])


def _may_differ(instance: Instance) -> bool:
    """Whether costs may differ by too much, told from cells alone."""
    legs, nodes, tariffs = instance.legs, instance.nodes, instance.tariffs
    days = np.concatenate([legs["days"], nodes["days"], instance.routes["days"]])
    parts = [
        *(table["cost"] for table in (legs, nodes, instance.routes)),
        *(tariffs[name] for name in ("surcharge", "factor")),
        *_products(tariffs["cost_per_km"], legs["distance"]),
        *_products(instance.products["time_value"], days),
        *_products(np.array([instance.emission_price]), legs["emissions"]),
        instance.demand["unmet_cost"],
        np.array([_per_unit(instance, rule) for rule in instance.diversification]),
    ]
    sizes = np.abs(np.concatenate([np.asarray(part, float) for part in parts]))
    sizes = sizes[np.isfinite(sizes) & (sizes > 0.0)]
    most = min(sizes.min(initial=np.inf) * COST_RANGE, ABSURD)
    return bool(len(sizes) and sizes.max() > most / _STACKED)


def _products(left: Floats, right: Floats) -> Iterator[Floats]:
    """Yield the least and the largest product of two columns."""
    for end in (np.min, np.max):
        ends = [np.asarray(part, float) for part in (left, right)]
        ends = [part[np.isfinite(part) & (part > 0.0)] for part in ends]
        if all(len(part) for part in ends):
            yield np.array([float(end(ends[0])) * float(end(ends[1]))])


def _cost_faults(instance: Instance, rules: Sequence[RulePlace]) -> Iterator[Fault]:
    network, demand = Network(instance), instance.demand
    costs = np.where(np.isfinite(network.steps.cost), network.steps.cost, 0.0)
    penalties = [_per_unit(instance, place.rule) for place in rules]
    largest = max(_largest(costs), _largest(demand["unmet_cost"]), *penalties, 0.0)
    if largest >= ABSURD:
        wrong = "which is too large to be true", "check its cost, distance and tariffs"
        yield from _part_faults(instance, network, costs, costs >= ABSURD, *wrong)
        return
    message = f"is next to nothing beside {largest:g}, the largest cost"
    remedy = "correct the one or the other, or give 0"
    least = largest / COST_RANGE
    small = _small(demand["unmet_cost"], least)
    yield from row_faults(demand, "unmet_cost", small, message, remedy)
    for place, penalty in zip(rules, penalties, strict=True):
        if 0.0 < penalty < least:
            value = f"{place.rule.penalty:g}"
            yield place.fault("penalty", f"{value} {message}", remedy, value)
    small_parts = (costs > 0.0) & (costs < least)
    wrong = f"which {message}", remedy
    yield from _part_faults(instance, network, costs, small_parts, *wrong)


def _part_faults(
    instance: Instance,
    network: Network,
    costs: Floats,
    is_wrong: Mask,
    message: str,
    remedy: str,
) -> Iterator[Fault]:
    """Yield legs, named routes and nodes that have a wrong cost for any product.

    `costs` and `is_wrong` have shape (treatments, steps).
    """
    ends = np.cumsum([network.num_legs, len(instance.routes), network.num_nodes])
    tables = (instance.legs, instance.routes, instance.nodes)
    parts = (np.split(of_step, ends[:-1], axis=1) for of_step in (costs, is_wrong))
    for table, column, own, wrong in zip(
        tables, ("leg", "route", "node"), *parts, strict=True
    ):
        for row in np.flatnonzero(wrong.any(axis=0)).tolist()[:_MOST]:
            value = f"{own[wrong[:, row], row].max():g}"
            name = shown(table[column][row])
            text = f"{column} {name} would cost {value}, {message}"
            file, line = table.place(row)
            yield Fault(file, text, remedy, line, "cost", value)


_STACKED = 1e3
"""Factor that sums and factors of tariffs may put between costs and their cells."""


_MOST = 100


def _largest(values: Floats) -> float:
    values = np.asarray(values, float)
    return float(np.max(values[np.isfinite(values)], initial=0.0))


def _small(values: Floats, least: float) -> list[int]:
    """Rows above 0 and below a size."""
    values = np.asarray(values, float)
    return np.flatnonzero((values > 0.0) & (values < least)).tolist()
