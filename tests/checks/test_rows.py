from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.folders import DEMAND, LEGS, only_fault, read

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "product,origin,market,quantity,period,unmet_cost,priority\n"
PERIODS = "periods = ['1', '2']\n"


@pytest.mark.parametrize(
    ("files", "place", "message"),
    [
        (
            {"legs": LEGS + "C,C,rail,,1\n"},
            ("legs.csv", 5, "to"),
            "`C` is where the leg starts as well",
        ),
        (
            {"demand": DEMAND.replace("A,C", "A,A")},
            ("demand.csv", 2, "market"),
            "`A` has a node in common with the origin",
        ),
        (
            {
                "nodes": "node,node_group\nA,west\nB,west\nC,\n",
                "demand": DEMAND.replace("A,C", "west,B"),
            },
            ("demand.csv", 2, "market"),
            "`B` has a node in common with the origin",
        ),
        (
            {"demand": HEAD + "grain,A,C,1,,5,1\n"},
            ("demand.csv", 2, "priority"),
            "1 is a priority, but this demand has an unmet cost",
        ),
        (
            {"demand": HEAD + "grain,A,C,1,,-5,\n"},
            ("demand.csv", 2, "unmet_cost"),
            "-5 is negative",
        ),
        (
            {"tariffs": "node,mode,factor\nB,rail,2\n"},
            ("tariffs.csv", 2, "mode"),
            "`rail` selects legs in a row that acts on nodes",
        ),
        (
            {"tariffs": "node,cost_per_km\n*,2\n"},
            ("tariffs.csv", 2, "cost_per_km"),
            "2 is a cost by distance in a row that acts on nodes",
        ),
        (
            {"tariffs": "mode,factor\nrail,\n"},
            ("tariffs.csv", 2, None),
            "the tariff has no effect",
        ),
        (
            {"capacities": "capacity,legs,quantity\nc,A>B|A>B,2\n"},
            ("capacities.csv", 2, "legs"),
            "`A>B|A>B` names one twice",
        ),
        (
            {"capacities": "capacity,product,quantity\nc,grain,2\n"},
            ("capacities.csv", 2, "legs"),
            "`c` limits nothing",
        ),
        (
            {
                "products": "product,group\ngrain,food\nore,metals\n",
                "capacities": (
                    "capacity,nodes,product,group,quantity\nc,A,grain,metals,2\n"
                ),
            },
            ("capacities.csv", 2, "group"),
            "`c` counts no product: none is in both product and group",
        ),
    ],
)
def test_rows_make_sense(
    tmp_path: Path,
    files: dict[str, str],
    place: tuple[str, int, str | None],
    message: str,
) -> None:
    """A row that can mean nothing, or the same as another, is a fault."""
    fault = only_fault(tmp_path, **files)
    assert (fault.file, fault.row, fault.column) == place
    assert fault.message.startswith(message)


def test_demand_told_apart_may_share_its_ends(tmp_path: Path) -> None:
    """Rows that differ in period, cost, days or priority are demands of their own."""
    rows = (
        "grain,A,C,1,1,,\ngrain,A,C,1,2,,\n"
        "grain,A,C,1,,5,\ngrain,A,C,1,,6,\ngrain,A,C,1,,,1\n"
    )
    instance = read(tmp_path, instance_toml=PERIODS, demand=HEAD + rows)
    assert len(instance.demand) == 5
    assert len(instance.shipments) == 8
