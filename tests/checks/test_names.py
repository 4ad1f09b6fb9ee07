from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.folders import DEMAND, LEGS, faults_of, only_fault, read

if TYPE_CHECKING:
    from pathlib import Path

NODES = "node,kind,country,node_group\nA,origin,KZ,\nB,port,KZ|RU,ports\nC,market,CN,\n"


def test_a_demand_end_that_no_leg_has_is_unknown(tmp_path: Path) -> None:
    """Without a table of nodes, the ends of legs are the nodes there are."""
    fault = only_fault(tmp_path, demand=DEMAND.replace("A,C", "A,Cee"))
    assert (fault.file, fault.row, fault.column) == ("demand.csv", 2, "market")
    assert fault.value == "Cee"
    assert fault.message == "unknown node or node group `Cee`"


def test_a_node_without_a_row_is_a_fault_once_there_is_a_table(tmp_path: Path) -> None:
    """With a table of nodes, a leg to a place it does not list is a slip."""
    nodes = NODES.replace("C,market", "Cc,market")
    demand = DEMAND.replace("A,C", "A,Cc")
    fault = only_fault(tmp_path, nodes=nodes, demand=demand)
    place = (fault.file, fault.row, fault.column, fault.value)
    assert place == ("legs.csv", 3, "to", "C")
    assert fault.message == "unknown node `C`, in 2 rows"
    assert fault.remedy == "add it to nodes.csv, which must list every node"


def test_a_group_stands_for_its_nodes(tmp_path: Path) -> None:
    """A demand may name a node group instead of a node."""
    demand = DEMAND.replace("A,C", "A,ports")
    assert len(read(tmp_path, nodes=NODES, demand=demand).demand) == 1


@pytest.mark.parametrize(
    ("files", "place", "message"),
    [
        (
            {"nodes": NODES + "A,,,\n"},
            ("nodes.csv", 5, "node"),
            "`A` stands there twice, first in nodes.csv:2",
        ),
        (
            {"legs": "leg,from,to,cost\nL,A,C,1\nL,C,A,2\n"},
            ("legs.csv", 3, "leg"),
            "`L` stands there twice, first in legs.csv:2",
        ),
        (
            {"products": "product\ngrain\ngrain\n"},
            ("products.csv", 3, "product"),
            "`grain` stands there twice, first in products.csv:2",
        ),
        (
            {"routes": "route,via\nr,A > B\nr,B > C\n"},
            ("routes.csv", 3, "route"),
            "`r` stands there twice",
        ),
        (
            {"capacities": "capacity,nodes,quantity\nc,A,1\nc,B,1\n"},
            ("capacities.csv", 3, "capacity"),
            "`c` stands there twice",
        ),
        (
            {"nodes": NODES.replace("ports", "A")},
            ("nodes.csv", 3, "node_group"),
            "`A` is the name of a node as well",
        ),
        (
            {"routes": "route,via\nA>B,A > B > C\n"},
            ("routes.csv", 2, "route"),
            "`A>B` is the name of a leg as well",
        ),
        (
            {"legs": LEGS.replace("north", "none")},
            ("legs.csv", 2, "corridor"),
            "`none` holds `none`, which means cargo without a corridor",
        ),
        (
            {"legs": LEGS.replace("rail", "rail|road")},
            ("legs.csv", 2, "mode"),
            "`rail|road` holds `|`",
        ),
        (
            {"legs": LEGS.replace("A,B", "A,B > b").replace("\nB,C", "\nB > b,C")},
            ("legs.csv", 2, "leg"),
            "`A>B > b` holds `>`",
        ),
        (
            {"legs": LEGS.replace("rail", '"ra\nil"')},
            ("legs.csv", 2, "mode"),
            r"`ra\nil` holds a control character",
        ),
    ],
)
def test_keys_are_unique_and_can_be_written(
    tmp_path: Path, files: dict[str, str], place: tuple[str, int, str], message: str
) -> None:
    """A key stands there once, and no name holds what joins names elsewhere."""
    faults = faults_of(tmp_path, **files)
    found = [(fault.file, fault.row, fault.column) for fault in faults]
    assert place in found
    assert faults[found.index(place)].message.startswith(message)


@pytest.mark.parametrize(
    ("files", "column", "value", "noun"),
    [
        ({"tariffs": "product,factor\ngrain|gain,2\n"}, "product", "gain", "product"),
        ({"tariffs": "group,factor\nmetals,2\n"}, "group", "metals", "product group"),
        ({"tariffs": "mode,factor\nsea|rial,2\n"}, "mode", "rial", "mode"),
        ({"tariffs": "country,factor\nRU,2\n"}, "country", "RU", "country"),
        ({"tariffs": "corridor,factor\nnroth,2\n"}, "corridor", "nroth", "corridor"),
        ({"tariffs": "tag,factor\nstrait,2\n"}, "tag", "strait", "tag"),
        ({"tariffs": "leg,factor\nA>D,2\n"}, "leg", "A>D", "leg"),
        ({"tariffs": "node,factor\nD,2\n"}, "node", "D", "node"),
        (
            {"capacities": "capacity,legs,quantity\nc,A>B|B>D,1\n"},
            "legs",
            "B>D",
            "leg",
        ),
        (
            {"capacities": "capacity,nodes,quantity\nc,A|D,1\n"},
            "nodes",
            "D",
            "node",
        ),
        (
            {"capacities": "capacity,routes,quantity\nc,r,1\n"},
            "routes",
            "r",
            "named route",
        ),
        (
            {"capacities": "capacity,nodes,period,quantity\nc,A,2030|all,1\n"},
            "period",
            "2030",
            "period",
        ),
        (
            {"demand": DEMAND.replace("quantity", "quantity,period")[:-1] + ",2030\n"},
            "period",
            "2030",
            "period",
        ),
    ],
)
def test_every_name_refers_to_something(
    tmp_path: Path, files: dict[str, str], column: str, value: str, noun: str
) -> None:
    """A name that nothing has is a fault, with the kind of thing it should be."""
    fault = only_fault(tmp_path, **files)
    assert (fault.file, fault.row, fault.column) == (
        f"{next(iter(files))}.csv",
        2,
        column,
    )
    assert fault.value == value
    assert fault.message == f"unknown {noun} `{value}`"


@pytest.mark.parametrize(
    ("file", "column", "text"),
    [
        ("tariffs", "mode", "mode,product,factor\n|,grain,1.5\n"),
        ("capacities", "period", "capacity,legs,period,quantity\nall,A>B, | ,5\n"),
        ("nodes", "country", "node,country\nA,||\nB,\nC,\n"),
    ],
)
def test_a_list_names_something(
    tmp_path: Path, file: str, column: str, text: str
) -> None:
    """A cell of separators alone is neither blank, for all, nor a list."""
    fault = only_fault(tmp_path, **{file: text})
    assert (fault.file, fault.row, fault.column) == (f"{file}.csv", 2, column)
    assert fault.message == f"`{fault.value}` holds `|` and no name"


def test_a_reserved_name_of_many_rows_is_told_once(tmp_path: Path) -> None:
    """With how many they are."""
    legs = "leg,from,to,mode,cost\na,A,B,none,1\nb,A,B,none,2\nc,A,B,sea,2\n"
    demand = "product,origin,market,quantity\nsalt,A,B,1\n"
    (fault,) = faults_of(tmp_path, legs=legs, demand=demand)
    assert (fault.row, fault.column) == (2, "mode")
    assert fault.message.endswith("means cargo without a corridor, in 2 rows")
