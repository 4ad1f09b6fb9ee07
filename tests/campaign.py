"""Random instances against the oracle: any number of them, from the command line.

python -m tests.campaign --count 20000 --jobs 2
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from solver.cargo import cargo
from solver.network import Network
from solver.options import Options
from solver.routes import routes_of_plan
from solver.solving import solve
from tests.oracle import oracle
from tests.random_instances import random_instance

if TYPE_CHECKING:
    from solver.instance import Instance
    from solver.solution import Plan

AGREE = 1e-7
"""Largest difference of cost or unmet quantity, relative to max(1, what it is)."""


def compared(seed: int) -> tuple[str, str | None]:
    """Return the oracle's status of an instance, and what differs from it, if any.

    The status that a solve gives is that of its proof: an answer that is right but
    not proved differs as well.
    """
    instance = random_instance(seed)
    expected = oracle(instance)
    solution = solve(instance, Options())
    if solution.status != expected.status:
        told = f"seed {seed}: {solution.status}, should be {expected.status}"
        return expected.status, told
    if solution.plan is None:
        return expected.status, None
    cost, unmet = _figures(instance, solution.plan)
    allowed = AGREE * max(1.0, abs(expected.cost)) + expected.slop
    if abs(cost - expected.cost) > allowed:
        return expected.status, f"seed {seed}: cost {cost}, should be {expected.cost}"
    for found, least in zip(unmet, expected.unmet, strict=True):
        if abs(found - least) > AGREE * max(1.0, least) + 10 * expected.unmet_slop:
            told = f"seed {seed}: unmet {unmet}, should be {expected.unmet}"
            return expected.status, told
    return expected.status, None


def _figures(instance: Instance, plan: Plan) -> tuple[float, list[float]]:
    """Cost of a plan, and what it leaves of each class."""
    network = Network(instance)
    shipments = cargo(network)
    routes = routes_of_plan(network, shipments, plan)
    priced = ~shipments.firm
    cost = float(routes.cost @ plan.quantity)
    cost += float(shipments.unmet_cost[priced] @ plan.unmet[priced])
    classes = range(len(shipments.classes))
    unmet = [float(plan.unmet[shipments.unmet_class == n].sum()) for n in classes]
    return cost, unmet


def main() -> int:
    """Compare as many as asked for; return 1 if any differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    chosen = parser.parse_args()
    seeds = np.arange(chosen.start, chosen.start + chosen.count).tolist()
    statuses: Counter[str] = Counter()
    faults = 0
    context = get_context("spawn")
    with ProcessPoolExecutor(chosen.jobs, mp_context=context) as pool:
        for status, fault in pool.map(compared, seeds, chunksize=50):
            statuses[status] += 1
            if fault is not None:
                faults += 1
                sys.stdout.write(f"{fault}\n")
    told = ", ".join(f"{count} {name}" for name, count in sorted(statuses.items()))
    sys.stdout.write(f"{chosen.count} instances ({told}): {faults} differ\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
