"""The limits that keep demand unmet, with weights that prove it.

Prices of the stage `unmet` of a certificate prove that a class must leave so much:

    sum_d q_d min(w_d, v_d) - sum_k price_k K_k - sum_i price_i rhs_i

No other limit stands in it, so that lifting all others changes nothing: these are the
limits of a cut, or of several that overlap, with how much each counts. Cuts that have
nothing to do with each other are told apart (`separation`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from solver.studies.repair.separation import separate_sets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.arrays import Ints
    from solver.solution.certificate import Certificate
    from solver.solution.keys import CapacityKey, RowKey
    from solver.solution.plan import Plan
    from solver.solving.prepared import Prepared

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
    """Firm demand of one class that is left, and what keeps it.

    Parameters
    ----------
    priority : int or None
        The class.
    unmet, bound : float
        What is left unmet of cargo that has a route, and what the limits prove must be,
        whatever becomes of all others.
    shipments : ndarray of int
        Shipments that are left, the largest quantity first.
    limits : tuple of KeepingLimit
        Capacities with their weights, the heaviest first.
    rules : tuple of (RowKey, float)
        Rows of rules with their weights, likewise.
    """

    priority: int | None
    unmet: float
    bound: float
    shipments: Ints
    limits: tuple[KeepingLimit, ...]
    rules: tuple[tuple[RowKey, float], ...]


def shortages(
    known: Prepared, plan: Plan | None, certificate: Certificate | None
) -> tuple[Shortage, ...]:
    """Return what keeps firm demand that a proved plan leaves.

    Shortages of one class that have nothing to do with each other are told apart.

    Parameters
    ----------
    known : Prepared
        The instance.
    plan, certificate
        Its plan, proved.
    """
    if certificate is None or plan is None:
        return ()
    limits = known.network.limits
    capacity = dict(zip(limits.keys, limits.capacity.tolist(), strict=True))
    return tuple(
        Shortage(
            priority=stage.priority,
            unmet=float(plan.unmet[found.shipments].sum()),
            bound=found.bound,
            shipments=found.shipments,
            limits=tuple(
                KeepingLimit(key, capacity[key], price)
                for key, price in _heaviest(found.stage.capacities)
            ),
            rules=tuple(_heaviest(found.stage.rules)),
        )
        for stage in certificate.stages
        if stage.objective == "unmet"
        for found in separate_sets(known, stage, plan)
    )


def _heaviest(prices: Mapping[_Key, float]) -> list[tuple[_Key, float]]:
    return sorted(prices.items(), key=lambda pair: -pair[1])
