"""An earlier plan on an instance: what of it stayed, exactly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from solver.verification.exact.amounts import ZERO, decimal
from solver.verification.facts.flows import PlanFlows, units_on
from solver.verification.figures.columns import ROUTE_JOIN, joined_names
from solver.verification.plan import unusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from solver.arrays import Ints
    from solver.solution.earlier import EarlierPlan
    from solver.solution.keys import DemandKey
    from solver.verification.world import World


_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class MovedAmounts:
    """What became of an earlier plan's cargo.

    Parameters
    ----------
    earlier : Decimal
        All that it served.
    comparable : Decimal
        Of the demand that is there then and now, what it served, or the quantity now
        if that is less.
    movement : Decimal
        How much of that is not where it was.
    unmet : Decimal
        How much of that is not served at all.
    kept : tuple of Decimal
        What stays on the route of each row.
    demand_gone, demand_new : int
        Demand that is not there any more, and demand that was not there.
    """

    earlier: Decimal
    comparable: Decimal
    movement: Decimal
    unmet: Decimal
    kept: tuple[Decimal, ...]
    demand_gone: int
    demand_new: int


class ExactEarlier:
    """An earlier plan on an instance."""

    def __init__(self, world: World, plan: EarlierPlan) -> None:
        self.world, self.plan = world, plan
        self.quantity = [decimal(size) for size in plan.quantity.tolist()]

    @cached_property
    def shipment_keys(self) -> list[DemandKey]:
        """Demand of each shipment."""
        cargo, instance = self.world.cargo, self.world.instance
        titles = ("demand", "product", "origin", "market")
        columns = [instance.demand[title][cargo.demand].tolist() for title in titles]
        periods = [instance.periods[number] for number in cargo.period.tolist()]
        return [*zip(*columns, periods, strict=True)]

    @cached_property
    def shipments(self) -> dict[DemandKey, list[int]]:
        """Shipments of each demand."""
        found: dict[DemandKey, list[int]] = defaultdict(list)
        for number, key in enumerate(self.shipment_keys):
            found[key].append(number)
        return dict(found)

    # ---- routes that can still be taken

    @cached_property
    def candidates(self) -> tuple[PlanFlows, Ints]:
        """Earlier routes that shipments can still take, and the row of each."""
        named = [*self._named()]
        usable = ~unusable(self.world, self._flows(named))
        kept = [own for own, is_open in zip(named, usable, strict=True) if is_open]
        return self._flows(kept), np.array([row for _, _, row in kept], dtype=np.int64)

    def _named(self) -> Iterator[tuple[int, list[int], int]]:
        """Yield shipment, elements and row where all names are there."""
        index = {name: number for number, name in enumerate(self.world.elements.names)}
        for row, (key, legs) in enumerate(self.plan.places):
            chain = [index.get(name, -1) for name in legs.split(ROUTE_JOIN)]
            for shipment in self.shipments.get(key, ()) if min(chain) >= 0 else ():
                yield shipment, chain, row

    def _flows(self, named: list[tuple[int, list[int], int]]) -> PlanFlows:
        shipments, chains = [own[0] for own in named], [own[1] for own in named]
        elements, cargo = self.world.elements, self.world.cargo
        return PlanFlows(units_on(shipments, chains, len(cargo)), elements, cargo)

    @property
    def open_rows(self) -> list[int]:
        """Rows whose route some shipment of the demand can still take."""
        rows: list[int] = np.unique(self.candidates[1]).tolist()
        return rows

    # ---- what became of it

    def moved(self, flows: PlanFlows) -> MovedAmounts:
        """Return what of the earlier plan stays in a plan."""
        keys = [self.shipment_keys[number] for number in flows.shipment.tolist()]
        legs = joined_names(flows.routes.chain, self.world.elements.names)[flows.route]
        used = _sums(zip(keys, legs, strict=True), flows.quantity.decimals())
        served = _sums(keys, flows.quantity.decimals())
        kept = tuple(
            min(size, used.get(place, ZERO))
            for place, size in zip(self.plan.places, self.quantity, strict=True)
        )
        before = _sums(self.plan.keys, self.quantity)
        wanted = _sums(self.shipment_keys, self.world.cargo.quantity.decimals())
        comparable = unmet = ZERO
        for key, size in before.items():
            if key in wanted:
                most = min(size, wanted[key])
                comparable += most
                unmet += max(ZERO, most - served.get(key, ZERO))
        return MovedAmounts(
            earlier=sum(self.quantity, ZERO),
            comparable=comparable,
            movement=comparable - sum(kept, ZERO),
            unmet=unmet,
            kept=kept,
            demand_gone=sum(key not in wanted for key in before),
            demand_new=sum(key not in before for key in wanted),
        )


def _sums(keys: Iterable[_Key], sizes: Iterable[Decimal]) -> dict[_Key, Decimal]:
    """Sum of the sizes of each key."""
    found: dict[_Key, Decimal] = defaultdict(lambda: ZERO)
    for key, size in zip(keys, sizes, strict=True):
        found[key] += size
    return dict(found)
