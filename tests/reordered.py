"""Instances with their rows in another order, and whether that changes a plan.

    python -m tests.reordered --count 20

shuffles every table of the shipped instances so often, and tells of each difference.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from solver.loaders.references import load
from solver.options import Options
from solver.problem.instance import Instance
from solver.problem.tables import DEFINITIONS, Table
from solver.tasks.answer import solve
from tests.budget import add_seconds, within

if TYPE_CHECKING:
    from solver.solution.plan import Plan

ROOT = Path(__file__).parent.parent
SHIPPED = ("quickstart", "kazakhstan")

Flow = tuple[str, ...]


def shuffled(instance: Instance, seed: int) -> Instance:
    """Return an instance with the rows of every table in a random order."""
    random = np.random.default_rng(seed)
    kept = {name: getattr(instance, name) for name in Instance.model_fields}
    for name in DEFINITIONS:
        table: Table = kept[name]
        order = random.permutation(len(table))
        columns = {title: column[order] for title, column in table.columns.items()}
        places = table.file_of[order], table.lines[order]
        kept[name] = Table(columns, table.files, *places)
    return Instance(**kept)


def flows(instance: Instance, plan: Plan) -> list[tuple[Flow, float]]:
    """Flows of a plan by the contents of their row of demand, with their legs."""
    named = [*instance.legs["leg"], *instance.routes["route"]]
    found = []
    for number, shipment in enumerate(plan.shipment.tolist()):
        own = slice(plan.starts[number], plan.starts[number + 1])
        legs = [str(named[element]) for element in plan.elements[own].tolist()]
        quantity = float(plan.quantity[number])
        found.append(((*_contents(instance, shipment), *legs), quantity))
    return sorted(found)


def unmet(instance: Instance, plan: Plan) -> list[tuple[Flow, float]]:
    """Return what stays unmet, by the contents of the row of demand."""
    left = enumerate(plan.unmet.tolist())
    return sorted((_contents(instance, number), size) for number, size in left if size)


def _contents(instance: Instance, shipment: int) -> Flow:
    row = int(instance.shipments.demand[shipment])
    period = str(int(instance.shipments.period[shipment]))
    return (*(str(column[row]) for column in instance.demand.columns.values()), period)


def answer(instance: Instance) -> tuple[str, object, object]:
    """Status, flows and unmet quantities of an instance."""
    solution = solve(instance, Options(sensitivity="none"))
    plan = solution.plan
    if plan is None:
        return str(solution.status), None, None
    return str(solution.status), flows(instance, plan), unmet(instance, plan)


def main() -> int:
    """Shuffle the shipped instances; return 1 if any plan changes."""
    parser = argparse.ArgumentParser(prog="python -m tests.reordered")
    parser.add_argument("--count", type=int, default=20, metavar="N")
    add_seconds(parser)
    chosen = parser.parse_args()
    share = None if chosen.seconds is None else chosen.seconds / len(SHIPPED)
    changed = 0
    for name in SHIPPED:
        instance = load(ROOT / "instances" / name).instance
        right, done, wrong = answer(instance), 0, 0
        for seed in within(range(chosen.count), share):
            wrong, done = wrong + (answer(shuffled(instance, seed)) != right), done + 1
        changed += wrong
        sys.stdout.write(f"{name}: {wrong} of {done} plans differ\n")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
