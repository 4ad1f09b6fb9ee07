"""What each leg, node and path carries, by corridor and by group of cargo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.network.chains import chains
from solver.problem.tables import NO_CORRIDOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints
    from solver.problem.instance import Instance
    from solver.reports.page.source import PageSource
    from solver.solution.plan import Plan


MOST_GROUPS = 12
"""Groups of cargo that can be chosen, the largest; the others are one together."""


@dataclass(frozen=True, slots=True, eq=False)
class PageCargo:
    """The flows of a plan, each a chain of legs with a corridor and a group.

    Parameters
    ----------
    quantity : ndarray of float, shape (flows,)
        In the instance's unit.
    corridor, group : ndarray of int, shape (flows,)
        Index into `corridors` and `groups`.
    corridors, groups : tuple of str
        Names, the one that carries most first.
    flow, leg : ndarray of int, shape (passages,)
        Which flow passes which leg, in the order of the way.
    tail, head : ndarray of int, shape (legs,)
        Nodes where a leg starts and ends.
    """

    quantity: Floats
    corridor: Ints
    group: Ints
    corridors: tuple[str, ...]
    groups: tuple[str, ...]
    flow: Ints
    leg: Ints
    tail: Ints
    head: Ints

    def by_strand(self) -> tuple[Ints, Ints, Floats]:
        """Leg, corridor and quantity by group of all that passes anywhere.

        Returns
        -------
        leg, corridor : ndarray of int, shape (strands,)
            One strand for each leg and corridor that carries something.
        quantity : ndarray of float, shape (strands, groups)
            What it carries.
        """
        key = self.leg * len(self.corridors) + self.corridor[self.flow]
        strands, index = np.unique(key, return_inverse=True)
        table = np.zeros((len(strands), len(self.groups)))
        np.add.at(table, (index, self.group[self.flow]), self.quantity[self.flow])
        return *np.divmod(strands, len(self.corridors)), table

    def through(self, num_nodes: int) -> Floats:
        """Quantity that each node sees: what starts, ends or passes there."""
        seen = np.zeros(num_nodes)
        np.add.at(seen, self.head[self.leg], self.quantity[self.flow])
        first = np.flatnonzero(np.diff(self.flow, prepend=-1))
        np.add.at(seen, self.tail[self.leg[first]], self.quantity[self.flow[first]])
        return seen


def cargo_of(source: PageSource) -> PageCargo | None:
    """Return the cargo of a result; None if it has no plan."""
    plan, instance = source.result.plan, source.instance
    if plan is None:
        return None
    table = source.result.tables["allocation"]
    corridor, corridors = _ranked(table["corridor"].tolist(), plan.quantity)
    group, groups = _ranked(_flow_groups(instance, plan), plan.quantity)
    if len(groups) > MOST_GROUPS + 1:
        rest = f"other cargo ({len(groups) - MOST_GROUPS} groups)"
        group, groups = np.minimum(group, MOST_GROUPS), (*groups[:MOST_GROUPS], rest)
    flow, leg = _passages(instance, plan)
    index = {name: number for number, name in enumerate(instance.nodes["node"])}
    return PageCargo(
        quantity=plan.quantity,
        corridor=corridor,
        group=group,
        corridors=corridors,
        groups=groups,
        flow=flow,
        leg=leg,
        tail=np.array([index[name] for name in instance.legs["from"]], dtype=int),
        head=np.array([index[name] for name in instance.legs["to"]], dtype=int),
    )


def product_groups(instance: Instance) -> dict[str, str]:
    """Return the group of each product that is listed; itself where it has none."""
    products, groups = instance.products["product"], instance.products["group"]
    return {name: group or name for name, group in zip(products, groups, strict=True)}


def group_number(groups: Sequence[str], group: str) -> int:
    """Return which of the groups that can be chosen a group is; -1 for none."""
    if group in groups:
        return groups.index(group)
    return MOST_GROUPS if len(groups) > MOST_GROUPS else -1


def _flow_groups(instance: Instance, plan: Plan) -> list[str]:
    """Group of each flow's product; the product where it has none."""
    of_product = product_groups(instance)
    of_demand = [of_product.get(name, name) for name in instance.demand["product"]]
    return [of_demand[d] for d in instance.shipments.demand[plan.shipment].tolist()]


def _ranked(names: Sequence[str], quantity: Floats) -> tuple[Ints, tuple[str, ...]]:
    """Return names as numbers into the names found, the largest quantity first."""
    total: dict[str, float] = {}
    for name, amount in zip(names, quantity.tolist(), strict=True):
        total[name] = total.get(name, 0.0) + amount
    order = sorted(total, key=lambda name: (name == NO_CORRIDOR, -total[name], name))
    index = {name: number for number, name in enumerate(order)}
    return np.array([index[name] for name in names], dtype=int), tuple(order)


def _passages(instance: Instance, plan: Plan) -> tuple[Ints, Ints]:
    """Flow and leg of each passage; named routes stand for the legs they take."""
    num_legs = len(instance.legs)
    parts = [np.array(chain.legs, dtype=int) for chain in chains(instance)]
    sizes = np.array([1] * num_legs + [len(part) for part in parts], dtype=int)
    members = np.concatenate([np.arange(num_legs), *parts])
    starts = np.cumsum(sizes) - sizes
    flow = np.repeat(np.arange(len(plan.quantity)), np.diff(plan.starts))
    count = sizes[plan.elements]
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(flow, count), members[
        np.repeat(starts[plan.elements], count) + offset
    ]
