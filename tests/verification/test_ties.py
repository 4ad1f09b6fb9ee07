"""Figures that are equal on paper stand in the order of their names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from solver.options import Options
from solver.reports.prices.document import prices_document
from solver.tasks.clock import Clock
from solver.tasks.solve import Run, run
from solver.verification.verify import verify
from tests.build import build_instance


def test_limits_priced_the_same_stand_by_name() -> None:
    """0.1 x 3 and 0.3 x 1 are equal, though not as floats.

    From A to B a full leg costs 1 and the way round 1.1, so 0.1 for 3; from D to E
    1 and 1.3, so 0.3 for 1.
    """
    legs: list[dict[str, Any]] = [
        {"leg": "z", "from": "A", "to": "B", "cost": 1.0, "capacity": 3.0},
        {"leg": "round", "from": "A", "to": "B", "cost": 1.1, "mode": "road"},
        {"leg": "a", "from": "D", "to": "E", "cost": 1.0, "capacity": 1.0},
        {"leg": "about", "from": "D", "to": "E", "cost": 1.3, "mode": "road"},
    ]
    demand = [
        {"product": "p", "origin": "A", "market": "B", "quantity": 5.0},
        {"product": "p", "origin": "D", "market": "E", "quantity": 5.0},
    ]
    found = run(build_instance(legs, demand), Options(), Clock())
    assert [row["limit"] for row in found.result.summary["binding_capacities"]] == [
        "a",
        "z",
    ]
    assert verify(found.instance, found.result).passed


def _closed_in_series() -> Run:
    """Two closed legs in series are worth nothing alone, one beside them 7.

    A price of theirs is one of many. To M costs 2 over the closed legs, 3 over the
    closed one and 10 over the open one.
    """
    legs: list[dict[str, Any]] = [
        {"leg": "a", "from": "A", "to": "B", "cost": 1.0, "capacity": 0.0},
        {"leg": "b", "from": "B", "to": "M", "cost": 1.0, "capacity": 0.0},
        {"leg": "c", "from": "A", "to": "M", "cost": 3.0, "capacity": 0.0},
        {"leg": "d", "from": "A", "to": "M", "cost": 10.0, "mode": "road"},
    ]
    demand = [{"product": "p", "origin": "A", "market": "M", "quantity": 5.0}]
    return run(build_instance(legs, demand), Options(), Clock(), prices="all")


def test_limits_that_save_nothing_do_not_bind() -> None:
    """Whatever price they have, one more of them saves nothing."""
    found = _closed_in_series()
    table = found.result.tables["capacity"]
    assert dict(zip(table["limit"], table["price_more"], strict=True)) == {
        "a": 0,
        "b": 0,
        "c": 7,
    }
    assert any(table["price"][:2] > 0)
    named = found.result.summary["binding_capacities"]
    assert [row["limit"] for row in named] == ["c"]
    shown = prices_document(found.result, found.instance)["limits"]
    assert [row["limit"] for row in shown] == ["c"]


def test_earlier_results_may_name_limits_that_save_nothing() -> None:
    """In any order among equals; what binds is not left out."""
    found = _closed_in_series()
    own = found.result.tables["capacity"]
    rows = [
        {
            **{name: own[name][row] for name in ("kind", "limit", "period")},
            "price": float(own["price"][row]),
            "utilisation": None,
        }
        for row in np.flatnonzero(own["price"] > 0).tolist()
    ]
    assert len(rows) > 1

    def passes(named: list[dict[str, Any]]) -> bool:
        summary = {**found.result.summary, "binding_capacities": named}
        return verify(found.instance, replace(found.result, summary=summary)).passed

    assert passes(rows)
    assert passes(rows[::-1])
    assert not passes(rows[:-1])
    assert not passes([*rows, rows[-1]])
