"""A workbook is an instance: what its cells mean, and what is wrong with which."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import openpyxl
import pytest

from solver.errors import UsageError
from solver.loaders.instance_files import load
from solver.loaders.json.document import canonical
from solver.loaders.sheets.draft import near_names
from tests.loaders.folders import write_folder
from tests.loaders.workbook.books import (
    DEMAND,
    LEGS,
    MAIN,
    book_faults,
    sheet,
    told,
    write_book,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loaders.workbook.books import Sheets

STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts>
<numFmt numFmtId="164" formatCode="yyyy\\-mm"/><numFmt numFmtId="165" formatCode="000"/>
<numFmt numFmtId="166" formatCode="&quot;day&quot; #,##0"/></numFmts>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>
<xf numFmtId="166"/></cellXfs></styleSheet>"""


def test_a_sheet_says_what_a_file_says(tmp_path: Path) -> None:
    """Tables, keys, rules and scenarios of a workbook are those of a folder."""
    folder = tmp_path / "mine"
    folder.mkdir()
    write_folder(
        folder,
        legs="from,to,mode,corridor,capacity [kt],cost\nA,B,rail,north,0.01,5\n"
        "A,C,rail,south,,7\nC,B,road,south,,3\n",
        demand="product,origin,market,quantity\ngrain,A,B,30\n",
        more="product,origin,market,quantity\ncopper,A,B,4\n",
        instance_toml='name = "mine"\nperiods = ["2030", "2031"]\nunmet_cost = 99.5\n'
        '[[diversification]]\nname = "cap"\nby = "corridor"\nmax_share = 0.9\n',
        scenarios_toml='[half]\ndescription = "all"\n[[half.change]]\ntable = "legs"\n'
        'where = { mode = "rail" }\nscale = { cost = 1.1 }\n[[half.change]]\n'
        'table = "demand"\nappend = "more.csv"\n[[half.diversification]]\nname = "h"\n'
        'by = "corridor"\nmax_share = { south = 0.5 }\n',
    )
    book = write_book(
        tmp_path / "mine.xlsx",
        {
            "legs": (
                ("from", "to", "mode", "corridor", "capacity [kt]", "cost"),
                ("A", "B", "rail", "north", "0.01", 5),
                ("A", "C", "rail", "south", "", 7),
                (),
                ("C", " B ", "road", "south", "", "3.0"),
            ),
            "demand": (DEMAND[0], ("grain", "A", "B", 30)),
            "instance": (
                ("key", "value"),
                ("name", "mine"),
                ("periods", "2030 | 2031"),
                ("unmet_cost", 99.5),
            ),
            "rules": (
                ("scenario", "name", "by", "max_share"),
                ("", "cap", "corridor", 0.9),
                ("half", "h", "corridor", "south = 0.5"),
            ),
            "scenarios": (
                ("scenario", "description", "table", "where", "scale", "append"),
                ("half", "all", "legs", 'mode = "rail"', "cost = 1.1"),
                ("half", "", "demand", "", "", "later"),
            ),
            "later": (DEMAND[0], ("copper", "A", "B", 4)),
            "sketch": (("anything", "=goes"),),
        },
    )
    for scenarios in ([], ["half"]):
        wanted = canonical(load(folder, scenarios).instance)
        assert canonical(load(book, scenarios).instance) == wanted


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("cost", "-5", "legs!D2 cost: `-5` is negative; give a number of 0 or more"),
        ("cost", "<c t='e'><v>#N/A</v></c>", "legs!D2 cost: holds the error #N/A; "),
        ("cost", "<c><f>SUM(Z1)</f></c>", "legs!D2 cost: holds a formula without a "),
        ("cost", "<c><f>1/3</f><v></v></c>", "legs!D2 cost: holds a formula without"),
        ("cost", '<c s="1"><v>45000</v></c>', "legs!D2 cost: holds a date, which the"),
        ("cost", "<c t='b'><v>1</v></c>", "legs!D2 cost: `true` is not a number; "),
        ("cost", "1,5", "legs!D2 cost: `1,5` is not a number; write it with a decimal"),
        ("from", '<c s="2"><v>45000</v></c>', "legs!A2 from: holds a date, which the"),
        ("from", "<c t='d'><v>2030-01-01</v></c>", "legs!A2 from: holds a date, which"),
        ("from", "", "legs!A2 from: is empty; every row needs one"),
        ("kost", "1", "legs!E1 kost: unknown column `kost`; did you mean `cost`?"),
        ("days [kt]", "1", "legs!E1 days: "),
        ("cost [EUR/t]", "1", "legs!D1 cost: column `cost` stands there twice; keep"),
    ],
)
def test_a_fault_is_named_by_its_cell(
    tmp_path: Path, column: str, value: str, text: str
) -> None:
    """Sheet and cell stand where file and row do; the words are those of CSV."""
    row = dict(zip(LEGS[0], ("A", "B", "north", 1), strict=True)) | {column: value}
    book = write_book(
        tmp_path / "x.xlsx",
        {"legs": ([*row], [*row.values()])},
        {"xl/styles.xml": STYLES},
    )
    found = told(book)
    assert found[0].startswith(text), found
    assert column == "from" or len(found) == 1


