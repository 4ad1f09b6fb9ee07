"""Tables of all that moves: by leg, as the map shows it, and by demand and route."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np

from solver.problem.tables import NO_CORRIDOR
from solver.reports.page.stops import node_names
from solver.reports.page.tables.table import TableView, heads, rows
from solver.reports.page.text import chained, money_scale, rate, shown
from solver.reports.screen.numbers import figure, percent

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.reports.page.cargo import PageCargo
    from solver.reports.page.source import PageSource


def legs_table(source: PageSource, cargo: PageCargo, most: int) -> TableView:
    """Return what each leg carries by corridor: what the map says, as a table."""
    legs, corridors, by_group = cargo.by_strand()
    quantity, named = by_group.sum(axis=1), _named(cargo)
    order = np.lexsort((legs, -quantity)).tolist()
    names, table = node_names(source.instance), source.instance.legs
    modes = any(table["mode"])
    cells = [
        (
            chained([names[table["from"][legs[row]]], names[table["to"][legs[row]]]]),
            *([table["mode"][legs[row]]] if modes else []),
            *([cargo.corridors[corridors[row]]] if named else []),
            quantity[row],
            table["capacity"][legs[row]],
        )
        for row in order[:most]
    ]
    unit = source.instance.units.quantity
    capacity = f"#limit, {unit}"
    if len(source.instance.periods) > 1:
        capacity = f"#limit, {unit} a period"
    return TableView(
        caption="What each leg carries: the map as a table",
        heads=heads(
            "leg",
            *(["mode"] if modes else []),
            *(["corridor"] if named else []),
            f"#carried, {unit}",
            capacity,
        ),
        rows=rows(cells),
        left_out=max(0, len(order) - most),
        folded=True,
    )


def routes_table(source: PageSource, cargo: PageCargo, most: int) -> TableView:
    """Return every flow with its way, the largest first."""
    table, units = source.result.tables["allocation"], source.instance.units
    names = node_names(source.instance)
    order = np.argsort(-cargo.quantity, kind="stable")[:most].tolist()
    periods, named = len(source.instance.periods) > 1, _named(cargo)
    timed = _timed(table["days"])
    cells = [
        (
            table["product"][row],
            names.get(table["origin"][row], table["origin"][row]),
            names.get(table["market"][row], table["market"][row]),
            *([table["period"][row]] if periods else []),
            *([table["corridor"][row]] if named else []),
            table["quantity"][row],
            rate(float(table["cost"][row])),
            *([figure(float(table["days"][row]), 3)] if timed else []),
            _way(table["route"][row], names),
        )
        for row in order
    ]
    return TableView(
        caption="All flows",
        heads=heads(
            "product",
            "from",
            "to",
            *(["period"] if periods else []),
            *(["corridor"] if named else []),
            f"#{units.quantity}",
            f"#{units.money}/{units.quantity}",
            *(["#days"] if timed else []),
            "over",
        ),
        rows=rows(cells, [int(cargo.group[row]) for row in order]),
        left_out=len(cargo.quantity) - len(order),
        folded=True,
    )


def _named(cargo: PageCargo) -> bool:
    """Whether any cargo goes by a corridor."""
    return any(name != NO_CORRIDOR for name in cargo.corridors)


def _timed(days: Floats) -> bool:
    """Whether anything takes time."""
    return bool((np.nan_to_num(days) > 0).any())


def _way(route: str, names: dict[str, str]) -> str:
    """Return the nodes between the ends of a route."""
    inner = [part.strip() for part in route.split(">")][1:-1]
    return chained([names.get(name, name) for name in inner]) or "direct"


def markets_table(source: PageSource, most: int) -> TableView:
    """Return what each market gets, at what cost and in what time."""
    table, units = source.result.tables["demand"], source.instance.units
    markets, index = np.unique(table["market"].astype(object), return_inverse=True)
    served = table["served"]
    sums = [
        np.bincount(index, weights=weights, minlength=len(markets))
        for weights in (
            served,
            table["unmet"],
            served * np.nan_to_num(table["average_cost"]),
            served * np.nan_to_num(table["days"]),
        )
    ]
    costliest = np.full(len(markets), -np.inf)
    np.maximum.at(costliest, index, np.nan_to_num(table["marginal_cost"], nan=-np.inf))
    each = np.where(sums[0] > 0, sums[0], np.nan)
    names, values = node_names(source.instance), market_values(source)
    order, timed = np.lexsort((markets, -sums[0])), _timed(table["days"])
    largest = max((one.traded for one in values.values()), default=0.0)
    size, unit = money_scale(largest, shown(units.money))
    unknown = MarketValue()
    cells = [
        (
            names.get(markets[row], markets[row]),
            sums[0][row],
            sums[1][row],
            rate(float(sums[2][row] / each[row])),
            rate(float(costliest[row]) if np.isfinite(costliest[row]) else None),
            *([figure(float(sums[3][row] / each[row]), 3)] if timed else []),
            *(values.get(markets[row], unknown).cells(size) if values else []),
        )
        for row in order[:most].tolist()
    ]
    unit_rate = f"{units.money}/{units.quantity}"
    return TableView(
        caption="What each market gets",
        heads=heads(
            "market",
            f"#served, {units.quantity}",
            f"#unmet, {units.quantity}",
            f"#average cost, {unit_rate}",
            f"#one more costs up to, {unit_rate}",
            *(["#average days"] if timed else []),
            *([f"#value of the goods, {unit}", "#share of value"] if values else []),
            *([f"#value with transport, {unit_rate}"] if values else []),
        ),
        rows=rows(cells),
        left_out=max(0, len(markets) - most),
    )


@dataclass(frozen=True, slots=True)
class MarketValue:
    """Value of what a market gets, its share of all, and a unit's with transport."""

    traded: float = nan
    share: float = nan
    landed: float = nan

    def cells(self, size: float) -> tuple[str, str, str]:
        """Return them as texts, the first in a unit of some size."""
        traded = figure(self.traded / size)
        return traded, percent(self.share), rate(self.landed)


def market_values(source: PageSource) -> dict[str, MarketValue]:
    """Return the value of what each market gets; none where no value is known."""
    table = source.result.tables["corridors"]
    chosen = (table["scope"] == "all") & (table["by"] == "market")
    columns = ("value", "traded_value", "value_share", "landed_cost")
    found = [table[name][chosen].tolist() for name in columns]
    values = {name: MarketValue(*own) for name, *own in zip(*found, strict=True)}
    return values if any(not isnan(one.share) for one in values.values()) else {}
