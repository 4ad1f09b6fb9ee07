"""What each product pays on each leg, named route and node.

Products that no tariff tells apart, that have one time value and that count in the
same joint capacities, are one *treatment*: costs are computed once for it, and a
search for cheapest routes serves all its products.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.problem.tables import ANY, split_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints, Mask
    from solver.network.chains import Chain
    from solver.problem.instance import Instance
    from solver.problem.tables import Table


class Rates(NamedTuple):
    """Money per unit for each treatment (rows), on elements or nodes (columns).

    `tariff` is the cost after factors, `surcharge` what is added to it, `closed`
    where the treatment may not pass.
    """

    tariff: Floats
    surcharge: Floats
    closed: Mask


class Treatments(NamedTuple):
    """Groups of products that all costs and capacities treat alike.

    Parameters
    ----------
    of_product : ndarray of int, shape (products,)
        Treatment of each product.
    time_value : ndarray of float, shape (treatments,)
        Money per unit and day.
    rows : ndarray of bool, shape (treatments, tariffs)
        Tariff rows whose product and group select the treatment.
    counted : ndarray of bool, shape (treatments, capacities)
        Joint capacities that count the treatment.
    """

    of_product: Ints
    time_value: Floats
    rows: Mask
    counted: Mask


def treatments(instance: Instance) -> Treatments:
    """Treatments of the instance's products."""
    products = instance.products
    rows = _selected_products(instance.tariffs, products)
    counted = _selected_products(instance.capacities, products)
    time_value = products["time_value"].astype(float)
    table = np.column_stack([rows.T, counted.T, time_value])
    unique, of_product = np.unique(table, axis=0, return_inverse=True)
    count = len(instance.tariffs)
    return Treatments(
        of_product=of_product.reshape(-1),
        time_value=unique[:, -1],
        rows=unique[:, :count].astype(bool),
        counted=unique[:, count:-1].astype(bool),
    )


def element_rates(
    instance: Instance, kinds: Treatments, chains: Sequence[Chain]
) -> Rates:
    """Rates of legs, then of named routes by their own through rate (NaN: none).

    The surcharge of a named route without one is what acts on it as a whole.
    """
    tariffs = instance.tariffs
    on_legs = ~_acts_on_nodes(tariffs)
    matches = _element_matches(instance, chains)
    base = np.tile(_element_costs(instance), (len(kinds.time_value), 1))
    rates = _rates(tariffs, kinds.rows & on_legs, matches, base)
    summed = np.isnan(base)
    summed[:, : len(instance.legs)] = False
    as_a_whole = np.asarray(tariffs["route"] != "", dtype=bool)
    whole = _rates(tariffs, kinds.rows & on_legs & as_a_whole, matches, base)
    rates.surcharge[summed] = whole.surcharge[summed]
    by_distance = _distance_costs(instance, kinds.rows & on_legs, matches)
    legs = len(instance.legs)
    factor = _product_of_factors(tariffs, kinds.rows & on_legs, matches)
    missing = np.isnan(base[:, :legs])
    rates.tariff[:, :legs][missing] = (by_distance * factor[:, :legs])[missing]
    return rates


def node_rates(instance: Instance, kinds: Treatments) -> Rates:
    """Rates of handling at each node."""
    tariffs = instance.tariffs
    on_nodes = _acts_on_nodes(tariffs)
    nodes = instance.nodes
    matches = _matches(tariffs, "node", [(name, ANY) for name in nodes["node"]])
    matches &= _matches(tariffs, "country", [split_names(c) for c in nodes["country"]])
    base = np.tile(nodes["cost"].astype(float), (len(kinds.time_value), 1))
    return _rates(tariffs, kinds.rows & on_nodes, matches, base)


def _acts_on_nodes(tariffs: Table) -> Mask:
    return np.asarray(tariffs["node"] != "", dtype=bool)


def _selected_products(table: Table, products: Table) -> Mask:
    """For each row of a table and each product, whether the row selects it."""
    names = [(name,) for name in products["product"]]
    groups = [(name,) for name in products["group"]]
    return _matches(table, "product", names) & _matches(table, "group", groups)


