"""Numbers too far apart for one instance are refused, each with row and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from solver.errors import DataError
from tests.loaders.folders import only_fault, read

if TYPE_CHECKING:
    from pathlib import Path

LEGS = (
    "leg,from,to,corridor,cost,capacity,days,emissions\n"
    "near,A,B,north,{cost},{capacity},1,{emissions}\n"
    "far,A,B,south,20,,1,2\n"
)
DEMAND = "product,origin,market,quantity,unmet_cost\ntea,A,B,{quantity},{unmet}\n"
PLAIN = {"cost": "10", "capacity": "", "emissions": "1"}
RULE = '[[diversification]]\nname = "r"\nby = "corridor"\nmax_share = 0.6\n'


def tables(**cells: str) -> dict[str, str]:
    """Return tables with some cells as given, the others plain."""
    demand = {"quantity": "50", "unmet": "firm"}
    more = "coal,A,B,4000,firm\n"
    return {
        "legs": LEGS.format_map({**PLAIN, **cells}),
        "demand": DEMAND.format_map({**demand, **cells}) + more,
    }


@pytest.mark.parametrize(
    ("cells", "file", "column", "message"),
    [
        ({"cost": "1e-300"}, "legs.csv", "cost", "`1e-300` is too small to be true"),
        ({"cost": "3e-14"}, "legs.csv", "cost", "leg `near` would cost 3e-14"),
        ({"unmet": "4e14"}, "legs.csv", "cost", "leg `near` would cost 10"),
        ({"unmet": "2e-13"}, "demand.csv", "unmet_cost", "2e-13 is next to nothing"),
        ({"quantity": "2e-22"}, "demand.csv", "quantity", "2e-22 is next to nothing"),
        ({"capacity": "3e-14"}, "legs.csv", "capacity", "3e-14 is next to nothing"),
    ],
)
def test_a_number_next_to_nothing_is_refused(
    tmp_path: Path, cells: dict[str, str], file: str, column: str, message: str
) -> None:
    """The message names the row, the value, and what it is small beside."""
    cells = {"quantity": "50", **cells}
    own = tables(**cells)
    if cells.get("unmet") == "4e14":
        own["legs"] = own["legs"].replace("A,B,south,20", "A,B,south,4e14")
    fault = only_fault(tmp_path, **own, instance_toml=RULE)
    assert (fault.file, fault.row, fault.column) == (file, 2, column)
    assert fault.message.startswith(message)
    assert "give 0" in fault.remedy


@pytest.mark.parametrize(
    "cells",
    [
        {"cost": "3e-11"},
        {"cost": "0"},
        {"cost": "2e14", "unmet": "4e14"},
        {"quantity": "2e-20"},
        {"capacity": "3e-12"},
        {"capacity": "0"},
    ],
)
def test_numbers_that_can_be_told_apart_are_taken(
    tmp_path: Path, cells: dict[str, str]
) -> None:
    """Twelve digits between costs, sixteen to a capacity, more between demands."""
    own = tables(**cells)
    if "unmet" in cells:
        own["legs"] = own["legs"].replace("A,B,south,20,,1", "A,B,south,3e13,,1")
    assert len(read(tmp_path, **own, instance_toml=RULE).legs) == 2


def test_demand_of_next_to_nothing_wants_another_unit(tmp_path: Path) -> None:
    """What is small alone can be stated otherwise."""
    demand = "product,origin,market,quantity\ntea,A,B,4e-14\n"
    fault = only_fault(tmp_path, demand=demand, legs=LEGS.format_map(PLAIN))
    assert fault.message == "4e-14 is the largest demand"
    assert fault.remedy == "state quantities in a smaller unit"


def test_a_value_by_which_a_rule_weighs_has_a_range_too(tmp_path: Path) -> None:
    """Tea of 1e-9 a tonne would have no weight beside coal of 300."""
    products = "product,value\ntea,1e-9\ncoal,300\n"
    rule = f'{RULE}weight = "value"\n'
    fault = only_fault(tmp_path, **tables(), products=products, instance_toml=rule)
    assert (fault.file, fault.row, fault.column) == ("products.csv", 2, "value")
    assert fault.message.startswith("1e-09 is next to nothing beside 300")


def test_a_cost_that_tariffs_make_is_refused_as_one_in_a_cell(tmp_path: Path) -> None:
    """A tonne of emissions costs 4e14, a unit emits 5: 2e15, though no cell says so."""
    own = tables(emissions="5")
    manifest = "emission_price = 4e14\n"
    fault = only_fault(tmp_path, **own, instance_toml=manifest)
    assert (fault.file, fault.row, fault.column) == ("legs.csv", 2, "cost")
    assert fault.message.startswith("leg `near` would cost 2e+15")
    assert "too large to be true" in fault.message


@pytest.mark.parametrize(
    ("value", "message"),
    [("7e12", "is far more than 1"), ("3e-11", "is next to nothing beside 1")],
)
def test_values_far_from_what_other_rules_count_are_refused(
    tmp_path: Path, value: str, message: str
) -> None:
    """One rule weighs by value, another counts tonnes: their excess is one sum."""
    own = tables()
    products = f"product,value\ntea,{value}\ncoal,{value}\n"
    by_value = RULE.replace('"r"', '"v"') + 'weight = "value"\n'
    given = {**own, "products": products}
    with pytest.raises(DataError) as caught:
        read(tmp_path, **given, instance_toml=RULE + by_value)
    places = [(fault.file, fault.row, fault.column) for fault in caught.value.faults]
    assert places == [("products.csv", 2, "value"), ("products.csv", 3, "value")]
    assert message in caught.value.faults[0].message
    (tmp_path / "alone").mkdir()
    read(tmp_path / "alone", **given, instance_toml=by_value)


def test_a_penalty_for_value_is_measured_by_what_a_unit_pays(tmp_path: Path) -> None:
    """Money for a tonne, given for each rial of value, is refused; a rial's part not.

    Beside legs of 4e12 a thousandth would be next to nothing; a unit is worth 5e13.
    """
    own = tables(cost="4e12", unmet="firm")
    own["legs"] = own["legs"].replace("A,B,south,20", "A,B,south,5e12")
    products = "product,value\ntea,5e13\ncoal,4e13\n"
    given = {**own, "products": products}
    rule = f'{RULE}weight = "value"\n'
    read(tmp_path, **given, instance_toml=f"{rule}penalty = 0.001\n")
    (tmp_path / "by unit").mkdir()
    manifest = f"{rule}penalty = 80\n"
    fault = only_fault(tmp_path / "by unit", **given, instance_toml=manifest)
    assert (fault.file, fault.column) == ("instance.toml", "diversification.1.penalty")
    assert fault.message.endswith(
        "80 for each unit of value is 4e+15 for a unit of cargo"
    )
