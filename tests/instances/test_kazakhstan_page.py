"""What `docs/kazakhstan.md` says is what runs say, figure by figure."""

from __future__ import annotations

import re
from pathlib import Path

from tests.instances.kazakhstan_figures import FIGURES
from tests.instances.kazakhstan_runs import FOLDER, SCENARIOS, facts, run_of
from tests.table_rates import Rates, Tables

PAGE = (FOLDER.parents[1] / "docs" / "kazakhstan.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())

BLOCKS = {"south-places", "railway-sections", "ports", "return-legs"}
"""Scenarios that others include, and that change nothing by themselves."""

ROW = re.compile(
    r"^\| `?(?P<name>[a-z0-9-]+)`? \| (?P<what>[^|]+) \| (?P<cost>[\d.,]+) \| "
    r"(?P<change>[+-][\d.,]+) \| (?P<N>[\d.]+) \| (?P<W>[\d.]+) \| (?P<S>[\d.]+) \| "
    r"(?P<E>[\d.]+) \| (?P<unmet>[\d.,]+) \| (?P<exit>\d+) \|$",
    re.MULTILINE,
)
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
BLANK = re.compile(r"\{[^}]*\}")

NAMES = re.compile(r"`[^`]*`|\b[FSPD]\d+[a-z]?\b|\b20\d\d\b|\[[^]]*\]\([^)]*\)|HHI of")
"""Scenario names, ids of facts, sources and projects, years, links."""

GIVEN = {
    "F171": "Crude oil, 77.9 Mt in its own pipelines",
    "F190": "trade of 101.3 million USD in eleven months",
    "F193": "a billion in 40 categories",
    "F222": " 1.6 |",
    "F247": "2.3 to 3.2 Kazakh exports",
    "F094": "2.7 to Afghanistan in all",
    "F201": " 13.7 |",
    "F382": "7,000 million USD to build",
    "F384": "10 Mt a year are planned",
    "F385": "its first section, 500 million USD",
    "F430": "elevator of 100 kt",
    "F444": "exports of 500 million USD to Pakistan",
    "F446": "the 56 % of rolled metal",
    "F482": "2,260 rupees a tonne more",
}
"""Figures of facts, with the text in which the page gives them."""

SAID = (
    "within 15 % of what was observed",
    "rate card 0.060, assumed",
    "F190 x 12/11",
    "55.8 USD by road to Gwadar and 20.8 by rail to Qasim; the port adds 14 against "
    "11.5, and the ship to the Gulf saves 1.0",
    "(20.8 - 2.5 + 1.0) / 930 km = 0.0208 USD",
    "yards take 300 kt of containers and 600 kt of other goods",
    "101.3 million USD in eleven months are 110.5 in twelve",
    "500 million USD were promised for it",
    "premiums of 0 to 300 USD a tonne",
    "| north to 50 % | 30 % to the south |",
    "neither 7,000 nor 500 million USD",
    "(exit code 10)",
)
"""Figures that the instance's own rows hold: assumptions, sums and limits of rules."""


def _row_faults(found: re.Match[str]) -> list[str]:
    """Cells of a scenario's row that are not what its run says."""
    name = found["name"]
    run = run_of("" if name == "base" else name)
    said = {
        "cost": f"{run.cost:,.1f}",
        "change": f"{run.cost - run_of().cost:+,.1f}",
        "N": f"{run.share('northern'):.1f}",
        "W": f"{run.share('western'):.1f}",
        "S": f"{run.share('southern'):.1f}",
        "E": f"{run.share('eastern'):.1f}",
        "unmet": f"{run.unmet:,.1f}",
        "exit": "10" if run.unmet else "0",
    }
    return [
        f"{name}, {column}: the page has {found[column]}, the run {value}"
        for column, value in said.items()
        if found[column] != value
    ]


def test_every_figure_is_what_a_run_says() -> None:
    """Rows of scenarios and sentences say what proved runs say; all faults at once."""
    faults = [fault for row in ROW.finditer(PAGE) for fault in _row_faults(row)]
    for key, (text, fill) in FIGURES.items():
        said = text.format(*fill())
        if said not in TEXT:
            faults.append(f"{key}: the page does not say {said!r}")
    assert faults == []


def test_every_scenario_has_a_row() -> None:
    """The tables list each scenario once; building blocks are named beside them."""
    rows = [row["name"] for row in ROW.finditer(PAGE)]
    assert sorted(rows) == sorted({"base", *SCENARIOS} - BLOCKS)
    assert all(f"`{block}`" in PAGE for block in BLOCKS)


def test_building_blocks_change_no_demand() -> None:
    """What others include opens nothing and asks for nothing."""
    for block in BLOCKS:
        tables = Tables(FOLDER, [block]).rows
        assert tables["demand"] == Tables(FOLDER, []).rows["demand"]


def test_every_number_is_a_figure_or_given() -> None:
    """No number stands in the page that neither a run nor a fact is behind."""
    wrong = [
        fact
        for fact, text in GIVEN.items()
        if facts()[fact] not in text.replace(",", "")
    ]
    allowed = {"F171", "F193", "F247"}  # rounded, in words, a range of two facts
    assert set(wrong) <= allowed
    text = re.sub(r"^    .*$", "", PAGE, flags=re.MULTILINE)
    text = ROW.sub("", text)
    text = " ".join(text.split())
    patterns = [re.escape(given) for given in (*GIVEN.values(), *SAID)]
    patterns += [
        r"[\d.,+-]+".join(re.escape(part) for part in BLANK.split(figure))
        for figure, _ in FIGURES.values()
    ]
    for pattern in sorted(patterns, key=len, reverse=True):
        text = re.sub(pattern, " ", text)
    text = NAMES.sub(" ", text)
    left = [text[max(n.start() - 40, 0) : n.end() + 20] for n in NUMBER.finditer(text)]
    assert left == []


def test_the_ports_cost_what_provenance_says() -> None:
    """The comparison of Karachi, Port Qasim and Gwadar follows from the tables."""
    rates = Rates(Tables(FOLDER, ["ports-india"]).rows)
    text = (FOLDER / "PROVENANCE.md").read_text(encoding="utf-8")
    named = {
        "Gulf": "Gulf",
        "India (closed)": "India",
        "East Africa": "East_Africa",
        "South Africa": "South_Africa",
        "West Africa": "West_Africa",
        "South-East Asia": "SE_Asia",
    }
    for label, market in named.items():
        costs = [_over(rates, port, market) for port in PORTS]
        assert f"| all, {label} | {' | '.join(costs)} |" in text


PORTS = ("Karachi", "Port_Qasim", "Gwadar")


def _over(rates: Rates, port: str, market: str) -> str:
    """Cost of a tonne of wheat from Quetta, its own handling aside."""
    ends = {(row["from"], row["to"]): row["leg"] for row in rates.legs.values()}
    way = [ends["Quetta", port], ends[port, market]]
    return f"{rates.way('wheat', way) - float(rates.nodes['Quetta']['cost']):.1f}"


def test_the_page_stands_where_readers_look() -> None:
    """The README leads to it."""
    readme = (Path(FOLDER.parents[1]) / "README.md").read_text(encoding="utf-8")
    assert "docs/kazakhstan.md" in readme
