"""Tables of a plan small enough to add up by hand.

Grain goes from A to B: by the north at 10 USD in 2 days with 1 kg CO2e, by the south
at 20 USD in 4 days. A day is worth 1 USD, a kg 0.5 USD, and handling at B costs 1 USD:
so a tonne costs 13.5 by the north and 25 by the south. The north takes 60 of 100 t: one
tonne more of its capacity saves 11.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solver.instance import Instance, Rule
from solver.layout import TABLES
from solver.reports.account import Account
from solver.reports.reasons import unmet_reasons
from solver.reports.summary import plan_figures, scarce_rows
from solver.reports.tables import empty_tables, plan_tables
from solver.solution import (
    CapacityKey,
    Certificate,
    Plan,
    RowKey,
    Stage,
    UnmetKey,
)
from tests.build import build_instance

NORTH = CapacityKey("leg", "north", "2026")
RULE = RowKey("diverse", (), "2026", "northern", "max")


def _instance(**changes: object) -> Instance:
    legs = [
        {
            "leg": "north",
            "from": "A",
            "to": "B",
            "mode": "rail",
            "corridor": "northern",
            "capacity": 60.0,
            "cost": 10.0,
            "days": 2.0,
            "emissions": 1.0,
        },
        {
            "leg": "south",
            "from": "A",
            "to": "B",
            "mode": "sea",
            "corridor": "southern",
            "cost": 20.0,
            "days": 4.0,
        },
    ]
    given: dict[str, Any] = {
        "demand": [
            {"product": "grain", "origin": "A", "market": "B", "quantity": 100.0}
        ],
        "products": [{"product": "grain", "group": "food", "time_value": 1.0}],
        "nodes": [{"node": "A"}, {"node": "B", "cost": 1.0}],
        "periods": ("2026",),
        "emission_price": 0.5,
        "diversification": (Rule(name="diverse", by="corridor", max_share=0.6),),
    }
    return build_instance(legs, **(given | changes))


def _account(instance: Instance, unmet: float = 0.0, *stages: Stage) -> Account:
    plan = Plan(
        shipment=np.array([0, 0]),
        quantity=np.array([60.0, 40.0 - unmet]),
        starts=np.array([0, 1, 2]),
        elements=np.array([0, 1]),
        unmet=np.array([unmet]),
    )
    cost = Stage("cost", capacities={NORTH: 11.5}, unmet={UnmetKey(None): 100.0})
    return Account(instance, plan, Certificate((*stages, cost)))


@pytest.fixture
def tables() -> dict[str, dict[str, Any]]:
    """Return the tables of the plan that carries everything."""
    return plan_tables(_account(_instance()))


def test_columns_are_those_of_the_layout(tables: dict[str, dict[str, Any]]) -> None:
    """Every table has its columns in order, with a plan or without."""
    for made in (tables, empty_tables()):
        found = {name: list(table) for name, table in made.items()}
        assert found == {name: list(columns) for name, columns in TABLES.items()}


def test_an_allocation_says_what_a_tonne_costs_and_why(
    tables: dict[str, dict[str, Any]],
) -> None:
    """The cost of each flow is the sum of its parts."""
    table = tables["allocation"]
    assert table["route"].tolist() == ["A > B", "A > B"]
    assert table["legs"].tolist() == ["north", "south"]
    assert table["corridor"].tolist() == ["northern", "southern"]
    assert table["cost"].tolist() == [13.5, 25.0]
    assert table["tariff"].tolist() == [10.0, 20.0]
    assert table["handling"].tolist() == [1.0, 1.0]
    assert table["time"].tolist() == [2.0, 4.0]
    assert table["emission"].tolist() == [0.5, 0.0]
    assert table["demand"].tolist() == [1.0, 1.0]


def test_one_more_tonne_costs_what_the_south_costs(
    tables: dict[str, dict[str, Any]],
) -> None:
    """With the north full, the next tonne goes by the south."""
    table = tables["demand"]
    assert table["marginal_cost"].tolist() == [25.0]
    assert table["average_cost"].tolist() == [(60 * 13.5 + 40 * 25) / 100]
    assert table["days"].tolist() == [2.8]


def test_a_full_limit_has_a_price_and_an_open_one_none(
    tables: dict[str, dict[str, Any]],
) -> None:
    """Only legs with a capacity are limits; relief is blank where all is carried."""
    table = tables["capacity"]
    assert table["limit"].tolist() == ["north"]
    assert table["utilisation"].tolist() == [1.0]
    assert table["price"].tolist() == [11.5]
    assert np.isnan(table["relief"]).all()


def test_shares_add_up_and_the_index_is_their_squares(
    tables: dict[str, dict[str, Any]],
) -> None:
    """All cargo and each group by corridor, all cargo by mode as well."""
    table = tables["corridors"]
    rows = list(zip(table["scope"], table["by"], table["value"], strict=True))
    assert rows == [
        *(("all", "corridor", name) for name in ("northern", "southern", "none")),
        ("all", "mode", "rail"),
        ("all", "mode", "sea"),
        *(("group=food", "corridor", n) for n in ("northern", "southern", "none")),
    ]
    assert table["share"].tolist()[:3] == [0.6, 0.4, 0.0]
    assert table["hhi"].tolist()[:3] == [0.52] * 3
    assert table["effective"][0] == pytest.approx(1 / 0.52, abs=1e-9)
    assert np.isnan(table["hhi"][3:5]).all()


def test_a_rule_has_a_level_for_every_corridor(
    tables: dict[str, dict[str, Any]],
) -> None:
    """Cargo without a corridor counts as one."""
    table = tables["rules"]
    assert table["value"].tolist() == ["northern", "southern", "none"]
    assert table["level"].tolist() == [0.6, 0.4, 0.0]
    assert table["slack"].tolist() == pytest.approx([0.0, 0.2, 0.6])


def test_the_price_of_a_rule_is_money_per_point() -> None:
    """A price of 3 per tonne over 100 t carried is 3 per percentage point."""
    account = _account(_instance())
    stage = Stage("cost", rules={RULE: 3.0})
    account = Account(account.instance, account.plan, Certificate((stage,)))
    assert plan_tables(account)["rules"]["price"].tolist() == [3.0, 0.0, 0.0]


def test_relief_tells_what_a_limit_keeps_at_home() -> None:
    """Firm cargo that stays behind has no marginal cost, and a reason."""
    legs = {"diversification": ()}
    unmet = Stage("unmet", capacities={NORTH: 1.0}, unmet={})
    closed = [{"leg": "south", "closed": True}]
    account = _account(_instance(**legs, tariffs=closed), 40.0, unmet)
    tables = plan_tables(account)
    assert tables["capacity"]["relief"].tolist() == [1.0]
    assert np.isnan(tables["demand"]["marginal_cost"]).all()
    assert unmet_reasons(account) == {0: "kept by leg north"}


def test_priced_cargo_stays_behind_if_that_is_cheaper() -> None:
    """The reason names what has no room for more."""
    demand = {
        "product": "grain",
        "origin": "A",
        "market": "B",
        "quantity": 100.0,
        "unmet_cost": 22.0,
    }
    account = _account(_instance(demand=[demand]), 40.0)
    reason = unmet_reasons(account)[0]
    assert reason == "kept by leg north"


def test_figures_of_the_summary_add_up() -> None:
    """The cost is the sum of its parts."""
    account = _account(_instance())
    tables = plan_tables(account)
    figures = plan_figures(account, tables, {})
    assert figures["cost"] == 1810.0
    assert sum(figures["cost_parts"].values()) == 1810.0
    assert figures["corridors"]["northern"] == {"quantity": 60.0, "share": 0.6}
    assert figures["hhi"] == 0.52
    scarce = scarce_rows(tables["capacity"])
    assert [(row["limit"], row["price"]) for row in scarce] == [("north", 11.5)]
