"""Tables of a plan small enough to add up by hand.

Grain goes from A to B: by the north at 10 USD in 2 days with 1 kg CO2e, by the south
at 20 USD in 4 days. A day costs 1 USD, a kg 0.5 USD, and handling at B costs 1 USD:
so a tonne costs 13.5 by the north and 25 by the south. The north takes 60 of 100 t: one
tonne more of its capacity saves 11.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solver.problem.instance import Instance
from solver.problem.rules import ChangeLimit, Reference, Rule, TopShare
from solver.reports.account import Account
from solver.reports.reasons import unmet_reasons
from solver.reports.summary import (
    binding_rows,
    loosening_rows,
    no_figures,
    plan_figures,
)
from solver.reports.tables.capacity import used_quantities
from solver.reports.tables.tables import empty_tables, plan_tables
from solver.solution.certificate import Certificate, Stage
from solver.solution.form import TABLES
from solver.solution.keys import CapacityKey, Measure, RowKey, UnmetKey
from solver.solution.plan import Plan
from solver.solution.solution import Loosening
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
    assert table["row"].tolist() == [1.0, 1.0]


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
    """Only legs with a capacity are limits; all is served: no extra quantity."""
    table = tables["capacity"]
    assert table["limit"].tolist() == ["north"]
    assert table["utilisation"].tolist() == [1.0]
    assert table["price"].tolist() == [11.5]
    assert np.isnan(table["extra_quantity"]).all()


def test_shares_add_up_and_the_index_is_their_squares(
    tables: dict[str, dict[str, Any]],
) -> None:
    """All cargo and each group by corridor, all cargo by mode and market as well."""
    table = tables["corridors"]
    rows = list(zip(table["scope"], table["by"], table["value"], strict=True))
    assert rows == [
        *(("all", "corridor", name) for name in ("northern", "southern", "none")),
        ("all", "mode", "rail"),
        ("all", "mode", "sea"),
        ("all", "market", "B"),
        *(("group=food", "corridor", n) for n in ("northern", "southern", "none")),
    ]
    assert table["share"].tolist()[:3] == [0.6, 0.4, 0.0]
    assert table["hhi"].tolist()[:3] == [0.52] * 3
    assert table["hhi_10000"].tolist()[:3] == [5200.0] * 3
    assert table["effective"][0] == pytest.approx(1 / 0.52, abs=1e-9)
    assert np.isnan(table["hhi"][3:6]).all()
    assert np.isnan(table["hhi_10000"][3:6]).all()


def test_a_rule_has_a_level_for_every_corridor(
    tables: dict[str, dict[str, Any]],
) -> None:
    """Cargo without a corridor counts as one."""
    table = tables["rules"]
    assert table["value"].tolist() == ["northern", "southern", "none"]
    assert table["level"].tolist() == [0.6, 0.4, 0.0]
    assert table["slack"].tolist() == pytest.approx([0.0, 0.2, 0.6])
    assert table["measure"].tolist() == ["share"] * 3
    assert np.isnan(table["penalty"]).all()


def test_the_price_of_a_rule_is_money_per_point() -> None:
    """A price of 3 per tonne over 100 t carried is 3 per percentage point."""
    account = _account(_instance())
    stage = Stage("cost", rules={RULE: 3.0})
    account = Account(account.instance, account.plan, Certificate((stage,)))
    assert plan_tables(account)["rules"]["price"].tolist() == [3.0, 0.0, 0.0]


# The plan carries 60 t by the north and 40 t by the south: HHI 0.36 + 0.16 = 0.52,
# which is as good as 1 / 0.52 equal corridors. Before, the north carried 30 t, the
# south 60 t and a corridor that is gone 10 t: 30 + 20 + 10 = 60 t of changes, half of
# them moved.
BEFORE = (
    Reference(period="2026", value="northern", quantity=30.0),
    Reference(period="2026", value="southern", quantity=60.0),
    Reference(period="2026", value="gone", quantity=10.0),
)
MOVED = ChangeLimit(share=0.35, reference=BEFORE)
MOVED_TONNES = ChangeLimit(quantity=35.0, reference=BEFORE)
BOUNDS: list[tuple[dict[str, Any], Measure, float, float, float, float]] = [
    ({"max_hhi": 0.55}, "hhi", 0.52, 0.55, 0.03, 2.0),
    ({"max_hhi": 5500.0}, "hhi", 0.52, 0.55, 0.03, 2.0),
    ({"min_effective": 1.6}, "effective", 1.923077, 1.6, 0.323077, 78.125),
    ({"max_top": TopShare(k=1, share=0.7)}, "top", 0.6, 0.7, 0.1, 2.0),
    ({"max_top": TopShare(k=5, share=1.0)}, "top", 1.0, 1.0, 0.0, 2.0),
    ({"max_change": MOVED}, "change", 0.3, 0.35, 0.05, 2.0),
    ({"max_change": MOVED_TONNES}, "change", 30.0, 35.0, 5.0, 2.0),
]
"""Bound, measure, level, limit, slack, and what a price of 2 makes of a unit."""


def _with_rule(account: Account, price: float = 0.0, **rule: Any) -> Account:
    """Return an account of a plan under one rule, each of its rows at a price."""
    given = {"name": "spread", "by": "corridor", **rule}
    rules = {"diversification": (Rule(**given),)}
    instance = account.instance.model_copy(update=rules)
    bare = Account(instance, account.plan, None)
    keys = [row.key for row in bare.diversification.rows]
    stage = Stage("cost", rules=dict.fromkeys(keys, price) if price else {})
    return Account(instance, account.plan, Certificate((stage,)))


@pytest.mark.parametrize(("rule", "measure", "level", "limit", "slack", "unit"), BOUNDS)
def test_a_measure_of_all_corridors_has_one_row(
    rule: dict[str, Any],
    measure: str,
    level: float,
    limit: float,
    slack: float,
    unit: float,
) -> None:
    """Level and limit are in the rule's own scale, and so is the price.

    A price of 2 per tonne and 100 t carried are 2 per point and per 0.01 of HHI, and
    2 x 100 / 1.6^2 per effective corridor.
    """
    table = plan_tables(_with_rule(_account(_instance()), 2.0, **rule))["rules"]
    texts = ("rule", "by", "measure", "value", "period")
    assert [table[column].tolist() for column in texts] == [
        ["spread"],
        ["corridor"],
        [measure],
        [""],
        ["2026"],
    ]
    numbers = [table[name][0] for name in ("level", "limit", "slack", "price")]
    assert numbers == pytest.approx([level, limit, slack, unit], abs=1e-6)
    assert table["side"][0] == ("min" if measure == "effective" else "max")
    assert np.isnan(table["penalty"]).all()


def test_rows_of_one_rule_stand_in_order() -> None:
    """Shares first, then each measure of all values."""
    rule: dict[str, Any] = {"max_share": 0.6, "max_change": MOVED, "min_effective": 1.5}
    rule |= {"max_top": TopShare(k=1, share=0.7), "max_hhi": 0.6}
    table = plan_tables(_with_rule(_account(_instance()), **rule))["rules"]
    measures = [*["share"] * 3, "hhi", "effective", "top", "change"]
    assert table["measure"].tolist() == measures


@pytest.mark.parametrize(
    ("rule", "money"),
    [
        ({"max_share": {"northern": 0.5}}, 30.0),
        ({"min_share": {"southern": 0.5}}, 30.0),
        ({"max_hhi": 0.5}, 6.0),
        ({"min_effective": 2.0}, 6.0),
        ({"max_top": TopShare(k=1, share=0.5)}, 30.0),
        ({"max_change": ChangeLimit(share=0.25, reference=BEFORE)}, 15.0),
        ({"max_change": ChangeLimit(quantity=25.0, reference=BEFORE)}, 15.0),
        ({"max_hhi": 0.52}, 0.0),
    ],
)
def test_a_broken_soft_rule_is_paid_for_by_what_is_above(
    rule: dict[str, Any], money: float
) -> None:
    """At 3 a tonne, or 3 for each 0.01 of HHI, of which 0.52 is 0.02 too much."""
    account = _with_rule(_account(_instance()), penalty=3.0, **rule)
    tables = plan_tables(account)
    assert tables["rules"]["penalty"].tolist() == pytest.approx([money])
    figures = plan_figures(account, tables, {})
    assert figures["penalties"] == pytest.approx(money)
    assert figures["cost"] == 1810.0


def test_a_penalty_on_the_index_counts_by_the_part_carried() -> None:
    """60 and 20 t of 100 t: HHI 0.625, 12.5 hundredths too much, paid for 80 %."""
    closed = _account(_instance(), 20.0)
    table = plan_tables(_with_rule(closed, penalty=3.0, max_hhi=0.5))["rules"]
    assert table["level"].tolist() == [0.625]
    assert table["penalty"].tolist() == pytest.approx([12.5 * 3.0 * 0.8])


def test_shares_of_nothing_are_blank() -> None:
    """Where nothing is carried there is no index and no largest share."""
    nothing = Plan(
        shipment=np.zeros(0, dtype=np.int64),
        quantity=np.zeros(0),
        starts=np.zeros(1, dtype=np.int64),
        elements=np.zeros(0, dtype=np.int64),
        unmet=np.array([100.0]),
    )
    account = Account(_instance(), nothing, None)
    rule = {"max_hhi": 0.5, "min_effective": 2.0, "max_top": TopShare(k=1, share=0.5)}
    table = plan_tables(_with_rule(account, 2.0, **rule))["rules"]
    assert np.isnan(table["level"]).all()
    assert np.isnan(table["slack"]).all()
    assert table["price"].tolist() == [0.0, 0.0, 0.0]


def test_weights_of_a_priced_index_charge_the_large_and_reward_the_small() -> None:
    """At shares 0.6 and 0.4 and limit 0.55 a price of 2 moves the cost of a tonne.

    It adds 2 (2 x 0.6 - 0.52 - 0.55) = 0.26 to the north and 2 (2 x 0.4 - 1.07) = -0.54
    to the south; with 11.5 for the full north that is 25.26 and 24.46.
    """
    priced = _with_rule(_account(_instance()), 2.0, max_hhi=0.55)
    (stage,) = priced.stages("cost")
    weights = {key: {"northern": 0.6, "southern": 0.4} for key in stage.rules}
    unmet = {UnmetKey(None): 100.0}
    stage = Stage("cost", None, {NORTH: 11.5}, stage.rules, unmet, weights)
    account = Account(priced.instance, priced.plan, Certificate((stage,)))
    marginal = plan_tables(account)["demand"]["marginal_cost"]
    assert marginal.tolist() == pytest.approx([24.46])


def test_a_rule_on_the_largest_can_leave_demand_unmet() -> None:
    """The reason names a rule whose weights charge the only way there is."""
    rule = Rule(name="spread", by="corridor", max_top=TopShare(k=1, share=0.7))
    closed = [{"leg": "south", "closed": True}]
    account = _account(_instance(tariffs=closed, diversification=(rule,)), 40.0)
    key = RowKey("spread", (), "2026", "", "max", "top")
    unmet = Stage("unmet", rules={key: 1.0}, weights={key: {"northern": 1.0}})
    certificate = Certificate((unmet, account.cost_stage))
    account = Account(account.instance, account.plan, certificate)
    assert unmet_reasons(account) == {
        0: "limited by leg north (A > B) with rule spread"
    }


@pytest.mark.parametrize(
    ("rule", "measure", "limit"),
    [
        ({"max_hhi": 3500.0}, "hhi", 0.35),
        ({"max_hhi": 0.35}, "hhi", 0.35),
        ({"min_effective": 2.5}, "effective", 2.5),
        ({"max_top": TopShare(k=2, share=0.75)}, "top", 0.75),
        ({"max_change": MOVED}, "change", 0.35),
        ({"max_change": MOVED_TONNES}, "change", 35.0),
        ({"max_share": 0.4}, "share", 0.4),
        ({"max_share": {"northern": 0.4}}, "share", 0.4),
    ],
)
def test_what_must_give_way_says_its_limit_and_what_would_hold(
    rule: dict[str, Any], measure: Measure, limit: float
) -> None:
    """Both in the scale of the rule; an index always from 0 to 1; rounded to hold."""
    given = Rule(name="spread", by="corridor", for_each=("group",), **rule)
    instance = _instance(diversification=(given,))
    value = "northern" if measure == "share" else ""
    side = "min" if measure == "effective" else "max"
    scope = (("group", "food"),)
    key = RowKey("spread", scope, "2026", value, side, measure)  # type: ignore[arg-type]
    (row,) = loosening_rows({key: Loosening(12.0, 0.1234567891)}, instance)
    assert row == {
        "rule": "spread",
        "scope": "group=food",
        "period": "2026",
        "value": value,
        "side": side,
        "measure": measure,
        "limit": limit,
        "level": 0.123456789 if side == "min" else 0.12345679,
        "excess": 12.0,
    }


def test_extra_quantity_tells_what_a_limit_keeps_at_home() -> None:
    """Firm cargo that stays unmet has no marginal cost, and a reason."""
    legs = {"diversification": ()}
    unmet = Stage("unmet", capacities={NORTH: 1.0}, unmet={})
    closed = [{"leg": "south", "closed": True}]
    account = _account(_instance(**legs, tariffs=closed), 40.0, unmet)
    tables = plan_tables(account)
    assert tables["capacity"]["extra_quantity"].tolist() == [1.0]
    assert np.isnan(tables["demand"]["marginal_cost"]).all()
    assert unmet_reasons(account) == {0: "limited by leg north (A > B)"}


def test_priced_cargo_stays_behind_if_that_is_cheaper() -> None:
    """The reason names what has no room for more; the south has, and costs more."""
    demand = {
        "product": "grain",
        "origin": "A",
        "market": "B",
        "quantity": 100.0,
        "unmet_cost": 22.0,
    }
    account = _account(_instance(demand=[demand]), 40.0)
    assert unmet_reasons(account)[0] == (
        "limited by leg north (A > B); no route with room costs less than leaving it"
    )


def test_figures_of_the_summary_add_up() -> None:
    """The cost is the sum of its parts."""
    account = _account(_instance())
    tables = plan_tables(account)
    figures = plan_figures(account, tables, {})
    assert figures["cost"] == 1810.0
    assert figures["penalties"] == 0.0
    assert list(figures) == list(no_figures(account.instance, {}))
    assert sum(figures["cost_parts"].values()) == 1810.0
    assert figures["corridors"]["northern"] == {"quantity": 60.0, "share": 0.6}
    assert figures["hhi"] == 0.52
    scarce = binding_rows(tables["capacity"], used_quantities(account))
    assert [(row["limit"], row["price"]) for row in scarce] == [("north", 11.5)]


def test_value_and_landed_cost_are_known_where_every_product_has_a_value() -> None:
    """Grain at 100 a tonne: the north lands 60 t at 113.5, the south 40 t at 125."""
    products = [{"product": "grain", "time_value": 1.0, "value": 100.0}]
    table = plan_tables(_account(_instance(products=products)))["corridors"]
    rows = {
        (by, value): (table["traded_value"][n], table["value_share"][n])
        for n, (by, value) in enumerate(zip(table["by"], table["value"], strict=True))
    }
    landed = dict(zip(rows, table["landed_cost"].tolist(), strict=True))
    assert rows["corridor", "northern"] == (6000.0, 0.6)
    assert rows["market", "B"] == (10000.0, 1.0)
    assert landed["corridor", "northern"] == 113.5
    assert landed["corridor", "southern"] == 125.0
    assert landed["market", "B"] == pytest.approx(118.1)
    assert np.isnan(landed["corridor", "none"])


def test_without_a_value_there_is_no_landed_cost(
    tables: dict[str, dict[str, Any]],
) -> None:
    """A value that is not known is not taken for none."""
    table = tables["corridors"]
    carried = table["quantity"] > 0
    assert np.isnan(table["traded_value"][carried]).all()
    assert np.isnan(table["value_share"]).all()
    assert np.isnan(table["landed_cost"]).all()
