"""Random instances whose numbers differ by many orders of magnitude in one instance.

python -m tests.wild_sizes --count 1000 --jobs 2
python -m tests.wild_sizes --values --count 1000
python -m tests.wild_sizes --start 4711 --count 1 --show

Such an instance is refused by `check`, each fault with its place and a remedy, or it
ends in a status whose result verifies: proved, or approximate with a gap. It never ends
in a fault of ours, without a plan, or with a warning. With `--values` numbers are such
as people have, in dollars or rials, kilograms or megatonnes: goods of 200 to 50,000
dollars a tonne, by which most rules weigh; and all questions are asked.
"""

from __future__ import annotations

import argparse
import random
import sys
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.checks.instance import instance_faults
from solver.options import Options
from solver.problem.instance import Instance
from solver.problem.tables import ABSURD, TINIEST, Table
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.budget import add_seconds, within
from tests.random_instances import random_instance
from tests.random_rules import describe, random_rules_instance
from tests.rescaled import COSTS, QUANTITIES, rescaled

if TYPE_CHECKING:
    from collections.abc import Callable

SPANS = (0, 2, 4, 8, 12, 16, 20, 24)
"""Orders of magnitude between the least and the largest number of a kind."""

_SMALLEST, _LARGEST = -9, 12
"""Orders of magnitude that the middle of a kind's numbers may have."""

_MOST = 0.9 * ABSURD
"""Largest number that a cell may hold."""

_DIGITS = (1, 2, 4, 9, 17)

_UNITS = ((1.0, 1.0), (1e3, 1.0), (1e-6, 1.0), (1.0, 4.2e4), (1e3, 4.2e4), (1.0, 1e-3))
"""Kinds of units, as parts of a tonne and of a dollar."""

_COST, _DOLLARS, _BY_VALUE = 30.0, (2.3, 4.7), 0.8
"""Dollars that a tonne pays for each 1 of a random cost; powers of ten between which
a tonne is worth dollars; part of the rules that weigh by that."""

_JUST_ENOUGH = (0.0, 1e-15, 1e-12, 1e-9, -1e-15, -1e-12, -1e-9)
"""What a limit may have beyond a sum of demand, as a part of it."""

_AT_ONCE = 20
"""Instances that a process tries before it is asked whether time is up."""


