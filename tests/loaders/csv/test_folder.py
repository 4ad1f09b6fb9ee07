from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.errors import InputError
from solver.loaders.instance_files import load
from tests.loaders.folders import (
    DEMAND,
    LEGS,
    faults_of,
    only_fault,
    read,
    write_folder,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_two_tables_are_an_instance(tmp_path: Path) -> None:
    """Legs and demand alone make an instance: all else has a default."""
    instance = read(tmp_path)
    assert instance.name == tmp_path.name
    assert list(instance.nodes["node"]) == ["A", "B", "C"]
    assert list(instance.legs["leg"]) == ["A>B", "B>C", "A>C"]
    assert list(instance.products["product"]) == ["grain"]
    assert instance.demand["unmet_cost"][0] == np.inf
    assert instance.periods == ("all year",)
    assert np.isnan(instance.legs["capacity"]).all()


def test_parallel_legs_are_named_by_mode(tmp_path: Path) -> None:
    """Legs between the same nodes take their mode into their name."""
    legs = "from,to,mode,cost\nA,C,rail,1\nA,C,road,2\n"
    assert list(read(tmp_path, legs=legs).legs["leg"]) == ["A>C:rail", "A>C:road"]


def test_parallel_legs_of_one_mode_need_names(tmp_path: Path) -> None:
    """Legs that would have the same name ask for one."""
    legs = "from,to,mode,cost\nA,C,rail,1\nA,C,rail,2\nA,B,,1\nA,B,,1\n"
    fault = only_fault(tmp_path, legs=legs)
    assert (fault.row, fault.column, fault.value) == (2, "leg", "A>C:rail")
    assert "rows 2, 3, 4, 5 would share default names" in fault.message


def test_units_of_headers_convert_to_the_decimal_meant(tmp_path: Path) -> None:
    """Numbers are converted as decimals: 0.3 kt are 300 t, without any dust."""
    instance = read(
        tmp_path,
        legs=(
            "from,to,capacity [kt],cost [USD/kt],days [h],emissions [t CO2e/kt]\n"
            "A,C,0.3,1100,12,0.7\n"
        ),
        demand="product,origin,market,quantity [Mt]\ngrain,A,C,0.0000011\n",
    )
    assert instance.legs["capacity"][0] == 300.0
    assert instance.legs["cost"][0] == 1.1
    assert instance.legs["days"][0] == 0.5
    assert instance.legs["emissions"][0] == 0.7
    assert instance.demand["quantity"][0] == 1.1


def test_codes_that_look_empty_are_names(tmp_path: Path) -> None:
    """NA, null, None, nan, TRUE and 0012 are names like any other."""
    names = ["NA", "null", "None", "nan", "TRUE", "0012"]
    legs = "from,to,cost\n" + "".join(f"{name},X,1\n" for name in names)
    instance = read(
        tmp_path, legs=legs, demand=DEMAND.replace("A,C", "NA,X").replace("grain", "NA")
    )
    assert list(instance.nodes["node"]) == ["NA", "X", *names[1:]]
    assert instance.demand["product"][0] == "NA"


def test_quoted_cells_and_blanks_around_names(tmp_path: Path) -> None:
    """Quotes, a byte order mark, Windows line ends and blanks change no name."""
    legs = '\ufefffrom , to,cost,note\r\n"A, east", B,1,"two\r\nlines"\r\nB,C,2,\r\n'
    demand = 'product,origin,market,quantity\ngrain,"A, east",C,1\n,,,\n\n'
    instance = read(tmp_path, legs=legs.encode(), demand=demand)
    assert list(instance.legs["from"]) == ["A, east", "B"]
    assert list(instance.legs.lines) == [2, 4]
    assert len(instance.demand) == 1


def test_the_quick_way_reads_what_the_csv_module_reads(tmp_path: Path) -> None:
    """A file without quotes gives the same cells as one with every cell in quotes."""
    rows = [line.split(",") for line in LEGS.splitlines()]
    quoted = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    plain = read(tmp_path)
    other = read(tmp_path, legs=quoted)
    for name, column in plain.legs.columns.items():
        assert np.array_equal(
            column, other.legs[name], equal_nan=column.dtype != object
        )
    assert list(plain.legs.lines) == list(other.legs.lines)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """Files whose name is not nearly that of a table have no part in this."""
    folder = write_folder(tmp_path, demand_prospective="no,table\n", mode_list="x\n")
    (folder / "expected.toml").write_text("this is = no [toml")
    (folder / "README.md").write_text("about")
    assert load(folder).warnings == ()


def test_a_name_nearly_that_of_a_table_is_a_fault(tmp_path: Path) -> None:
    """A table with a slip in its name would be left out silently: it is a fault."""
    fault = only_fault(tmp_path, node="node\nA\n")
    assert str(fault) == (
        "node.csv: no table has the name of the file `node.csv`; "
        "did you mean `nodes.csv`? Otherwise give it another name"
    )


def test_a_result_in_place_of_an_instance_is_told_in_two_lines(tmp_path: Path) -> None:
    """Its tables are no misspelt ones of an instance."""
    for name in ("instance.json", "rules.csv", "demand.csv"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match="give") as caught:
        load(tmp_path)
    assert "rules.csv" not in str(caught.value)


@pytest.mark.parametrize("name", ["legs", "demand"])
def test_a_missing_table_is_named(tmp_path: Path, name: str) -> None:
    """Without legs or demand there is nothing to read: exit 66."""
    folder = write_folder(tmp_path)
    (folder / f"{name}.csv").rename(folder / "Legs.csv")
    with pytest.raises(InputError, match=rf"has no {name}\.csv") as caught:
        load(folder)
    assert caught.value.exit_code == 66


def test_a_folder_without_tables_is_told_what_an_instance_is(tmp_path: Path) -> None:
    """What is missing is added, or the folder that has it named."""
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} has no legs.csv and no demand.csv\n"
        "an instance is a folder with legs.csv and demand.csv: add what is missing "
        "or name their folder"
    )


