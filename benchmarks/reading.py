"""An instance's folder as arcs and commodities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.arcs import Arcs
from benchmarks.corridor_rules import corridor_rules
from benchmarks.states import states
from benchmarks.tables import leg_costs, node_costs, product_names, read_tables

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.states import States
    from benchmarks.tables import Tables
    from solver.arrays import Floats, Ints


def read(folder: Path) -> Arcs:
    """Return the arcs of an instance's folder.

    Raises
    ------
    SystemExit
        It holds what arcs cannot say.
    """
    manifest, tables = read_tables(folder)
    legs, nodes = tables["legs"], _nodes(tables)
    tail, head = _find(nodes, legs["from"]), _find(nodes, legs["to"])
    origins = np.unique(_find(nodes, tables["demand"]["origin"]))
    numbers, corridors = pd.factorize(legs["corridor"])
    corridor = numbers.astype(np.int64)
    rules = corridor_rules(manifest.get("diversification", []), list(corridors))
    is_apart = rules is not None
    network = states(len(nodes), origins, tail, head, corridor, entries_apart=is_apart)
    num_arcs, entered = len(network.leg), head[network.leg]
    at_node = node_costs(tables, nodes)
    by_arc = leg_costs(tables)[:, network.leg] + at_node[:, entered]
    costs, kind = np.unique(np.hstack([by_arc, at_node]), axis=0, return_inverse=True)
    demand, commodities = _cargo(manifest, tables, nodes, kind.ravel())
    _refuse_many_states(network, demand["market"].to_numpy())
    at_start = costs[:, num_arcs:]
    demand["start_cost"] = at_start[demand["kind"], demand["origin"]]
    demand["end"] = network.start[demand["market"]]
    commodities["start"] = network.start[commodities["origin"]]
    by_leg, by_node, capacity = _limits(tables, nodes)
    return Arcs(
        num_nodes=len(network.node),
        tail=network.tail,
        head=network.head,
        cost=costs[:, :num_arcs],
        use=sparse.csr_array(by_leg[:, network.leg] + by_node[:, entered]),
        start_use=sparse.csr_array(by_node[:, network.node]),
        capacity=capacity,
        commodities=commodities,
        demand=demand,
        entered=network.entered,
        rules=rules,
    )


def _nodes(tables: Tables) -> pd.Index[Any]:
    """Names of the nodes, those of the table first."""
    legs = tables["legs"]
    names = pd.concat([tables["nodes"]["node"], legs["from"], legs["to"]])
    different: pd.Index[Any] = pd.Index(names.unique())
    return different


def _find(names: pd.Index[Any], wanted: pd.Series[Any]) -> Ints:
    found = np.asarray(names.get_indexer(pd.Index(wanted)), dtype=np.int64)
    if (found < 0).any():
        message = f"{wanted.name} names what is no node: {wanted[found < 0].iloc[0]}"
        raise SystemExit(message)
    return found


def _cargo(
    manifest: dict[str, Any], tables: Tables, nodes: pd.Index[Any], kind: Ints
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Demand by period, and the commodities it is gathered in."""
    rows = tables["demand"]
    otherwise = manifest.get("unmet_cost", "firm")
    cost = (
        rows["unmet_cost"].astype(object).where(rows["unmet_cost"].notna(), otherwise)
    )
    demand = pd.DataFrame(
        {
            "kind": kind[product_names(tables).get_indexer(pd.Index(rows["product"]))],
            "origin": _find(nodes, rows["origin"]),
            "market": _find(nodes, rows["market"]),
            "quantity": rows["quantity"].to_numpy(float),
            "unmet_cost": cost.replace(["firm", "last resort"], np.inf).to_numpy(float),
        }
    )
    periods = [str(period) for period in manifest.get("periods", ["all"])]
    named = rows["period"].map(str).where(rows["period"].notna(), "").to_numpy()
    parts = [
        demand[(named == period) | (named == "")].assign(period=number)
        for number, period in enumerate(periods)
    ]
    demand = pd.concat(parts, ignore_index=True)
    keys = ["period", "kind", "origin"]
    demand["commodity"] = demand.groupby(keys).ngroup()
    commodities = demand[[*keys, "commodity"]].drop_duplicates().set_index("commodity")
    return demand, commodities.sort_index()


def _refuse_many_states(network: States, markets: Ints) -> None:
    several = np.bincount(network.node)[markets] > 1
    if several.any():
        message = "a market from which a corridor goes on is more than arcs can say"
        raise SystemExit(message)


def _limits(
    tables: Tables, nodes: pd.Index[Any]
) -> tuple[sparse.csr_array, sparse.csr_array, Floats]:
    """How often legs and nodes count for each limit, and the limits."""
    legs, places = tables["legs"], tables["nodes"]
    names = pd.Index(_leg_names(legs))
    by_leg = [[leg] for leg in np.flatnonzero(legs["capacity"].notna()).tolist()]
    by_node = [[node] for node in np.flatnonzero(places["capacity"].notna()).tolist()]
    joint = tables["capacities"]
    legs_of = [_named(names, cell) for cell in joint["legs"]]
    nodes_of = [_named(nodes, cell) for cell in joint["nodes"]]
    capacity = pd.concat(
        [legs["capacity"].dropna(), places["capacity"].dropna(), joint["quantity"]]
    )
    nothing: list[list[int]] = [[]]
    return (
        _rows([*by_leg, *nothing * len(by_node), *legs_of], len(legs)),
        _rows([*nothing * len(by_leg), *by_node, *nodes_of], len(nodes)),
        capacity.to_numpy(float),
    )


def _leg_names(legs: pd.DataFrame) -> pd.Series[str]:
    plain = legs["from"] + ">" + legs["to"]
    several = plain.duplicated(keep=False)
    modes = legs["mode"].astype(object).where(legs["mode"].notna(), "")
    names = plain.where(~several, plain + ":" + modes)
    return legs["leg"].where(legs["leg"].notna(), names)


def _named(names: pd.Index[Any], cell: object) -> list[int]:
    if not isinstance(cell, str):
        return []
    return list(map(int, names.get_indexer(pd.Index(cell.split("|")))))


def _rows(members: list[list[int]], width: int) -> sparse.csr_array:
    row = np.repeat(np.arange(len(members)), list(map(len, members)))
    column = np.array([number for row in members for number in row], dtype=np.int64)
    shape = (len(members), width)
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape)
