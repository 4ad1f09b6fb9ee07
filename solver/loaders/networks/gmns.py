"""A GMNS network (`node.csv`, `link.csv`, `demand.csv`) to a document of ours.

A link that is not directed becomes two legs. The capacity of a link is per lane in
GMNS, and so it is multiplied by its lanes. Trips go from zone to zone: a zone is the
group of the nodes that name it.

References
----------
Zephyr Foundation, "General Modeling Network Specification", version 0.96.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.errors import Fault, InputError
from solver.loaders.csv.tables import read_csv
from solver.loaders.networks.foreign import (
    PRODUCT,
    Cost,
    ForeignNetwork,
    count_text,
)
from solver.messages import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NODE, LINK, DEMAND, CONFIG = "node.csv", "link.csv", "demand.csv", "config.csv"

_LENGTHS = {"mi": "mi", "mile": "mi", "miles": "mi", "km": "km", "m": "m"}
_NODE_USED = {"node_id", "name", "x_coord", "y_coord", "zone_id"}
_LINK_USED = {
    *("from_node_id", "to_node_id", "directed", "length", "free_speed"),
    *("capacity", "lanes"),
}
_DEMAND_USED = {"o_zone_id", "d_zone_id", "volume"}
_NO = {"0", "false", "no"}
_HOURS = 24


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one file, with the faults of their cells.

    Parameters
    ----------
    file : str
        Its name.
    columns : dict of str to sequence of str
        Its columns.
    lines : list of int
        Line of each row.
    faults : list of Fault
        Whatever is wrong is added here.
    """

    file: str
    columns: dict[str, Any]
    lines: list[int]
    faults: list[Fault]

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.lines)))

    def text(self, row: int, column: str) -> str:
        cells = self.columns.get(column)
        return str(cells[row]) if cells is not None else ""

    def number(self, row: int, column: str) -> float | None:
        """Return a number of a cell, or None if it is blank."""
        text = self.text(row, column)
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number) and "_" not in text:
            return number
        message = f"{shown(text)} is not a number"
        place = (self.lines[row], column, text)
        self.faults.append(Fault(self.file, message, "correct it", *place))
        return 0.0

    def need(self, row: int, column: str, remedy: str) -> None:
        """Add that a cell must not be blank."""
        line = self.lines[row]
        self.faults.append(Fault(self.file, "is empty", remedy, line, column))

    def unused(self, used: set[str]) -> Iterator[str]:
        """Yield columns that hold anything and have no counterpart."""
        for column, cells in self.columns.items():
            filled = sum(1 for cell in cells if cell)
            if column and column not in used and filled:
                yield f"{self.file} {column}: given for {count_text(filled, 'row')}"


def read_gmns(path: Path, cost: Cost, faults: list[Fault]) -> ForeignNetwork:
    """Return the network in a folder.

    Parameters
    ----------
    path : Path
        The folder.
    cost : str
        What a leg costs.
    faults : list of Fault
        Whatever is wrong is added here.

    Raises
    ------
    InputError
        A file is missing or cannot be read.
    """
    for name in (NODE, LINK, DEMAND):
        if not (path / name).is_file():
            message = f"{path} has no {name}"
            raise InputError(f"{message}; give a folder in the form GMNS")
    nodes, links, demand = (_read(path, name, faults) for name in (NODE, LINK, DEMAND))
    length, lost = _length_unit(path, faults)
    units = {"quantity": "trips", "money": "cost", "distance": length}
    network = ForeignNetwork(path.resolve().name, cost, units, lost=lost)
    zones = _add_nodes(nodes, network)
    _add_legs(links, network)
    _add_demand(demand, network, zones)
    network.lost += [
        *nodes.unused(_NODE_USED),
        *links.unused(_LINK_USED),
        *demand.unused(_DEMAND_USED),
    ]
    network.lost += [
        f"{other.name}: not read"
        for other in sorted(path.glob("*.csv"))
        if other.name not in {NODE, LINK, DEMAND, CONFIG}
    ]
    return network