@pytest.mark.parametrize(
    ("header", "own", "is_odd"),
    [
        ("[kt]", "t", True),
        ("[kt]", "kt", False),
        ("", "kt", False),
        ("[t]", "t", False),
    ],
)
def test_a_unit_in_one_table_alone_is_warned_of(
    header: str, own: str, is_odd: bool, tmp_path: Path
) -> None:
    """Demand without a unit counts in that of the instance: not in that of the legs."""
    folder = write_folder(
        tmp_path,
        legs=f"from,to,cost,capacity {header}\nA,B,1,3\n",
        demand="product,origin,market,quantity\np,A,B,2\n",
    )
    (folder / "instance.toml").write_text(f'units = {{ quantity = "{own}" }}\n')
    told = (
        "demand.csv:1 quantity: column `quantity` has no unit and so counts in t, "
        "while `capacity [kt]` in legs.csv has one; write `quantity [t]`, or the unit "
        "that it is in"
    )
    assert [str(fault) for fault in load(folder).warnings] == [told] * is_odd


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A path that does not exist is an input that is missing."""
    with pytest.raises(InputError, match="nowhere"):
        load(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"legs\.csv is neither"):
        load(write_folder(tmp_path) / "legs.csv")


def test_a_result_folder_points_to_its_document(tmp_path: Path) -> None:
    """Who gives a result folder is shown the instance inside it."""
    (tmp_path / "instance.json").write_text("{}")
    with pytest.raises(InputError, match=r"give .*instance\.json"):
        load(tmp_path)


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    """Faults of several files, columns and rows come together."""
    faults = faults_of(
        tmp_path,
        legs="from,to,cost,distanc\nA,B,-1,3\nB,C,ten,4\n",
        demand="product,origin,market,quantity\ngrain,A,D,1e16\n",
        instance_toml="perods = ['2025']\n",
    )
    assert sorted(map(str, faults)) == [
        "demand.csv:2 market: unknown node or node group `D`; known: `A`, `B`, `C`",
        "demand.csv:2 quantity: `1e16` is too large to be true; "
        "give a number below 1e+15",
        "instance.toml perods: unknown key `perods`; did you mean `periods`?",
        "legs.csv:1 distanc: unknown column `distanc`; did you mean `distance`?",
        "legs.csv:2 cost: `-1` is negative; give a number of 0 or more",
        "legs.csv:3 cost: `ten` is not a number; give a number such as 1200 or 0.5",
    ]


def test_one_slip_does_not_spread(tmp_path: Path) -> None:
    """A row of legs that is lost is one fault, not one more for whoever needs it."""
    fault = only_fault(tmp_path, legs="from,to,cost\nA,B,1\nB,C,2,3\n")
    assert str(fault).startswith("legs.csv:3: 4 cells")


def test_many_faults_alike_are_counted(tmp_path: Path) -> None:
    """A column that is wrong throughout does not fill the screen."""
    demand = "product,origin,market,quantity\n" + "grain,A,C,x\n" * 250
    faults = faults_of(tmp_path, demand=demand)
    counted = [fault for fault in faults if fault.column == "quantity"]
    assert len(counted) == 101
    assert counted[-1].message == "150 more rows have this fault: is not a number"


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("-5", "`-5` is negative"),
        ("nan", "`nan` is not a number"),
        ("inf", "`inf` is not a number"),
        ("1e999", "`1e999` is too large to be true"),
        ("1e15", "`1e15` is too large to be true"),
        ("1_000", "`1_000` is not a number"),
        ("0x10", "`0x10` is not a number"),
        ("١٢", "`١٢` is not a number"),
        ("ten", "`ten` is not a number"),
        ("--1", "`--1` is not a number"),
        ("", "is empty"),
    ],
)
def test_a_quantity_must_be_a_sane_decimal(
    tmp_path: Path, cell: str, message: str
) -> None:
    """Every cell that is not a number of a possible size is refused, with its place."""
    fault = only_fault(tmp_path, demand=DEMAND.replace("100", cell))
    assert (fault.file, fault.row, fault.column) == ("demand.csv", 2, "quantity")
    assert fault.value == cell
    assert fault.message == message


@pytest.mark.parametrize("cell", ["1e3", "1000.", "+1000", ".1e4", " 1000 "])
def test_decimal_spellings_of_a_number(tmp_path: Path, cell: str) -> None:
    """Decimal text may have an exponent, a sign, or blanks around it."""
    instance = read(tmp_path, demand=DEMAND.replace("100", cell))
    assert instance.demand["quantity"][0] == 1000.0


def test_a_decimal_comma_is_explained(tmp_path: Path) -> None:
    """A comma in a quoted number is answered with the point it should be."""
    fault = only_fault(tmp_path, demand=DEMAND.replace("100", '"1,5"'))
    assert fault.remedy == "write it with a decimal point: 1.5"


@pytest.mark.parametrize(
    ("mark", "word"), [(";", "semicolons"), ("\t", "tabs")], ids=["semicolon", "tab"]
)
def test_another_separator_is_explained(tmp_path: Path, mark: str, word: str) -> None:
    """A file separated by something else than commas is told so."""
    faults = faults_of(tmp_path, demand=DEMAND.replace(",", mark))
    assert f"demand.csv:1: seems to be separated by {word}" in str(faults[0])


def test_a_row_too_long_is_refused(tmp_path: Path) -> None:
    """A row with more cells than the header never shifts values into other columns."""
    fault = only_fault(tmp_path, demand=DEMAND + "grain,A,C,1,5\n")
    assert str(fault) == (
        "demand.csv:3: 5 cells, but the header has 4; the first too many is `5`; "
        "put text with commas in quotes, write decimals with a point"
    )
    assert fault.value == "5"


def test_a_row_too_short_is_refused(tmp_path: Path) -> None:
    """A row with fewer cells than the header is refused too."""
    fault = only_fault(tmp_path, demand=DEMAND + "grain,A,C\n")
    assert str(fault).startswith("demand.csv:3: 3 cells, but the header has 4")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """A required column that is not there is a fault of the header."""
    fault = only_fault(tmp_path, demand="product,origin,market\ngrain,A,C\n")
    assert (fault.file, fault.row, fault.column) == ("demand.csv", 1, "quantity")
    assert fault.message == "column `quantity` is missing"


def test_an_unknown_column_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """A column that no table has gets the name it probably should have."""
    fault = only_fault(tmp_path, legs=LEGS.replace("corridor", "coridor"))
    assert (fault.file, fault.row, fault.column) == ("legs.csv", 1, "coridor")
    assert fault.remedy == "did you mean `corridor`?"


def test_a_column_given_twice_is_refused(tmp_path: Path) -> None:
    """One column in two units is still one column too many."""
    demand = "product,origin,market,quantity,quantity [kt]\ngrain,A,C,1,1\n"
    fault = only_fault(tmp_path, demand=demand)
    assert str(fault).startswith(
        "demand.csv:1 quantity: column `quantity` stands there"
    )
    assert fault.value == "quantity [kt]"


@pytest.mark.parametrize("name", ["legs", "demand", "routes", "nodes"])
@pytest.mark.parametrize("content", ["", "\n\n", "header"])
def test_an_empty_table_is_a_fault(tmp_path: Path, name: str, content: str) -> None:
    """A file without rows is a slip: a table that is not wanted is left out."""
    headers = {
        "legs": "from,to,cost\n",
        "demand": "product,origin,market,quantity\n",
        "routes": "route,via\n",
        "nodes": "node\n",
    }
    text = headers[name] if content == "header" else content
    faults = faults_of(tmp_path, **{name: text})
    assert str(faults[0]).startswith(f"{name}.csv: is empty")


def test_a_wrong_encoding_is_located(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are shown with their line."""
    demand = (DEMAND + "Weizen für,A,C,1\n").encode("latin-1")
    fault = faults_of(tmp_path, demand=demand)[0]
    assert (fault.file, fault.row) == ("demand.csv", 3)
    assert fault.message == r"is not encoded in UTF-8: bytes \xfcr,A,C,1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (DEMAND.encode("utf-16"), "is encoded in UTF-16"),
        (DEMAND.encode() + b"a\0b,A,C,1\n", "holds a NUL byte"),
    ],
)
def test_bytes_that_are_no_text_are_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """UTF-16 and NUL bytes are told apart from text."""
    fault = faults_of(tmp_path, demand=content)[0]
    assert fault.file == "demand.csv"
    assert fault.message == message


