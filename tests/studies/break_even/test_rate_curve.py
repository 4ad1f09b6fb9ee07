"""The curve over rates: steps solved by hand, and each side of every one solved."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver import Options
from solver.errors import UnansweredError
from solver.network.network import Network
from solver.network.routes import routes_of_plan
from solver.network.shipments import cargo
from solver.solution.status import Status
from solver.studies.break_even.rate_curve import RateCurve, rate_curve
from solver.studies.break_even.rates import RatedInstance, charged_by, opened
from solver.studies.break_even.selection import SelectionWords, selected
from solver.studies.break_even.set_apart import set_apart
from solver.tasks.answer import solve
from tests.build import build_instance
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance
    from solver.studies.break_even.rate_curve import Step

COLD = Options(sensitivity="none")

CURVED_COST = 3e-6
"""Part by which costs of a curve may differ: 1e-6 in each plan, and in the steps."""


def drawn(instance: Instance, of: str | None = None, **names: str) -> RateCurve:
    """Curve of a selection, given as ``leg="A>B"`` and the like."""
    words = {key: (name,) for key, name in names.items()}
    selection = selected(instance, SelectionWords(places=words, cargo=words))
    instance, _ = opened(instance, selection, None)
    apart = set_apart(instance, selection.rows)
    charged = charged_by(selection, of)
    return rate_curve(apart, charged, COLD, is_all_cargo=selection.is_all_cargo)


def two_ways(**south: float) -> Instance:
    """Return two corridors from A to B, the north at 10, the south at 12."""
    return build_instance(
        [
            {"from": "A", "to": "B", "mode": "n", "corridor": "north", "cost": 10.0},
            {"from": "A", "to": "B", "mode": "s", "corridor": "south", "cost": 12.0}
            | south,
        ],
        [
            {"product": "grain", "origin": "A", "market": "B", "quantity": 30.0},
            {"product": "steel", "origin": "A", "market": "B", "quantity": 20.0},
        ],
        products=[{"product": "grain", "group": "food"}, {"product": "steel"}],
    )


def told(curve: RateCurve) -> list[tuple[object, ...]]:
    """Side, rate and quantities of each step."""
    return [
        (step.side, float(step.rate), step.before, step.after) for step in curve.steps
    ]


def test_the_south_wins_where_it_costs_no_more_than_the_north() -> None:
    """A sixth off 12 is 10."""
    curve = drawn(two_ways(), corridor="south", product="grain")
    assert told(curve) == [("cut", pytest.approx(1 / 6), 30.0, 0.0)]
    assert curve.steps[0].rate == Fraction(1, 6)
    assert (curve.lowest, curve.today, curve.captive) == (30.0, 0.0, 0.0)
    assert curve.own_rate == 12.0
    (move,) = curve.steps[0].moves
    assert (move.kind, move.source, move.target) == ("leaves", "south", "north")


def test_the_north_loses_where_it_costs_more_than_the_south() -> None:
    """At 2 more it costs 12 too; at no rate below does anything change."""
    curve = drawn(two_ways(), corridor="north")
    assert told(curve) == [("added", 2.0, 50.0, 0.0)]
    assert {move.target for move in curve.steps[0].moves} == {"south"}


def test_cargo_without_another_way_stays_at_any_rate() -> None:
    """The south takes 15 of the 50, so 35 are captive."""
    curve = drawn(two_ways(capacity=15.0), corridor="north")
    assert told(curve) == [("added", 2.0, 50.0, 35.0)]
    assert curve.captive == pytest.approx(35.0)


def test_a_closed_leg_is_open_when_it_is_named() -> None:
    """Planned, it wins at up to 10 in all; its corridor has nothing else."""
    for name in ({"leg": "A>B:s"}, {"corridor": "south"}):
        curve = drawn(two_ways(capacity=0.0), **name)
        assert told(curve) == [("cut", pytest.approx(1 / 6), 50.0, 0.0)]


def test_part_of_a_product_is_priced_alone() -> None:
    """Grain from A leaves; that from C, over the same leg, pays nothing and stays."""
    instance = build_instance(
        [
            {"from": "C", "to": "A", "cost": 1.0},
            {"from": "A", "to": "B", "mode": "n", "corridor": "north", "cost": 10.0},
            {"from": "A", "to": "B", "mode": "s", "corridor": "south", "cost": 12.0},
        ],
        [
            {"product": "grain", "origin": "A", "market": "B", "quantity": 30.0},
            {"product": "grain", "origin": "C", "market": "B", "quantity": 20.0},
        ],
        tariffs=[{"product": "grain", "corridor": "south", "surcharge": 1.0}],
    )
    curve = drawn(instance, corridor="north", origin="A")
    assert told(curve) == [("added", 3.0, 30.0, 0.0)]
    assert [move.product for move in curve.steps[0].moves] == ["grain"]


def test_priced_demand_leaves_for_good() -> None:
    """At 4 more, carrying costs the 14 that leaving it costs."""
    instance = build_instance(
        [{"from": "A", "to": "B", "cost": 10.0}],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 5.0}],
        unmet_cost=14.0,
    )
    curve = drawn(instance, leg="A>B")
    assert told(curve) == [("added", 4.0, 5.0, 0.0)]
    assert curve.steps[0].moves[0].target == "unmet"


def test_a_port_that_raises_its_handling_loses_cargo() -> None:
    """Passing P costs 5 + 3 of handling; the way around costs 9."""
    instance = build_instance(
        [
            {"from": "A", "to": "P", "cost": 5.0},
            {"from": "P", "to": "B", "cost": 0.0},
            {"from": "A", "to": "B", "cost": 9.0},
        ],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 7.0}],
        nodes=[{"node": "A"}, {"node": "P", "cost": 3.0}, {"node": "B"}],
    )
    curve = drawn(instance, of="handling", node="P")
    assert told(curve) == [("added", 1.0, 7.0, 0.0)]
    assert curve.own_rate == 3.0


def test_a_through_rate_pays_for_each_selected_part() -> None:
    """Two parts at 2 more each make 4: the service at 6 meets the leg at 10."""
    instance = build_instance(
        [
            {"from": "A", "to": "M", "cost": 9.0, "tags": "own"},
            {"from": "M", "to": "B", "cost": 9.0, "tags": "own"},
            {"from": "A", "to": "B", "cost": 10.0},
        ],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 7.0}],
        routes=[{"route": "R", "via": "A > M > B", "cost": 6.0}],
    )
    curve = drawn(instance, tag="own")
    assert told(curve) == [("added", 2.0, 7.0, 0.0)]


def service(**route: object) -> Instance:
    """Return a service over P, beside a leg at 10: 3 + 2 and 1 at P, or a rate."""
    return build_instance(
        [
            {"from": "A", "to": "P", "cost": 3.0},
            {"from": "P", "to": "B", "cost": 2.0},
            {"from": "A", "to": "B", "cost": 10.0, "mode": "other"},
        ],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 7.0}],
        nodes=[{"node": "A"}, {"node": "P", "cost": 1.0}, {"node": "B"}],
        routes=[{"route": "R", "via": "A > P > B", **route}],
        capacities=[{"capacity": "own", "legs": "A>P", "quantity": 7.0}],
    )


@pytest.mark.parametrize(
    ("route", "own", "left"), [({"cost": 4.0}, 4.0, 2.0), ({}, 6.0, 0.0)]
)
def test_a_named_route_has_a_rate_of_its_own(
    route: dict[str, float], own: float, left: float
) -> None:
    """It loses to its own legs at 6, which a service without a rate costs anyway."""
    curve = drawn(service(**route), route="R")
    assert curve.own_rate == own
    assert [float(step.rate) for step in curve.steps if step.side == "added"] == [left]


def test_a_service_of_a_corridor_is_part_of_it() -> None:
    """Its legs are of none: it is the service that pays."""
    curve = drawn(service(cost=4.0, corridor="south"), corridor="south")
    assert told(curve)[-1] == ("added", 2.0, 7.0, 0.0)


def test_a_through_rate_pays_for_a_node_inside() -> None:
    """At 6 more the port drives the service at 4 away, as it would its legs."""
    curve = drawn(service(cost=4.0), node="P")
    assert told(curve)[-1] == ("added", 6.0, 7.0, 0.0)


def test_a_clash_of_rules_is_no_curve() -> None:
    """The exit code is that of a solve."""
    rule = {"name": "both", "by": "corridor", "min_share": 0.6, "of": "demand"}
    instance = two_ways()
    kept = {name: getattr(instance, name) for name in type(instance).model_fields}
    infeasible = type(instance)(**{**kept, "diversification": (rule,)})
    with pytest.raises(UnansweredError, match="keruen repair") as raised:
        drawn(infeasible, corridor="south")
    assert raised.value.exit_code == Status.INFEASIBLE.exit_code


def _carried(instance: Instance, leg: str) -> float:
    """Quantity on a leg in a cold solve."""
    solution = solve(instance, COLD)
    assert solution.plan is not None
    assert solution.status in {Status.OPTIMAL, Status.UNMET}
    network = Network(instance)
    routes = routes_of_plan(network, cargo(network), solution.plan)
    row = list(instance.legs["leg"]).index(leg)
    passes = [
        any(row in network.passes(e)[0] for e in routes.elements[start:end])
        for start, end in zip(routes.starts[:-1], routes.starts[1:], strict=True)
    ]
    return float(solution.plan.quantity @ np.array(passes, dtype=float))


def _cost(instance: Instance) -> float:
    """Cost and penalties of a cold solve."""
    objective = solve(instance, COLD).proved.objective
    assert objective is not None
    return objective


def solve_faults(curve: RateCurve) -> Iterator[str]:
    """Yield that a curve took more than 20 solves a step, if it did."""
    if curve.solves > 20 * max(1, len(curve.steps)):
        yield f"{curve.solves} solves for {len(curve.steps)} steps"


def step_faults(curve: RateCurve, instance: Instance, leg: str) -> Iterator[str]:
    """Yield what is not as said a hair to either side of a step, in cold solves."""
    selection = selected(instance, SelectionWords(places={"leg": (leg,)}))
    instance, _ = opened(instance, selection, None)
    apart = set_apart(instance, selection.rows)
    rated = RatedInstance(apart, charged_by(selection, None), is_all_cargo=True)
    near = Fraction(1, 10**5)
    scale = max(float(instance.demand["quantity"].sum()), 1.0)
    for step, before, after in _with_neighbours(curve.steps):
        at = rated.added if step.side == "added" else rated.cut
        dearer = 1 if step.side == "added" else -1
        for side, said, other in ((-1, step.before, before), (1, step.after, after)):
            rate = step.rate + side * dearer * near
            is_apart = other is None or abs(other.rate - step.rate) > 2 * near
            if rate > 0 and (step.side == "added" or rate < 1) and is_apart:
                found = _carried(at(rate), leg)
                if abs(found - said) > 1e-6 * scale:
                    yield f"{step.side} {float(rate)}: {found} instead of {said}"


def cost_faults(curve: RateCurve, instance: Instance, leg: str) -> Iterator[str]:
    """Yield rates at which the told steps cost more than a cold solve by a millionth.

    From today's cost a rate more costs what is carried, step after step. Where an index
    makes the least cost a curve, steps are told as near as this.
    """
    selection = selected(instance, SelectionWords(places={"leg": (leg,)}))
    instance, _ = opened(instance, selection, None)
    apart = set_apart(instance, selection.rows)
    rated = RatedInstance(apart, charged_by(selection, None), is_all_cargo=True)
    steps = [step for step in curve.steps if step.side == "added"]
    cost, rate = _cost(rated.added(Fraction(0))), Fraction(0)
    for step in steps:
        half = (rate + step.rate) / 2
        for at in (half, step.rate):
            told = cost + step.before * float(at - rate)
            found = _cost(rated.added(at))
            if abs(found - told) > CURVED_COST * max(1.0, abs(found)):
                yield f"added {float(at)}: costs {found} instead of {told}"
        cost, rate = cost + step.before * float(step.rate - rate), step.rate


@pytest.mark.parametrize("seed", range(15))
def test_each_side_of_every_step_is_as_said(seed: int) -> None:
    """A hair to the cheaper side the leg carries what was said, and to the dearer.

    A step takes 20 solves at most.
    """
    instance = random_instance(seed)
    leg = str(instance.legs["leg"][seed % len(instance.legs)])
    try:
        curve = drawn(instance, leg=leg)
    except UnansweredError:
        return
    assert [*solve_faults(curve), *step_faults(curve, instance, leg)] == []


def test_steps_on_a_curve_cost_what_is_said_within_a_millionth() -> None:
    """Where an index bounds cargo, at each step and halfway to it, in cold solves."""
    instance = random_rules_instance(10)
    leg = str(instance.legs["leg"][10 % len(instance.legs)])
    curve = drawn(instance, leg=leg)
    assert not curve.is_exact
    assert curve.steps
    assert [*solve_faults(curve), *cost_faults(curve, instance, leg)] == []


def _with_neighbours(
    steps: tuple[Step, ...],
) -> list[tuple[Step, Step | None, Step | None]]:
    padded = [None, *steps, None]
    return [
        (step, _on(step, one), _on(step, other))
        for one, step, other in zip(padded, steps, padded[2:], strict=False)
    ]


def _on(step: Step, other: Step | None) -> Step | None:
    return other if other is not None and other.side == step.side else None


def test_a_step_takes_few_solves() -> None:
    """Six stairs: about three solves each, far below twenty."""
    stairs = [
        {"from": "A", "to": f"B{n}", "mode": mode, "cost": cost}
        for n in range(6)
        for mode, cost in (("own", 1.0), ("other", 2.0 + n))
    ]
    tags = [{**leg, "tags": leg["mode"]} for leg in stairs]
    demand = [
        {"product": "x", "origin": "A", "market": f"B{n}", "quantity": 5.0 + n}
        for n in range(6)
    ]
    curve = drawn(build_instance(tags, demand), tag="own")
    assert [float(step.rate) for step in curve.steps] == [1, 2, 3, 4, 5, 6]
    assert curve.solves <= 4 * len(curve.steps)