@pytest.mark.parametrize(
    ("sheet_names", "told_of"),
    [
        (("Legs 2026", "demand"), ["Legs 2026"]),
        (("legs", "Legs 2026", "demand"), []),
        (("my_legs", "Demand"), ["my_legs", "Demand"]),
        (("legs", "demanding"), []),
    ],
)
def test_a_sheet_that_holds_a_missing_tables_name_is_told(
    sheet_names: tuple[str, ...], told_of: list[str]
) -> None:
    """A renamed sheet would only be said to be missing."""
    found = [fault.cell for fault in near_names(sheet_names, "x.xlsx", "sheet")]
    assert [str(cell).strip("'") for cell in found] == told_of


def test_a_date_is_answered_by_what_its_column_holds(tmp_path: Path) -> None:
    """An apostrophe would make a text of a number, which is a fault again."""
    date = '<c s="1"><v>45000</v></c>'
    rows = (("from", "to", "capacity [kt]", "cost"), ("A", date, date, 1))
    book = write_book(tmp_path / "x.xlsx", {"legs": rows}, {"xl/styles.xml": STYLES})
    remedies = [fault.remedy for fault in book_faults(book)][:2]
    assert remedies[0].startswith("type it as text: put an apostrophe before it")
    assert remedies[1] == "format the cell as a number, and type the number again"


def test_columns_without_name_are_each_at_their_cell(tmp_path: Path) -> None:
    """The first one's cell is not that of all."""
    rows = (LEGS[0], ("A", "B", "north", 1, "one", "two"))
    found = told(write_book(tmp_path / "x.xlsx", {"legs": rows}))
    assert [text[:17] for text in found] == ["legs!E1: column 5", "legs!F1: column 6"]


def test_an_error_is_never_taken_for_unlimited(tmp_path: Path) -> None:
    """A blank capacity means no limit, so a cell that looks blank must be told."""
    for value in ("<c t='e'><v>#DIV/0!</v></c>", "<c><f>A1*2</f></c>"):
        rows = (("from", "to", "capacity", "cost"), ("A", "B", value, 1))
        found = told(write_book(tmp_path / "x.xlsx", {"legs": rows}))
        assert len(found) == 1
        assert found[0].startswith("legs!C2 capacity: ")