def test_an_open_quote_is_a_fault(tmp_path: Path) -> None:
    """A quote that is never closed swallows no rows silently."""
    fault = faults_of(tmp_path, demand=DEMAND + 'grain,"A,C,1\ngrain,B,C,1\n')[0]
    assert str(fault).startswith("demand.csv:3: is not valid CSV")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("capacity [km]", "unit `km` is a distance, not a quantity"),
        ("capacity [FFE]", "unit `FFE` is not known"),
        ("cost [EUR/t]", "currency `EUR` is not the instance's `USD`"),
        ("cost [USD]", "unit `USD` is of the wrong kind"),
        ("days [fortnight]", "unit `fortnight` is not known"),
        ("mode [kt]", "`[kt]` is given where no unit belongs"),
    ],
)
def test_a_unit_of_the_wrong_kind_is_refused(
    tmp_path: Path, header: str, message: str
) -> None:
    """A unit that does not fit its column is a fault of the header."""
    faults = faults_of(tmp_path, legs=f"from,to,{header}\nA,C,1\n")
    fault = next(fault for fault in faults if fault.value == header)
    assert (fault.file, fault.row) == ("legs.csv", 1)
    assert fault.column == header.split(" ", maxsplit=1)[0]
    assert fault.message == message


def test_a_word_of_ones_own_matches_itself(tmp_path: Path) -> None:
    """Containers counted in FFE need no conversion, and allow none."""
    instance = read(
        tmp_path,
        instance_toml="units = { quantity = 'FFE', money = 'EUR' }\n",
        legs="from,to,capacity [FFE],cost [EUR/FFE]\nA,C,5,7\n",
    )
    assert instance.legs["capacity"][0] == 5.0


