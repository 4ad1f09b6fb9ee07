"""Scopes of rules: which cargo each row of a rule speaks of, and what it bounds."""

from __future__ import annotations

from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np

from solver.rules.change import ChangeRow
from solver.rules.hhi import HHIRow, largest_hhi
from solver.rules.row import Row, Scope
from solver.rules.share import ShareRow
from solver.rules.spread import SpreadRow
from solver.rules.top import TopRow
from solver.solution.keys import ALL_PERIODS, RowKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from solver.network.shipments import Cargo
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule

    Floats = NDArray[np.float64]
    Side = Literal["max", "min"]
    Bound = float | dict[str, float] | None


class Scopes:
    """Scopes of an instance's cargo.

    Parameters
    ----------
    instance : Instance
        The instance.
    cargo : Cargo
        Its shipments.
    """

    def __init__(self, instance: Instance, cargo: Cargo) -> None:
        self.instance, self.cargo = instance, cargo

    def of(self, rule: Rule) -> Iterator[Scope]:
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
                yield Scope(rule, pairs, span, weight, demand)

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


def rows_of(
    rule: Rule, scopes: Iterable[Scope], values: tuple[str, ...]
) -> Iterator[Row]:
    """Rows of a rule, scope by scope, in the order reports list them.

    Parameters
    ----------
    values : tuple of str
        Known values of the rule's `by` (corridors: `none` is last).
    """
    bounds = list(_bounds(rule, values))
    index = {value: number for number, value in enumerate(values)}
    for scope in scopes:
        for value, side, share in bounds:
            key = RowKey(rule.name, scope.pairs, scope.period, value, side)
            yield ShareRow(key, scope, values, index[value], share)
        yield from _spread_rows(rule, scope, values)


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


def _spread_rows(
    rule: Rule, scope: Scope, values: tuple[str, ...]
) -> Iterator[SpreadRow]:
    """Rows that bound all values of a scope together."""
    place = rule.name, scope.pairs, scope.period, ""
    for measure, hhi in largest_hhi(rule).items():
        side: Side = "max" if measure == "hhi" else "min"
        key = RowKey(*place, side, measure)  # type: ignore[arg-type]
        yield HHIRow(key, scope, values, hhi)
    if rule.max_top is not None:
        key = RowKey(*place, "max", "top")
        count = min(rule.max_top.k, len(values))
        yield TopRow(key, scope, values, count, rule.max_top.share)
    if rule.max_change is not None:
        key = RowKey(*place, "max", "change")
        known, before = _reference(rule, scope, values)
        share, quantity = rule.max_change.share, rule.max_change.quantity
        yield ChangeRow(key, scope, known, before, share or 0.0, quantity or 0.0)


def _reference(
    rule: Rule, scope: Scope, values: tuple[str, ...]
) -> tuple[tuple[str, ...], Floats]:
    """Values, those that nothing carries now last, and what each carried before."""
    entries = () if rule.max_change is None else rule.max_change.reference or ()
    known = tuple(dict.fromkeys([*values, *(entry.value for entry in entries)]))
    before = dict.fromkeys(known, 0.0)
    for entry in entries:
        if entry.scope == dict(scope.pairs) and entry.period == scope.period:
            before[entry.value] = entry.quantity
    return known, np.array([before[value] for value in known], dtype=float)
