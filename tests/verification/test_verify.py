"""Proofs: what passes is right, and what is spoiled never passes."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from solver.options import Options
from solver.solution.certificate import Certificate, Stage
from solver.solution.keys import CapacityKey, RowKey, UnmetKey
from solver.solution.plan import Plan
from solver.solution.solution import Solution
from solver.tasks.answer import solve
from solver.verification import proof
from solver.verification.exact.amounts import exactly
from solver.verification.proved import Proof
from solver.verification.prover import Prover
from solver.verification.world import World
from tests.build import build_instance
from tests.oracle import oracle
from tests.random_instances import random_instance

SEEDS = range(40)

LEGS = [
    {"leg": "near", "from": "A", "to": "B", "cost": 1.5, "capacity": 6.0},
    {"leg": "far", "from": "A", "to": "B", "cost": 4.0},
]
CARGO = [{"product": "grain", "origin": "A", "market": "B", "quantity": 10.0}]
SCARCE = CapacityKey("leg", "near", "all year")
FIRM = UnmetKey(None)


def plan_of(
    flows: list[tuple[int, float, list[int]]], unmet: list[float] | None = None
) -> Plan:
    """Return a plan of flows: shipment, quantity, elements."""
    lengths = [len(elements) for _, _, elements in flows]
    return Plan(
        shipment=np.array([shipment for shipment, _, _ in flows], dtype=np.int64),
        quantity=np.array([quantity for _, quantity, _ in flows], dtype=float),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        elements=np.array([e for _, _, chain in flows for e in chain], dtype=np.int64),
        unmet=np.array(unmet or [0.0], dtype=float),
    )


def certificate(scarce: float = 2.5, firm: float = 4.0) -> Certificate:
    """Return prices of the two-leg instance."""
    return Certificate((Stage("cost", None, {SCARCE: scarce}, {}, {FIRM: firm}),))


BEST = plan_of([(0, 6.0, [0]), (0, 4.0, [1])])


def test_two_legs_by_hand() -> None:
    """6 at 1.5 and 4 at 4.0 cost 25; one more unit of `near` saves 4.0 - 1.5."""
    proved = proof(build_instance(LEGS, CARGO), BEST, certificate())
    assert proved.passed
    assert proved.cost == 25
    assert proved.cost_parts["tariff"] == 25
    assert proved.bound == 25.0  # 10 times 4.0, less 2.5 times 6
    assert proved.gap == 0.0


@pytest.mark.parametrize(("scarce", "firm"), [(2.49, 4.0), (2.51, 4.0), (2.5, 3.99)])
def test_other_prices_fall_short(scarce: float, firm: float) -> None:
    """Prices that are a little off bound the cost by less than it is."""
    proved = proof(build_instance(LEGS, CARGO), BEST, certificate(scarce, firm))
    assert not proved.passed
    assert not proved.faults
    assert proved.bound is not None
    assert proved.bound < 25.0


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (plan_of([(0, 7.0, [0]), (0, 3.0, [1])]), "near"),
        (plan_of([(0, 6.0, [0]), (0, 3.9, [1])]), "carried and unmet"),
        (plan_of([(0, 6.0, [0]), (0, 4.0, [1])], [0.5]), "carried and unmet"),
        (plan_of([(0, 6.0, [0]), (0, 5.0, [1])], [-1.0]), "less than nothing"),
        (plan_of([(0, 10.0, [1]), (0, 0.0, [0])]), "no quantity above 0"),
        (plan_of([(0, 10.0, [1, 1])]), "hang together"),
        (plan_of([(0, 10.0, [2])]), "legs of the instance"),
        (plan_of([(1, 10.0, [1])]), "in order"),
        (plan_of([(0, 10.0, [])]), "without a leg"),
        (plan_of([(0, np.nan, [1])]), "numbers"),
        (plan_of([(0, 10.0, [1])], [0.0, 0.0]), "one for each"),
    ],
)
def test_a_plan_that_breaks_something(plan: Plan, fault: str) -> None:
    """Whatever a plan does wrong is named."""
    proved = proof(build_instance(LEGS, CARGO), plan, certificate())
    assert not proved.passed
    assert any(fault in found for found in proved.faults), proved.faults


def test_decimals_are_added_as_on_paper() -> None:
    """0.1 and 0.2 make 0.3, though as floats they do not."""
    cargo = [{**CARGO[0], "quantity": 0.3}]
    plan = plan_of([(0, 0.1, [0]), (0, 0.2, [0])])
    stage = Stage("cost", None, {}, {}, {FIRM: 1.5})
    proved = proof(build_instance(LEGS, cargo), plan, Certificate((stage,)))
    assert proved.passed
    assert proved.cost == Fraction(45, 100)


def test_numbers_of_seventeen_digits() -> None:
    """Where integers of 64 bits are too short, longer ones are used."""
    third, large = 0.3333333333333333, 123456789012345.6
    cargo = [{**CARGO[0], "quantity": q, "unmet_cost": third} for q in (third, large)]
    cargo[1]["unmet_cost"] = 0.1
    plan = plan_of([], [third, large])
    proved = proof(build_instance(LEGS, cargo), plan, Certificate((Stage("cost"),)))
    assert proved.passed
    assert proved.cost == Fraction("0.3333333333333333") ** 2 + Fraction(
        "12345678901234.56"
    )


@pytest.mark.parametrize(
    "stage",
    [
        Stage("cost", None, {CapacityKey("leg", "far", "all year"): 1.0}),
        Stage("cost", None, {SCARCE: -1.0}),
        Stage("cost", None, {SCARCE: float("nan")}),
        Stage("cost", None, {}, {RowKey("no", (), "all year", "B", "max"): 1.0}),
        Stage("cost", None, {}, {}, {UnmetKey(1): 1.0}),
        Stage("unmet", 1),
        Stage("unmet", None, {}, {}, {FIRM: 1.0}),
        Stage("rules"),
    ],
)
def test_prices_that_may_not_be(stage: Stage) -> None:
    """A price of what does not exist, or no price at all, is a fault."""
    stages = (stage,) if stage.objective == "cost" else (stage, Stage("cost"))
    assert proof(build_instance(LEGS, CARGO), BEST, Certificate(stages)).faults


def test_unmet_needs_its_own_stage() -> None:
    """Firm demand that stays unmet must be proved to, before cost is looked at."""
    instance = build_instance(LEGS[:1], CARGO)
    plan = plan_of([(0, 6.0, [0])], [4.0])
    unmet = Stage("unmet", None, {SCARCE: 1.0})
    cost = Stage("cost", None, {}, {}, {FIRM: 1.5})
    proved = proof(instance, plan, Certificate((unmet, cost)))
    assert proved.passed
    assert proved.unmet == {None: 4}
    assert proved.unmet_bounds == ({"priority": None, "unmet": 4.0, "bound": 4.0},)
    assert not proof(instance, plan, Certificate((cost,))).passed
    assert not proof(instance, plan, Certificate((cost, unmet))).passed
    weak = replace(unmet, capacities={SCARCE: 0.5})
    assert not proof(instance, plan, Certificate((weak, cost))).passed


def test_rules_that_cannot_hold() -> None:
    """All 10 must go by `sea`, where there is only rail: 10 are missing at least."""
    legs = [{**leg, "mode": "rail"} for leg in LEGS]
    legs.append({"leg": "away", "from": "B", "to": "C", "mode": "sea", "cost": 1.0})
    rule = {"name": "r", "by": "mode", "min_share": {"sea": 1.0}, "of": "demand"}
    instance = build_instance(legs, CARGO, diversification=(rule,))
    key = RowKey("r", (), "all year", "sea", "min")
    for price, passed in [(1.0, True), (0.0, False), (1.5, False)]:
        stage = Stage("rules", None, {}, {key: price})
        assert proof(instance, None, Certificate((stage,))).passed is passed
    assert not proof(instance, None, certificate()).passed
    assert not proof(instance, None, None).passed


# ---- random instances


def _solved(seed: int) -> tuple[Solution, Proof]:
    instance = random_instance(seed)
    solution = solve(instance, Options())
    return solution, proof(instance, solution.plan, solution.certificate)


@pytest.mark.parametrize("seed", SEEDS)
def test_solutions_are_proved(seed: int) -> None:
    """Every solution passes, at the cost found by listing all routes."""
    solution, proved = _solved(seed)
    assert proved.passed, proved.failures
    answer = oracle(random_instance(seed))
    assert solution.status == answer.status
    if proved.cost is not None:
        assert float(proved.cost) == pytest.approx(answer.cost, abs=1e-6, rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_spoiled_plan_never_passes(seed: int) -> None:
    """A flow raised, moved or cut, or unmet demand forgotten, is found."""
    instance = random_instance(seed)
    solution, _ = _solved(seed)
    plan = solution.plan
    if plan is None or not len(plan.quantity):
        return
    for flow in range(len(plan.quantity)):
        quantity = plan.quantity.copy()
        quantity[flow] *= 1.001
        spoiled = [replace(plan, quantity=quantity)]
        first, last = plan.starts[flow], plan.starts[flow + 1]
        for place in range(first, last):
            elements = plan.elements.copy()
            elements[place] = (elements[place] + 1) % len(instance.legs)
            spoiled.append(replace(plan, elements=elements))
        for found in spoiled:
            proved = proof(instance, found, solution.certificate)
            if proved.passed:  # another route, as cheap
                assert proved.cost is not None
                assert float(proved.cost) == pytest.approx(proved.bound, rel=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_prices_bound_too_high(seed: int) -> None:
    """Whatever the prices, no bound is above the least cost."""
    instance = random_instance(seed)
    solution, _ = _solved(seed)
    answer = oracle(instance)
    if solution.plan is None or solution.certificate is None:
        return
    chance = random.Random(seed)
    with exactly():
        world = World.of(instance)
        for _ in range(4):
            stages = [_noisy(s, world, chance) for s in solution.certificate.stages]
            prover = Prover(world, solution.plan, Certificate(tuple(stages)))
            proved = prover.proof()
            bounds = [
                found.reach(Decimal("Infinity")) for found in prover.stages.refined
            ]
            for stage, bound in zip(stages, bounds, strict=True):
                least = answer.cost
                if stage.objective == "unmet":
                    least = float(proved.unmet[stage.priority])
                assert float(bound) <= least + answer.slop + 1e-6 * max(1, abs(least))


def _noisy(stage: Stage, world: World, chance: random.Random) -> Stage:
    size = chance.choice([0.01, 1, 1000])

    def price(old: float) -> float:
        old *= chance.choice([0, 0.5, 1, 1.5])
        return round(old + chance.choice([0, 0, size, size / 3]), 9)

    return replace(
        stage,
        capacities={
            key: price(stage.capacities.get(key, 0.0)) for key in world.limits.by_key
        },
        rules={key: price(stage.rules.get(key, 0.0)) for key in world.rules.by_key},
        unmet={key: price(old) for key, old in stage.unmet.items()},
    )
