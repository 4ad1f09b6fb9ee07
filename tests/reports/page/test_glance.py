"""A plan at a glance: what it serves, at what cost, on whom it depends, how sure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.problem.edits import with_columns
from solver.reports.page.colours import corridor_colours
from solver.reports.page.countries import country_names
from solver.reports.page.page import render
from solver.reports.page.tables.flows import market_values, markets_table
from solver.reports.page.tables.glance import Glance, glance
from solver.reports.page.tables.limits import (
    binding_limits,
    limits_table,
    limits_told,
    relief_text,
)
from solver.reports.page.text import TextScale
from tests.reports.page.solved import PLACES, solve, source, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from solver.reports.page.source import PageSource

TONNES = TextScale("t", 1.0)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> PageSource:
    """Return a result of which it was asked what it depends on; goods have values."""
    folder = tmp_path_factory.mktemp("asked")
    products = "product,group,value\nwheat,grain,200\nsteel,metals,500\n"
    instance = write_folder(folder / "in", {**PLACES, "products.csv": products})
    return source(solve(instance, folder / "out", "--sensitivity", "some"))


def seen(found: PageSource) -> Glance:
    """Return a result at a glance."""
    colours = corridor_colours(["northern", "western"])
    return glance(found, "out", "result-1", colours, TONNES)


def test_it_says_what_is_served_at_what_cost_and_how_sure(asked: PageSource) -> None:
    """60 t at 30 and 40 t at 40: 3,400 USD for 100 t."""
    found = seen(asked)
    assert found.figures == (
        ("100.0 t", "served of 100.0 t"),
        ("3,400 USD", "to carry it"),
        ("34.00 USD/t", "on average"),
    )
    assert found.sure == "Proved: no plan serves this demand at less cost."
    assert found.mood == "good"


def test_parts_of_the_bar_stand_one_after_the_other(asked: PageSource) -> None:
    """The largest corridor first; together they are all that is served."""
    parts = [(p.name, p.start, p.length, p.share) for p in seen(asked).parts]
    assert parts == [
        ("northern", "0.00", "60.00", "60.0 %"),
        ("western", "60.00", "40.00", "40.0 %"),
    ]


def test_it_says_on_whom_the_plan_depends(asked: PageSource) -> None:
    """The west must carry 40 t, since the border lets 60 pass; the north need not."""
    assert seen(asked).relies == (
        ("corridor", "northern", "60.0 % (0 at least)"),
        ("country crossed", "Russia", "60.0 % (0 at least)"),
        ("port", "Porta", "40.0 % (40.0 % at least)"),
    )


def test_rules_and_scenarios_stand_beside_what_is_proved(tmp_path: Path) -> None:
    """A plan that breaks a rule may cost less."""
    rule = '[[diversification]]\nname = "half"\nby = "corridor"\nmax_share = 0.5\n'
    folder = write_folder(tmp_path / "in", {**PLACES, "instance.toml": rule})
    found = seen(source(solve(folder, tmp_path / "out")))
    assert found.given == "Rules: half."
    assert found.sure.startswith("Proved: no plan that keeps its rules serves")


def test_demand_that_stays_unmet_is_told(tmp_path: Path) -> None:
    """30 t by the west, 60 by the north: 10 t stay."""
    legs = PLACES["legs.csv"].replace("western,,25", "western,30,25")
    folder = write_folder(tmp_path / "in", {**PLACES, "legs.csv": legs})
    short = source(solve(folder, tmp_path / "out"))
    found = seen(short)
    assert ("10.0 t", "stays unmet") in found.figures
    assert "no plan serves more firm demand" in found.sure
    assert found.mood == "warn"
    page = render([short]).decode()
    assert "Alpha: unmet 10.0 t from here" in page
    assert "Market: unmet 10.0 t to here" in page
    assert "demand from or to here stays unmet" in page
    summary = {**short.result.summary, "status": "limit", "gap": 0.31}
    stopped = replace(short, result=replace(short.result, summary=summary))
    assert "in cost and unmet demand it is 31" in seen(stopped).sure


def test_several_plans_begin_the_page(asked: PageSource) -> None:
    """One alone has its bar among its figures."""
    page = render([asked, replace(asked, folder="again")]).decode()
    assert page.index("At a glance") < page.index("Side by side")
    assert page.count('<svg class="bar"') == 4
    assert "At a glance" not in render([asked]).decode()


def test_one_more_and_one_less_are_told_in_words(asked: PageSource) -> None:
    """The border: 10 USD either way, for the 40 t of the west and its own 60."""
    assert limits_told(asked, binding_limits(asked), TONNES) == [
        "Beta, 60.0 t: one t more saves 10.00 USD, for the next 40.0 t; "
        "one t less costs 10.00 USD, for the last 60.0 t."
    ]


def test_what_more_room_serves_is_told_where_demand_stays_unmet(tmp_path: Path) -> None:
    """Each tonne at the border or to the port is a tonne served."""
    legs = PLACES["legs.csv"].replace("western,,25", "western,30,25")
    folder = write_folder(tmp_path / "in", {**PLACES, "legs.csv": legs})
    short = source(solve(folder, tmp_path / "out", "--sensitivity", "some"))
    first, second = limits_told(short, binding_limits(short), TONNES)
    told = "one t more serves 1 t of firm demand; one t less leaves unmet 1 t of firm"
    assert told in first
    assert told in second
    table = limits_table(short, binding_limits(short), 9)
    assert table is not None
    heads = [head.text for head in table.heads]
    assert {"one more serves, t", "one less leaves unmet, t"} <= set(heads)
    assert relief_text("1=0.5, last=-0.5") == "0.5 of priority 1, -0.5 without priority"


def test_each_market_has_its_value(asked: PageSource) -> None:
    """80 t at 200 and 20 t at 500: 26,000 USD, and 34 USD a tonne for transport."""
    value = market_values(asked)["M"]
    assert (value.traded, value.share, value.landed) == (26_000, 1, 294)
    table = markets_table(asked, 9)
    heads = [head.text for head in table.heads]
    assert heads[-3:] == [
        "value of the goods, USD",
        "share of value",
        "value with transport, USD/t",
    ]
    assert table.rows[0].cells[-3:] == ("26,000", "100.0 %", "294.00")


def test_codes_of_countries_become_names_where_all_are_known(
    asked: PageSource,
) -> None:
    """One that is not makes all of them names of the instance's own."""
    assert country_names(asked.instance)["RU"] == "Russia"
    nodes = asked.instance.nodes
    own = np.where(nodes["country"] == "IT", "XX", nodes["country"])
    changed = {"nodes": with_columns(nodes, {"country": own})}
    assert country_names(asked.instance.model_copy(update=changed)) == {}
