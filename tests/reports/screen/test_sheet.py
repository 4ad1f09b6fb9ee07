"""Lines of a screen."""

from __future__ import annotations

from rich.cells import cell_len

from solver.reports.repair.screen import _value_text
from solver.reports.screen.scenarios import scenarios_screen
from solver.reports.screen.sheet import Sheet, SheetLine, Style, rendered


def test_no_name_is_broken_at_a_hyphen() -> None:
    """A name on two lines cannot be found, nor copied."""
    lines = Sheet(Style(width=30)).wrapped("a plan with darbaza-maktaaral in it", 2)
    assert [line.plain for line in lines] == [
        "a plan with darbaza-maktaaral",
        "  in it",
    ]
    entry = {"name": "a", "description": None, "includes": ["b", "darbaza-maktaaral"]}
    text = scenarios_screen([entry], Style(width=24))
    assert "    darbaza-maktaaral" in text.splitlines()


def test_wide_letters_take_two_columns() -> None:
    """A line of them, or with some of them, is no wider than the screen."""
    sheet = Sheet(Style(width=24))
    long = "\N{CJK UNIFIED IDEOGRAPH-70CF}" * 25
    for text in (long, f"b {long} at the border", f"leg {long[:7]} and {long[:6]}"):
        lines = [line.plain for line in sheet.wrapped(text, 2)]
        assert max(map(cell_len, lines)) <= 24
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_shares_of_a_rule_are_told_one_by_one() -> None:
    """Limits by name before and after a repair, not dots."""
    assert _value_text({"northern": 0.5, "west": 0.25}) == "northern 0.5, west 0.25"


def test_a_name_that_must_be_whole_goes_on_below() -> None:
    """Its figures stand beside its first line; what steers a terminal is gone."""
    sheet = Sheet(Style(width=36))
    line = SheetLine(["leg L084 Kulunda > Russia\x1b_Urals", "8,000,000"])
    text = rendered(sheet.table(["Limit", "t"], [line], 1, whole=True), sheet.style)
    first, second = text.splitlines()[1:]
    assert first.split() == ["leg", "L084", "Kulunda", ">", "8,000,000"]
    assert second == "  Russia\N{REPLACEMENT CHARACTER}_Urals"


def test_no_number_is_cut() -> None:
    """Cells go on below at blanks; numbers alone that are too wide run past the end."""
    cells = ["no transit of Iran", "max 5 %", "12,346 more served per point", "-7,000"]
    head = ["Rules", "limit", "more room saves", "t"]
    for width in (80, 50, 40, 20):
        sheet = Sheet(Style(width=width))
        text = rendered(sheet.table(head, [SheetLine(cells)], 1), sheet.style)
        words = text.split()
        assert {"5", "12,346", "-7,000", "point"} <= {*words}
        assert "5 %" in text
        if width > 20:
            assert all(len(line) <= width for line in text.splitlines())


def test_a_long_heading_leaves_room_for_wide_numbers() -> None:
    """It goes on below as other headings do; the table is no wider than the screen."""
    head = ["Who leaves as it gets dearer", "for", "rate", "t", "left"]
    cells = ["fuel_oil, Narura (+2)", "northern, southern", "-81.0390 %", "-3,246,729"]
    line = SheetLine([*cells, "12,400,000"])
    sheet = Sheet(Style(width=80))
    text = rendered(sheet.table(head, [line], 1, left=[1]), sheet.style)
    assert all(len(own) <= 80 for own in text.splitlines())
    assert {*["Who", "leaves", "as", "it", "gets", "dearer", "12,400,000"]} <= {
        *text.split()
    }
