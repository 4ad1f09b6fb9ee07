"""Right-hand sides of the model that are moved for a while."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.model.master import Master
    from solver.model.objective import Duals


@dataclass(frozen=True, slots=True, eq=False)
class RightHandMove:
    """What moves together, and how much for each unit.

    Parameters
    ----------
    limits, rows, demand : dict of int to float
        Capacities by number, rows of rules by number in (weighted) quantity, and
        quantities by shipment.
    """

    limits: Mapping[int, float] = field(default_factory=dict)
    rows: Mapping[int, float] = field(default_factory=dict)
    demand: Mapping[int, float] = field(default_factory=dict)

    def slope(self, duals: Duals) -> float:
        """Return what the least cost changes by for each unit, at some prices."""
        prices = duals.prices
        own = sum(rate * duals.marginal_cost[d] for d, rate in self.demand.items())
        own -= sum(rate * prices.limits[k] for k, rate in self.limits.items())
        own -= sum(rate * prices.rules.get(i, 0.0) for i, rate in self.rows.items())
        return float(own)


def enter(master: Master, moves: Sequence[RightHandMove]) -> None:
    """Bring into the model what is to be moved."""
    capacity, rules = master.families.capacity, master.families.rules
    limits = sorted({number for move in moves for number in move.limits})
    rows = sorted({number for move in moves for number in move.rows})
    demand = sorted({number for move in moves for number in move.demand})
    capacity.add(np.array([k for k in limits if capacity.row[k] < 0], dtype=int))
    rules.add([number for number in rows if rules.row[number] < 0])
    master.enter(np.array(demand, dtype=int))
    master.price_outside()


@contextmanager
def moved(master: Master, move: RightHandMove, far: float) -> Iterator[None]:
    """Solve with right-hand sides moved so far, until the block is left."""
    _put(master, move, far)
    try:
        yield
    finally:
        _put(master, move, 0.0)


def _put(master: Master, move: RightHandMove, far: float) -> None:
    for number, rate in move.limits.items():
        master.families.capacity.move(number, rate * far)
    for number, rate in move.rows.items():
        master.families.rules.move(number, rate * far)
    for shipment, rate in move.demand.items():
        master.move_demand(shipment, rate * far)