def _matches(table: Table, selector: str, carried: Sequence[tuple[str, ...]]) -> Mask:
    """For each row and each thing, whether the row's selector names what it carries."""
    distinct = {names: number for number, names in enumerate(dict.fromkeys(carried))}
    position = np.fromiter((distinct[names] for names in carried), int, len(carried))
    result = np.ones((len(table), len(carried)), dtype=bool)
    for row, cell in enumerate(table[selector]):
        if cell:
            wanted = set(split_names(cell))
            hits = [not wanted.isdisjoint(names) for names in distinct]
            result[row] = np.array(hits, dtype=bool)[position]
    return result


def _element_matches(instance: Instance, chains: Sequence[Chain]) -> Mask:
    """For each tariff row and element, whether every selector matches."""
    legs = instance.legs
    corridors = [(name,) for name in legs["corridor"]]
    result = _unions(instance.tariffs, "corridor", corridors, chains)
    named = instance.routes["corridor"]
    for number in np.flatnonzero(named != ""):
        column = _matches(instance.tariffs, "corridor", [(named[number],)])
        result[:, len(legs) + number] = column[:, 0]
    for selector, carried in (
        ("mode", [(name,) for name in legs["mode"]]),
        ("tag", [split_names(cell) for cell in legs["tags"]]),
        ("leg", [(name,) for name in legs["leg"]]),
        ("country", leg_countries(instance)),
    ):
        result &= _unions(instance.tariffs, selector, carried, chains)
    own = [(), *((name,) for name in instance.routes["route"])]
    places = [*[0] * len(legs), *range(1, len(own))]
    return result & _matches(instance.tariffs, "route", own)[:, places]


def _unions(
    tariffs: Table,
    selector: str,
    carried: Sequence[tuple[str, ...]],
    chains: Sequence[Chain],
) -> Mask:
    """Return matches of legs, and of named routes by what any leg carries."""
    unions = [
        tuple(sorted({name for leg in chain.legs for name in carried[leg]}))
        for chain in chains
    ]
    return _matches(tariffs, selector, [*carried, *unions])


def leg_countries(instance: Instance) -> list[tuple[str, ...]]:
    """Countries of each leg: its own and those of its two ends."""
    legs, nodes = instance.legs, instance.nodes
    of_node = dict(zip(nodes["node"], nodes["country"], strict=True))
    rows = zip(legs["country"], legs["from"], legs["to"], strict=True)
    return [
        split_names("|".join((own, of_node[start], of_node[end])))
        for own, start, end in rows
    ]


def _element_costs(instance: Instance) -> Floats:
    legs, routes = instance.legs["cost"], instance.routes["cost"]
    return np.concatenate([legs.astype(float), routes.astype(float)])


def _product_of_factors(tariffs: Table, rows: Mask, matches: Mask) -> Floats:
    factor = tariffs["factor"].astype(float)
    result = np.ones((len(rows), matches.shape[1]))
    for row in np.flatnonzero(~np.isnan(factor)):
        acts = rows[:, row, None] & matches[row]
        result = np.where(acts, result * factor[row], result)
    return result


def _rates(tariffs: Table, rows: Mask, matches: Mask, base: Floats) -> Rates:
    surcharge = np.zeros_like(base)
    added = tariffs["surcharge"].astype(float)
    for row in np.flatnonzero(~np.isnan(added)):
        surcharge += np.where(rows[:, row, None] & matches[row], added[row], 0.0)
    closed = np.zeros(base.shape, dtype=bool)
    for row in np.flatnonzero(tariffs["closed"].astype(bool)):
        closed |= rows[:, row, None] & matches[row]
    factor = _product_of_factors(tariffs, rows, matches)
    return Rates(tariff=base * factor, surcharge=surcharge, closed=closed)


def _distance_costs(instance: Instance, rows: Mask, matches: Mask) -> Floats:
    """Distance times the `cost_per_km` of the row with most selectors, for legs."""
    tariffs, legs = instance.tariffs, instance.legs
    rate = tariffs["cost_per_km"].astype(float)
    best = np.full((len(rows), len(legs)), -1)
    chosen = np.full((len(rows), len(legs)), np.nan)
    for row in np.flatnonzero(~np.isnan(rate)).tolist():
        depth = _num_selectors(tariffs, row)
        acts = rows[:, row, None] & matches[row, : len(legs)] & (best < depth)
        best[acts] = depth
        chosen[acts] = rate[row]
    result: Floats = chosen * legs["distance"].astype(float)
    return result


def _num_selectors(tariffs: Table, row: int) -> int:
    selectors = ("product", "group", "mode", "country", "corridor", "tag", "leg")
    return sum(bool(tariffs[selector][row]) for selector in selectors)
