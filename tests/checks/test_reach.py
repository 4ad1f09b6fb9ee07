from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from solver.checks.connections import Connections
from solver.checks.reach import unreachable_demand, unused_legs
from solver.errors import DataError
from solver.loaders.instance_files import load
from tests.loaders.folders import DEMAND, write_folder
from tests.random_instances import random_instance
from tests.simple_routes import Case

if TYPE_CHECKING:
    from pathlib import Path

LEGS = "from,to,mode,corridor,cost\nA,B,rail,north,10\nB,C,sea,south,5\nD,C,sea,,1\n"


def warnings_of(folder: Path, **files: str) -> list[str]:
    """Return the messages of what is odd about a folder with these files."""
    loaded = load(write_folder(folder, **files))
    return [fault.message for fault in loaded.warnings]


@pytest.mark.parametrize(
    ("ends", "gap"),
    [
        ("A,C", "every way would mix two corridors"),
        ("C,A", "no leg leaves `C`"),
        ("B,D", "no leg reaches `D`"),
        ("D,B", "legs from `D` lead to 1 more nodes, but none of them to `B`"),
    ],
)
def test_demand_without_a_route_is_a_warning(
    tmp_path: Path, ends: str, gap: str
) -> None:
    """A demand that no route could carry is named, with where the way breaks off."""
    demand = DEMAND.replace("A,C", ends)
    origin, market = ends.split(",")
    assert warnings_of(tmp_path, legs=LEGS, demand=demand) == [
        f"no route for `grain` from `{origin}` to `{market}`: {gap}"
    ]


def test_strict_turns_warnings_into_faults(tmp_path: Path) -> None:
    """Who asks for it gets warnings as errors of the data."""
    folder = write_folder(tmp_path, legs=LEGS)
    with pytest.raises(DataError, match=r"demand\.csv:2 market: no route"):
        load(folder, strict=True)


def test_capacity_does_not_count(tmp_path: Path) -> None:
    """A leg of capacity 0 is a planned work: demand over it is no warning."""
    legs = "from,to,cost,capacity\nA,C,1,0\n"
    assert warnings_of(tmp_path, legs=legs) == []


def test_closures_are_those_of_the_product(tmp_path: Path) -> None:
    """A leg or a node that tariffs close for one product stays open for others."""
    demand = DEMAND + "ore,A,C,1\n"
    legs = "from,to,mode,cost\nA,B,rail,1\nB,C,rail,1\n"
    for row in ("ore,,B,yes\n", "ore,rail,,yes\n"):
        tariffs = f"product,mode,node,closed\n{row}"
        found = warnings_of(tmp_path, legs=legs, demand=demand, tariffs=tariffs)
        assert found == ["no route for `ore` from `A` to `C`: no leg leaves `A`"]


def test_a_group_reaches_what_any_of_its_nodes_reaches(tmp_path: Path) -> None:
    """Any node of a group may be used, and none with a way is enough for a warning."""
    nodes = "node,node_group\nA,west\nB,\nC,\nD,west\n"
    demand = DEMAND.replace("A,C", "west,C")
    legs = LEGS.replace("south", "north")
    assert warnings_of(tmp_path, nodes=nodes, legs=legs, demand=demand) == []


def test_a_named_route_joins_nothing_that_its_legs_do_not(tmp_path: Path) -> None:
    """A named route is closed where a part of it is."""
    legs = "from,to,mode,cost\nA,B,rail,1\nB,C,sea,1\n"
    files = {
        "legs": legs,
        "routes": "route,via\nexpress,A > B > C\n",
        "tariffs": "leg,closed\nB>C,yes\n",
    }
    assert len(warnings_of(tmp_path, **files)) == 1


def test_rows_that_do_nothing_are_odd(tmp_path: Path) -> None:
    """Demand of nothing and products that nobody ships are warnings."""
    found = warnings_of(
        tmp_path,
        legs="from,to,cost\nA,C,1\n",
        demand=DEMAND.replace("100", "0"),
        products="product\ngrain\nore\n",
    )
    idle = "quantity 0 asks for nothing: the row is passed over"
    assert found == [idle, "`ore` is in no demand"]


def test_a_leg_behind_another_corridor_can_be_in_no_route(tmp_path: Path) -> None:
    """South begins where north ends: ways over it would be in both; one warning.

    What joins corridors and is of none, as the last leg, is not named.
    """
    legs = (
        "leg,from,to,corridor,cost\n1,A,B,north,1\n2,B,C,south,1\n3,B,C,,2\n"
        "4,X,C,south,1\n5,C,D,south,1\n6,B,E,south,1\n7,E,C,,1\n"
    )
    write_folder(tmp_path, legs=legs)
    (fault,) = load(tmp_path).warnings
    assert (fault.file, fault.row, fault.column) == ("legs.csv", 3, "corridor")
    assert fault.message == (
        "legs `2`, `6` can be in no route: every way over them from an origin to "
        "a market is in two corridors"
    )


@pytest.mark.parametrize("seed", range(20))
def test_no_leg_of_a_route_is_told_to_be_in_none(seed: int) -> None:
    """Against all simple routes of random instances."""
    instance = random_instance(seed)
    case = Case(instance)
    connections = Connections(instance)
    unused = {*unused_legs(connections, unreachable_demand(connections))}
    for _, route in case.columns:
        legs = {leg for own in route.elements for leg in case.elements[own].legs}
        assert not legs & unused
