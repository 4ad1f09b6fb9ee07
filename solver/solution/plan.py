"""A plan: which quantity of which demand takes which route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Quantities by shipment and route.

    Parameters
    ----------
    shipment : ndarray of int, shape (flows,)
        Index into `Instance.shipments`; ascending.
    quantity : ndarray of float, shape (flows,)
        Positive, in the instance's unit.
    starts : ndarray of int, shape (flows + 1,)
        Flow f takes the elements ``elements[starts[f]:starts[f + 1]]``, in order.
    elements : ndarray of int
        Elements of all flows, one after the other.
    unmet : ndarray of float, shape (shipments,)
        Quantity of each shipment that is not carried.
    """

    shipment: Ints
    quantity: Floats
    starts: Ints
    elements: Ints
    unmet: Floats
