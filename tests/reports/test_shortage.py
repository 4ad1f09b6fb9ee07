"""The set of limits that keeps demand unmet: lifting all others leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.options import Options
from solver.reports.shortage import shortage_rows, shortage_text
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.build import build_instance
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance

if TYPE_CHECKING:
    from solver.problem.instance import Instance

SEEDS = range(14)


def with_limits_alone(instance: Instance, row: dict[str, Any]) -> Instance:
    """Return an instance with no limits and rules but those of a shortage."""
    kept = {(limit["kind"], limit["limit"]) for limit in row["limits"]}
    rules = {rule["rule"] for rule in row["rules"]}
    changes: dict[str, Any] = {}
    for table, kind in (("legs", "leg"), ("nodes", "node"), ("routes", "route")):
        found = getattr(instance, table)
        lifted = [(kind, name) not in kept for name in found[kind]]
        capacity = np.where(lifted, np.nan, found["capacity"].astype(float))
        columns = {**found.columns, "capacity": capacity}
        changes[table] = type(found)(columns, found.files, found.file_of, found.lines)
    joint = instance.capacities
    lifted = [("capacity", name) not in kept for name in joint["capacity"]]
    quantity = np.where(lifted, 1e14, joint["quantity"].astype(float))
    columns = {**joint.columns, "quantity": quantity}
    changes["capacities"] = type(joint)(
        columns, joint.files, joint.file_of, joint.lines
    )
    changes["diversification"] = tuple(
        rule for rule in instance.diversification if rule.name in rules
    )
    return instance.model_copy(update=changes)


@pytest.mark.parametrize("seed", SEEDS)
def test_lifting_all_others_leaves_the_shortage(seed: int) -> None:
    """Without any other limit or rule at least as much of the class stays unmet."""
    for make in (random_instance, random_rules_instance):
        instance = make(seed)
        result = run(instance, Options(sensitivity="none"), Clock()).result
        for row in shortage_rows(result, instance)[:1]:
            lifted = with_limits_alone(instance, row)
            after = run(lifted, Options(sensitivity="none"), Clock()).result.summary
            left = {own["priority"]: own["unmet"] for own in after["unmet_bounds"]}
            # The first class that is short: those before it are served in any case.
            margin = 1e-6 * max(1.0, float(instance.shipments.quantity.sum()))
            assert left.get(row["priority"], 0.0) >= row["bound"] - margin


def test_cargo_without_a_route_is_counted_apart() -> None:
    """7 t have no way back; of 30 t 10 pass."""
    instance = build_instance(
        legs=[{"from": "A", "to": "B", "cost": 1.0, "capacity": 10.0}],
        demand=[
            {"product": "coal", "origin": "A", "market": "B", "quantity": 30.0},
            {"product": "coal", "origin": "B", "market": "A", "quantity": 7.0},
        ],
    )
    result = run(instance, Options(sensitivity="none"), Clock()).result
    (row,) = shortage_rows(result, instance)
    assert (row["bound"], row["without_route"]) == (27, 7)
    assert [limit["weight"] for limit in row["limits"]] == [1]
    assert shortage_text(row, "t") == (
        "27 t of firm demand must stay unmet, 7 for want of a route; this limit keeps "
        "the rest whatever else is lifted: leg A>B"
    )


def test_where_all_is_served_there_is_no_shortage() -> None:
    """Priced demand that is left for money is no shortage either."""
    instance = build_instance(
        legs=[{"from": "A", "to": "B", "cost": 9.0}],
        demand=[
            {"product": "coal", "origin": "A", "market": "B", "quantity": 3.0},
            {
                "product": "coal",
                "origin": "A",
                "market": "B",
                "quantity": 4.0,
                "unmet_cost": 5.0,
            },
        ],
    )
    result = run(instance, Options(sensitivity="none"), Clock()).result
    assert result.summary["unmet"] == 4
    assert shortage_rows(result, instance) == []


def test_rows_of_a_rule_are_one_limit_and_are_counted() -> None:
    """`repair` counts them alike."""
    rule = {"rule": "mix", "scope": "", "period": "all", "side": "max", "weight": 5.0}
    row = {
        "priority": None,
        "bound": 9.0,
        "without_route": 0.0,
        "limits": [{"kind": "leg", "limit": "A>B", "ends": "A > B"}],
        "rules": [{**rule, "value": "north"}, {**rule, "value": "south"}],
    }
    assert shortage_text(row, "t") == (
        "9 t of firm demand must stay unmet; these 2 limits keep it whatever else is "
        "lifted: leg A>B, rule mix (2 rows)"
    )
