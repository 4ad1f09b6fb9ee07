"""Random instances in other units: the same status, cost and plan.

    python -m tests.rescaled --count 2000

multiplies quantities and money by powers of two, which must change no digit of what the
solver is given, and by powers of ten. Of every tenth the whole result is made, with all
that is asked of it: it must verify, and tell the same cost.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np

from solver.options import Options
from solver.problem.instance import Instance
from solver.problem.tables import ABSURD, Table
from solver.solution.tolerances import HHI_RESIDUAL
from solver.solving.plan_to_decimals import published_plan
from solver.solving.reductions import decimals
from solver.solving.solve import prepared, solved
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.budget import add_seconds, within
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance

if TYPE_CHECKING:
    from solver.solution.solution import Solution

QUANTITIES = {
    "nodes": ("capacity",),
    "legs": ("capacity",),
    "routes": ("capacity",),
    "capacities": ("quantity",),
    "demand": ("quantity",),
}
COSTS = {
    "nodes": ("cost",),
    "legs": ("cost",),
    "routes": ("cost",),
    "products": ("time_value",),
    "tariffs": ("cost_per_km", "surcharge"),
    "demand": ("unmet_cost",),
}
NEAR = 1e-9
"""Relative difference of two costs that are the same."""

TOLD = 2e-5
"""The same of costs as they are told: with six digits where they are small."""

_TOLD_EVERY = 10


def rescaled(instance: Instance, quantity: float, money: float) -> Instance:
    """Return an instance whose quantities and costs per unit are so many times."""
    kept = {name: getattr(instance, name) for name in Instance.model_fields}
    for tables, factor in ((QUANTITIES, quantity), (COSTS, money)):
        for name, columns in tables.items():
            kept[name] = _times(kept[name], columns, factor)
    kept["emission_price"] = _product(instance.emission_price, money)
    if not isinstance(instance.unmet_cost, str):
        kept["unmet_cost"] = _product(instance.unmet_cost, money)
    kept["diversification"] = tuple(
        _rule(rule, quantity, money) for rule in instance.diversification
    )
    return Instance(**kept)


def _times(table: Table, columns: tuple[str, ...], factor: float) -> Table:
    own = {
        name: np.array([_product(v, factor) for v in table[name]]) for name in columns
    }
    return Table({**table.columns, **own}, table.files, table.file_of, table.lines)


def _product(value: float, factor: float) -> float:
    """Product as it would be written: of the decimals that floats stand for."""
    if not math.isfinite(value) or math.frexp(factor)[0] == 0.5:
        return float(value) * factor
    return float(Decimal(repr(float(value))) * Decimal(f"{factor:g}"))


def _rule(rule: Any, quantity: float, money: float) -> Any:
    changes: dict[str, Any] = {}
    if rule.penalty is not None:
        is_index = rule.max_hhi is not None or rule.min_effective is not None
        own_money = _product(rule.penalty, money)
        changes["penalty"] = _product(own_money, quantity if is_index else 1.0)
    change = rule.max_change
    if change is not None:
        entries = [
            entry.model_copy(update={"quantity": _product(entry.quantity, quantity)})
            for entry in change.reference
        ]
        own: dict[str, Any] = {"reference": tuple(entries)}
        if change.quantity is not None:
            own["quantity"] = _product(change.quantity, quantity)
        changes["max_change"] = change.model_copy(update=own)
    return rule.model_copy(update=changes)


def _with_one_penalty(instance: Instance) -> Instance:
    """Drop others from soft rules on an index: one penalty cannot be of both units."""
    others = dict.fromkeys(("max_top", "max_share", "min_share", "max_change"))
    rules = tuple(
        rule.model_copy(update=others)
        if rule.penalty is not None and (rule.max_hhi or rule.min_effective)
        else rule
        for rule in instance.diversification
    )
    return instance.model_copy(update={"diversification": rules})


def _solved(instance: Instance) -> tuple[Solution, list[float]]:
    """Solution, and what the routes carried before that became decimals."""
    given: list[float] = []

    def recorded(routes: Any, quantity: Any, rules: Any) -> Any:
        given[:] = quantity.tolist()
        return published_plan(routes, quantity, rules)

    with warnings.catch_warnings(), patch.object(decimals, "published_plan", recorded):
        warnings.simplefilter("error")
        return solved(prepared(instance, Options())), given


def difference(seed: int) -> str | None:
    """Say what a random instance does otherwise in other units; None if nothing."""
    draw = random.Random(seed)
    make = random_rules_instance if seed % 2 else random_instance
    instance = make(seed)
    if draw.random() < 0.5:
        quantity, money = (2.0 ** draw.randint(-30, 30) for _ in range(2))
        is_exact = True
    else:
        quantity, money = 10.0 ** draw.randint(-9, 9), 10.0 ** draw.randint(-9, 5)
        is_exact = False
    instance = _with_one_penalty(instance)
    in_others = rescaled(instance, quantity, money)
    if not _is_readable(in_others):
        return None
    base, given = _solved(instance)
    other, taken = _solved(in_others)
    what = f"seed {seed}, quantities x {quantity:g}, costs x {money:g}: "
    if base.status != other.status:
        return f"{what}{base.status} becomes {other.status}"
    costs = base.proved.objective or 0.0, other.proved.objective or 0.0
    right = costs[0] * quantity * money
    least = max(abs(right), _noise(instance) * money * quantity)
    steep = _steep(instance, base) * money * quantity
    if abs(costs[1] - right) > NEAR * least + steep:
        return f"{what}cost {costs[1]!r}, not {right!r}"
    if is_exact and [size * quantity for size in given] != taken:
        return f"{what}other quantities"
    if seed % _TOLD_EVERY == 0:
        told = _told_cost(in_others)
        if abs(told - costs[1]) > TOLD * max(abs(costs[1]), 1e-9 * least):
            return f"{what}told as {told!r}, not {costs[1]!r}"
    return None


def _is_readable(instance: Instance) -> bool:
    """Whether all numbers are below what cells may hold."""
    parts = [*QUANTITIES.items(), *COSTS.items()]
    cells = [getattr(instance, name)[own] for name, owned in parts for own in owned]
    return all((cell[np.isfinite(cell)] < ABSURD).all() for cell in cells)


def _told_cost(instance: Instance) -> float:
    """Cost and penalties that a verified result tells, after all questions."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        summary = run(instance, Options(sensitivity="all"), Clock()).result.summary
    return float((summary["cost"] or 0.0) + (summary["penalties"] or 0.0))


def _steep(instance: Instance, solution: Solution) -> float:
    """Return what the error that an index may have saves at its price."""
    if solution.certificate is None:
        return 0.0
    prices = solution.certificate.stages[-1].rules.items()
    quantity = float(instance.demand["quantity"].astype(float).sum())
    indices = [price for key, price in prices if key.measure in {"hhi", "effective"}]
    dearest = float(instance.products["value"].astype(float).max(initial=1.0))
    return HHI_RESIDUAL * quantity * dearest * sum(indices)


def _noise(instance: Instance) -> float:
    """Cost beside which costs of nothing are the same."""
    return float(instance.demand["quantity"].astype(float).sum()) * 1e-6


def main() -> int:
    """Compare many; return 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.rescaled")
    parser.add_argument("--count", type=int, default=2000, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    add_seconds(parser)
    chosen = parser.parse_args()
    done = differ = 0
    seeds = range(chosen.first, chosen.first + chosen.count)
    for seed in within(seeds, chosen.seconds):
        what, done = difference(seed), done + 1
        if what is not None:
            differ += 1
            sys.stdout.write(f"{what}\n")
    sys.stdout.write(f"{done} instances: {differ} differ\n")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
