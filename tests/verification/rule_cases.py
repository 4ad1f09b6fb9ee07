"""Cases of rules on shares, solved by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    plan,
    rule,
    share,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def capped_corridor() -> Case:
    """No more than half by the north: 15 + 25 = 40.

    At a price of 2 the north costs 3 + 2 x 0.5 and the south 5 - 2 x 0.5: both 4.
    """
    rules = (rule(max_share={"north": 0.5}),)
    return Case(
        build_instance(CORRIDORS, [DEMAND], diversification=rules),
        plan((0, 5.0, [N]), (0, 5.0, [S1, S2]), unmet=[0.0]),
        (Stage("cost", rules={share("north"): 2.0}, unmet=FIRM),),
        cost=40.0,
    )


def wanted_corridor() -> Case:
    """No less than 0.7 of the demand by the south: 9 + 35 = 44.

    At a price of 2 both cost 3; 10 x 3 + 2 x 0.7 x 10 = 44.
    """
    rules = (rule(min_share={"south": 0.7}, of="demand"),)
    return Case(
        build_instance(CORRIDORS, [DEMAND], diversification=rules),
        plan((0, 3.0, [N]), (0, 7.0, [S1, S2]), unmet=[0.0]),
        (Stage("cost", rules={share("south", "min"): 2.0}, unmet=FIRM),),
        cost=44.0,
    )


def weighed_by_value() -> Case:
    """No more than half of the value by the north: 7.5 t of q move, for 2 each.

    The value is 10 x 1 + 10 x 2 = 30. At a price of 1 per unit of value q pays 4 on
    both ways, and p 3.5 by the north: 40 + 35 = 75.
    """
    rules = (rule(max_share={"north": 0.5}, weight="value"),)
    products = [{"product": "p", "value": 1.0}, {"product": "q", "value": 2.0}]
    return Case(
        build_instance(
            CORRIDORS,
            [DEMAND, {**DEMAND, "product": "q"}],
            products=products,
            diversification=rules,
        ),
        plan((0, 10.0, [N]), (1, 2.5, [N]), (1, 7.5, [S1, S2]), unmet=[0.0, 0.0]),
        (Stage("cost", rules={share("north"): 1.0}, unmet=FIRM),),
        cost=75.0,
    )


def capped_country() -> Case:
    """N crosses T, which may carry 0.4: 12 + 30 = 42. K is where all ends.

    At a price of 2 both ways cost 4.2. No route counts for the country of its own end,
    so that a share of 0 for K holds.
    """
    legs = [{**LEGS[N], "country": "T|K"}, *LEGS[S1:]]
    nodes = [{"node": "A"}, {"node": "B", "country": "K"}, {"node": "C"}]
    rules = (rule(by="country", max_share={"T": 0.4, "K": 0.0}),)
    return Case(
        build_instance(legs, [DEMAND], nodes=nodes, diversification=rules),
        plan((0, 4.0, [N]), (0, 6.0, [S1, S2]), unmet=[0.0]),
        (Stage("cost", rules={share("T"): 2.0, share("K"): 9.0}, unmet=FIRM),),
        cost=42.0,
    )


def rules_at_odds() -> Case:
    """Nothing goes by the south, where 0.7 of 10 t must: 7 t too few at least."""
    legs = [CORRIDORS[N], {"from": "A", "to": "C", "cost": 1.0, "corridor": "south"}]
    rules = (rule(min_share={"south": 0.7}, of="demand"),)
    return Case(
        build_instance(legs, [DEMAND], diversification=rules),
        None,
        (Stage("rules", rules={share("south", "min"): 1.0}),),
        cost=None,
        bounds=(7.0,),
    )


def kept_by_a_rule() -> Case:
    """Half may go by the north, and nothing can by the south: all stays.

    At a price of 2 a t by the north adds 2 x 0.5 = 1, as much as leaving it.
    """
    rules = (rule(max_share={"north": 0.5}),)
    return Case(
        build_instance([CORRIDORS[N]], [DEMAND], diversification=rules),
        plan(unmet=[10.0]),
        (
            Stage("unmet", None, rules={share("north"): 2.0}),
            Stage("cost", unmet={UnmetKey(None): 0.0}),
        ),
        cost=0.0,
        unmet=10.0,
        bounds=(10.0,),
    )


CASES: tuple[Callable[[], Case], ...] = (
    capped_corridor,
    wanted_corridor,
    weighed_by_value,
    capped_country,
    rules_at_odds,
    kept_by_a_rule,
)
