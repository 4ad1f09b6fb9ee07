"""The textbook arc model in PuLP, as one would write it, with CBC or with HiGHS."""

from __future__ import annotations

import sys
import warnings
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp

from benchmarks.peers.outcome import Clock, Plan, tell

if TYPE_CHECKING:
    from benchmarks.arcs import Arcs


def solve(arcs: Arcs, clock: Clock) -> Plan | None:
    """Return the plan of PuLP with the solver named on the command line."""
    problem, flow, unmet = model(arcs)
    clock.stop("build")
    problem.solve(_solver(sys.argv[2]))
    clock.stop("solve")
    if problem.status != pulp.LpStatusOptimal:
        return None
    return Plan(
        np.array([one.value() for one in flow]),
        np.array([one.value() for one in unmet]),
        columns=problem.numVariables(),
        rows=problem.numConstraints(),
    )


def model(arcs: Arcs) -> tuple[Any, list[Any], list[Any]]:
    """Return the problem, its flows and its unmet quantities."""
    problem = pulp.LpProblem("arcs", pulp.LpMinimize)
    commodity, arc = arcs.flows
    quantity = arcs.demand["quantity"].tolist()
    flow = [problem.add_variable(f"flow_{n}", 0) for n in range(len(arc))]
    unmet = [
        problem.add_variable(f"unmet_{n}", least, most)
        for n, (least, most) in enumerate(zip(arcs.least_unmet, quantity, strict=True))
    ]
    cost = arcs.cost[arcs.commodities["kind"].to_numpy()[commodity], arc]
    price = arcs.unmet_price - arcs.demand["start_cost"].to_numpy(float)
    problem += pulp.lpSum(
        number * one
        for number, one in zip([*cost, *price], [*flow, *unmet], strict=True)
    )
    entering, leaving = _by_balance(arcs, flow, unmet)
    for number, supply in enumerate(arcs.supply.tolist()):
        balance = pulp.lpSum(entering[number]) - pulp.lpSum(leaving[number])
        problem += balance == supply
    limits, room = arcs.limits
    everything = [*flow, *unmet]
    for number, most in enumerate(room.tolist()):
        used = limits[[number]].tocoo()
        parts = zip(used.data.tolist(), used.coords[1].tolist(), strict=True)
        problem += pulp.lpSum(times * everything[at] for times, at in parts) <= most
    return problem, flow, unmet


def _by_balance(
    arcs: Arcs, flow: list[Any], unmet: list[Any]
) -> tuple[dict[int, list[Any]], dict[int, list[Any]]]:
    """Gather what enters and what leaves, by balance."""
    commodity, arc = arcs.flows
    entering, leaving = defaultdict(list), defaultdict(list)
    heads = arcs.balances[commodity, arcs.head[arc]].tolist()
    tails = arcs.balances[commodity, arcs.tail[arc]].tolist()
    for one, head, tail in zip(flow, heads, tails, strict=True):
        entering[head].append(one)
        leaving[tail].append(one)
    for one, start, last in zip(unmet, *(e.tolist() for e in arcs.ends), strict=True):
        entering[last].append(one)
        leaving[start].append(one)
    return entering, leaving


def _solver(name: str) -> Any:
    if name == "HiGHS":
        return pulp.HiGHS(msg=False)
    # PuLP 3 brings CBC along and warns that PuLP 4 will not.
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        return pulp.PULP_CBC_CMD(msg=False)


if __name__ == "__main__":
    tell(solve, "pulp")
