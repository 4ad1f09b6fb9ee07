"""Repairs: solved by hand, and each made in the instance and taken apart again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver import Options
from solver.errors import UsageError
from solver.problem.edits import with_columns
from solver.problem.instance import Instance
from solver.problem.rules import Rule
from solver.solution.status import Status
from solver.studies.repair.additions import (
    AddedCapacity,
    DroppedDemand,
    LoosenedRule,
    applied,
    without_rules,
)
from solver.studies.repair.repair import FoundRepair, repair
from solver.studies.repair.weights import RepairWeights, weights_of
from solver.tasks.answer import solve
from tests.build import build_instance
from tests.random_instances import random_instance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.studies.repair.additions import Addition
    from solver.studies.repair.repair import Way
    from solver.studies.repair.shortage import Shortage

COLD = Options(sensitivity="none")
CLASHING = (14, 26, 29, 52, 54, 60, 84)
"""Random instances with rules that cannot hold together."""


def repaired(instance: Instance, *never: str, **weights: float) -> FoundRepair:
    """Repair of an instance."""
    return repair(instance, RepairWeights(**weights, never=frozenset(never)), COLD)


def chain(**fields: Any) -> Instance:
    """Return 30 t from A over M to B, where 20 t may pass each leg."""
    legs = [
        {"from": "A", "to": "M", "cost": 1.0, "capacity": 20.0},
        {"from": "M", "to": "B", "cost": 1.0, "capacity": 20.0},
    ]
    demand = [{"product": "x", "origin": "A", "market": "B", "quantity": 30.0}]
    return build_instance(legs, demand, **fields)


def parts(found: FoundRepair) -> list[str]:
    """Return the changes of the first way."""
    assert found.first is not None
    return sorted(str(part.change()) for part in found.first.additions)


def test_legs_in_series_are_widened_both() -> None:
    """Ten more of each carries all 30; the second way drops ten instead."""
    found = repaired(chain())
    assert parts(found) == [
        'legs[leg="A>M"].capacity = 30',
        'legs[leg="M>B"].capacity = 30',
    ]
    assert found.first is not None
    assert found.second is not None
    assert found.first.weight == 20.0
    assert found.first.bound == pytest.approx(20.0)
    (drop,) = found.second.additions
    assert isinstance(drop, DroppedDemand)
    assert (drop.quantity, found.second.weight) == (10.0, 100.0)


def test_weights_say_what_is_least() -> None:
    """Where demand counts less than two capacities, it is dropped."""
    found = repaired(chain(), demand=1.5)
    assert parts(found) == ['demand[product="x", origin="A", market="B"].quantity = 20']


def test_what_may_never_change_does_not() -> None:
    """Without the first leg only less demand is left, and then nothing."""
    found = repaired(chain(), "A>M")
    assert parts(found) == ['demand[product="x", origin="A", market="B"].quantity = 20']
    assert found.second is None


def test_all_periods_share_one_addition() -> None:
    """Short by 10 in one period and by 5 in the other: 10 more in both."""
    instance = build_instance(
        [{"from": "A", "to": "B", "cost": 1.0, "capacity": 20.0}],
        [
            {"product": "x", "origin": "A", "market": "B", "quantity": q, "period": p}
            for q, p in ((30.0, "one"), (25.0, "two"))
        ],
        periods=("one", "two"),
    )
    found = repaired(instance)
    assert parts(found) == ['legs[leg="A>B"].capacity = 30']
    assert found.first is not None
    assert found.first.weight == 10.0


def test_cargo_without_a_route_is_named_and_dropped() -> None:
    """Nothing leads from B to A, however wide."""
    instance = build_instance(
        [{"from": "A", "to": "B", "cost": 1.0}],
        [
            {"product": "x", "origin": "A", "market": "B", "quantity": 3.0},
            {"product": "x", "origin": "B", "market": "A", "quantity": 4.0},
        ],
    )
    found = repaired(instance)
    (lost,) = found.without_route
    assert (lost.quantity, lost.after) == (4.0, 0.0)
    assert found.first is not None
    assert found.first.additions == (lost,)
    assert found.second is None


def test_a_rule_that_keeps_cargo_is_loosened() -> None:
    """The south may carry half of the demand at most, and there is no other way."""
    rule = {"name": "half", "by": "corridor", "max_share": 0.5, "of": "demand"}
    instance = build_instance(
        [{"from": "A", "to": "B", "cost": 1.0, "corridor": "south"}],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 8.0}],
        diversification=(rule,),
    )
    found = repaired(instance)
    assert parts(found) == ['rules[name="half"].max_share = 1.0']
    assert found.first is not None
    assert found.first.bound == pytest.approx(4.0)
    (shortage,) = found.shortages
    assert [key.rule for key, _ in shortage.rules] == ["half"]


def least(name: str, share: dict[str, float], **more: Any) -> dict[str, Any]:
    """Return a rule on least shares of the demand."""
    return {"name": name, "by": "corridor", "min_share": share, "of": "demand"} | more


@pytest.mark.parametrize("priced", [0.0, 1.0])
def test_dropping_demand_changes_shares_of_it(priced: float) -> None:
    """Half of 9 t may go south, the only way but for 1 t: 3.5 t stay.

    Dropping z leaves 9 - z, of which 4.5 - z / 2 go south and 1 north: z is 7. With
    demand that is priced, as much as may be left, the bound knows it too.
    """
    half = {"name": "half", "by": "corridor", "max_share": {"south": 0.5}}
    demand = {"product": "x", "origin": "A", "market": "B"}
    instance = build_instance(
        [
            {"from": "A", "to": "B", "cost": 1.0, "corridor": "south"},
            {"from": "A", "to": "B", "cost": 1.0, "mode": "n", "capacity": 1.0},
        ],
        [
            {**demand, "quantity": 9.0},
            {**demand, "quantity": priced, "unmet_cost": 0.5},
        ],
        diversification=({**half, "of": "demand"},),
    )
    found = repaired(instance, "half", "A>B:n", demand=1.0)
    if priced:  # Of 10 t half may go south: z is 6, which is not looked for.
        assert found.first is None
        return
    assert found.first is not None
    (drop,) = found.first.additions
    assert isinstance(drop, DroppedDemand)
    assert drop.quantity == pytest.approx(7.0)
    assert found.first.bound == pytest.approx(7.0)


def clashing(*rules: dict[str, Any]) -> Instance:
    """Return two corridors from A to B with rules."""
    return build_instance(
        [
            {"from": "A", "to": "B", "mode": m, "corridor": c, "cost": 1.0}
            for m, c in (("n", "north"), ("s", "south"))
        ],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 10.0}],
        diversification=rules,
    )


def test_rules_that_clash_are_named_and_no_others() -> None:
    """Three fifths of the north and half of the south are too much."""
    instance = clashing(
        least("north", {"north": 0.6}),
        least("little", {"north": 0.1}),
        least("south", {"south": 0.5}),
    )
    found = repaired(instance)
    (clash,) = found.clashes
    assert clash.rules == ("north", "south")
    for name in clash.rules:
        rest = without_rules(instance, ["little", name])
        assert solve(rest, COLD).status is Status.OPTIMAL
    assert found.first is not None
    (loose,) = found.first.additions
    assert isinstance(loose, LoosenedRule)
    assert loose.quantity == pytest.approx(1.0)
    assert found.first.bound == pytest.approx(1.0)
    assert found.second is not None
    assert {loose.name, found.second.additions[0].name} == {"north", "south"}  # type: ignore[union-attr]


def test_a_rule_alone_may_be_too_much() -> None:
    """It is a clash of one."""
    found = repaired(clashing(least("all", {"north": 0.7, "south": 0.7})))
    assert [clash.rules for clash in found.clashes] == [("all",)]


def test_clashes_beside_one_another_are_all_named() -> None:
    """Once for grain and once for steel."""
    products = ("grain", "steel")
    rules = [
        least(f"{name} {way}", {way: 0.6}, where={"product": (name,)})
        for name in products
        for way in ("north", "south")
    ]
    instance = build_instance(
        [
            {"from": "A", "to": "B", "mode": m, "corridor": c, "cost": 1.0}
            for m, c in (("n", "north"), ("s", "south"))
        ],
        [
            {"product": name, "origin": "A", "market": "B", "quantity": 10.0}
            for name in products
        ],
        diversification=rules,
    )
    found = repaired(instance)
    assert sorted(clash.rules for clash in found.clashes) == [
        ("grain north", "grain south"),
        ("steel north", "steel south"),
    ]


def _lifted(instance: Instance, shortage: Shortage) -> Instance:
    """Return the instance with every limit lifted that does not keep a shortage."""
    kept = {(limit.key.kind, limit.key.name) for limit in shortage.limits}
    fields: dict[str, Any] = {
        name: getattr(instance, name) for name in Instance.model_fields
    }
    for table, kind in (("legs", "leg"), ("nodes", "node"), ("routes", "route")):
        old = fields[table]
        capacity = [
            value if (kind, name) in kept else np.nan
            for value, name in zip(old["capacity"], old[kind], strict=True)
        ]
        fields[table] = with_columns(old, {"capacity": np.array(capacity, float)})
    rules = {key.rule for key, _ in shortage.rules}
    own = [rule for rule in instance.diversification if rule.name in rules]
    fields["diversification"] = tuple(own)
    joint = fields["capacities"]
    quantity = [
        value if ("capacity", name) in kept else 1e9
        for value, name in zip(joint["quantity"], joint["capacity"], strict=True)
    ]
    fields["capacities"] = with_columns(joint, {"quantity": np.array(quantity, float)})
    return Instance(**fields)


def repair_faults(instance: Instance) -> Iterator[str]:
    """Yield what a repair says that cold solves do not."""
    found = repaired(instance)
    for way in filter(None, (found.first, found.second)):
        yield from _way_faults(instance, way)
    for shortage in found.shortages:
        # The first class that is short: those before it are served in any case.
        if shortage.priority == found.shortages[0].priority:
            yield from _lifted_faults(instance, shortage)
    names = [rule.name for rule in instance.diversification]
    for clash in found.clashes:
        for left_out in (None, *clash.rules):
            kept = [name for name in clash.rules if name != left_out]
            rest = without_rules(instance, [name for name in names if name not in kept])
            status = solve(rest, COLD).status
            if (status is Status.INFEASIBLE) != (left_out is None):
                yield f"clash of {clash.rules} without {left_out}: {status}"


def _way_faults(instance: Instance, way: Way) -> Iterator[str]:
    """Yield what is not so: it carries everything, without any part it does not."""
    if not _carries_all(instance, way.additions):
        yield "a way does not carry everything"
    for part in way.additions:
        others = [other for other in way.additions if other is not part]
        if _carries_all(instance, others):
            yield f"{part.change()} is not needed"
    if way.weight < way.bound - 1e-6 * max(1.0, way.bound):
        yield f"a way weighs {way.weight}, less than {way.bound}"


def _carries_all(instance: Instance, additions: Sequence[Addition]) -> bool:
    return solve(applied(instance, additions), COLD).status is Status.OPTIMAL


def _lifted_faults(instance: Instance, shortage: Shortage) -> Iterator[str]:
    plan = solve(_lifted(instance, shortage), COLD).plan
    assert plan is not None
    firm = np.isinf(instance.demand["unmet_cost"])[instance.shipments.demand]
    left = float(plan.unmet[firm].sum())
    if left < shortage.bound * (1 - 1e-6) - 1e-6:
        yield f"with all others lifted {left} stays, not {shortage.bound}"


@pytest.mark.parametrize("seed", [*range(10), *CLASHING])
def test_a_repair_does_as_it_says_and_none_of_its_parts_is_idle(seed: int) -> None:
    """Ways, shortages and clashes of random instances, made and taken apart."""
    assert list(repair_faults(random_instance(seed))) == []


@pytest.mark.parametrize(
    ("words", "never", "said"),
    [
        (["capacity=-1"], [], "`-1` is not a weight; give a number of 0 or more"),
        (["capacity=nan"], [], "is not a weight"),
        (["demand"], [], "is not a weight"),
        (["capacities=1"], [], "did you mean `capacity`?"),
        ([], ["A>N"], "did you mean `A>M`?"),
    ],
)
def test_wrong_words_are_refused(words: list[str], never: list[str], said: str) -> None:
    """With what to do about them."""
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        weights_of(words, never, chain())


def test_the_last_weight_of_a_kind_counts() -> None:
    """The others are the defaults."""
    weights = weights_of(["rule=2", "rule=3"], ["A>M"], chain())
    assert (weights.capacity, weights.demand, weights.rule) == (1.0, 10.0, 3.0)
    assert weights.never == {"A>M"}


def test_a_joint_capacity_is_widened() -> None:
    """Both legs together let 5 pass; it is the quantity that grows."""
    instance = build_instance(
        [
            {"from": "A", "to": "B", "mode": mode, "cost": 1.0}
            for mode in ("rail", "road")
        ],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 8.0}],
        capacities=[{"capacity": "gate", "legs": "A>B:rail|A>B:road", "quantity": 5.0}],
    )
    found = repaired(instance)
    assert parts(found) == ['capacities[capacity="gate"].quantity = 8']
    assert found.first is not None
    assert isinstance(found.first.additions[0], AddedCapacity)


def test_a_rule_is_as_the_file_would_give_it() -> None:
    """A bound by name keeps the others; one of the largest keeps its count."""
    rule = Rule(name="top", by="corridor", max_top={"k": 1, "share": 0.4}, of="demand")
    instance = build_instance(
        [{"from": "A", "to": "B", "cost": 1.0, "corridor": "south"}],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 8.0}],
        diversification=(rule,),
    )
    assert parts(repaired(instance)) == [
        'rules[name="top"].max_top = {"k": 1, "share": 1.0}'
    ]
