"""Room below limits: who takes it, whole or in part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.options import Options
from solver.solving.solve import prepared
from solver.solving.stopping import room as rooms
from solver.solving.stopping.detours import Detours
from solver.solving.stopping.filling import within_limits
from solver.solving.stopping.room import Room
from tests.build import build_instance

if TYPE_CHECKING:
    from solver.solving.column_generation import ColumnGeneration

LEGS = [
    {"leg": "near", "from": "A", "to": "B", "cost": 1.0, "capacity": 12.0},
    {"leg": "far", "from": "A", "to": "B", "cost": 4.0, "capacity": 30.0},
]


def loop(*quantities: float, **columns: list[Any]) -> ColumnGeneration:
    """Return demand from A to B, each row with the route over the near leg."""
    rows = [
        {"product": f"p{n}", "origin": "A", "market": "B", "quantity": quantity}
        | {name: values[n] for name, values in columns.items()}
        for n, quantity in enumerate(quantities)
    ]
    return prepared(build_instance(LEGS, rows), Options())


def taken(asked: ColumnGeneration) -> list[float]:
    """Return what fits on the near leg of each row of demand."""
    routes = asked.master.routes.batches[0].routes
    room = Room(routes, np.zeros(len(routes)))
    wanted = asked.master.cargo.quantity[routes.shipment]
    found = room.taken(routes, np.arange(len(routes)), wanted)
    assert float(found.sum()) <= 12.0
    return [round(float(own), 9) for own in found]


def test_whole_quantities_come_first_and_parts_of_few_then() -> None:
    """7 t and 4 t of 12 t; of 6 t and 3 t, for which 1 t is left, their part."""
    assert taken(loop(7.0, 4.0, 6.0, 3.0)) == pytest.approx([7, 4, 2 / 3, 1 / 3])


def test_of_many_shipments_no_parts_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would make the plan long; 1 t stays free."""
    monkeypatch.setattr(rooms, "_FEW", 0)
    assert taken(loop(7.0, 4.0, 6.0, 3.0)) == [7.0, 4.0, 0.0, 0.0]


def test_the_first_class_takes_room_before_the_second() -> None:
    """10 t of priority 1 leave 2 of 12 t, whatever the order of rows."""
    assert taken(loop(6.0, 10.0, priority=[2, 1])) == [2.0, 10.0]


def test_quantities_beyond_a_limit_are_left_out() -> None:
    """Of 9 t and 6 t where 12 t fit, 9 t and half of the others."""
    routes = loop(9.0, 6.0).master.routes.batches[0].routes
    assert within_limits(routes, np.array([9.0, 6.0])) == pytest.approx([9.0, 3.0])
    assert within_limits(routes, np.zeros(2)).tolist() == [0.0, 0.0]


def test_prices_rise_where_more_wants_to_pass_than_there_is_room() -> None:
    """20 t want the near leg and take it all; the far one is no dearer than before."""
    own = loop(8.0, 12.0)
    routes = own.master.routes.batches[0].routes
    prices = own.known_prices.last
    assert prices is not None
    detours = Detours(routes, np.zeros(len(routes)), prices)
    near, far = (detours.prices.limits - prices.limits).tolist()
    assert near > 0.0
    assert far == 0.0
    detours.search(own.pricer.search)
    detours.search(own.pricer.search)
    found, quantity = detours.plan
    assert detours.left.tolist() == [0.0, 0.0]
    assert float(quantity.sum()) == pytest.approx(20.0)
    assert len(np.unique(found.fingerprint)) == len(found)


def test_a_small_limit_is_kept_beside_very_large_ones() -> None:
    """12 t want to pass where 10 t may; sums over all limits have no digits for it."""
    legs = [
        {"leg": "wide", "from": "A", "to": "B", "cost": 1.0, "capacity": 9e18},
        {"leg": "narrow", "from": "C", "to": "B", "cost": 1.0, "capacity": 10.0},
    ]
    rows = [
        {"product": f"p{n}", "origin": origin, "market": "B", "quantity": quantity}
        for n in range(3)
        for origin, quantity in (("A", 1e18), ("C", 4.0))
    ]
    asked = prepared(build_instance(legs, rows), Options())
    routes = asked.master.routes.batches[0].routes
    wanted = asked.master.cargo.quantity[routes.shipment]
    found = within_limits(routes, wanted)
    assert found[wanted > 4.0].tolist() == wanted[wanted > 4.0].tolist()
    assert float(found[wanted == 4.0].sum()) == pytest.approx(10.0)
