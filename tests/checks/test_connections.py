from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.checks.connections import Connections
from tests.loaders.folders import read
from tests.random_instances import random_instance
from tests.simple_routes import Case

if TYPE_CHECKING:
    from pathlib import Path

DEMAND = "product,origin,market,quantity\ngrain,A,C,1\n"


def usable(folder: Path, **files: str) -> list[str]:
    """Return the corridors that could carry any demand of a folder."""
    instance = read(folder, **{"demand": DEMAND, **files})
    everything = np.ones(len(instance.demand), dtype=bool)
    return list(Connections(instance).usable_corridors(everything))


@pytest.mark.parametrize(
    ("legs", "corridors"),
    [
        ("A,C,north\n", ["north"]),
        ("A,C,\n", ["none"]),
        ("A,B,north\nB,C,\n", ["north"]),
        ("A,B,\nB,C,north\n", ["north"]),
        ("A,B,north\nB,C,south\n", []),
        ("A,B,\nB,C,\nA,C,north\nC,A,south\n", ["north", "south", "none"]),
        ("A,B,\nB,C,\nX,B,north\n", ["none"]),
        ("A,B,\nB,C,\nB,X,north\n", ["none"]),
        ("A,B,\nB,C,north\nX,C,south\nB,C,,2\n", ["north", "none"]),
    ],
)
def test_a_corridor_counts_if_some_way_uses_it(
    tmp_path: Path, legs: str, corridors: list[str]
) -> None:
    """A way uses legs of one corridor at most, and of the corridor one at least.

    That a way would pass a node twice (by C and back, say) is not looked at: it is
    rather a corridor too many than one too few.
    """
    rows = [line.split(",") for line in legs.splitlines()]
    table = "".join(
        f"L{number},{start},{end},{corridor},1\n"
        for number, (start, end, corridor, *_) in enumerate(rows)
    )
    found = usable(tmp_path, legs=f"leg,from,to,corridor,cost\n{table}")
    assert found == corridors


def test_a_named_route_is_a_way_of_its_corridor(tmp_path: Path) -> None:
    """Legs of no corridor, sold as one service, count for the service's corridor."""
    legs = "from,to,cost\nA,B,1\nB,C,1\n"
    routes = "route,corridor,via\nexpress,middle,A > B > C\n"
    assert usable(tmp_path, legs=legs, routes=routes) == ["middle", "none"]


def test_what_tariffs_close_is_no_way(tmp_path: Path) -> None:
    """A corridor closed to all the cargo cannot carry it; one closed to a part can."""
    legs = "from,to,corridor,cost\nA,C,north,1\nA,B,south,1\nB,C,south,1\n"
    demand = f"{DEMAND}ore,A,C,1\n"
    close = "product,corridor,closed\n{},north,yes\n"
    for product, corridors in (("", ["south"]), ("ore", ["north", "south"])):
        tariffs = close.format(product)
        files = {"legs": legs, "demand": demand, "tariffs": tariffs}
        assert usable(tmp_path, **files) == corridors
    files["tariffs"] = "node,closed\nB,yes\n"
    assert usable(tmp_path, **files) == ["north"]


def test_any_node_of_a_group_will_do(tmp_path: Path) -> None:
    """Origin and market may be groups."""
    nodes = "node,node_group\nA,west\nD,west\nC,east\nE,east\n"
    legs = "from,to,corridor,cost\nA,C,north,1\nD,E,south,1\n"
    demand = DEMAND.replace("A,C", "west,east")
    found = usable(tmp_path, nodes=nodes, legs=legs, demand=demand)
    assert found == ["north", "south"]


def test_origin_and_market_belong_together(tmp_path: Path) -> None:
    """A corridor between one demand's origin and another's market carries neither."""
    legs = "from,to,corridor,cost\nA,C,north,1\nX,Y,south,1\nA,Y,west,1\n"
    demand = f"{DEMAND}grain,X,Y,1\n"
    assert usable(tmp_path, legs=legs, demand=demand) == ["north", "south"]


@pytest.mark.parametrize("seed", range(40))
def test_no_corridor_of_a_route_is_missed(seed: int) -> None:
    """Of all simple routes of every demand, listed one by one."""
    instance = random_instance(seed)
    ways = Connections(instance)
    rows = instance.shipments.demand
    used: dict[int, set[str]] = {}
    for shipment, route in Case(instance).columns:
        used.setdefault(int(rows[shipment]), set()).add(route.corridor or "none")
    for row in range(len(instance.demand)):
        selected = np.arange(len(instance.demand)) == row
        assert used.get(row, set()) <= set(ways.usable_corridors(selected))
