"""An earlier plan by names alone: which quantity of which demand took which route."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.solution.keys import DemandKey, demand_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from solver.arrays import Floats

    Table = Mapping[str, NDArray[Any]]


_EXACT = Context(prec=80)


@dataclass(frozen=True, slots=True, eq=False)
class EarlierPlan:
    """What demand took which route in an earlier plan, each pair once, in order.

    Parameters
    ----------
    keys : tuple of DemandKey
        Demand of each row.
    legs : tuple of str
        Legs and named routes of each row, as `L1 > L2`.
    quantity : ndarray, shape (rows,)
        Above 0, in the instance's unit.
    source : str
        SHA-256 of the table that it comes from.
    """

    keys: tuple[DemandKey, ...]
    legs: tuple[str, ...]
    quantity: Floats
    source: str = ""

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def places(self) -> list[tuple[DemandKey, str]]:
        """Demand and route of each row."""
        return [*zip(self.keys, self.legs, strict=True)]


def earlier_plan(allocation: Table, source: str) -> EarlierPlan:
    """Return the plan of a table ``allocation``, or ``earlier``, whatever its order.

    Parameters
    ----------
    allocation : table
        Has the columns of a demand key, `legs` and `quantity`.
    source : str
        SHA-256 of the earlier result's ``allocation.csv``.
    """
    sums: dict[tuple[DemandKey, str], Decimal] = defaultdict(Decimal)
    keys, legs = demand_keys(allocation), allocation["legs"].tolist()
    quantity = allocation["quantity"].tolist()
    for key, route, size in zip(keys, legs, quantity, strict=True):
        place = key, route
        sums[place] = _EXACT.add(sums[place], Decimal(repr(size)))
    order = sorted(sums)
    return EarlierPlan(
        keys=tuple(key for key, _ in order),
        legs=tuple(route for _, route in order),
        quantity=np.array([float(sums[place]) for place in order], dtype=float),
        source=source,
    )
