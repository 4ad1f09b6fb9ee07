"""What levels of rules are counted in, and what their prices are for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solver.problem.instance import Units
from solver.problem.rules import ChangeLimit, Rule, TopShare
from solver.reports.account import Account
from solver.reports.answer import answer
from solver.reports.screen.wording import scale
from solver.reports.summary import loosening_rows
from solver.reports.tables.tables import plan_tables
from solver.solution.form import FORMAT
from solver.solution.keys import Measure, RowKey
from solver.solution.plan import Plan
from solver.solution.solution import Loosening, Result
from tests.build import build_instance

UNITS = Units(quantity="kt", money="EUR")


@pytest.mark.parametrize(
    ("bounds", "measure", "told"),
    [
        ({"max_share": 0.5}, "share", (None, None, "point")),
        ({"max_hhi": 0.5}, "hhi", (None, None, "0.01 HHI")),
        ({"min_effective": 2.0}, "effective", (None, None, "corridor")),
        ({"max_top": TopShare(k=2, share=0.5)}, "top", (2, None, "point")),
        ({"max_change": ChangeLimit(share=0.5)}, "change", (None, None, "point")),
        ({"max_change": ChangeLimit(quantity=5.0)}, "change", (None, "kt", "kt")),
        (
            {"max_change": ChangeLimit(quantity=5.0), "weight": "value"},
            "change",
            (None, "EUR", "EUR"),
        ),
    ],
)
def test_a_rule_is_told_in_its_own_scale(
    bounds: dict[str, Any], measure: Measure, told: tuple[object, ...]
) -> None:
    """A change of quantity has a unit; what is weighed by value is money."""
    rule = Rule(name="r", by="corridor", **bounds)
    assert tuple(scale(rule, measure, UNITS).values()) == told


def test_measures_of_one_rule_have_their_own_scales() -> None:
    """A rule may bound several things at once."""
    change = ChangeLimit(quantity=5.0)
    both = {"max_top": TopShare(k=2, share=0.5), "max_change": change}
    rule = Rule(name="r", by="corridor", max_share=0.5, **both)
    found = [scale(rule, measure, UNITS) for measure in ("share", "top", "change")]
    assert [(row["k"], row["unit"]) for row in found] == [
        (None, None),
        (2, None),
        (None, "kt"),
    ]


def test_an_answer_says_in_what_levels_are_counted() -> None:
    """Rules, and those that would have to give way, with all that a screen needs."""
    rule = Rule(name="r", by="corridor", max_top=TopShare(k=2, share=0.5))
    legs = [{"from": "A", "to": "B", "corridor": "north", "cost": 1.0}]
    demand = [{"product": "grain", "origin": "A", "market": "B", "quantity": 10.0}]
    instance = build_instance(legs, demand, diversification=(rule,), units=UNITS)
    plan = Plan(
        shipment=np.array([0]),
        quantity=np.array([10.0]),
        starts=np.array([0, 1]),
        elements=np.array([0]),
        unmet=np.array([0.0]),
    )
    tables = plan_tables(Account(instance, plan, None))
    key = RowKey("r", (), "all year", "", "max", "top")
    rows = loosening_rows({key: Loosening(5.0, 1.0)}, instance)
    summary: dict[str, Any] = {
        "unmet_demand": [],
        "unmet_bounds": [],
        "format": FORMAT,
        "instance": {},
        "binding_capacities": [],
        "loosening": [],
    }
    result = Result(tables, plan, None, summary)
    told = answer(result, instance, {"loosening": rows})
    words = {"k": 2, "unit": None, "price_per": "point", "of": "carried"}
    (row,) = told["rules"]
    assert row == {
        "rule": "r",
        "scope": "",
        "period": "all year",
        "by": "corridor",
        "measure": "top",
        "value": "",
        "side": "max",
        "level": 1,
        "limit": 0.5,
        "slack": -0.5,
        "penalty": None,
        "price": 0,
        "price_more": None,
        "price_less": None,
        "good_for_more": None,
        "good_for_less": None,
        "relief_more": "",
        "relief_less": "",
        **words,
    }
    assert told["loosening"] == [{**rows[0], **words}]