def _read(path: Path, name: str, faults: list[Fault]) -> _Rows:
    raw = read_csv(path / name, name, faults)
    if raw is None:
        return _Rows(name, {}, [], faults)
    columns = dict(zip(raw.headers, raw.columns, strict=True))
    return _Rows(name, columns, raw.lines.tolist(), faults)


def _length_unit(path: Path, faults: list[Fault]) -> tuple[str, list[str]]:
    """Return the unit of lengths, and what is assumed of it."""
    if (path / CONFIG).is_file():
        rows = _read(path, CONFIG, faults)
        found = rows.text(0, "long_length") if rows.lines else ""
        if found.lower() in _LENGTHS:
            return _LENGTHS[found.lower()], []
    return "km", [f"unit of length: {CONFIG} does not say it; taken for km"]


def _add_nodes(rows: _Rows, network: ForeignNetwork) -> dict[str, str]:
    """Add nodes; return the origin or market that each zone is."""
    members: dict[str, list[str]] = {}
    for row in rows:
        zone = rows.text(row, "zone_id")
        if zone:
            members.setdefault(zone, []).append(rows.text(row, "node_id"))
    groups = {zone: f"zone {zone}" for zone, ids in members.items() if len(ids) > 1}
    for row in rows:
        x, y = rows.number(row, "x_coord"), rows.number(row, "y_coord")
        is_degrees = x is not None and y is not None and abs(x) <= 180 and abs(y) <= 90  # noqa: PLR2004
        network.nodes.append(
            {
                "node": rows.text(row, "node_id"),
                "name": rows.text(row, "name"),
                "node_group": groups.get(rows.text(row, "zone_id"), ""),
                "longitude": x if is_degrees else None,
                "latitude": y if is_degrees else None,
            }
        )
        if x is not None and not is_degrees and len(network.lost) < _MOST_TOLD:
            network.lost.append("x_coord, y_coord: some are no degrees")
    return {zone: groups.get(zone, ids[0]) for zone, ids in members.items()}


_MOST_TOLD = 2


def _add_legs(rows: _Rows, network: ForeignNetwork) -> None:
    for row in rows:
        length = rows.number(row, "length")
        speed = rows.number(row, "free_speed")
        hours = length / speed if length is not None and speed else None
        cost = hours if network.cost == "time" else length
        if cost is None:
            column = "free_speed" if length is not None else "length"
            rows.need(row, column, "give it, or let a leg cost the other: --cost")
        capacity, lanes = rows.number(row, "capacity"), rows.number(row, "lanes")
        if capacity is not None and lanes is not None:
            capacity *= lanes
        leg = {
            "capacity": capacity,
            "distance": length,
            "cost": cost or 0.0,
            "days": None if hours is None else hours / _HOURS,
        }
        ends = rows.text(row, "from_node_id"), rows.text(row, "to_node_id")
        network.legs.append({"from": ends[0], "to": ends[1], **leg})
        if rows.text(row, "directed").lower() in _NO:
            network.legs.append({"from": ends[1], "to": ends[0], **leg})


def _add_demand(rows: _Rows, network: ForeignNetwork, zones: dict[str, str]) -> None:
    inside = 0.0
    for row in rows:
        ends = [rows.text(row, column) for column in ("o_zone_id", "d_zone_id")]
        volume = rows.number(row, "volume") or 0.0
        for column, zone in zip(("o_zone_id", "d_zone_id"), ends, strict=True):
            if zone not in zones:
                message = f"zone {shown(zone)} has no node"
                remedy = f"give its nodes that zone_id in {NODE}"
                place = (rows.lines[row], column, zone)
                rows.faults.append(Fault(rows.file, message, remedy, *place))
        origin, market = (zones.get(zone, zone) for zone in ends)
        if origin == market:
            inside += volume
        elif volume:
            network.demand.append(
                {
                    "product": PRODUCT,
                    "origin": origin,
                    "market": market,
                    "quantity": volume,
                }
            )
    if inside:
        network.lost.append(f"trips within a zone: {inside:,.10g}")