def test_a_number_among_names_is_the_name_as_written(tmp_path: Path) -> None:
    """12 is not 12.0, and 0.30000000000000004 not rounded; a unit is no date."""
    rows = (
        LEGS[0],
        ('<c s="4"><v>12</v></c>', 13, "n", '<c s="4"><v>7</v></c>'),
        ("<c><v>1.3E+1</v></c>", "14", '<c s="3"><v>7</v></c>', 0.1 + 0.2),
    )
    demand = (DEMAND[0], ("grain", 12, 14, 5))
    book = write_book(
        tmp_path / "x.xlsx",
        {"legs": rows, "demand": demand},
        {"xl/styles.xml": STYLES},
    )
    loaded = load(book)
    assert loaded.instance.legs["from"].tolist() == ["12", "13"]
    assert loaded.instance.legs["cost"].tolist() == [7, 0.30000000000000004]
    assert loaded.instance.legs["corridor"].tolist() == ["n", "7"]
    assert str(loaded.warnings[0]) == (
        "legs!C3 corridor: a number shown as 007 is the name `7`; "
        "to keep the zeros, type it as text: '007"
    )


def test_shared_texts_are_put_together(tmp_path: Path) -> None:
    """Parts in different fonts are one text, readings aloud none of it."""
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>A</t></si><si><r><t>Al</t></r><r><t xml:space='
        '"preserve">maty </t></r><rPh sb="0" eb="1"><t>no</t></rPh></si>'
        "<si><t>a_x005F_x0041__x0041_</t></si></sst>"
    )
    rows = (LEGS[0], ("<c t='s'><v>1</v></c>", "B", "<c t='s'><v>2</v></c>", 1))
    demand = (DEMAND[0], ("grain", "Almaty", "B", 5))
    book = write_book(
        tmp_path / "x.xlsx",
        {"legs": rows, "demand": demand},
        {"xl/strings.xml": strings},
    )
    legs = load(book).instance.legs
    assert legs["from"].tolist() == ["Almaty"]
    assert legs["corridor"].tolist() == ["a_x0041_A"]


def test_markup_with_prefixes_is_read(tmp_path: Path) -> None:
    """Some programs write `x:c` for `c`."""
    markup = sheet(LEGS).replace("xmlns=", "xmlns:x=")
    markup = re.sub("<(/?)", "<\\1x:", markup)
    book = write_book(tmp_path / "x.xlsx", {"legs": markup})
    assert load(book).instance.legs["cost"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("sheets", "text"),
    [
        ({"Nodes": LEGS}, "Nodes: no table has the name of the sheet `Nodes`; did you"),
        ({"legs": (LEGS[0],)}, "legs: has no rows; fill it in"),
        ({"demand": ()}, "demand: is missing; fill it in"),
        (
            {"legs": (("Legs of 2026",), *LEGS)},
            "legs!A1: `Legs of 2026` stands above the headers, which are in row 2; "
            "delete the rows above them: remarks go into the column `note`",
        ),
        (
            {"legs": (LEGS[0], ("A", "B", "north", 1, "", "stray"))},
            "legs!F1: column 6 has no name, but holds `stray`; name it, or delete it",
        ),
        ({"legs": (("# mine",), *LEGS)}, "legs!A1: `# mine` is a comment, but a table"),
        (
            {"legs": (LEGS[0], (*LEGS[1], "stray"))},
            "legs!E1: column 5 has no name, but holds `stray`; name it, or delete it",
        ),
        (
            {"instance": (("key", "value"), ("perids", "x"))},
            "instance!B2 perids: unknown key `perids`; did you mean `periods`?",
        ),
        (
            {"instance": (("key", "value"), ("emission_price", -1))},
            "instance!B2 emission_price: -1 does not fit: input should be greater",
        ),
        (
            {"instance": (("key", "value"), ("units.quantity", "hour"))},
            "instance!B2 units: ",
        ),
        (
            {"instance": (("key", "value"), ("name", "x"), ("name", "y"))},
            "instance!A3 key: key `name` stands there twice; keep one of them",
        ),
        (
            {"rules": (("name", "by", "max_share"), ("a", "corridor", "half"))},
            "rules!C2 max_share: `half` cannot be read: ",
        ),
        (
            {"demand": (("product", "origin", "quantity"), ("grain", "A", 5))},
            "demand market: column `market` is missing; add it to row 1",
        ),
        (
            {
                "rules": (
                    ("name", "by", "max_top"),
                    ("a", "corridor", "k = 0, share = 1"),
                )
            },
            "rules!C2 diversification.1.max_top.k: rule `a`: 0 does not fit: ",
        ),
        (
            {"rules": (("name", "bye", "max_share"), ("a", "corridor", 0.5))},
            "rules!B1 bye: unknown column `bye`; did you mean `by`?",
        ),
        (
            {
                "scenarios": (
                    ("scenario", "table", "set"),
                    ("a", "legs", "cost = 1, corridr = 2"),
                )
            },
            "scenarios!C2 a.change.1.set.corridr: unknown column `corridr`; did you",
        ),
        (
            {"scenarios": (("scenario", "table"), ("", "legs"))},
            "scenarios!A2 scenario: names no scenario; give the name of its scenario",
        ),
    ],
)
def test_what_is_wrong_with_sheets_of_keys(
    tmp_path: Path, sheets: Sheets, text: str
) -> None:
    """Each fault names the cell of the key; everything is told at once."""
    found = told(write_book(tmp_path / "x.xlsx", sheets))
    assert found[0].startswith(text), found


