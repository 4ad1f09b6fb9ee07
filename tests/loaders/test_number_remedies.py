"""A remedy that is obeyed keeps what the cell meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.folders import DEMAND, only_fault, read

if TYPE_CHECKING:
    from pathlib import Path

LEGS = "from,to,capacity,cost,days\nA,C,{capacity},{cost},{days}\n"


@pytest.mark.parametrize(
    ("column", "cell", "remedy"),
    [
        (
            "capacity",
            '"3,450"',
            "write 3450 if the comma marks thousands, 3.450 if decimals",
        ),
        ("cost", '"27,5"', "write it with a decimal point: 27.5"),
        ("capacity", '"1,234,567"', "write it without separators: 1234567"),
        ("capacity", '"1,234.5"', "write it without separators: 1234.5"),
        ("capacity", '"1.234.567,5"', "write it without separators: 1234567.5"),
        ("capacity", "81 000", "write it without separators: 81000"),
        ("capacity", "81\u00a0000", "write it without separators: 81000"),
        ("capacity", "unlimited", "leave it blank for unlimited"),
        ("capacity", "Inf", "leave it blank for unlimited"),
        ("capacity", "-", "leave it blank for unlimited, or give 0 where it is closed"),
        ("days", "n/a", "give a number, or leave it blank for 0"),
        ("capacity", "40 kt", "write 40, and the unit in the header: `capacity [kt]`"),
        ("cost", "$12", "write the number alone: 12"),
        ("cost", "12 %", "write it as a fraction: 0.12"),
        ("cost", "#DIV/0!", "correct the formula in the spreadsheet: it left an error"),
        ("cost", "twelve", "give a number such as 1200 or 0.5"),
        ("capacity", "\u221e", "leave it blank for unlimited"),
        ("capacity", "ca. 80", "write the number alone: 80"),
        ("capacity", "USD80", "write the number alone: 80"),
        ("cost", "\u20ac.75", "write the number alone: .75"),
        ("cost", "\u22128", "write it with a hyphen for minus: -8"),
        ("capacity", "1/4", "give a number such as 1200 or 0.5"),
        ("capacity", "2 1/4", "give a number such as 1200 or 0.5"),
        ("capacity", "70 90", "give a number such as 1200 or 0.5"),
        ("capacity", "6x40", "give a number such as 1200 or 0.5"),
        ("capacity", "0x1F", "give a number such as 1200 or 0.5"),
        ("days", "18:30", "give a number such as 1200 or 0.5"),
        ("capacity", "/8", "give a number such as 1200 or 0.5"),
        ("capacity", "90 m3", "write 90, and the unit in the header: `capacity [m3]`"),
        (
            "capacity",
            '"7,400 kt"',
            "write 7400 if the comma marks thousands, 7.400 if decimals, and the unit "
            "in the header: `capacity [kt]`",
        ),
        (
            "capacity",
            "81 000 t",
            "write 81000, and the unit in the header: `capacity [t]`",
        ),
    ],
)
def test_a_cell_that_is_no_number_is_answered(
    tmp_path: Path, column: str, cell: str, remedy: str
) -> None:
    """Every reading is named; a unit is never dropped."""
    cells = {"capacity": "", "cost": "1", "days": "", column: cell}
    fault = only_fault(tmp_path, legs=LEGS.format(**cells))
    assert fault.column == column
    assert fault.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [
        ("10%", "write 1.1 for 10% more, 0.9 for 10% less, or 0.1 for 10% of the cost"),
        ("+10 %", "write 1.1 for 10% more"),
        ("-10%", "write 0.9 for 10% less"),
        ("150%", "write 2.5 for 150% more, or 1.5 for 150% of the cost"),
    ],
)
def test_a_percentage_of_a_factor_has_several_readings(
    tmp_path: Path, cell: str, remedy: str
) -> None:
    """A factor of 0.1 would take off 90 %; and the row is blamed only once."""
    tariffs = f"mode,factor\nrail,{cell}\n"
    fault = only_fault(tmp_path, tariffs=tariffs)
    assert (fault.column, fault.remedy) == ("factor", remedy)


@pytest.mark.parametrize(
    ("header", "remedy"),
    [
        ("capacity (Mt)", "write it as `capacity [Mt]`"),
        ("capacity{kt}", "write it as `capacity [kt]`"),
        ("capacity kt", "write it as `capacity [kt]`"),
        ("cost_USD/kt", "write it as `cost [USD/kt]`"),
        ("cost (EUR/t)", "convert the column yourself, or change `units`"),
        ("capacities", "did you mean `capacity`?"),
    ],
)
def test_a_unit_outside_brackets_is_kept(
    tmp_path: Path, header: str, remedy: str
) -> None:
    """Leaving it out would change the numbers a thousandfold."""
    legs = f"from,to,days,{header}\nA,C,1,2\n"
    if not header.startswith("cost"):
        legs = legs.replace("days", "cost")
    else:
        legs = legs.replace("days", "capacity")
    fault = only_fault(tmp_path, legs=legs)
    assert (fault.column, fault.remedy) == (header, remedy)


@pytest.mark.parametrize("header", ["Quantity", "quantity (kt)", "quantity_Mt"])
def test_a_required_column_under_another_name_is_told_once(
    tmp_path: Path, header: str
) -> None:
    """That it is missing is the consequence."""
    fault = only_fault(tmp_path, demand=DEMAND.replace("quantity", header))
    assert fault.column == header


def test_a_header_that_ends_with_commas_has_columns_without_name(
    tmp_path: Path,
) -> None:
    """Its rows need no cells for them."""
    demand = DEMAND.replace("quantity", "quantity,,")
    assert len(read(tmp_path, demand=demand).demand) == 1


def test_columns_without_name_or_cell_are_passed_over(tmp_path: Path) -> None:
    """As spreadsheets leave them; one with a cell is not."""
    legs = "from,,to,cost,,\nA,,C,4,,\n"
    assert read(tmp_path, legs=legs).legs["cost"].tolist() == [4.0]
    fault = only_fault(tmp_path, legs=legs.replace("4,,", "4,,late"), demand=DEMAND)
    assert fault.message == "column 6 has no name, but holds `late`"
