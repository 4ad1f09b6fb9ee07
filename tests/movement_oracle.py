"""The least movement by brute force: every simple route, two linear programs.

Nothing here is shared with the solver: routes are listed leg by leg, and what stays of
each earlier route is a column of its own.

    python -m tests.movement_oracle --count 300

solves so many random networks near plans of theirs before rates, capacities and demand
changed, and tells of each difference.
"""

from __future__ import annotations

import argparse
import random
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

from solver.options import Options
from solver.solving.prepared import Prepared
from solver.tasks.clock import Clock
from solver.tasks.comparison.earlier import near_result
from solver.tasks.solve import run
from tests.build import build_instance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.problem.instance import Instance

Leg = dict[str, Any]
Demand = dict[str, Any]

UNMET = 60.0
"""Money per unit left unmet: more than any route costs."""


def network(seed: int) -> tuple[list[Leg], list[Demand]]:
    """Return legs and demand of a random network, often with ties."""
    draw = random.Random(seed)
    nodes = [f"N{number}" for number in range(draw.randint(4, 5))]
    legs = [
        {
            "leg": f"{start}{end}{copy}",
            "from": start,
            "to": end,
            "mode": str(copy),
            "cost": float(draw.randint(1, 4)),
            "capacity": float(draw.randint(3, 20)) if draw.random() < 0.6 else None,
        }
        for start in nodes
        for end in nodes
        for copy in range(draw.choice([0, 0, 1, 1, 2]))
        if start != end
    ]
    pairs = draw.sample([(a, b) for a in nodes for b in nodes if a != b], 4)
    demand = [
        {
            "product": draw.choice(["grain", "steel"]),
            "origin": start,
            "market": end,
            "quantity": float(draw.randint(1, 25)),
        }
        for start, end in pairs
    ]
    return legs, demand


def changed(
    seed: int, legs: list[Leg], demand: list[Demand]
) -> tuple[list[Leg], list[Demand]]:
    """Return another network of the same places: some rates, limits and quantities."""
    draw = random.Random(seed + 1_000_000)
    new_legs = [dict(leg) for leg in legs]
    for leg in new_legs:
        if draw.random() < 0.3:
            leg["cost"] = float(draw.randint(1, 4))
        if draw.random() < 0.2:
            leg["capacity"] = float(draw.randint(0, 15))
    new_demand = [dict(row) for row in demand]
    for row in new_demand:
        if draw.random() < 0.3:
            row["quantity"] = float(draw.randint(1, 25))
    return new_legs, new_demand[draw.choice([0, 0, 1]) :]


def instance(legs: list[Leg], demand: list[Demand]) -> Instance:
    """Return the instance of a network."""
    return build_instance(legs=legs, demand=demand, unmet_cost=UNMET)


def least_movement(
    legs: list[Leg], demand: list[Demand], before: Mapping[tuple[str, ...], float]
) -> tuple[float, float]:
    """Return the least cost, and the least movement at that cost.

    Parameters
    ----------
    before : dict
        Quantity by product, origin, market and legs of an earlier plan.
    """
    columns = [
        (number, path)
        for number, row in enumerate(demand)
        for path in _paths(legs, row["origin"], row["market"], ())
    ]
    places = [place for place in before if any(_is_of(row, place) for row in demand)]
    size = len(columns) + len(demand) + len(places)
    cost = np.zeros(size)
    cost[: len(columns)] = [sum(legs[n]["cost"] for n in path) for _, path in columns]
    cost[len(columns) : len(columns) + len(demand)] = UNMET
    equal = np.zeros((len(demand), size))
    for column, (number, _) in enumerate(columns):
        equal[number, column] = 1.0
    equal[:, len(columns) : len(columns) + len(demand)] = np.eye(len(demand))
    rows, limits = _limits(legs, columns, size)
    kept = np.zeros(size)
    for number, place in enumerate(places):
        row, own = np.zeros(size), len(columns) + len(demand) + number
        kept[own] = row[own] = 1.0
        for column, (owner, path) in enumerate(columns):
            names = " > ".join(legs[n]["leg"] for n in path)
            if _is_of(demand[owner], place) and names == place[3]:
                row[column] = -1.0
        rows.append(row)
        limits.append(0.0)
    bounds: list[Any] = [(0.0, None)] * (size - len(places))
    bounds += [(0.0, before[place]) for place in places]
    wanted = [row["quantity"] for row in demand]
    form: dict[str, Any] = {"A_eq": equal, "b_eq": wanted, "bounds": bounds}
    first = linprog(cost, A_ub=np.array(rows), b_ub=limits, **form)
    most_rows, most_of = np.array([*rows, cost]), [*limits, first.fun + 1e-9]
    second = linprog(-kept, A_ub=most_rows, b_ub=most_of, **form)
    return float(first.fun), _comparable(demand, before) + float(second.fun)


