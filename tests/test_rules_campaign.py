"""Two thousand random instances with every kind of rule agree with the oracle."""

from __future__ import annotations

import numpy as np
import pytest

from solver.problem.instance import Instance
from tests.arc_flow_rules import ArcForm
from tests.build import build_instance
from tests.campaign import compared_rules
from tests.cone_oracle import Program, RouteForm
from tests.oracle import OracleAnswer, answer, oracle, own_limit
from tests.random_rules import describe, random_rules_instance
from tests.simple_routes import Case

COUNT = 200
BATCH = 20


@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_instances_with_every_kind_of_rule_agree_with_the_oracle(first: int) -> None:
    """Same status, unmet quantities, cost and penalties; rules kept; and proved."""
    told = [(seed, compared_rules(seed)[1]) for seed in range(first, first + BATCH)]
    faults = [(seed, fault) for seed, fault in told if fault is not None]
    shown = [f"{fault}\n{describe(random_rules_instance(n))}" for n, fault in faults]
    again = "python -m tests.campaign --rules --count 1 --show --start SEED"
    assert not faults, "\n\n".join([*shown, f"Again: {again}"])


# ---- the oracle itself


def parallel(**rule: object) -> Instance:
    """Ten units from A to B, by the north at 1, the west at 2 or the south at 4."""
    legs = [
        {"leg": f"L{cost}", "from": "A", "to": "B", "corridor": name, "cost": cost}
        for name, cost in (("north", 1.0), ("west", 2.0), ("south", 4.0))
    ]
    demand = [{"product": "P", "origin": "A", "market": "B", "quantity": 10.0}]
    rules = ({"name": "rule", "by": "corridor", **rule},)
    return build_instance(legs, demand, diversification=rules)


BEFORE = [
    {"period": "all year", "value": "west", "quantity": 8.0},
    {"period": "all year", "value": "closed", "quantity": 2.0},
]


@pytest.mark.parametrize(
    ("rule", "cost"),
    [
        # 6 by the north, 4 by the west.
        ({"max_share": 0.6}, 14.0),
        # The south has 1, so the west has no less.
        ({"max_top": {"k": 2, "share": 0.9}}, 8 + 2 + 4.0),
        ({"max_top": {"k": 1, "share": 0.7}}, 7 + 2 * 3.0),
        # 0.7^2 + 0.3^2 = 0.58, on either scale, and as an effective number.
        ({"max_hhi": 0.58}, 7 + 2 * 3.0),
        ({"max_hhi": 5800.0}, 7 + 2 * 3.0),
        ({"min_effective": 1 / 0.58}, 7 + 2 * 3.0),
        ({"min_effective": 3.0}, 10 / 3 * 7),
        # HHI - 0.5 is (a - 0.5)^2 / 0.5 where the north has a: 10 more by the west
        # cost 10, 100 p (4 a - 2) of penalty for p = 0.1 is 10 at a = 0.75.
        ({"max_hhi": 0.5, "penalty": 0.1}, 7.5 + 2 * 2.5 + 10 * 0.125),
        # Of 8 by the west and 2 by what is closed, 6 may move: 6 by the north.
        ({"max_change": {"quantity": 6.0, "reference": BEFORE}}, 6 + 2 * 4.0),
        ({"max_change": {"share": 0.6, "reference": BEFORE}}, 6 + 2 * 4.0),
        # Each unit moved beyond 6 saves 1 and costs 0.75.
        (
            {"max_change": {"quantity": 6.0, "reference": BEFORE}, "penalty": 0.75},
            10 + 0.75 * 4,
        ),
    ],
)
def test_the_oracle_agrees_with_paper(rule: dict[str, object], cost: float) -> None:
    """Costs with penalties derived by hand."""
    found = oracle(parallel(**rule))
    assert found.status == "optimal"
    assert found.cost == pytest.approx(cost, rel=1e-7)


def test_the_oracle_tells_the_least_excess_of_impossible_rules() -> None:
    """What is closed has lost 2 units, half of which count: 1, where 0.5 may."""
    change = {"quantity": 0.5, "reference": BEFORE}
    found = oracle(parallel(max_change=change))
    assert found.status == "infeasible"
    assert found.excess == pytest.approx(0.5)


class _ConeForm(RouteForm):
    """The same program with an idle cone, so that Clarabel solves it."""

    def program(self, rules: str) -> Program:
        program = super().program(rules)
        program.cones.append([({}, 1.0), ({}, 0.0)])
        return program


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_routes_arcs_and_cones_agree_on_linear_rules(first: int) -> None:
    """Three formulations, two solvers, one answer."""
    for seed in range(first, first + 50):
        case = Case(random_rules_instance(seed))
        arcs = ArcForm(case)
        if arcs.exact:
            by_routes = answer(RouteForm(case, own_limit))
            assert alike(by_routes, answer(arcs)), seed
            assert alike(by_routes, answer(_ConeForm(case, own_limit))), seed


def alike(one: OracleAnswer, other: OracleAnswer) -> bool:
    """Whether two answers say the same."""
    slop = one.slop + other.slop
    return one.status == other.status and (
        one.status == "infeasible"
        or bool(
            np.isclose(one.cost, other.cost, rtol=1e-7, atol=slop)
            and np.allclose(one.unmet, other.unmet, rtol=1e-7, atol=one.unmet_slop)
        )
    )
