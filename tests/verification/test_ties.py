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
    1 and 1.3, so 0.3 for 1; what is not full there does not bind.
    """
    legs: list[dict[str, Any]] = [
        {"leg": "z", "from": "A", "to": "B", "cost": 1.0, "capacity": 3.0},
        {"leg": "round", "from": "A", "to": "B", "cost": 1.1, "mode": "road"},
        {"leg": "a", "from": "D", "to": "E", "cost": 1.0, "capacity": 1.0},
        {"leg": "about", "from": "D", "to": "E", "cost": 1.3, "capacity": 9.0},
    ]
    demand = [
        {"product": "p", "origin": "A", "market": "B", "quantity": 5.0},
        {"product": "p", "origin": "D", "market": "E", "quantity": 5.0},
    ]
    found = run(build_instance(legs, demand), Options(), Clock())
    named = found.result.summary["binding_capacities"]
    assert [row["limit"] for row in named] == ["a", "z"]
    assert _passes(found, named)
    spare = {**named[0], "limit": "about", "price": 0.0, "utilisation": 4 / 9}
    assert not _passes(found, [*named, spare])


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
    assert _passes(found, rows)
    assert _passes(found, rows[::-1])
    assert not _passes(found, rows[:-1])
    assert not _passes(found, [*rows, rows[-1]])


def _passes(found: Run, named: list[dict[str, Any]]) -> bool:
    """Whether a result passes that calls these limits binding."""
    summary = {**found.result.summary, "binding_capacities": named}
    return verify(found.instance, replace(found.result, summary=summary)).passed


def test_the_ten_limits_that_bind_most_are_named_in_order() -> None:
    """Of eleven full legs that save 0.1 to 1.1."""
    legs: list[dict[str, Any]] = []
    demand: list[dict[str, Any]] = []
    for number in range(1, 12):
        ends = {"from": f"A{number}", "to": f"B{number}"}
        dearer = {"cost": 1.0 + number / 10, "mode": "road"}
        legs.append({"leg": f"l{number}", **ends, "cost": 1.0, "capacity": 1.0})
        legs.append({"leg": f"r{number}", **ends, **dearer})
        places = {"origin": ends["from"], "market": ends["to"]}
        demand.append({"product": "p", **places, "quantity": 5.0})
    found = run(build_instance(legs, demand), Options(), Clock())
    named = found.result.summary["binding_capacities"]
    assert [row["limit"] for row in named] == [f"l{n}" for n in range(11, 1, -1)]
    least = {**named[0], "limit": "l1", "price": 0.1}
    assert _passes(found, named)
    assert not _passes(found, [named[1], named[0], *named[2:]])
    assert not _passes(found, [*named[1:], least])
    assert not _passes(found, [*named, least])
    assert not _passes(found, named[:9])
