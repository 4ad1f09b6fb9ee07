"""Cases of limits and firm demand, solved by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.solution.certificate import Stage
from solver.solution.keys import UnmetKey
from tests.build import build_instance
from tests.verification.case import (
    DEMAND,
    FIRM,
    LEGS,
    S1,
    S2,
    Case,
    N,
    capacity,
    plan,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def full_leg() -> Case:
    """N takes 6, the rest goes round: 18 + 20 = 38. One more t of N saves 2."""
    legs = [{**LEGS[N], "capacity": 6.0}, *LEGS[S1:]]
    return Case(
        build_instance(legs, [DEMAND]),
        plan((0, 6.0, [N]), (0, 4.0, [S1, S2]), unmet=[0.0]),
        (Stage("cost", capacities={capacity("leg", "N"): 2.0}, unmet=FIRM),),
        cost=38.0,
    )


def short_leg() -> Case:
    """Send 5 of 8 firm t by the only leg. Then the cost is 5: 8 x 1 - 3 x 1."""
    legs = [{"leg": "N", "from": "A", "to": "B", "cost": 1.0, "capacity": 5.0}]
    return Case(
        build_instance(legs, [{**DEMAND, "quantity": 8.0}]),
        plan((0, 5.0, [N]), unmet=[3.0]),
        (
            Stage("unmet", None, capacities={capacity("leg", "N"): 1.0}),
            Stage("cost", unmet={UnmetKey(None): 1.0}),
        ),
        cost=5.0,
        unmet=3.0,
        bounds=(3.0,),
    )


def two_classes() -> Case:
    """Class 1 fills the leg; of the last class 4 of 6 t stay.

    For the last class: 6 min(1, 1) + 3 min(1, 1) - 5 x 1 - 1 x 0 = 4. For the cost of
    5: 3 x 1 + 6 x 1 - 4 x 1.
    """
    legs = [{"leg": "N", "from": "A", "to": "B", "cost": 1.0, "capacity": 5.0}]
    demand = [
        {**DEMAND, "quantity": 6.0},
        {**DEMAND, "quantity": 3.0, "priority": 1},
    ]
    served = {UnmetKey(1): 1.0}
    return Case(
        build_instance(legs, demand),
        plan((0, 2.0, [N]), (1, 3.0, [N]), unmet=[4.0, 0.0]),
        (
            Stage("unmet", None, {capacity("leg", "N"): 1.0}, unmet=served),
            Stage("cost", unmet={UnmetKey(1): 5.0, UnmetKey(None): 1.0}),
        ),
        cost=5.0,
        unmet=4.0,
        bounds=(4.0,),
    )


def dearer_than_unmet() -> Case:
    """Leave all for 4 each, since carrying costs 5: 40."""
    demand = {**DEMAND, "unmet_cost": 4.0}
    return Case(
        build_instance(LEGS[S1:], [demand]), plan(unmet=[10.0]), (Stage("cost"),), 40.0
    )


def express() -> Case:
    """Send 4 by a named route at 4 and 6 by its legs at 5: 16 + 30 = 46."""
    routes = [{"route": "express", "via": "A > C > B", "cost": 4.0, "capacity": 4.0}]
    return Case(
        build_instance(LEGS[S1:], [DEMAND], routes=routes),
        plan((0, 4.0, [2]), (0, 6.0, [0, 1]), unmet=[0.0]),
        (Stage("cost", capacities={capacity("route", "express"): 1.0}, unmet=FIRM),),
        cost=46.0,
    )


def joint_capacity() -> Case:
    """N takes 6 of p, and any q: 18 + 20 + 30 = 68."""
    joint = [{"capacity": "k", "legs": "N", "product": "p", "quantity": 6.0}]
    demand = [DEMAND, {**DEMAND, "product": "q"}]
    return Case(
        build_instance(LEGS, demand, capacities=joint),
        plan((0, 6.0, [N]), (0, 4.0, [S1, S2]), (1, 10.0, [N]), unmet=[0.0, 0.0]),
        (Stage("cost", capacities={capacity("capacity", "k"): 2.0}, unmet=FIRM),),
        cost=68.0,
    )


def over_all_periods() -> Case:
    """N takes 12 in two years together, of 10 wanted in each: 36 + 40 = 76."""
    joint = [{"capacity": "k", "legs": "N", "period": "all", "quantity": 12.0}]
    return Case(
        build_instance(LEGS, [DEMAND], capacities=joint, periods=("2026", "2027")),
        plan((0, 10.0, [N]), (1, 2.0, [N]), (1, 8.0, [S1, S2]), unmet=[0.0, 0.0]),
        (
            Stage(
                "cost", capacities={capacity("capacity", "k", "all"): 2.0}, unmet=FIRM
            ),
        ),
        cost=76.0,
    )


def several_origins() -> Case:
    """Start at D, which is nearer than A in their group: 10 x 1."""
    legs = [*LEGS, {"from": "D", "to": "B", "cost": 1.0}]
    nodes = [
        {"node": "A", "node_group": "G"},
        {"node": "B"},
        {"node": "C"},
        {"node": "D", "node_group": "G"},
    ]
    return Case(
        build_instance(legs, [{**DEMAND, "origin": "G"}], nodes=nodes),
        plan((0, 10.0, [3]), unmet=[0.0]),
        (Stage("cost", unmet=FIRM),),
        cost=10.0,
    )


CASES: tuple[Callable[[], Case], ...] = (
    full_leg,
    short_leg,
    two_classes,
    dearer_than_unmet,
    express,
    joint_capacity,
    over_all_periods,
    several_origins,
)