class Wild:
    """Random factors of one instance, one kind of number at a time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def factors(self) -> Callable[[float], float]:
        """Return what makes wild numbers of a kind of ordinary ones."""
        span = self.random.choice(SPANS)
        middle = self.random.uniform(_SMALLEST, _LARGEST)
        digits = self.random.choice(_DIGITS)
        share = self.random.choice((0.1, 0.5, 1.0))

        def wild(value: float) -> float:
            if not np.isfinite(value) or value == 0.0:
                return value
            away = self.random.uniform(-span / 2, span / 2)
            if self.random.random() > share:
                away = 0.0
            size = min(max(value * 10 ** (middle + away), TINIEST), _MOST)
            return float(f"{size:.{digits}g}")

        return wild


def wild_instance(seed: int) -> Instance:
    """Return the instance of a seed."""
    make = random_rules_instance if seed % 2 else random_instance
    wild, instance = Wild(seed), make(seed)
    quantity, money = wild.factors(), wild.factors()
    kept = {name: getattr(instance, name) for name in Instance.model_fields}
    for tables, factor in ((QUANTITIES, quantity), (COSTS, money)):
        for name, columns in tables.items():
            kept[name] = _each(kept[name], columns, factor)
    if wild.random.random() < 0.3:
        kept["products"] = _each(kept["products"], ("value",), wild.factors())
    if wild.random.random() < 0.5:
        kept["legs"] = _just_enough(kept["legs"], kept["demand"]["quantity"], wild)
    kept["emission_price"] = money(instance.emission_price)
    rules = (_wild_rule(rule, quantity, money) for rule in instance.diversification)
    kept["diversification"] = tuple(rules)
    return Instance(**kept)


def _each(
    table: Table, columns: tuple[str, ...], change: Callable[[float], float]
) -> Table:
    own = {
        name: np.array([change(float(value)) for value in table[name]], dtype=float)
        for name in columns
    }
    return Table({**table.columns, **own}, table.files, table.file_of, table.lines)


def _just_enough(legs: Table, demand: Any, wild: Wild) -> Table:
    """Let limits be what some rows of demand add up to, or a trifle more or less."""

    def about(limit: float) -> float:
        if not np.isfinite(limit) or limit == 0.0 or wild.random.random() < 0.5:
            return limit
        rows = wild.random.choices(range(len(demand)), k=wild.random.randint(1, 2))
        more = wild.random.choice(_JUST_ENOUGH)
        return min(float(demand[[*set(rows)]].sum()) * (1.0 + more), _MOST)

    return _each(legs, ("capacity",), about)


def _wild_rule(
    rule: Any, quantity: Callable[[float], float], money: Callable[[float], float]
) -> Any:
    changes: dict[str, Any] = {}
    if rule.penalty is not None:
        changes["penalty"] = money(rule.penalty)
    change = rule.max_change
    if change is not None:
        entries = tuple(
            entry.model_copy(update={"quantity": quantity(entry.quantity)})
            for entry in change.reference
        )
        own: dict[str, Any] = {"reference": entries}
        if change.quantity is not None:
            own["quantity"] = quantity(change.quantity)
        changes["max_change"] = change.model_copy(update=own)
    return rule.model_copy(update=changes)


def valued_instance(seed: int) -> Instance:
    """Return the instance of a seed whose rules weigh goods of ordinary values."""
    draw = random.Random(seed)
    quantity, money = draw.choice(_UNITS)
    instance = rescaled(random_rules_instance(seed), quantity, _COST * money / quantity)
    kept = {name: getattr(instance, name) for name in Instance.model_fields}
    mean: list[float] = []

    def drawn(_: float) -> float:
        dollars = 10.0 ** draw.uniform(*_DOLLARS) * money / quantity
        mean.append(float(f"{dollars:.{draw.choice(_DIGITS[2:4])}g}"))
        return mean[-1]

    kept["products"] = _each(instance.products, ("value",), drawn)
    of_value = float(f"{sum(mean) / len(mean):.3g}")
    kept["diversification"] = tuple(
        _by_value(rule, of_value) if draw.random() < _BY_VALUE else rule
        for rule in instance.diversification
        if rule.weight == "quantity"
    )
    return Instance(**kept)


def _by_value(rule: Any, value: float) -> Any:
    """Let a rule weigh by value, and count all that it counts so."""
    changes: dict[str, Any] = {"weight": "value"}
    if rule.penalty and rule.max_hhi is None and rule.min_effective is None:
        changes["penalty"] = float(f"{rule.penalty / value:.4g}")
    weighed = _wild_rule(rule, lambda size: size * value, lambda money: money)
    return weighed.model_copy(update=changes)


def ending(seed: int, *, with_values: bool = False) -> tuple[str, str]:
    """Return how an instance ends, and what is wrong with that; blank if nothing."""
    instance = valued_instance(seed) if with_values else wild_instance(seed)
    options = Options(sensitivity="all" if with_values else "none")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            faults = instance_faults(instance, "instance.toml")
            if faults:
                vague = [f for f in faults if not (f.remedy and (f.row or f.column))]
                return "refused", "; ".join(map(str, vague))
            summary = run(instance, options, Clock()).result.summary
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours
            return "fault", f"{type(error).__name__}: {error}"[:500]
    status = str(summary["status"])
    if status not in {"optimal", "unmet", "infeasible", "approximate"}:
        return status, status
    is_vague = status == "approximate" and summary["gap"] is None
    return status, "approximate without a gap" if is_vague else ""


def _batch(seeds: range, *, with_values: bool) -> list[tuple[int, str, str]]:
    return [(seed, *ending(seed, with_values=with_values)) for seed in seeds]


def main() -> int:
    """Try many; return 1 if any ends as it must not."""
    parser = argparse.ArgumentParser(prog="python -m tests.wild_sizes")
    parser.add_argument("--start", type=int, default=0, metavar="SEED")
    parser.add_argument("--count", type=int, default=1000, metavar="N")
    parser.add_argument("--jobs", type=int, default=1, metavar="N")
    parser.add_argument("--values", action="store_true", help="ordinary numbers")
    parser.add_argument("--show", action="store_true", help="print the instances")
    parser.add_argument("--tell", default="", metavar="STATUS", help="list these too")
    add_seconds(parser)
    given = parser.parse_args()
    values: bool = given.values
    seeds = range(given.start, given.start + given.count)
    if given.show:
        for seed in seeds:
            told = describe(valued_instance(seed) if values else wild_instance(seed))
            ended = ending(seed, with_values=values)
            sys.stdout.write(f"{told}\nseed {seed}: {ended}\n")
        return 0
    size = _AT_ONCE * given.jobs
    rounds = [seeds[first : first + size] for first in range(0, len(seeds), size)]
    counts: Counter[str] = Counter()
    batch = partial(_batch, with_values=values)
    wrong = 0
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        for own in within(rounds, given.seconds):
            parts = [own[job :: given.jobs] for job in range(given.jobs)]
            for seed, how, what in chain.from_iterable(pool.map(batch, parts)):
                counts[how] += 1
                wrong += bool(what)
                if what or how == given.tell:
                    sys.stdout.write(f"seed {seed}: {how}: {what}\n")
    done = sum(counts.values())
    sys.stdout.write(f"{done} instances, {wrong} wrong: {dict(counts)}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
