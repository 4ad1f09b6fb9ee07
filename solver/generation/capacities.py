"""How much may pass: capacities that bind as strongly as is asked for.

A plan that spreads the cargo is made first: each origin's cargo takes the cheapest
routes, what is used much is made dearer, and so on for some rounds, whose mean is the
plan. A limit is *snug* if it is a little above what this plan puts there. Then

- tightness 0: every limit is all cargo of a period, so that none can bind;
- from 0 to 0.5: limits go from there to snug, each by the same factor for the same
  step. The spread plan fits, so that all cargo can be carried, but no longer by the
  cheapest routes;
- above 0.5: tightness less 0.5 is the part of each period's cargo that stays unmet. The
  borders at which a corridor begins let together just as much pass as the plan, scaled
  down by that part, puts there, and all cargo passes one of them; other limits are a
  little above it. So no plan serves more, and one serves that much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.generation.flows import CheapestFlows

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.generation.demand import GeneratedDemand
    from solver.generation.legs import GeneratedLegs
    from solver.generation.nodes import GeneratedNodes


_ROUNDS = 6


SNUG_AT = 0.5
"""Tightness at which limits are snug."""


_SNUG = (1.05, 1.4)
"""A snug limit, of the load in the spread plan."""


_FULL = (1.0, 1.1)
"""A limit where cargo stays unmet, of the load in the plan that is scaled down."""


_DEARER = 0.4
"""What a mean load adds to a trunk leg or limited node, of a mean route's cost."""


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedCapacities:
    """Capacities in tonnes a period; NaN where there is no limit.

    Parameters
    ----------
    nodes, legs : ndarray of float
        Of each node and leg.
    corridors : ndarray of float, shape (corridors,) or (periods, corridors)
        Of all borders together at which a corridor begins, in each period or by period.
    shares : ndarray of float
        Of each corridor in the spread plan, of all cargo.
    """

    nodes: Floats
    legs: Floats
    corridors: Floats
    shares: Floats


def draw_capacities(
    node_table: GeneratedNodes,
    leg_table: GeneratedLegs,
    demand_table: GeneratedDemand,
    tightness: float,
    rng: np.random.Generator,
) -> GeneratedCapacities:
    """Return capacities of trunk legs, borders, ports, terminals and corridors."""
    by_leg, most = _balanced_plan(node_table, leg_table, demand_table)
    trunk = leg_table.corridor >= 0
    at_node = _at_nodes(node_table, leg_table, by_leg)
    gates = np.flatnonzero(node_table.stage == 0)
    at_gates = np.array(
        [
            np.bincount(
                node_table.corridor[gates], loads[gates], node_table.corridor.max() + 1
            )
            for loads in at_node
        ]
    )
    some = node_table.limited
    legs = np.full(len(trunk), np.nan)
    nodes = np.full(len(node_table.kind), np.nan)
    legs[trunk] = _capacity(by_leg[:, trunk].max(axis=0), most, tightness, rng)
    nodes[some] = _capacity(at_node[:, some].max(axis=0), most, tightness, rng)
    corridors = _capacity(at_gates.max(axis=0), most, tightness, rng)
    if tightness > SNUG_AT:
        corridors = np.ceil(at_gates * (1 - unmet_share(tightness)))
    spread = at_gates.sum(axis=0)
    return GeneratedCapacities(nodes, legs, corridors, spread / spread.sum())


def unmet_share(tightness: float) -> float:
    """Part of the cargo that limits leave unmet."""
    return max(0.0, tightness - SNUG_AT)


def _capacity(
    load: Floats, most: float, tightness: float, rng: np.random.Generator
) -> Floats:
    """Return limits that bind as strongly as is asked for, with three digits."""
    usual = np.median(load[load > 0]) if (load > 0).any() else most
    base = np.where(load > 0, load, usual * rng.uniform(0.3, 1.0, len(load)))
    snug = np.minimum(base * rng.uniform(*_SNUG, len(load)), most)
    if tightness <= SNUG_AT:
        exact = most * (snug / most) ** (tightness / SNUG_AT)
    else:
        full = np.interp(snug / base, _SNUG, _FULL)
        exact = base * full * (1 - unmet_share(tightness))
    step = 10 ** np.maximum(0, np.floor(np.log10(exact)) - 2)
    return np.asarray(np.ceil(exact / step) * step)


def _at_nodes(
    node_table: GeneratedNodes, leg_table: GeneratedLegs, by_leg: Floats
) -> Floats:
    """Return what enters each node, by period."""
    count = len(node_table.kind)
    return np.array([np.bincount(leg_table.head, loads, count) for loads in by_leg])


def _balanced_plan(
    node_table: GeneratedNodes, leg_table: GeneratedLegs, demand_table: GeneratedDemand
) -> tuple[Floats, float]:
    """Return a plan's load of each leg by period, and the cargo of the largest."""
    flows = CheapestFlows(node_table, leg_table, demand_table)
    cost = leg_table.freight.astype(float)
    trunk = leg_table.corridor >= 0
    limited = np.isin(np.arange(len(node_table.kind)), node_table.limited)
    plan = flows.loads(cost)
    step = _DEARER * flows.mean_cost(cost)
    for number in range(1, _ROUNDS):
        peak = plan.max(axis=0)
        entering = _at_nodes(node_table, leg_table, peak[None])[0]
        dearer = peak / _mean(peak[trunk]) * trunk
        at_head = entering / _mean(entering[limited]) * limited
        now = cost + step * (dearer + at_head[leg_table.head])
        plan += (flows.loads(now) - plan) / (number + 1)
    return plan, float(flows.volumes.sum(axis=1).max())


def _mean(loads: Floats) -> float:
    used = loads[loads > 0]
    return float(used.mean())
