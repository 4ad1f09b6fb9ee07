"""What one more and one less do, against an independent program re-solved.

    python -m tests.one_sided_campaign --count 1000

solves random instances, moves every limit and demand that has a slope, and compares
with the program over all simple routes at both ends of the piece, inside it, and
beyond its end, what firm demand leaves unmet held.
"""

from __future__ import annotations

import argparse
import sys
from math import isfinite, isnan
from typing import TYPE_CHECKING

from solver.options import Options
from solver.problem.tables import Table
from solver.solution.keys import CapacityKey, RowKey, ShipmentKey
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.cone_oracle import RouteForm, UnsettledError
from tests.oracle import answer, own_limit
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance
from tests.simple_routes import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance
    from solver.solution.slopes import Slope

CLOSE, CURVED = 1e-6, 1e-3
"""What a slope may differ by, relative; where an index has a price."""

NOISE = 1e-9
"""Part of the cost that the independent program may miss."""

_TABLES = {"leg": "legs", "node": "nodes", "route": "routes", "capacity": "capacities"}


def moved(
    instance: Instance, key: CapacityKey | ShipmentKey, far: float
) -> Instance | None:
    """Return an instance with a capacity, or a demand, of so much more.

    None if that were less than nothing.
    """
    if isinstance(key, ShipmentKey):
        name, column, row = "demand", "quantity", key.row - 1
    else:
        name = _TABLES[key.kind]
        column = "quantity" if key.kind == "capacity" else "capacity"
        table = getattr(instance, name)
        row = list(table[key.kind]).index(key.name)
    table = getattr(instance, name)
    values = table[column].astype(float).copy()
    values[row] += far
    if values[row] < 0.0:
        return None
    columns = {**table.columns, column: values}
    places = table.files, table.file_of, table.lines
    return instance.model_copy(update={name: Table(columns, *places)})


def cost_of(instance: Instance, held: tuple[float, ...] | None = None) -> float:
    """Least cost over all simple routes, NaN if there is no plan."""
    try:
        return answer(RouteForm(Case(instance), own_limit), held).cost
    except UnsettledError:
        return float("nan")


def faults_of(instance: Instance) -> Iterator[str]:
    """Slopes that are not what the least cost does, and pieces that go on."""
    if len(instance.periods) > 1:
        return
    result = run(instance, Options(sensitivity="all"), Clock()).result
    if result.certificate is None or result.plan is None:
        return
    try:
        base = answer(RouteForm(Case(instance), own_limit))
    except UnsettledError:
        return
    carried = max(1.0, float(result.plan.quantity.sum()))
    unit = abs(base.cost) / carried / 1000
    for slope in result.certificate.one_sided.slopes:
        if not isinstance(slope.key, RowKey) and isfinite(base.cost):
            yield from _slope_faults(instance, slope, base, unit)


def _slope_faults(
    instance: Instance, slope: Slope, base: object, unit: float
) -> Iterator[str]:
    held, cost = base.unmet, base.cost  # type: ignore[attr-defined]
    sign = 1.0 if slope.direction == "more" else -1.0
    rate = slope.value if isinstance(slope.key, ShipmentKey) else -slope.value
    length = slope.length or 1.0
    curved = any(
        rule.max_hhi or rule.min_effective for rule in instance.diversification
    )
    part = CURVED if curved else CLOSE
    slop = base.slop + NOISE * max(1.0, abs(cost))  # type: ignore[attr-defined]
    for share in (0.5, 1.0):
        far = share * length
        there = _moved_cost(instance, slope, sign * far, held)
        margin = part * max(abs(rate), unit) * far + slop
        if isnan(there) or abs(there - cost - sign * rate * far) > margin:
            is_so = (there - cost) / (sign * far)
            yield f"{slope.key} {slope.direction} {far}: {rate}, is {is_so}"
    if slope.end is None or curved:
        return
    far = 1.5 * length
    there = _moved_cost(instance, slope, sign * far, held)
    beyond = part * max(abs(rate), unit) * 0.5 * length
    if there - cost - sign * rate * far < beyond:
        yield f"{slope.key} {slope.direction}: goes on beyond {length}"


def _moved_cost(
    instance: Instance, slope: Slope, far: float, held: tuple[float, ...]
) -> float:
    """Least cost with what a slope is of moved; NaN if there is no plan."""
    assert not isinstance(slope.key, RowKey)
    other = moved(instance, slope.key, far)
    return float("nan") if other is None else cost_of(other, held)


def main() -> int:
    """Compare; return 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.one_sided_campaign")
    parser.add_argument("--count", type=int, default=1000, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    chosen = parser.parse_args()
    found = 0
    for seed in range(chosen.first, chosen.first + chosen.count):
        for make in (random_instance, random_rules_instance):
            for fault in faults_of(make(seed)):
                found += 1
                sys.stdout.write(f"{make.__name__} {seed}: {fault}\n")
    sys.stdout.write(f"{2 * chosen.count} instances: {found} slopes differ\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
