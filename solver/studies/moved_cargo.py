"""Which cargo took other routes in a second plan: demand by demand, route by route."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.network.chains import chains
from solver.network.elements import element_corridors
from solver.problem.tables import NO_CORRIDOR
from solver.solution.keys import demand_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from solver.problem.instance import Instance
    from solver.solution.keys import DemandKey

    Table = Mapping[str, NDArray[Any]]


_NOISE = 1e-9
"""Part of a demand below which a change is none."""


_JOIN = " > "


GONE = "gone"
"""Corridor of a route of which a leg is not there any more."""


@dataclass(frozen=True, slots=True)
class DemandMove:
    """What changed its route of one demand.

    Parameters
    ----------
    key : DemandKey
        The demand.
    quantity : float
        What moved from some routes to others.
    less, more : dict of str to float
        Routes, by their legs, that carry less or more than before, and how much.
    """

    key: DemandKey
    quantity: float
    less: dict[str, float]
    more: dict[str, float]


def demand_moves(first: Table, second: Table) -> list[DemandMove]:
    """Return what moved between two tables of flows, the largest quantity first.

    Parameters
    ----------
    first, second : table
        Columns of a demand key, `legs` and `quantity`.
    """
    change: dict[DemandKey, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    size: dict[DemandKey, float] = defaultdict(float)
    for table, sign in ((first, -1.0), (second, 1.0)):
        columns = (table[name].tolist() for name in ("legs", "quantity"))
        for key, legs, quantity in zip(demand_keys(table), *columns, strict=True):
            change[key][legs] += sign * quantity
            size[key] += quantity
    found = [_move(key, own, _NOISE * size[key]) for key, own in change.items()]
    moved = [move for move in found if move.less or move.more]
    return sorted(moved, key=lambda move: -move.quantity)


def _move(key: DemandKey, change: Mapping[str, float], noise: float) -> DemandMove:
    less = {legs: -size for legs, size in change.items() if size < -noise}
    more = {legs: size for legs, size in change.items() if size > noise}
    quantity = min(sum(less.values()), sum(more.values()))
    return DemandMove(key, quantity, less, more)


class CorridorNames:
    """Corridors of routes that are named by their legs.

    Parameters
    ----------
    instance : Instance
        Has the legs; others are gone.
    """

    def __init__(self, instance: Instance) -> None:
        tables = instance.legs["leg"], instance.routes["route"]
        names = np.concatenate(tables).tolist()
        corridors = element_corridors(instance, chains(instance))
        self._corridor = dict(zip(names, corridors, strict=True))

    def of(self, legs: str) -> str:
        """Return the corridor of a route."""
        found = [self._corridor.get(name) for name in legs.split(_JOIN)]
        if None in found:
            return GONE
        return next((name for name in found if name), NO_CORRIDOR)

    def sums(self, routes: Mapping[str, float]) -> dict[str, float]:
        """Quantity of each corridor."""
        found: dict[str, float] = defaultdict(float)
        for legs, size in routes.items():
            found[self.of(legs)] += size
        return dict(found)


# ---- between corridors, countries and ports


def net_moves(
    move: DemandMove,
    before: Mapping[str, Sequence[str]],
    after: Mapping[str, Sequence[str]],
) -> dict[str, float]:
    """Return what each value lost (below 0) or won of the cargo that moved.

    What moved is taken from all routes that carry less in proportion, and given to all
    that carry more; what passes a value before and after stays there.

    Parameters
    ----------
    move : DemandMove
        What moved of one demand.
    before, after : dict of str to sequence of str
        Values that each route carries, by its legs, then and now.
    """
    net: dict[str, float] = defaultdict(float)
    sides = ((-1.0, move.less, before), (1.0, move.more, after))
    for sign, routes, values in sides if move.quantity else ():
        share = sign * move.quantity / sum(routes.values())
        for legs, size in routes.items():
            for value in values[legs]:
                net[value] += share * size
    noise = _NOISE * move.quantity
    return {value: size for value, size in net.items() if abs(size) > noise}


def left_and_came(
    nets: Iterable[Mapping[str, float]],
) -> tuple[dict[str, float], dict[str, float]]:
    """Return what left each value, and what came to it, over all demand."""
    left: dict[str, float] = defaultdict(float)
    came: dict[str, float] = defaultdict(float)
    for net in nets:
        for value, size in net.items():
            (came if size > 0 else left)[value] += abs(size)
    return dict(left), dict(came)


def between(nets: Iterable[Mapping[str, float]]) -> dict[tuple[str, str], float]:
    """Return what moved from one value to another, of values that exclude each other.

    Where a demand leaves several values for several others, in proportion.
    """
    found: dict[tuple[str, str], float] = defaultdict(float)
    for net in nets:
        total = sum(size for size in net.values() if size > 0)
        for value, size in net.items():
            for other, won in net.items() if size < 0 else ():
                if won > 0:
                    found[value, other] += -size * won / total
    return dict(found)