def test_choices_and_flags_are_closed_sets(tmp_path: Path) -> None:
    """A kind of node or a flag that is not known names the ones that are."""
    faults = faults_of(
        tmp_path,
        nodes="node,kind,latitude\nA,harbour,91\nB,port,1\nC,,2\n",
        tariffs="mode,closed\nrail,perhaps\nsea,yes\n",
        demand="product,origin,market,quantity,priority\ngrain,A,C,1,1.5\n",
    )
    texts = [str(fault) for fault in faults]
    assert any("nodes.csv:2 kind: `harbour` is not known" in text for text in texts)
    assert any("nodes.csv:2 latitude: `91` is above 90" in text for text in texts)
    assert any("tariffs.csv:2 closed: `perhaps` is neither" in text for text in texts)
    assert any("priority: `1.5` is not a whole number" in text for text in texts)


def test_a_slip_in_the_word_for_firm_demand_is_answered(tmp_path: Path) -> None:
    """Text in a column of numbers that nearly is a word gets that word."""
    demand = "product,origin,market,quantity,unmet_cost\ngrain,A,C,1,fimr\n"
    fault = only_fault(tmp_path, demand=demand)
    assert fault.remedy == "did you mean `firm`?"


@pytest.mark.parametrize(
    ("table", "remedy"),
    [("legs", "add rows: no instance is without"), ("nodes", "add rows, or remove it")],
)
def test_a_table_that_must_be_there_is_not_to_be_removed(
    tmp_path: Path, table: str, remedy: str
) -> None:
    """Without legs or demand the folder is no instance."""
    header = {"legs": "from,to,cost\n", "nodes": "node\n"}[table]
    faults = faults_of(tmp_path, **{table: header})
    assert (faults[0].file, faults[0].remedy) == (f"{table}.csv", remedy)
