"""The limits that keep demand unmet, with weights that prove it.

Prices of the stage `unmet` of a certificate prove that a class must leave so much:

    sum_d q_d min(w_d, v_d) - sum_k price_k K_k - sum_i price_i rhs_i

No other limit stands in it, so that lifting all others changes nothing: these are the
limits of a cut, or of several that overlap, with how much each counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from solver.network.network import Network
from solver.network.shipments import cargo
from solver.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.problem.instance import Instance
    from solver.solution.keys import CapacityKey, RowKey
    from solver.solution.solution import Solution

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class KeepingLimit:
    """A capacity that keeps demand unmet.

    Parameters
    ----------
    key : CapacityKey
        The limit.
    capacity, weight : float
        What it is, and quantity that a unit more of it lets through, by these prices.
    """

    key: CapacityKey
    capacity: float
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Shortage:
    """What a class of firm demand leaves, and what keeps it.

    Parameters
    ----------
    priority : int or None
        The class.
    unmet, bound : float
        What is left unmet, and what the limits prove must be.
    limits : tuple of KeepingLimit
        Capacities with their weights, the heaviest first.
    rules : tuple of (RowKey, float)
        Rows of rules with their weights, likewise.
    """

    priority: int | None
    unmet: float
    bound: float
    limits: tuple[KeepingLimit, ...]
    rules: tuple[tuple[RowKey, float], ...]


def shortages(instance: Instance, solution: Solution) -> tuple[Shortage, ...]:
    """Return what keeps each class of firm demand that a proved plan leaves.

    Parameters
    ----------
    instance : Instance
        The instance.
    solution : Solution
        Its solution.
    """
    certificate, plan = solution.certificate, solution.plan
    if certificate is None or plan is None:
        return ()
    network = Network(instance)
    limits, own = network.limits, cargo(network)
    capacity = dict(zip(limits.keys, limits.capacity.tolist(), strict=True))
    unmet = np.bincount(
        np.maximum(own.unmet_class, 0),
        np.where(own.firm, plan.unmet, 0.0),
        max(len(own.classes), 1),
    )
    left = dict(zip(own.classes, unmet.tolist(), strict=False))
    bounds = {
        found["priority"]: found["bound"] for found in solution.proved.unmet_bounds
    }
    return tuple(
        Shortage(
            priority=stage.priority,
            unmet=left[stage.priority],
            bound=float(bounds.get(stage.priority) or 0.0),
            limits=tuple(
                KeepingLimit(key, capacity[key], price)
                for key, price in _heaviest(stage.capacities)
            ),
            rules=tuple(_heaviest(stage.rules)),
        )
        for stage in certificate.stages
        if stage.objective == "unmet"
    )


def _heaviest(prices: Mapping[_Key, float]) -> list[tuple[_Key, float]]:
    return sorted(prices.items(), key=lambda pair: -pair[1])
