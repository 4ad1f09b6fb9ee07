"""A TNTP network (`*_net.tntp`, `*_trips.tntp`) to a document of ours.

A zone whose number is below `FIRST THRU NODE` may not be passed through: legs that lead
into it end at a node of their own, `7 in`, where its trips end, while those that leave
it begin at `7`.

References
----------
Transportation Networks for Research Core Team, "Transportation Networks for Research",
which describes the form.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from solver.errors import Fault, InputError
from solver.loaders.csv.tables import read_text
from solver.loaders.networks.foreign import (
    PRODUCT,
    Cost,
    ForeignNetwork,
    count_text,
)
from solver.messages import listed, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NET, TRIPS = "_net.tntp", "_trips.tntp"

_META = re.compile(r"<([^>]*)>\s*(.*)")
_PAIR = re.compile(r"\s*(\S+)\s*:\s*(\S+)\s*")
_ORIGIN = re.compile(r"Origin\s+(\S+)", re.IGNORECASE)
_FIRST_THRU, _END = "FIRST THRU NODE", "END OF METADATA"
_COLUMNS = (
    *("init_node", "term_node", "capacity", "length", "free_flow_time"),
    *("b", "power", "speed", "toll", "link_type"),
)
_LEAST = 5
_UNITS = {"quantity": "trips", "money": "cost", "distance": "length"}
_CONGESTION = "b, power: costs that grow with the flow; here a leg costs the same"


def read_tntp(path: Path, cost: Cost, faults: list[Fault]) -> ForeignNetwork:
    """Return the network in a folder, or of a `*_net.tntp` file.

    Parameters
    ----------
    path : Path
        The folder, or the file of the links.
    cost : str
        What a leg costs.
    faults : list of Fault
        Whatever is wrong is added here.

    Raises
    ------
    InputError
        There is no such file, or more than one.
    """
    net = _net_file(path)
    trips = net.with_name(net.name.removesuffix(NET) + TRIPS)
    if not trips.exists():
        message = f"{net.parent} has no {trips.name}"
        raise InputError(f"{message}; put the file of the trips beside that of the net")
    network = ForeignNetwork(net.name.removesuffix(NET), cost, dict(_UNITS))
    first_thru = _read_links(net, network, faults)
    _read_trips(trips, network, first_thru, faults)
    others = sorted(net.parent.glob(f"{network.name}_*.tntp"))
    for other in others:
        if other not in {net, trips}:
            network.lost.append(f"{other.name}: not read")
    return network


def _net_file(path: Path) -> Path:
    if not path.is_dir():
        if not path.name.endswith(NET) or not path.exists():
            message = f"{path} is no folder, and no file that ends with {NET}"
            raise InputError(f"{message}; give one of the two")
        return path
    found = sorted(path.glob(f"*{NET}"))
    if len(found) != 1:
        names = listed(file.name for file in found) if found else "none"
        message = f"{path} has {names} that ends with {NET}"
        raise InputError(f"{message}; give the file itself")
    return found[0]


def _rows(path: Path, faults: list[Fault]) -> Iterator[tuple[int, str]]:
    """Yield lines with content, without comments, with their numbers."""
    text = read_text(path, path.name, faults) or ""
    for number, line in enumerate(text.splitlines(), 1):
        content = line.partition("~")[0].strip()
        if content:
            yield number, content


def _metadata(
    rows: Iterator[tuple[int, str]], file: str, faults: list[Fault]
) -> dict[str, str]:
    """Keys of the lines before the end of the metadata."""
    keys: dict[str, str] = {}
    for _, line in rows:
        found = _META.fullmatch(line)
        if found is None:
            break
        if found[1].strip().upper() == _END:
            return keys
        keys[found[1].strip().upper()] = found[2].strip()
    faults.append(Fault(file, f"has no <{_END}>", "give a file in the form TNTP"))
    return keys


def _read_links(path: Path, network: ForeignNetwork, faults: list[Fault]) -> int:
    """Add the legs of a file; return the first node that may be passed through."""
    rows = _rows(path, faults)
    meta = _metadata(rows, path.name, faults)
    first_thru = _whole(meta.get(_FIRST_THRU, "1"))
    lost: dict[str, int] = {}
    for line, text in rows:
        cells = text.rstrip(";").split()
        numbers = _numbers(path.name, line, cells[2:], faults)
        if len(cells) < _LEAST:
            message = f"has {count_text(len(cells), 'number')}, not {_LEAST} or more"
            faults.append(Fault(path.name, message, "correct the line", line))
            continue
        capacity, length, time = numbers[:3]
        end = _end(cells[1], first_thru)
        network.legs.append(
            {
                "from": cells[0],
                "to": end,
                "capacity": capacity,
                "distance": length,
                "cost": time if network.cost == "time" else length,
            }
        )
        for title, value in zip(_COLUMNS[_LEAST:], numbers[3:], strict=False):
            lost[title] = lost.get(title, 0) + (value != 0)
    if lost.get("b") or lost.get("power"):
        network.lost.append(_CONGESTION)
    network.lost += [
        f"{title}: given for {count_text(lost[title], 'link')}"
        for title in ("speed", "toll", "link_type")
        if lost.get(title)
    ]
    return first_thru


def _read_trips(
    path: Path, network: ForeignNetwork, first_thru: int, faults: list[Fault]
) -> None:
    """Add the demand of a file."""
    rows = _rows(path, faults)
    _metadata(rows, path.name, faults)
    origin, inside = "", 0.0
    for line, text in rows:
        found = _ORIGIN.fullmatch(text)
        if found is not None:
            origin = found[1]
            continue
        for part in filter(str.strip, text.split(";")):
            pair = _PAIR.fullmatch(part)
            if pair is None or not origin:
                message = f"{shown(part.strip())} is not `zone : trips`"
                faults.append(Fault(path.name, message, "correct the line", line))
                break
            trips = _numbers(path.name, line, [pair[2]], faults)[0]
            if pair[1] == origin:
                inside += trips
            elif trips:
                market = _end(pair[1], first_thru)
                network.demand.append(_demand(origin, market, trips))
    if inside:
        network.lost.append(f"trips within a zone: {inside:,.10g}")


def _demand(origin: str, market: str, quantity: float) -> dict[str, object]:
    return {
        "product": PRODUCT,
        "origin": origin,
        "market": market,
        "quantity": quantity,
    }


def _end(node: str, first_thru: int) -> str:
    """Node where what leads to a node ends."""
    return f"{node} in" if _whole(node, first_thru) < first_thru else node


def _whole(text: str, otherwise: int = 1) -> int:
    return int(text) if text.isascii() and text.isdecimal() else otherwise


def _numbers(
    file: str, line: int, cells: list[str], faults: list[Fault]
) -> list[float]:
    numbers = []
    for cell in cells:
        try:
            number = float(cell)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or "_" in cell:
            message = f"{shown(cell)} is not a number"
            faults.append(Fault(file, message, "correct it", line, value=cell))
            number = 0.0
        numbers.append(number)
    return numbers