def _limits(
    legs: list[Leg], columns: list[tuple[int, tuple[int, ...]]], size: int
) -> tuple[list[Any], list[float]]:
    """Rows of the legs that have a capacity, and their right-hand sides."""
    rows, limits = [], []
    for number, leg in enumerate(legs):
        if leg["capacity"] is not None:
            row = np.zeros(size)
            row[: len(columns)] = [number in path for _, path in columns]
            rows.append(row)
            limits.append(leg["capacity"])
    return rows, limits


def _comparable(demand: list[Demand], before: Mapping[tuple[str, ...], float]) -> float:
    """Sum of what each demand was served, or wants now if that is less."""
    then: dict[tuple[str, ...], float] = {}
    now: dict[tuple[str, ...], float] = {}
    for place, size in before.items():
        then[place[:3]] = then.get(place[:3], 0.0) + size
    for row in demand:
        key = row["product"], row["origin"], row["market"]
        now[key] = now.get(key, 0.0) + row["quantity"]
    return sum(min(size, now.get(key, 0.0)) for key, size in then.items())


def _is_of(row: Demand, place: tuple[str, ...]) -> bool:
    return (row["product"], row["origin"], row["market"]) == place[:3]


def _paths(
    legs: list[Leg], start: str, end: str, passed: tuple[str, ...]
) -> Iterator[tuple[int, ...]]:
    """Yield every simple route as numbers of legs."""
    for number, leg in enumerate(legs):
        if leg["from"] == start and leg["to"] not in passed and leg["to"] != start:
            if leg["to"] == end:
                yield (number,)
            else:
                for rest in _paths(legs, leg["to"], end, (*passed, start)):
                    yield (number, *rest)


def difference(seed: int) -> str:
    """Say where a solve near an earlier plan and brute force differ; blank if not."""
    options = Options(sensitivity="none")
    old = network(seed)
    first = instance(*old)
    result = run(first, options, Clock()).result
    table = result.tables["allocation"]
    titles = ("product", "origin", "market", "legs")
    before: dict[tuple[str, ...], float] = {}
    columns = [table[title].tolist() for title in titles]
    for *place, size in zip(*columns, table["quantity"].tolist(), strict=True):
        key = tuple(place)
        before[key] = before.get(key, 0.0) + size
    new = changed(seed, *old)
    second = instance(*new)
    earlier = near_result(second, first, result)
    summary = run(Prepared(second, earlier), options, Clock()).result.summary
    cost, movement = least_movement(*new, before)
    if abs(summary["cost"] - cost) > 1e-6 * max(1.0, cost):
        return f"costs {summary['cost']}, not {cost}"
    told = summary["near"]["movement"], summary["near"]["bound"]
    if max(abs(found - movement) for found in told) > 1e-5:
        return f"moves {told[0]}, at least {told[1]}: it should be {movement}"
    return ""


def main() -> int:
    """Compare with brute force; return 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.movement_oracle")
    parser.add_argument("--count", type=int, default=100, metavar="N")
    seeds = range(parser.parse_args().count)
    wrong = {seed: text for seed in seeds if (text := difference(seed))}
    for seed, text in wrong.items():
        sys.stdout.write(f"{seed}: {text}\n")
    sys.stdout.write(f"{len(wrong)} of {len(seeds)} differ\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
