"""How much may pass: capacities that bind as strongly as is asked for.

A plan that spreads the cargo is made first: each origin's cargo takes the cheapest
routes, what is used much is made dearer, and so on for some rounds, whose mean is the
plan. A limit is *snug* if it is a little above what this plan puts there. Then

- tightness 0: every limit is all cargo of a period, so that none can bind;
- from 0 to 0.5: limits go from there to snug, each by the same factor for the same
  step. The spread plan fits, so that all cargo can be carried, but no longer by the
  cheapest routes;
- from 0.5 to 1: limits go from snug to 0.7 of it, and some cargo may stay unmet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.generation.flows import CheapestFlows

if TYPE_CHECKING:
    from solver.generation.demand import GeneratedDemand
    from solver.generation.legs import GeneratedLegs
    from solver.generation.nodes import Floats, GeneratedNodes


_ROUNDS = 6


_SNUG_AT = 0.5
"""Tightness at which limits are snug."""


_SNUG = (1.05, 1.4)
"""A snug limit, of the load in the spread plan."""


_LEAST = 0.7
"""Limits at tightness 1, of snug ones."""


_DEARER = 0.4
"""What a mean load adds to a trunk leg or limited node, of a mean route's cost."""


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedCapacities:
    """Capacities in tonnes a period; NaN where there is no limit.

    Parameters
    ----------
    nodes, legs : ndarray of float
        Of each node and leg.
    corridors : ndarray of float
        Of all borders together at which a corridor begins.
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
    spread = at_gates.sum(axis=0)
    return GeneratedCapacities(nodes, legs, corridors, spread / spread.sum())


def _capacity(
    load: Floats, most: float, tightness: float, rng: np.random.Generator
) -> Floats:
    """Return limits that bind as strongly as is asked for, with three digits."""
    usual = np.median(load[load > 0]) if (load > 0).any() else most
    base = np.where(load > 0, load, usual * rng.uniform(0.3, 1.0, len(load)))
    snug = np.minimum(base * rng.uniform(*_SNUG, len(load)), most)
    if tightness <= _SNUG_AT:
        exact = most * (snug / most) ** (tightness / _SNUG_AT)
    else:
        exact = snug * (1 - (1 - _LEAST) * (tightness - _SNUG_AT) / (1 - _SNUG_AT))
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
