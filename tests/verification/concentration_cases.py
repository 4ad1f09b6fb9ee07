"""Cases of rules on all values together, solved by hand.

Where all is carried by the north at 3 and the south at 5, a share of the south costs 2
more for each t. HHI: shares of 0.7 and 0.3 have 0.49 + 0.09 = 0.58.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from solver.solution.certificate import Stage
from solver.solution.keys import UnmetKey
from tests.build import build_instance
from tests.verification.case import (
    CORRIDORS,
    DEMAND,
    FIRM,
    LEGS,
    S1,
    S2,
    Case,
    N,
    before,
    plan,
    rule,
    share,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.solution.keys import RowKey

Weights = dict[str, float]

SEVEN_TO_THREE = {"north": 0.7, "south": 0.3}
SOUTHWARDS = {"north": 1.0, "south": -1.0}

WEST = 3
THREE = [*CORRIDORS, {"leg": "W", "from": "A", "to": "B", "cost": 9.0}]
THREE[WEST]["corridor"] = "west"


def priced(*rows: tuple[RowKey, float, Weights]) -> Stage:
    """Stage `cost` with prices and weights of rows of rules."""
    return Stage(
        "cost",
        rules={key: price for key, price, _ in rows},
        unmet=FIRM,
        weights={key: weights for key, _, weights in rows},
    )


def _split(north: float, stage: Stage, cost: float, **keys: Any) -> Case:
    """10 t by the north and the south under one rule with these keys."""
    flows = [(0, north, [N]), (0, 10.0 - north, [S1, S2])]
    return Case(
        build_instance(CORRIDORS, [DEMAND], diversification=(rule(**keys),)),
        plan(*flows[: 1 if north == 10.0 else 2], unmet=[0.0]),
        (stage,),
        cost=cost,
    )


def hhi_of_carried() -> Case:
    """7 and 3: 21 + 15 = 36.

    With A = 0.58 the row puts 1.4 - 1.16 on the north, 0.6 - 1.16 on the south. At a
    price of 2.5 both cost 3 + 0.6 = 5 - 1.4.
    """
    stage = priced((spread("hhi"), 2.5, SEVEN_TO_THREE))
    return _split(7.0, stage, 36.0, max_hhi=0.58)


def hhi_to_10000() -> Case:
    """Say the same on the other scale."""
    stage = priced((spread("hhi"), 2.5, SEVEN_TO_THREE))
    return _split(7.0, stage, 36.0, max_hhi=5800)


def hhi_of_demand() -> Case:
    """Of the demand, 1.4 and 0.6 are charged: 10 x 6.5 - 2.5 x 1.16 x 10 = 36."""
    stage = priced((spread("hhi"), 2.5, SEVEN_TO_THREE))
    return _split(7.0, stage, 36.0, max_hhi=0.58, of="demand")


def effective_number() -> Case:
    """As good as 1.6 equal ones is an HHI of 0.625: 7.5 and 2.5, 22.5 + 12.5 = 35.

    At a price of 2: 3 + 2 (1.5 - 1.25) = 5 + 2 (0.5 - 1.25) = 3.5.
    """
    stage = priced((spread("effective"), 2.0, {"north": 0.75, "south": 0.25}))
    return _split(7.5, stage, 35.0, min_effective=1.6)


def largest_alone() -> Case:
    """Not above 0.6: 18 + 20 = 38. At a price of 2: 3 + 0.8 = 5 - 1.2."""
    stage = priced((spread("top"), 2.0, {"north": 1.0}))
    return _split(6.0, stage, 38.0, max_top={"k": 1, "share": 0.6})


def largest_two() -> Case:
    """Leave 1 for the third of three, so that the second has 1 too: 24 + 5 + 9 = 38.

    At a price of 8: 3 + 0.8 = 5 + 8 (0.75 - 0.9) = 9 + 8 (0.25 - 0.9) = 3.8.
    """
    weights = {"north": 1.0, "south": 0.75, "west": 0.25}
    rules = (rule(max_top={"k": 2, "share": 0.9}),)
    return Case(
        build_instance(THREE, [DEMAND], diversification=rules),
        plan((0, 8.0, [N]), (0, 1.0, [S1, S2]), (0, 1.0, [WEST]), unmet=[0.0]),
        (priced((spread("top"), 8.0, weights)),),
        cost=38.0,
    )


def largest_of_demand() -> Case:
    """Pay the same 38 as of what is carried: 10 x 5 - 2 x 0.6 x 10."""
    stage = priced((spread("top"), 2.0, {"north": 1.0}))
    return _split(6.0, stage, 38.0, max_top={"k": 1, "share": 0.6}, of="demand")


def change_of_carried() -> Case:
    """All 10 went by the south, and 4 may leave it: 12 + 30 = 42.

    At a price of 2: 3 + 2 (0.5 - 0.4) = 5 - 2 (0.5 + 0.4) = 3.2, and 2 x 5 for what
    was carried.
    """
    stage = priced((spread("change"), 2.0, SOUTHWARDS))
    change = {"share": 0.4, "reference": before(south=10.0)}
    return _split(4.0, stage, 42.0, max_change=change)


def change_of_demand() -> Case:
    """Pay the same: both cost 4, and 2 x (5 - 0.4 x 10) comes on top."""
    stage = priced((spread("change"), 2.0, SOUTHWARDS))
    change = {"share": 0.4, "reference": before(south=10.0)}
    return _split(4.0, stage, 42.0, max_change=change, of="demand")


def change_by_quantity() -> Case:
    """Say the same in t."""
    stage = priced((spread("change"), 2.0, SOUTHWARDS))
    change = {"quantity": 4.0, "reference": before(south=10.0)}
    return _split(4.0, stage, 42.0, max_change=change)


def change_of_what_is_gone() -> Case:
    """Miss a third way that took 4: half of 7 + 3 + 4 is 7, so that 21 + 15 = 36.

    At a price of 2 both cost 4, less 2 (7 - 3 - 2) for limit, south and third way.
    """
    stage = priced((spread("change"), 2.0, {**SOUTHWARDS, "gone": -1.0}))
    change = {"quantity": 7.0, "reference": before(gone=4.0, south=6.0)}
    return _split(7.0, stage, 36.0, max_change=change)


def change_by_country() -> Case:
    """T had nothing, and may win 4, as half of that is 2: 12 + 30 = 42.

    At a price of 4 crossing T costs 2, so that both ways cost 5: 50 - 4 x 2.
    """
    legs = [{**LEGS[N], "country": "T"}, *LEGS[S1:]]
    change = {"quantity": 2.0, "reference": []}
    rules = (rule(by="country", max_change=change),)
    return Case(
        build_instance(legs, [DEMAND], diversification=rules),
        plan((0, 4.0, [N]), (0, 6.0, [S1, S2]), unmet=[0.0]),
        (priced((spread("change"), 4.0, {"T": 1.0})),),
        cost=42.0,
    )


def nodes_that_were_no_ports() -> Case:
    """C took 3 as a port, and is none now: its 3 are lost whatever passes it.

    Half of 3 is allowed, so that all go by the north, for 30 at any price.
    """
    change = {"quantity": 1.5, "reference": before(C=3.0)}
    rules = (rule(by="port", max_change=change),)
    return Case(
        build_instance(LEGS, [DEMAND], diversification=rules),
        plan((0, 10.0, [N]), unmet=[0.0]),
        (priced((spread("change"), 5.0, {"C": -1.0})),),
        cost=30.0,
    )


def hhi_of_value() -> Case:
    """Of a value of 10 + 20, 9 go by the south: 4.5 t of q, for 2 more each: 69.

    At a price of 1.25 q pays 3 + 2.5 x 0.24 = 5 - 2.5 x 0.56 = 3.6, p 3.3.
    """
    rules = (rule(max_hhi=0.58, weight="value"),)
    products = [{"product": "p", "value": 1.0}, {"product": "q", "value": 2.0}]
    demand = [DEMAND, {**DEMAND, "product": "q"}]
    return Case(
        build_instance(CORRIDORS, demand, products=products, diversification=rules),
        plan((0, 10.0, [N]), (1, 5.5, [N]), (1, 4.5, [S1, S2]), unmet=[0.0, 0.0]),
        (priced((spread("hhi"), 1.25, SEVEN_TO_THREE)),),
        cost=69.0,
    )


def hhi_for_each_product() -> Case:
    """Each product alone: twice 36."""
    rules = (rule(max_hhi=0.58, for_each=("product",)),)
    demand = [DEMAND, {**DEMAND, "product": "q"}]
    flows = [
        flow
        for shipment in (0, 1)
        for flow in [(shipment, 7.0, [N]), (shipment, 3.0, [S1, S2])]
    ]
    rows = [
        (spread("hhi", product=product), 2.5, SEVEN_TO_THREE) for product in ("p", "q")
    ]
    return Case(
        build_instance(CORRIDORS, demand, diversification=rules),
        plan(*flows, unmet=[0.0, 0.0]),
        (priced(*rows),),
        cost=72.0,
    )


def largest_over_all_periods() -> Case:
    """12 of 20 in two years by the north, 10 of them in the first: 36 + 40 = 76."""
    rules = (rule(max_top={"k": 1, "share": 0.6}, over="all"),)
    return Case(
        build_instance(
            CORRIDORS, [DEMAND], diversification=rules, periods=("2026", "2027")
        ),
        plan((0, 10.0, [N]), (1, 2.0, [N]), (1, 8.0, [S1, S2]), unmet=[0.0, 0.0]),
        (priced((spread("top", "all"), 2.0, {"north": 1.0})),),
        cost=76.0,
    )


def change_for_each_product_and_period() -> Case:
    """In 2027 alone did p go by the south, and only q has other scopes: 42 + 3 x 30."""
    reference = [
        {
            "scope": {"product": "p"},
            "period": "2027",
            "value": "south",
            "quantity": 10.0,
        }
    ]
    change = {"quantity": 4.0, "reference": reference}
    rules = (rule(max_change=change, for_each=("product",), where={"product": ["p"]}),)
    demand = [{**DEMAND, "period": "2027"}, {**DEMAND, "product": "q"}]
    return Case(
        build_instance(
            CORRIDORS, demand, diversification=rules, periods=("2026", "2027")
        ),
        plan(
            (0, 4.0, [N]),
            (0, 6.0, [S1, S2]),
            (1, 10.0, [N]),
            (2, 10.0, [N]),
            unmet=[0.0, 0.0, 0.0],
        ),
        (priced((spread("change", "2027", product="p"), 2.0, SOUTHWARDS)),),
        cost=102.0,
    )


# ---- rules that may be broken


def soft_hhi() -> Case:
    """At 0.125 for 0.01 of HHI, 9 and 1 are best: 27 + 5, and 24 x 0.125 for 0.82.

    A t more by the south costs 2 and saves 0.125 x 100 (4 x 0.9 - 2) / 10. The price
    may be 100 x 0.125 / 10: 3 + 1.25 (1.8 - 1.4) = 5 + 1.25 (0.2 - 1.4) = 3.5.
    """
    stage = priced((spread("hhi"), 1.25, {"north": 0.9, "south": 0.1}))
    case = _split(9.0, stage, 32.0, max_hhi=0.58, penalty=0.125)
    return replace(case, penalties=3.0)


def soft_effective_number() -> Case:
    """Pay for 0.82, which is 0.195 above 0.625: 32 + 19.5 x 0.125."""
    stage = priced((spread("effective"), 1.25, {"north": 0.9, "south": 0.1}))
    case = _split(9.0, stage, 32.0, min_effective=1.6, penalty=0.125)
    return replace(case, penalties=2.4375)


def soft_largest() -> Case:
    """1 for each of 4 t too much is less than 2: 30 + 4. 10 x (3 + 0.4)."""
    stage = priced((spread("top"), 1.0, {"north": 1.0}))
    case = _split(10.0, stage, 30.0, max_top={"k": 1, "share": 0.6}, penalty=1.0)
    return replace(case, penalties=4.0)


def soft_change() -> Case:
    """All 10 leave the south, where 4 may, at 1 each: 30 + 6. 10 x 3.1 + 5."""
    stage = priced((spread("change"), 1.0, SOUTHWARDS))
    change = {"share": 0.4, "reference": before(south=10.0)}
    case = _split(10.0, stage, 30.0, max_change=change, penalty=1.0)
    return replace(case, penalties=6.0)


def soft_least_share() -> Case:
    """7 of the demand are missed in the south, at 1 each: 30 + 7."""
    key = share("south", "min")
    stage = Stage("cost", rules={key: 1.0}, unmet=FIRM)
    keys: dict[str, Any] = {"min_share": {"south": 0.7}, "of": "demand"}
    case = _split(10.0, stage, 30.0, penalty=1.0, **keys)
    return replace(case, penalties=7.0)


def soft_rules_leave_nothing_unmet() -> Case:
    """There is only the north, of which half is allowed: all go, and 5 are paid."""
    rules = (rule(max_share={"north": 0.5}, penalty=1.0),)
    stage = Stage("cost", rules={share("north", "max"): 1.0}, unmet=FIRM)
    case = Case(
        build_instance([CORRIDORS[N]], [DEMAND], diversification=rules),
        plan((0, 10.0, [N]), unmet=[0.0]),
        (stage,),
        cost=30.0,
    )
    return replace(case, penalties=5.0)


# ---- rules that leave demand unmet, or cannot hold


def kept_by_the_hhi() -> Case:
    """Leave all: the north alone has an HHI of 1.

    At a price of 2.5 a t by the north adds 2.5 (2 - 1 - 0.58) = 1.05, more than 1.
    """
    rules = (rule(max_hhi=0.58),)
    key = spread("hhi")
    unmet = Stage("unmet", None, rules={key: 2.5}, weights={key: {"north": 1.0}})
    return Case(
        build_instance([CORRIDORS[N]], [DEMAND], diversification=rules),
        plan(unmet=[10.0]),
        (unmet, Stage("cost", unmet={UnmetKey(None): 0.0})),
        cost=0.0,
        unmet=10.0,
        bounds=(10.0,),
    )


def what_is_gone_at_odds() -> Case:
    """Miss a way that took 10: half of that is 2 above 3, whatever is carried."""
    change = {"quantity": 3.0, "reference": before(gone=10.0)}
    key = spread("change")
    rules = (rule(max_change=change),)
    return Case(
        build_instance(CORRIDORS, [DEMAND], diversification=rules),
        None,
        (Stage("rules", rules={key: 1.0}, weights={key: {"gone": -1.0}}),),
        cost=None,
        bounds=(2.0,),
    )


CASES: tuple[Callable[[], Case], ...] = (
    hhi_of_carried,
    hhi_to_10000,
    hhi_of_demand,
    effective_number,
    largest_alone,
    largest_two,
    largest_of_demand,
    change_of_carried,
    change_of_demand,
    change_by_quantity,
    change_of_what_is_gone,
    change_by_country,
    nodes_that_were_no_ports,
    hhi_of_value,
    hhi_for_each_product,
    largest_over_all_periods,
    change_for_each_product_and_period,
    soft_hhi,
    soft_effective_number,
    soft_largest,
    soft_change,
    soft_least_share,
    soft_rules_leave_nothing_unmet,
    kept_by_the_hhi,
    what_is_gone_at_odds,
)
