"""Rules that closed corridors keep from holding for all of their cargo."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from solver.checks.connections import Connections
from solver.checks.rules import rule_values, selected_demand
from solver.messages import shown
from solver.problem.tables import NO_CORRIDOR
from solver.rules.kinds import broken_limits, carriers_text
from solver.solution.rounding import exact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.arrays import Mask
    from solver.errors import Fault
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule, RulePlace

_UNMET = {
    "carried": "so none of it can be carried",
    "demand": "so some of it stays unmet",
}
"""What becomes of the cargo of a rule, by what its shares are counted of."""

MOST_SCOPES = 100
"""Scopes of a rule up to which each is looked at; of more, all cargo together."""


def closed_corridor_warnings(
    instance: Instance, rules: Sequence[RulePlace]
) -> Iterator[Fault]:
    """Yield rules whose cargo stays unmet, since too few corridors can carry any.

    Corridors are closed by tariffs, or by capacities of 0. Rules with a penalty may be
    broken, and are not looked at. Of the scopes of a rule the first is told.
    """
    strict = [
        place
        for place in rules
        if place.rule.by == "corridor" and place.rule.penalty is None
    ]
    if not strict:
        return
    connections = Connections(instance, with_room=True)
    for place in strict:
        told: dict[str | None, list[Fault]] = {}
        for fault in _faults(connections, place):
            told.setdefault(fault.column, []).append(fault)
        for first, *others in told.values():
            more = f", and {len(others)} more likewise" if others else ""
            yield replace(first, message=f"{first.message}{more}")


def _faults(connections: Connections, place: RulePlace) -> Iterator[Fault]:
    """Yield what a rule asks in vain of corridors, scope by scope."""
    least = _least(connections.instance, place.rule)
    for scope, selected in _scopes(connections.instance, place.rule):
        usable = [*connections.usable_corridors(selected)]
        if usable:
            vain = chain(_too_few(place, usable), _unusable(place, least, usable))
            for fault in vain:
                yield replace(fault, message=f"{fault.message}{scope}")


def _scopes(instance: Instance, rule: Rule) -> Iterator[tuple[str, Mask]]:
    """Yield the scopes of a rule in words, with the demand of each; periods united."""
    selected = selected_demand(instance, rule) & (instance.demand["quantity"] > 0)
    products = instance.products
    group = dict(zip(products["product"], products["group"], strict=True))
    keys = [key for key in rule.for_each if key != "period"]
    columns = [
        [group[own] for own in instance.demand["product"]]
        if key == "group"
        else instance.demand[key].tolist()
        for key in keys
    ]
    rows: dict[tuple[str, ...], list[int]] = {}
    for row in np.flatnonzero(selected).tolist():
        rows.setdefault(tuple(str(own[row]) for own in columns), []).append(row)
    if len(rows) > MOST_SCOPES or not keys:
        yield "", selected
        return
    for names, own in rows.items():
        chosen = np.zeros(len(instance.demand), dtype=bool)
        chosen[own] = True
        parts = [f"{key} {shown(name)}" for key, name in zip(keys, names, strict=True)]
        yield f" (of {', '.join(parts)})", chosen


def _too_few(place: RulePlace, usable: Sequence[str]) -> Iterator[Fault]:
    """Yield bounds that no shares of the corridors keep which can carry the cargo."""
    limits, found = broken_limits(place.rule, usable)
    unmet = _UNMET[place.rule.of]
    for limit in limits:
        message = f"{limit.text} cannot hold: {carriers_text(found)}, {unmet}"
        remedy = f"open a corridor, or {limit.remedy(len(found))}"
        yield place.fault(limit.key, message, remedy, limit.value)
    most = place.rule.max_share
    if not isinstance(most, dict) or not {*usable} <= {*most}:
        return
    together = sum(exact(most[name]) for name in usable)
    if together < 1:
        message = (
            f"largest shares of {float(together):g} together cannot hold: "
            f"{carriers_text(usable)}, {unmet}"
        )
        remedy = "open a corridor, or let these shares sum to 1"
        yield place.fault("max_share", message, remedy, float(together))


def _least(instance: Instance, rule: Rule) -> dict[str, float]:
    """Least share of each corridor that has one."""
    least = rule.min_share
    if isinstance(least, dict) or least is None:
        return least or {}
    return {own: least for own in rule_values(instance, rule) if own != NO_CORRIDOR}


def _unusable(
    place: RulePlace, least: Mapping[str, float], usable: Sequence[str]
) -> Iterator[Fault]:
    """Yield least shares of corridors that can carry none of the cargo."""
    unmet = "so the rule cannot hold"
    if place.rule.of == "carried":
        unmet = _UNMET["carried"]
    for name, share in least.items():
        if share > 0 and name not in usable:
            message = (
                f"a share of {share!r} at least for {shown(name)} cannot hold: "
                f"{carriers_text(usable)}, {unmet}"
            )
            remedy = f"open {shown(name)}, or ask no share of it"
            yield place.fault("min_share", message, remedy, share)
