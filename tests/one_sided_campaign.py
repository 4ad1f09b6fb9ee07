"""What one more and one less do, against independent programs re-solved.

    python -m tests.one_sided_campaign --count 1000 --seconds 3600
    python -m tests.one_sided_campaign --instances --seconds 600

The first solves random instances, of one or two periods, with rules of every kind,
moves every limit, row of a rule and demand that has a slope or a relief, and compares
with the program over all simple routes at the end of the piece, inside it, and beyond
its end, what firm demand leaves unmet held. The second compares slopes of the shipped
instances with cold re-solves of their own.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from math import isfinite, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.loaders.references import load
from solver.options import Options
from solver.problem.edits import with_columns
from solver.problem.instance import Instance
from solver.solution.keys import CapacityKey, RowKey, ShipmentKey
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.cone_oracle import RouteForm, UnsettledError
from tests.counted import ALL
from tests.oracle import NOTHING, answer, own_limit
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance
from tests.simple_routes import Case, names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.solution.slopes import Relief, Slope
    from tests.cone_oracle import Program
    from tests.oracle import OracleAnswer

    Key = CapacityKey | RowKey | ShipmentKey

CLOSE, CURVED = 1e-6, 1e-3
"""What a slope may differ by, relative; where an index has a price."""

NOISE = 1e-9
"""Part of the cost that the independent program may miss."""

INSTANCES = Path(__file__).parents[1] / "instances"

_TABLES = {"leg": "legs", "node": "nodes", "route": "routes", "capacity": "capacities"}


class MovedForm(RouteForm):
    """The program over all simple routes, with one right-hand side moved."""

    def __init__(self, instance: Instance, key: Key, far: float) -> None:
        case = Case(instance)
        self.key, self.far = key, far
        if isinstance(key, ShipmentKey):
            number = _shipments(case).index((key.row, key.period))
            row, period = case.shipments[number]
            case.shipments[number] = (
                {**row, "quantity": max(0.0, row["quantity"] + far)},
                period,
            )
        room = {key: far} if isinstance(key, RowKey) else {}
        super().__init__(case, own_limit, room=room)
        self.missing = 0.0

    def program(self, rules: str) -> Program:
        """Program; the rows of capacities come first in it."""
        program = super().program(rules)
        if isinstance(self.key, CapacityKey):
            number = _limits(self.case).index(self.key)
            line, limit = program.upper[number]
            program.upper[number] = line, max(0.0, limit + self.far)
            self.missing = max(0.0, -limit - self.far)
        return program


def _shipments(case: Case) -> list[tuple[int, str]]:
    """Row of the demand, from 1, and period of each shipment."""
    rows = case.instance.demand["period"].tolist()
    return [
        (number, period)
        for number, own in enumerate(rows, 1)
        for period in case.instance.periods
        if own in ("", period)
    ]


def _limits(case: Case) -> list[CapacityKey]:
    """Names of the rows of capacities, in their order."""
    tables = (
        ("leg", {leg["leg"]: leg for leg in case.legs}),
        ("node", case.nodes),
        ("route", {row["route"]: row for row in case.services}),
    )
    simple = [
        CapacityKey(kind, name, period)  # type: ignore[arg-type]
        for kind, rows in tables
        for name, row in rows.items()
        if row["capacity"] is not None
        for period in case.instance.periods
    ]
    joint = [
        CapacityKey("capacity", row["capacity"], ALL if span == ALL else span)
        for row in case.joint
        for span in names(row["period"]) or case.instance.periods
    ]
    return [*simple, *joint]


def faults_of(instance: Instance, done: Counter[str] | None = None) -> Iterator[str]:
    """Slopes that are not what the least cost does, and pieces that go on.

    What was compared is counted in `done`.
    """
    done = Counter() if done is None else done
    result = run(instance, Options(sensitivity="none"), Clock(), prices="all").result
    if result.certificate is None or result.plan is None:
        return
    try:
        base = answer(RouteForm(Case(instance), own_limit))
    except UnsettledError:
        return
    if not isfinite(base.cost):
        return
    found = result.certificate.one_sided
    done.update(compared=1, prices=len(found.slopes), reliefs=len(found.reliefs))
    if any(rule.max_hhi or rule.min_effective for rule in instance.diversification):
        done["curved"] += len(found.slopes)
    carried = max(1.0, float(result.plan.quantity.sum()))
    for slope in found.slopes:
        yield from _slope_faults(instance, slope, base, carried)
    for relief in found.reliefs:
        yield from _relief_faults(instance, relief, base)


def _answer(
    instance: Instance, key: Key, far: float, held: tuple[float, ...] | None = None
) -> OracleAnswer | None:
    """Return the answer with a right-hand side moved; None if that is not settled.

    Nor is there one where a capacity would be less than nothing.
    """
    form = MovedForm(instance, key, far)
    try:
        found = answer(form, held)
    except UnsettledError:
        return None
    size = 1e-12 * form.case.demand
    return None if form.missing > size else found


def _slope_faults(
    instance: Instance, slope: Slope, base: OracleAnswer, carried: float
) -> Iterator[str]:
    unit = abs(base.cost) / carried / 1000
    sign = 1.0 if slope.direction == "more" else -1.0
    rate = slope.value if isinstance(slope.key, ShipmentKey) else -slope.value
    # What saves nothing at all is moved by all that is carried: the noise of the
    # independent program would hide what a little does.
    length = slope.length or carried
    curved = any(
        rule.max_hhi or rule.min_effective for rule in instance.diversification
    )
    part = CURVED if curved else CLOSE
    own = base.slop + NOISE * max(1.0, abs(base.cost))
    for share in (0.5, 1.0):
        far = share * length
        there = _answer(instance, slope.key, sign * far, base.unmet)
        if there is None:
            continue
        slop = own + (0.0 if isnan(there.slop) else there.slop)
        margin = part * max(abs(rate), unit) * far + slop
        rise = there.cost - base.cost
        if isnan(rise) or abs(rise - sign * rate * far) > margin:
            is_so = rise / (sign * far)
            yield f"{slope.key} {slope.direction} {far}: {rate}, is {is_so}"
    if slope.end is None or curved:
        return
    far = 1.5 * length
    there = _answer(instance, slope.key, sign * far, base.unmet)
    beyond = part * max(abs(rate), unit) * 0.5 * length
    if there is None or beyond <= own + there.slop:
        return
    if there.cost - base.cost - sign * rate * far < beyond:
        yield f"{slope.key} {slope.direction}: goes on beyond {length}"


def _relief_faults(
    instance: Instance, relief: Relief, base: OracleAnswer
) -> Iterator[str]:
    priorities = {
        row["priority"]
        for row, _ in Case(instance).shipments
        if not isfinite(row["unmet_cost"])
    }
    told = dict(relief.value)
    order = sorted(priorities, key=lambda own: (own is None, own or 0))
    noise = 2 * NOTHING * Case(instance).demand
    for share in (0.5, 1.0):
        far = (share if relief.direction == "more" else -share) * relief.length
        there = _answer(instance, relief.key, far)
        if there is None or not there.unmet:
            continue
        for number, priority in enumerate(order):
            change = there.unmet[number] - base.unmet[number]
            said = -told.get(priority, 0.0) * far
            if abs(change - said) > CURVED * abs(said) + noise + there.unmet_slop:
                yield f"{relief.key} {far}: {priority} changes by {change}, not {said}"


# ---- shipped instances, against cold re-solves


def moved(
    instance: Instance, key: CapacityKey | ShipmentKey, far: float
) -> Instance | None:
    """Return an instance of one period with a capacity, or a demand, of so much more.

    None if that were less than nothing.
    """
    if isinstance(key, ShipmentKey):
        name, column, row = "demand", "quantity", key.row - 1
    else:
        name = _TABLES[key.kind]
        column = "quantity" if key.kind == "capacity" else "capacity"
        row = list(getattr(instance, name)[key.kind]).index(key.name)
    table = getattr(instance, name)
    values = table[column].astype(float).copy()
    values[row] += far
    if values[row] < 0.0:
        return None
    kept = {field: getattr(instance, field) for field in Instance.model_fields}
    return Instance(**{**kept, name: with_columns(table, {column: values})})


def cold_faults(instance: Instance, done: Counter[str], until: float) -> Iterator[str]:
    """Slopes of limits and demand that cold re-solves do not bear out."""
    first = run(instance, Options(sensitivity="none"), Clock(), prices="all").result
    if first.certificate is None or first.plan is None or len(instance.periods) > 1:
        return
    cost = first.summary["cost"] + first.summary["penalties"]
    unit = abs(cost) / max(1.0, float(first.plan.quantity.sum())) / 1000
    done["compared"] += 1
    for slope in first.certificate.one_sided.slopes:
        if not isinstance(slope.key, RowKey) and time.monotonic() < until:
            done["prices"] += 1
            yield from _cold_slope_faults(instance, slope, first.summary, unit)


def _cold_slope_faults(
    instance: Instance, slope: Slope, summary: Mapping[str, Any], unit: float
) -> Iterator[str]:
    assert not isinstance(slope.key, RowKey)
    cost = summary["cost"] + summary["penalties"]
    sign = 1.0 if slope.direction == "more" else -1.0
    rate = slope.value if isinstance(slope.key, ShipmentKey) else -slope.value
    length = slope.length or 1.0
    for share in (1.0, 0.5) if slope.end is None else (1.0, 0.5, 1.5):
        far = sign * share * length
        there = _cold_cost(moved(instance, slope.key, far), summary["unmet"])
        if there is None:
            continue
        apart = there - cost - rate * far
        margin = CLOSE * max(abs(rate), unit) * abs(far) + NOISE * abs(cost)
        if apart < margin if share > 1.0 else abs(apart) > margin:
            is_so = (there - cost) / far
            yield f"{slope.key} {slope.direction} {far}: {rate}, is {is_so}"


def _cold_cost(instance: Instance | None, unmet: float) -> float | None:
    """Cost of a cold solve; None where firm demand leaves more or less unmet."""
    if instance is None:
        return None
    found = run(instance, Options(sensitivity="none"), Clock()).result.summary
    is_kept = found["status"] == "optimal" or found["unmet"] == unmet
    return float(found["cost"] + found["penalties"]) if is_kept else None


def shipped() -> Iterator[tuple[str, Instance]]:
    """Yield all shipped instances, with the names of their folders."""
    for manifest in sorted(INSTANCES.rglob("instance.toml")):
        yield manifest.parent.name, load(manifest.parent, [], []).instance


def drawn(first: int, number: int) -> Iterator[tuple[str, Instance]]:
    """Yield random instances, two of each seed, with their names."""
    for seed in range(first, first + number):
        for make in (random_instance, random_rules_instance):
            yield f"{make.__name__} {seed}", make(seed)


def main() -> int:
    """Compare; return 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.one_sided_campaign")
    parser.add_argument("--count", type=int, default=1000, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    parser.add_argument("--seconds", type=float, default=float("inf"), metavar="S")
    parser.add_argument("--instances", action="store_true", help="the shipped ones")
    chosen = parser.parse_args()
    until = time.monotonic() + chosen.seconds
    given = shipped() if chosen.instances else drawn(chosen.first, chosen.count)
    done: Counter[str] = Counter()
    for name, instance in given:
        if time.monotonic() > until:
            break
        done["instances"] += 1
        check = (
            cold_faults(instance, done, until)
            if chosen.instances
            else faults_of(instance, done)
        )
        for fault in check:
            done["faults"] += 1
            sys.stdout.write(f"{name}: {fault}\n")
            sys.stdout.flush()
    counted = ("instances", "compared", "prices", "curved", "reliefs", "faults")
    sys.stdout.write(", ".join(f"{done[what]} {what}" for what in counted) + "\n")
    return 1 if done["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
