"""Costs that tariffs make: one for every leg and product, never below 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.checks.row_faults import place_text
from solver.errors import Fault
from solver.messages import shown
from solver.network.chains import chains
from solver.network.tariffs import element_rates, leg_countries, node_rates, treatments
from solver.problem.tables import split_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Mask
    from solver.network.tariffs import Rates, Treatments
    from solver.problem.instance import Instance
    from solver.problem.tables import Table


_DUST = 1e-9
"""Costs this little below 0 are the rounding of a sum that is 0."""


_MOST_ALIKE = 100


_LEG_SELECTORS = ("mode", "country", "corridor", "tag", "leg")


_SELECTORS = ("product", "group", *_LEG_SELECTORS)


def cost_faults(instance: Instance) -> Iterator[Fault]:
    """Yield legs without a cost, tariffs that tie, and costs below 0."""
    kinds = treatments(instance)
    elements = element_rates(instance, kinds, chains(instance))
    num_legs = len(instance.legs)
    open_legs = ~elements.closed[:, :num_legs]
    missing = np.isnan(elements.tariff[:, :num_legs]) & open_legs
    yield from _missing_faults(instance, kinds, missing)
    yield from _tie_faults(instance, kinds, open_legs)
    nodes = node_rates(instance, kinds)
    _add_sums(instance, elements, nodes)
    for table, column, rates, part in (
        (instance.legs, "leg", elements, slice(num_legs)),
        (instance.routes, "route", elements, slice(num_legs, None)),
        (instance.nodes, "node", nodes, slice(None)),
    ):
        cost = rates.tariff[:, part] + rates.surcharge[:, part]
        below = (cost < -_DUST) & ~rates.closed[:, part]
        for kind, row in _first_places(below):
            noun = "handling at" if column == "node" else column
            name, product = table[column][row], _product(instance, kinds, kind)
            message = (
                f"{noun} {shown(name)} would cost {cost[kind, row]:g} for {product}"
            )
            remedy = "a cost cannot be negative: lower what is taken off it in tariffs"
            file, line = table.place(row)
            yield Fault(file, message, remedy, line, "cost", f"{cost[kind, row]:g}")


def _add_sums(instance: Instance, elements: Rates, nodes: Rates) -> None:
    """Give named routes without a through rate the costs of their parts."""
    num_legs = len(instance.legs)
    for number, chain in enumerate(chains(instance)):
        if np.isnan(instance.routes["cost"][number]):
            legs, inner = list(chain.legs), list(chain.nodes[1:-1])
            for rates, parts in ((elements, legs), (nodes, inner)):
                cost = rates.tariff[:, parts] + rates.surcharge[:, parts]
                elements.surcharge[:, num_legs + number] += cost.sum(axis=1)
            elements.tariff[:, num_legs + number] = 0.0


def _first_places(mask: Mask) -> Iterator[tuple[int, int]]:
    """Yield each column that holds something true, with the first such row."""
    columns = np.flatnonzero(mask.any(axis=0))[:_MOST_ALIKE]
    for column in columns.tolist():
        yield int(np.argmax(mask[:, column])), column


def _product(instance: Instance, kinds: Treatments, kind: int) -> str:
    """Return the first product of a treatment, for messages."""
    first = int(np.argmax(kinds.of_product == kind))
    return shown(instance.products["product"][first])


def _missing_faults(
    instance: Instance, kinds: Treatments, missing: Mask
) -> Iterator[Fault]:
    legs = instance.legs
    for kind, row in _first_places(missing):
        product = _product(instance, kinds, kind)
        message = f"leg {shown(legs['leg'][row])} has no cost for {product}"
        remedy = "give one, or a tariff with a cost_per_km that matches it"
        if np.isnan(legs["distance"][row]):
            message = f"{message}, and no distance"
            remedy = "give a cost, or a distance and a tariff with a cost_per_km"
        file, line = legs.place(row)
        yield Fault(file, message, remedy, line, "cost", "")


def _tie_faults(
    instance: Instance, kinds: Treatments, open_legs: Mask
) -> Iterator[Fault]:
    """Legs for which two costs by distance match with as many selectors."""
    tariffs, legs = instance.tariffs, instance.legs
    wanted = open_legs & np.isnan(legs["cost"])
    shape = wanted.shape
    depth, winner = np.full(shape, -1), np.full(shape, -1)
    rival = np.full(shape, -1)
    masks = _LegMasks(instance)
    for row in np.flatnonzero(~np.isnan(tariffs["cost_per_km"])).tolist():
        own = sum(bool(tariffs[selector][row]) for selector in _SELECTORS)
        acts = kinds.rows[:, row, None] & masks.mask(tariffs, row) & wanted
        deeper = acts & (own > depth)
        rival[acts & (own == depth)] = row
        depth[deeper], winner[deeper], rival[deeper] = own, row, -1
    for kind, leg in _first_places(rival >= 0):
        first, second = int(winner[kind, leg]), int(rival[kind, leg])
        file, line = tariffs.place(second)
        product, name = _product(instance, kinds, kind), shown(legs["leg"][leg])
        message = (
            f"ties with {place_text(tariffs, first)} for {product} on leg {name}: "
            "both match it, with as many selectors"
        )
        value = f"{tariffs['cost_per_km'][second]:g}"
        remedy = "add a selector to the one that should win"
        yield Fault(file, f"{value} {message}", remedy, line, "cost_per_km", value)


class _LegMasks:
    """Which legs a tariff row selects."""

    def __init__(self, instance: Instance) -> None:
        legs = instance.legs
        self._carried: dict[str, list[tuple[str, ...]]] = {
            "mode": [(name,) for name in legs["mode"]],
            "country": leg_countries(instance),
            "corridor": [(name,) for name in legs["corridor"]],
            "tag": [split_names(cell) for cell in legs["tags"]],
            "leg": [(name,) for name in legs["leg"]],
        }
        self._num_legs = len(legs)

    def mask(self, tariffs: Table, row: int) -> Mask:
        """Return for each leg whether every selector of the row names it."""
        result = np.full(self._num_legs, not tariffs["route"][row])
        for selector, carried in self._carried.items():
            names = set(split_names(tariffs[selector][row]))
            if names:
                hits = [not names.isdisjoint(own) for own in carried]
                result &= np.array(hits, dtype=bool)
        return result
