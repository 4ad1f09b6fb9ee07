"""The folder of a generated instance, written by columns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.generation.capacities import SNUG_AT, draw_capacities
from solver.generation.demand import draw_demand
from solver.generation.legs import COST_PER_KM, MODES, draw_legs
from solver.generation.names import corridor_names, product_names
from solver.generation.nodes import draw_nodes
from solver.generation.rates import (
    CORRIDOR_FACTORS,
    DWELL,
    GROUPS,
    HANDLING,
    RAIL_FACTORS,
    mean_cost,
)
from solver.storage.files import replace_all
from solver.storage.folders import claimed_empty

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints
    from solver.generation.capacities import GeneratedCapacities
    from solver.generation.demand import GeneratedDemand
    from solver.generation.legs import GeneratedLegs
    from solver.generation.nodes import GeneratedNodes
    from solver.generation.order import Order


_MANIFEST = "instance.toml"


def generate(folder: Path, order: Order) -> dict[str, int]:
    """Write the instance of an order to a folder; return the rows of each table.

    Parameters
    ----------
    folder : Path
        A new or empty folder.
    order : Order
        How large, how tight, and where the random numbers begin: the same order
        gives the same bytes.

    Raises
    ------
    UsageError
        The counts cannot be had together.
    OutputError
        The folder cannot be made, or holds anything.
    """
    with claimed_empty(folder):
        tables, rule = _tables(order)
        files = {f"{name}.csv": _text(columns) for name, columns in tables.items()}
        exact = replace(order, legs=len(tables["legs"]["from"]))
        files[_MANIFEST] = (_manifest(exact) + rule).encode()
        replace_all(folder, files, mark=_MANIFEST)
    return {name: len(next(iter(columns.values()))) for name, columns in tables.items()}


_Columns = dict[str, "list[str]"]


def _tables(order: Order) -> tuple[dict[str, _Columns], str]:
    """Every table, and the rule that the manifest ends with."""
    streams = np.random.default_rng(order.seed).spawn(5)
    at = draw_nodes(order, streams[0])
    by = draw_legs(order, at, streams[1])
    cargo = draw_demand(order, streams[2])
    most = draw_capacities(at, by, cargo, order.tightness, streams[3])
    products = _products(order, streams[4])
    factors = streams[4].choice(CORRIDOR_FACTORS, order.corridors)
    tables = {
        "nodes": _nodes(at, most),
        "legs": _legs(at, by, most, order),
        "demand": _demand(at, cargo, order),
        "products": products,
        "tariffs": _tariffs(order, factors),
        "capacities": _capacities(at, most, order),
    }
    return tables, _rule(order, (at, by, cargo), most, factors)


def _rule(
    order: Order,
    drawn: tuple[GeneratedNodes, GeneratedLegs, GeneratedDemand],
    most: GeneratedCapacities,
    factors: Floats,
) -> str:
    """Return the text of the rule that an instance is given; blank for none."""
    if order.rules == "none":
        return ""
    from solver.generation.free_plan import CorridorUse, free_use
    from solver.generation.rules import rule_text

    if order.rules == "idle" or order.tightness > SNUG_AT:
        use = CorridorUse(most.shares, most.shares, most.shares)
    else:
        use = free_use(*drawn, most, mean_cost(*drawn, factors))
    return rule_text(order.rules, drawn[0], use)


def _nodes(at: GeneratedNodes, most: GeneratedCapacities) -> _Columns:
    latitude, longitude = at.degrees()
    kinds = at.kind.tolist()
    return {
        "node": at.names,
        "kind": kinds,
        "country": at.countries,
        "latitude": _numbers(latitude),
        "longitude": _numbers(longitude),
        "capacity": _numbers(most.nodes),
        "cost": [str(HANDLING.get(kind, 0)) for kind in kinds],
        "days": [str(DWELL.get(kind, 0)) for kind in kinds],
    }


def _legs(
    at: GeneratedNodes, by: GeneratedLegs, most: GeneratedCapacities, order: Order
) -> _Columns:
    return {
        "from": _chosen(at.names, by.tail),
        "to": _chosen(at.names, by.head),
        "mode": _chosen(MODES, by.mode),
        "corridor": _chosen([*corridor_names(order.corridors), ""], by.corridor),
        "distance": _numbers(by.distance),
        "capacity": _numbers(most.legs),
        "days": _numbers(by.days),
    }


def _demand(at: GeneratedNodes, cargo: GeneratedDemand, order: Order) -> _Columns:
    origins, markets = at.of_kind("origin"), at.of_kind("market")
    columns = {
        "product": _chosen(product_names(order.products)[0], cargo.product),
        "origin": _chosen(at.names, origins[cargo.origin]),
        "market": _chosen(at.names, markets[cargo.market]),
        "quantity": _numbers(cargo.quantity),
    }
    if order.periods > 1:
        columns["period"] = _chosen(_periods(order), cargo.period)
    return columns


def _products(order: Order, rng: np.random.Generator) -> _Columns:
    names, groups = product_names(order.products)
    span = np.array([GROUPS[group][:2] for group in groups])
    values = np.rint(rng.uniform(span[:, 0], span[:, 1]))
    return {
        "product": names,
        "group": groups,
        "value": _numbers(values),
        "time_value": [str(GROUPS[group][2]) for group in groups],
    }


def _tariffs(order: Order, factors: Floats) -> _Columns:
    """Rates by mode, and what groups pay on rails and corridors ask besides."""
    present = set(product_names(order.products)[1])
    groups = [group for group in RAIL_FACTORS if group in present]
    corridors = corridor_names(order.corridors)
    rates = zip(MODES, COST_PER_KM, strict=True)
    rows = [(mode, "", "", str(rate), "") for mode, rate in rates]
    rows += [("rail", group, "", "", str(RAIL_FACTORS[group])) for group in groups]
    rows += [
        ("", "", name, "", f"{factor:g}")
        for name, factor in zip(corridors, factors.tolist(), strict=True)
    ]
    titles = ("mode", "group", "corridor", "cost_per_km", "factor")
    return dict(zip(titles, map(list, zip(*rows, strict=True)), strict=True))


def _capacities(
    at: GeneratedNodes, most: GeneratedCapacities, order: Order
) -> _Columns:
    gates: list[list[str]] = [[] for _ in range(order.corridors)]
    for node in np.flatnonzero(at.stage == 0).tolist():
        gates[at.corridor[node]].append(at.names[node])
    names = [f"trains to the {name} corridor" for name in corridor_names(len(gates))]
    nodes = ["|".join(borders) for borders in gates]
    by_period = most.corridors.ndim > 1 and order.periods > 1
    periods = _periods(order) if by_period else [""]
    columns = {
        "capacity": [f"{name} {when}".strip() for when in periods for name in names],
        "nodes": nodes * len(periods),
        "quantity": _numbers(most.corridors.ravel()),
    }
    if by_period:
        columns["period"] = [when for when in periods for _ in names]
    return columns


def _periods(order: Order) -> list[str]:
    return [str(2026 + number) for number in range(order.periods)]


def _manifest(order: Order) -> str:
    periods = ", ".join(f'"{period}"' for period in _periods(order))
    return (
        f'name = "Generated freight, {order.demands:,} demands"\n'
        f'description = "{order.words()}"\n'
        'units = { quantity = "t", money = "USD", distance = "km" }\n'
        f"periods = [{periods}]\n"
        'unmet_cost = "firm"\n'
    )


def _chosen(names: Iterable[str], numbers: Ints) -> list[str]:
    words: NDArray[np.object_] = np.array(list(names), dtype=object)
    chosen: list[str] = words[numbers].tolist()
    return chosen


def _numbers(values: Floats | Ints) -> list[str]:
    """Numbers as short as they can be written; NaN is blank."""
    if values.dtype.kind == "i":
        return list(map(str, values.tolist()))
    return ["" if value != value else f"{value:.12g}" for value in values.tolist()]  # noqa: PLR0124


def _text(columns: _Columns) -> bytes:
    rows = map(",".join, zip(*columns.values(), strict=True))
    return ("\n".join([",".join(columns), *rows]) + "\n").encode()
