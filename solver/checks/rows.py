"""Rows that make no sense by themselves, or beside other rows of their table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.checks.coding import Coded
from solver.checks.row_faults import row_faults
from solver.errors import Fault
from solver.messages import shown
from solver.problem.tables import FIRM, split_names
from solver.problem.waypoints import waypoints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance
    from solver.problem.tables import Table


_ON_LEGS = ("mode", "corridor", "tag", "leg", "route")


def sense_faults(instance: Instance, manifest: str) -> Iterator[Fault]:
    """Yield what is wrong with rows of legs, demand, tariffs and capacities."""
    yield from _leg_faults(instance.legs)
    yield from _demand_faults(instance)
    yield from _tariff_faults(instance.tariffs)
    yield from _capacity_faults(instance)
    if instance.unmet_cost != FIRM and float(instance.unmet_cost) < 0:
        message = f"{instance.unmet_cost:g} is negative"
        remedy = "give a number of 0 or more"
        yield Fault(manifest, message, remedy, column="unmet_cost")


def node_members(instance: Instance) -> dict[str, list[int]]:
    """Return the rows of nodes that each node or node group stands for."""
    nodes = instance.nodes
    members: dict[str, list[int]] = {}
    for row, (name, group) in enumerate(
        zip(nodes["node"], nodes["node_group"], strict=True)
    ):
        members.setdefault(name, []).append(row)
        if group and group != name:
            members.setdefault(group, []).append(row)
    return members


def _leg_faults(legs: Table) -> Iterator[Fault]:
    rows = np.flatnonzero((legs["from"] == legs["to"]) & (legs["to"] != ""))
    message, remedy = "is where the leg starts as well", "give another node"
    yield from row_faults(legs, "to", rows.tolist(), message, remedy)
    drawn = np.flatnonzero(legs["path"] != "").tolist()
    wrong = [row for row in drawn if not _is_path(legs["path"][row])]
    message, remedy = "is no path", "write `lat lon; lat lon` in degrees, or nothing"
    yield from row_faults(legs, "path", wrong, message, remedy)


def _is_path(cell: str) -> bool:
    try:
        waypoints(cell)
    except ValueError:
        return False
    return True


def _demand_faults(instance: Instance) -> Iterator[Fault]:
    demand = instance.demand
    yield from _round_trips(instance)
    costs = demand["unmet_cost"]
    # A negative default is a fault of the manifest, not of every row.
    rows = np.flatnonzero((costs < 0) & (costs != instance.unmet_cost)).tolist()
    remedy = "give a number of 0 or more"
    yield from row_faults(demand, "unmet_cost", rows, "is negative", remedy)
    priced = np.isfinite(costs) & ~np.isnan(demand["priority"])
    message = "is a priority, but this demand has an unmet cost"
    remedy = "leave it blank: only firm demand is served by priority"
    rows = np.flatnonzero(priced).tolist()
    yield from row_faults(demand, "priority", rows, message, remedy)


def _round_trips(instance: Instance) -> Iterator[Fault]:
    """Demand whose origin and market have a node in common.

    Rows of quantity 0, such as the diagonal of a matrix, ask for nothing.
    """
    demand = instance.demand
    members = node_members(instance)
    groups = {name for name, rows in members.items() if len(rows) > 1}
    # Two single nodes have one in common only if they are the same.
    groups |= set(instance.nodes["node_group"])
    origins, markets = Coded(demand["origin"]), Coded(demand["market"])
    doubtful = origins.are_in(groups) | markets.are_in(groups)
    doubtful |= np.asarray(demand["origin"] == demand["market"], dtype=bool)
    doubtful &= demand["quantity"] > 0
    wrong: dict[tuple[str, str], bool] = {}
    rows = []
    for row in np.flatnonzero(doubtful).tolist():
        pair = (demand["origin"][row], demand["market"][row])
        if pair not in wrong:
            ends = [set(members.get(name, ())) for name in pair]
            wrong[pair] = not ends[0].isdisjoint(ends[1])
        if wrong[pair]:
            rows.append(row)
    if rows:
        message = "has a node in common with the origin"
        yield from row_faults(demand, "market", rows, message, "give another market")


def _tariff_faults(tariffs: Table) -> Iterator[Fault]:
    on_nodes = tariffs["node"] != ""
    remedy = "leave it blank: a row with `node` acts on handling there"
    for column in _ON_LEGS:
        rows = np.flatnonzero(on_nodes & (tariffs[column] != "")).tolist()
        message = "selects legs in a row that acts on nodes"
        yield from row_faults(tariffs, column, rows, message, remedy)
    rows = np.flatnonzero(on_nodes & ~np.isnan(tariffs["cost_per_km"])).tolist()
    message = "is a cost by distance in a row that acts on nodes"
    yield from row_faults(tariffs, "cost_per_km", rows, message, remedy)
    on_routes = tariffs["route"] != ""
    rows = np.flatnonzero(on_routes & ~np.isnan(tariffs["cost_per_km"])).tolist()
    message = "is a cost by distance in a row that acts on named routes"
    remedy = "leave it blank: only legs have a cost by distance"
    yield from row_faults(tariffs, "cost_per_km", rows, message, remedy)
    idle = ~tariffs["closed"]
    for column in ("cost_per_km", "factor", "surcharge"):
        idle = idle & np.isnan(tariffs[column])
    for row in np.flatnonzero(idle).tolist()[:100]:
        file, line = tariffs.place(row)
        remedy = "give cost_per_km, factor, surcharge or closed, or remove the row"
        yield Fault(file, "the tariff has no effect", remedy, line)


def _repeats(names: tuple[str, ...]) -> bool:
    return len(set(names)) < len(names)


def _capacity_faults(instance: Instance) -> Iterator[Fault]:
    table = instance.capacities
    groups = dict(
        zip(instance.products["product"], instance.products["group"], strict=True)
    )
    for column in ("legs", "nodes", "routes", "period"):
        cells = table[column].tolist()
        rows = [row for row, cell in enumerate(cells) if _repeats(split_names(cell))]
        yield from row_faults(table, column, rows, "names one twice", "name it once")
    for row in range(len(table)):
        file, line = table.place(row)
        name = shown(table["capacity"][row])
        if not any(table[column][row] for column in ("legs", "nodes", "routes")):
            remedy = "name legs, nodes or routes"
            yield Fault(file, f"{name} limits nothing", remedy, line, "legs", "")
        products = set(split_names(table["product"][row]) or groups)
        wanted = set(split_names(table["group"][row]))
        if wanted and not any(groups.get(product) in wanted for product in products):
            remedy = "correct product or group"
            message = f"{name} counts no product: none is in both product and group"
            yield Fault(file, message, remedy, line, "group", table["group"][row])
