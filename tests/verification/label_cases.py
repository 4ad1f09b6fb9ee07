"""Cases in which the cheapest walk is no route: solved by hand, proved by labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.solution.certificate import Stage
from tests.build import build_instance
from tests.verification.case import (
    DEMAND,
    FIRM,
    LEGS,
    S1,
    S2,
    Case,
    N,
    plan,
    rule,
    share,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LATE = {"leg": "late", "from": "A", "to": "B", "cost": 0.0, "days": 99.0}
"""Cheaper than all else, and too late: its walk is no route."""


def wanted_node() -> Case:
    """Half must pass C: 15 + 25 = 40, at a price of 2.

    The walk A > C > A > B earns the reward for 3.2, but is no route: only labels that
    know where they have been prove 4.
    """
    back = [
        {"leg": "there", "from": "A", "to": "C", "cost": 0.1},
        {"leg": "back", "from": "C", "to": "A", "cost": 0.1},
    ]
    legs = [LEGS[N], LEGS[S1], {**LEGS[S2], "cost": 4.9}, *back]
    rules = (rule(by="node", min_share={"C": 0.5}),)
    return Case(
        build_instance(legs, [DEMAND], diversification=rules),
        plan((0, 5.0, [N]), (0, 5.0, [3, S2]), unmet=[0.0]),
        (Stage("cost", rules={share("C", "min"): 2.0}, unmet=FIRM),),
        cost=40.0,
    )


def in_time() -> Case:
    """N takes 9 days of 5 allowed: all goes round, for 50."""
    legs = [{**LEGS[N], "days": 9.0}, *({**leg, "days": 2.5} for leg in LEGS[S1:])]
    return Case(
        build_instance(legs, [{**DEMAND, "max_days": 5.0}]),
        plan((0, 10.0, [S1, S2]), unmet=[0.0]),
        (Stage("cost", unmet=FIRM),),
        cost=50.0,
    )


def dear_but_early() -> Case:
    """Be at C dear and early (4), then go on cheap and slow (1): 50 in 5 days.

    Cheap and late (1) at C is no better, since only a dear way (10) is in time then.
    """
    legs = [
        {"leg": "slow", "from": "A", "to": "C", "cost": 1.0, "days": 3.0},
        {"leg": "fast", "from": "A", "to": "C", "cost": 4.0, "days": 1.0},
        {"leg": "dear", "from": "C", "to": "B", "cost": 10.0, "days": 1.0},
        {"leg": "cheap", "from": "C", "to": "B", "cost": 1.0, "days": 4.0},
    ]
    return Case(
        build_instance(legs, [{**DEMAND, "max_days": 5.0}]),
        plan((0, 10.0, [1, 3]), unmet=[0.0]),
        (Stage("cost", unmet=FIRM),),
        cost=50.0,
    )


def not_twice_by_d() -> Case:
    """Pass C, and D behind it: 4 + 1 + 1 each.

    By D it is cheaper to C (2), but then the way back by D is barred.
    """
    legs = [
        {"from": "A", "to": "D", "cost": 1.0},
        {"from": "D", "to": "C", "cost": 1.0},
        {"from": "A", "to": "C", "cost": 4.0},
        {"from": "C", "to": "D", "cost": 1.0},
        {"from": "D", "to": "B", "cost": 1.0},
        {"from": "C", "to": "B", "cost": 50.0},
    ]
    rules = (rule(by="node", min_share={"C": 1.0}),)
    return Case(
        build_instance(legs, [DEMAND], diversification=rules),
        plan((0, 10.0, [2, 3, 4]), unmet=[0.0]),
        (Stage("cost", rules={share("C", "min"): 100.0}, unmet=FIRM),),
        cost=60.0,
    )


def paid_already() -> Case:
    """Cross T twice for one charge: 1 + 1 each.

    Not yet having paid is no lead over having paid, if all ways on cross T.
    """
    legs = [
        LATE,
        {"leg": "around", "from": "A", "to": "C", "cost": 2.0},
        {"leg": "across", "from": "A", "to": "C", "cost": 1.0, "country": "T"},
        {"leg": "on", "from": "C", "to": "B", "cost": 1.0, "country": "T"},
    ]
    rules = (rule(by="country", max_share={"T": 1.0}),)
    return Case(
        build_instance(legs, [{**DEMAND, "max_days": 5.0}], diversification=rules),
        plan((0, 10.0, [2, 3]), unmet=[0.0]),
        (Stage("cost", rules={share("T"): 3.0}, unmet=FIRM),),
        cost=20.0,
    )


def detour_that_earns() -> Case:
    """Pass D before E, as all must: 3 each, though straight to E is cheaper."""
    legs = [
        LATE,
        {"from": "A", "to": "E", "cost": 1.0},
        {"from": "A", "to": "D", "cost": 1.0},
        {"from": "D", "to": "E", "cost": 1.0},
        {"from": "E", "to": "B", "cost": 1.0},
    ]
    rules = (rule(by="node", min_share={"D": 1.0}),)
    return Case(
        build_instance(legs, [{**DEMAND, "max_days": 5.0}], diversification=rules),
        plan((0, 10.0, [2, 3, 4]), unmet=[0.0]),
        (Stage("cost", rules={share("D", "min"): 100.0}, unmet=FIRM),),
        cost=30.0,
    )


CASES: tuple[Callable[[], Case], ...] = (
    wanted_node,
    in_time,
    dear_but_early,
    not_twice_by_d,
    paid_already,
    detour_that_earns,
)
