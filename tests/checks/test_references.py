"""What refers to nothing is told once, with its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.folders import only_fault, read

if TYPE_CHECKING:
    from pathlib import Path

LEGS = "from,to,cost\nUral,Volga,3\nUral,Kama,2\nVolga,Don,4\nKama,Don,1\n"
DEMAND = "product,origin,market,quantity\nsalt,Ural,Don,40\nsalt,Ural,Kama,7\n"


def test_a_table_of_nodes_that_lacks_many_is_one_fault(tmp_path: Path) -> None:
    """Not one for each leg and row of demand."""
    nodes = "node\nUral\nVolga\n"
    fault = only_fault(tmp_path, legs=LEGS, demand=DEMAND, nodes=nodes)
    assert (fault.file, fault.column, fault.value) == ("nodes.csv", "node", "Kama, Don")
    assert fault.message == (
        "lacks 2 nodes that other tables name: `Kama` (legs.csv:3), `Don` (legs.csv:4)"
    )


def test_a_slip_among_listed_nodes_is_told_as_one(tmp_path: Path) -> None:
    """The name that was meant is near."""
    nodes = "node\nUral\nVolga\nKama\nDon\n"
    legs = LEGS.replace("Ural,Volga", "Ural,Vlga")
    fault = only_fault(tmp_path, legs=legs, demand=DEMAND, nodes=nodes)
    assert (fault.file, fault.row, fault.value) == ("legs.csv", 2, "Vlga")
    assert fault.remedy == "did you mean `Volga`? Otherwise add it to nodes.csv"


def test_a_product_that_its_table_lacks_is_a_fault(tmp_path: Path) -> None:
    """It would have no group, value or time value, without a word."""
    demand = DEMAND.replace("salt,Ural,Kama", "Salt,Ural,Kama")
    products = "product,group\nsalt,minerals\n"
    fault = only_fault(tmp_path, legs=LEGS, demand=demand, products=products)
    assert (fault.file, fault.row, fault.column) == ("demand.csv", 3, "product")
    assert fault.remedy == "did you mean `salt`? Otherwise add it to products.csv"


def test_products_need_no_table(tmp_path: Path) -> None:
    """Without one, every product that demand names is known."""
    assert len(read(tmp_path, legs=LEGS, demand=DEMAND).products) == 1


def test_an_unknown_period_says_how_periods_are_declared(tmp_path: Path) -> None:
    """Once, though every row names another."""
    demand = (
        "product,origin,market,quantity,period\n"
        "salt,Ural,Don,40,2031\nsalt,Ural,Don,41,2032\n"
    )
    fault = only_fault(tmp_path, legs=LEGS, demand=demand)
    remedy = 'declare periods in instance.toml: `periods = ["2031", "2032"]`'
    assert (fault.row, fault.column, fault.remedy) == (2, "period", remedy)


def test_a_period_beside_those_declared_is_answered(tmp_path: Path) -> None:
    """With where they are declared."""
    demand = DEMAND.replace("quantity", "quantity,period").replace("40", "40,spring")
    fault = only_fault(
        tmp_path,
        legs=LEGS,
        demand=demand.replace(",7", ",7,autumn"),
        instance_toml="periods = ['autumn', 'winter']\n",
    )
    assert fault.message == "unknown period `spring`"
    assert fault.remedy == (
        "add it to `periods` in instance.toml; known: `autumn`, `winter`"
    )


def test_a_period_like_one_declared_may_be_another_all_the_same(tmp_path: Path) -> None:
    """A year beside another is more often new than misspelt."""
    demand = DEMAND.replace("quantity", "quantity,period").replace("40", "40,2041")
    fault = only_fault(
        tmp_path,
        legs=LEGS,
        demand=demand.replace(",7", ",7,2040"),
        instance_toml="periods = ['2040', '2042']\n",
    )
    assert fault.remedy == (
        "did you mean `2042`? Otherwise add it to `periods` in instance.toml; known: "
        "`2040`, `2042`"
    )


@pytest.mark.parametrize("header", ["productuct", "Marktes", "origin [t]"])
def test_a_required_column_under_another_name_is_the_only_fault(
    tmp_path: Path, header: str
) -> None:
    """Nobody is blamed for names that it took away, nor are they looked up."""
    rule = '[[diversification]]\nby = "corridor"\nmax_share = 0.6\n'
    legs = "from,to,corridor,cost\nUral,Don,west,3\nUral,Kama,east,2\n"
    meant = {"productuct": "product", "Marktes": "market", "origin [t]": "origin"}
    demand = DEMAND.replace(meant[header], header)
    fault = only_fault(tmp_path, legs=legs, demand=demand, instance_toml=rule)
    assert (fault.file, fault.row) == ("demand.csv", 1)