@pytest.mark.parametrize("key", ["max_share", "max_hhi"])
def test_a_percentage_as_text_is_one_fault(tmp_path: Path, key: str) -> None:
    """It names the number to write, and nothing else is said of the rule."""
    rules = (("name", "by", key), ("a", "corridor", "100 %"))
    assert told(write_book(tmp_path / "x.xlsx", {"rules": rules})) == [
        f"rules!C2 {key}: `100 %` is not a number; write 1"
    ]


def test_a_scenario_may_append_no_unknown_sheet(tmp_path: Path) -> None:
    """The sheet that is missing is named; an unknown scenario is a wrong call."""
    rows = (("scenario", "table", "append"), ("a", "legs", "later"))
    book = write_book(tmp_path / "x.xlsx", {"scenarios": rows})
    with pytest.raises(UsageError):
        load(book, ["b"])
    assert told(book, ["a"]) == [
        "later: the workbook has no sheet `later`; add it, or correct its name"
    ]


def test_the_documents_of_faults_hold_the_cell(tmp_path: Path) -> None:
    """Programs find file, row, column and cell apart."""
    rows = (LEGS[0], ("A", "B", "n", -1))
    document = book_faults(write_book(tmp_path / "x.xlsx", {"legs": rows}))[
        0
    ].document()
    assert document["file"] == "x.xlsx#legs"
    assert (document["row"], document["column"]) == (2, "cost")
    assert document["cell"] == "legs!D2"


def test_books_of_other_programs_are_read(tmp_path: Path) -> None:
    """What openpyxl writes, shared texts included; it rounds numbers itself."""
    draw = random.Random(7)
    book = openpyxl.Workbook()
    legs, demand = book.active, book.create_sheet("demand")
    legs.title = "legs"
    legs.append(["from", "to", "mode", "cost", "capacity"])
    costs = [
        draw.choice([round(draw.random(), 9), draw.randint(1, 999), 1e-3])
        for _ in range(50)
    ]
    for number, cost in enumerate(costs):
        legs.append([number, number + 1, f"m\u0435 {number % 3}", cost, None])
    for row in (("product", "origin", "market", "quantity"), ("x", 0, 50, 1.5)):
        demand.append(row)
    book.save(tmp_path / "x.xlsm")
    instance = load(tmp_path / "x.xlsm").instance
    assert instance.legs["cost"].tolist() == costs
    assert instance.legs["from"].tolist() == [str(number) for number in range(50)]
    assert instance.demand["quantity"].tolist() == [1.5]
