"""The least additions that carry everything: every limit may give way at its weight.

    minimise  sum_b w_b y_b + sum_d w z_d + sum_i w e_i

over the routes of all firm demand, where y_b is capacity added to what is limited (one
number for all periods), z_d is demand dropped and e_i the excess over a row of a rule.
Prices of limits are at most their weights, so that column generation proves the least
sum like the least cost of any plan.

References
----------
Chinneck, J. W. and Dravnieks, E. W. (1991), Locating minimal infeasible constraint sets
in linear programs, ORSA Journal on Computing 3(2): elastic programs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.backends import backend
from solver.model.master import Master
from solver.model.objective import Objective
from solver.network.shipments import PRICED
from solver.rules.kinds import kind_of
from solver.solving.column_generation import ColumnGeneration, StoppedError
from solver.solving.plan_to_decimals import all_routes
from solver.studies.repair.additions import (
    AddedCapacity,
    Addition,
    DroppedDemand,
    LoosenedRule,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from solver.arrays import Floats, Mask
    from solver.options import Options
    from solver.problem.rules import Rule
    from solver.rules.row import RuleRow
    from solver.solution.keys import RowKey
    from solver.solving.column_generation import LoopResult
    from solver.solving.prepared import Prepared
    from solver.studies.repair.additions import CapacityKind
    from solver.studies.repair.weights import RepairWeights

_NOISE = 1e-9
"""Part of what it widens, or drops, that an addition is at least."""

_DIGITS = 6
"""Digits of an addition, rounded up: after the point, and in all if less than 1."""


@dataclass(frozen=True, slots=True)
class LeastAdditions:
    """Additions of least weight, and what proves that there are none of less.

    Parameters
    ----------
    additions : tuple of Addition
        What is added, dropped and loosened.
    weight, bound : float
        Sum of their quantities times weights, and the least that it can be.
    """

    additions: tuple[Addition, ...]
    weight: float
    bound: float


class ElasticProgram:
    """The elastic program of one instance.

    Parameters
    ----------
    whole : Prepared
        The instance.
    weights : RepairWeights
        What a unit of each kind counts, and what stays as it is.
    options : Options
        The solver.
    """

    def __init__(
        self, whole: Prepared, weights: RepairWeights, options: Options
    ) -> None:
        self._whole, self._weights, self._options = whole, weights, options

    def least(self, barred: Sequence[Addition] = ()) -> LeastAdditions | None:
        """Return the additions of least weight; None if none carry everything.

        Parameters
        ----------
        barred : sequence of Addition
            Parts that stand aside: no more capacity there, none of that demand, no
            excess over that rule.
        """
        loop = self._loop(barred)
        try:
            run = loop.run("repair")
        except StoppedError as stopped:
            if stopped.is_infeasible:
                return None
            raise
        additions: tuple[Addition, ...] = (
            *self._capacities(loop.master, run),
            *self._demand(loop.master, run),
            *self._rules(loop.master, run),
        )
        bound = run.bound + self._as_demand_is_dropped(loop, run)
        return LeastAdditions(additions, run.cost, max(0.0, bound))

    def without_route(self) -> tuple[DroppedDemand, ...]:
        """Firm demand that no route can carry, however wide."""
        master = self._loop(()).master
        lost = np.where(master.outside.lost, master.cargo.quantity, 0.0)
        return tuple(self._dropped(lost, has_route=False))

    # ---- the bound

    def _as_demand_is_dropped(self, loop: ColumnGeneration, run: LoopResult) -> float:
        """Return what the bound gains as shares count the demand that is left.

        Where a rule counts shares of the demand D, a unit that is dropped lowers its
        limit ``c D + const`` by c. At a price, that makes dropping it dearer, or
        cheaper where the share is a least one:

            sum_d q_d min(weight + sum_i price_i c_i w_id, v_d) - constants.
        """
        rules, cargo = self._whole.rules, loop.master.cargo
        change = np.zeros(len(cargo))
        for number, price in run.duals.prices.rules.items():
            row, weights = rules.rows[number], run.duals.prices.weights.get(number)
            if row.of_demand and row.scope.demand > 0:
                change += price * _per_demand(row, weights) * row.scope.weight
        chosen = cargo.firm & ~loop.master.outside.lost & (change != 0)
        if not chosen.any():
            return 0.0
        before = np.full(len(cargo), self._weights.demand)
        most = before + np.maximum(change, 0.0)
        threshold = np.where(chosen, most + _NOISE * (1.0 + most), -np.inf)
        value = loop.pricer.search(run.duals.prices, threshold).value
        gain = np.minimum(before + change, value) - np.minimum(before, value)
        return float(gain[chosen] @ cargo.quantity[chosen])

    # ---- the program

    def _loop(self, barred: Sequence[Addition]) -> ColumnGeneration:
        whole, weights = self._whole, self._weights
        network, cargo = whole.network, whole.cargo
        unmet = np.where(cargo.unmet_class == PRICED, 0.0, weights.demand)
        objective = Objective(money=False, unmet=unmet, excess=weights.rule)
        master = Master(network, cargo, whole.rules, objective)
        loosened = self._loosened_rows(barred)
        master.families.rules.most_excess[~loosened] = 0.0
        master.families.rules.loosen(loosened)
        master.families.capacity.allow(self._extra_costs(barred))
        loop = ColumnGeneration(master, whole.pricer, backend(self._options.solver))
        loop.start()
        self._hold_demand(master, barred)
        return loop

    def _loosened_rows(self, barred: Sequence[Addition]) -> Mask:
        """Rows of rules that may be exceeded, shape (rows,)."""
        never = self._weights.never | {
            part.name for part in barred if isinstance(part, LoosenedRule)
        }
        rows = self._whole.rules.rows
        allowed = [not row.is_soft and row.key.rule not in never for row in rows]
        return np.array(allowed, dtype=bool)

    def _extra_costs(self, barred: Sequence[Addition]) -> Floats:
        """Weight of a unit of each limited base; infinite where none may be added."""
        limits = self._whole.network.limits
        never = self._weights.never
        taken = {
            (part.kind, part.name) for part in barred if isinstance(part, AddedCapacity)
        }
        costs = np.full(limits.usage.shape[0], self._weights.capacity)
        for key, base in zip(limits.keys, limits.base.tolist(), strict=True):
            if key.name in never or (key.kind, key.name) in taken:
                costs[base] = np.inf
        return costs

    def _hold_demand(self, master: Master, barred: Sequence[Addition]) -> None:
        """Let demand that may not be dropped be carried whole."""
        rows = {part.row for part in barred if isinstance(part, DroppedDemand)}
        held = np.flatnonzero(np.isin(master.cargo.demand, [*rows]))
        held = held[~master.outside.lost[held]]
        master.enter(held)
        columns = master.unmet_column[held]
        master.model.set_upper(columns, np.zeros(len(columns)))

    # ---- the additions

    def _capacities(self, master: Master, run: LoopResult) -> Iterator[AddedCapacity]:
        extra = master.families.capacity.beyond(run.answer)
        limits, instance = master.network.limits, self._whole.instance
        seen: set[int] = set()
        for number, key in enumerate(limits.keys):
            base, capacity = int(limits.base[number]), float(limits.capacity[number])
            needed = extra[base]
            least = _NOISE * max(capacity, float(extra.max(initial=0.0)))
            if base in seen or needed <= least:
                continue
            seen.add(base)
            kind: CapacityKind = key.kind
            table = {"capacity": "capacities"}.get(kind, f"{kind}s")
            names = getattr(instance, table)[kind].tolist()
            row, after = names.index(key.name), _up(capacity + needed)
            yield AddedCapacity(kind, key.name, row, capacity, after)

    def _demand(self, master: Master, run: LoopResult) -> Iterator[DroppedDemand]:
        firm = master.cargo.firm & ~master.outside.lost
        left = np.where(firm, run.unmet, 0.0)
        noise = _NOISE * np.maximum(master.cargo.quantity, float(left.max(initial=0.0)))
        yield from self._dropped(np.where(left > noise, left, 0.0), has_route=True)

    def _dropped(self, left: Floats, *, has_route: bool) -> Iterator[DroppedDemand]:
        """Yield rows of demand that leave a quantity, by shipment, in any period."""
        instance = self._whole.instance
        demand, shipments = instance.demand, instance.shipments
        most = np.zeros(len(demand))
        np.maximum.at(most, shipments.demand, left)
        for row in np.flatnonzero(most > 0).tolist():
            before = float(demand["quantity"][row])
            after = max(0.0, -_up(most[row] - before))
            where = _selector(demand, row)
            periods = int((shipments.demand == row).sum())
            yield DroppedDemand(row, where, before, after, periods, has_route)

    def _rules(self, master: Master, run: LoopResult) -> Iterator[LoosenedRule]:
        """Yield each rule that a plan exceeds, with limits that it would keep."""
        routes, quantity = all_routes(master, run.quantities)
        levels = master.rules.levels(routes, quantity)
        by_rule: dict[str, list[tuple[RowKey, float, float]]] = {}
        for row, level in zip(master.rules.rows, levels, strict=True):
            if not row.is_soft and level.excess > row.tolerance(level.base):
                found = by_rule.setdefault(row.key.rule, [])
                found.append((row.key, level.excess, level.level))
        for rule in self._whole.instance.diversification:
            yield from _loosened(rule, by_rule.get(rule.name, []))


def _per_demand(row: RuleRow, weights: Floats | None) -> float:
    """Return what a unit of demand adds to the limit of a row of shares of it."""
    none = replace(row, scope=replace(row.scope, demand=0.0))
    limit, rest = (own.linear(weights).limit for own in (row, none))
    return (limit - rest) / row.scope.demand


def _loosened(
    rule: Rule, rows: Sequence[tuple[RowKey, float, float]]
) -> Iterator[LoosenedRule]:
    """Yield the keys of a rule that must change, each with its new value."""
    by_key: dict[str, list[tuple[RowKey, float, float]]] = {}
    for key, excess, level in rows:
        by_key.setdefault(key.set_by, []).append((key, excess, level))
    for name, found in by_key.items():
        value = getattr(rule, name)
        for key, _, level in found:
            value = kind_of(key.measure).eased(value, key, level)
        excess = sum(excess for _, excess, _ in found)
        before, after = _plain(getattr(rule, name)), _plain(value)
        yield LoosenedRule(rule.name, name, before, after, excess, {name: value})


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Return a value of a rule's key as JSON holds it."""
    if not hasattr(value, "model_dump"):
        return value
    dumped = value.model_dump(by_alias=True, mode="json", exclude_none=True)
    if dumped.get("from"):
        dumped.pop("reference", None)
    return dumped


def _selector(demand: Any, row: int) -> dict[str, Any]:  # noqa: ANN401
    """Return the columns that tell a row of demand from all others."""
    chosen: dict[str, Any] = {}
    left = np.ones(len(demand), dtype=bool)
    for name in ("product", "origin", "market", "period", "demand", "quantity"):
        cells = demand[name]
        same = left & (cells == cells[row])
        if name in {"product", "origin", "market"} or same.sum() < left.sum():
            value = cells[row]
            chosen[name] = float(value) if name == "quantity" else str(value)
            left = same
    return chosen


def _up(value: float) -> float:
    """Return a number rounded up, unless it has no more digits than noise adds."""
    digits = _DIGITS - (min(0, math.ceil(math.log10(value))) if value > 0.0 else 0)
    scale = 10.0**digits
    nearest = round(value, digits)
    if abs(value - nearest) <= 1e-12 * max(abs(value), 10.0 ** (_DIGITS - digits)):
        return float(nearest)
    return float(np.ceil(value * scale) / scale)
