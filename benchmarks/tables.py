"""The tables of an instance and its costs, read by code that shares none with Keruen.

Known are legs, nodes, demand, products, tariffs by mode, group, corridor and product,
joint capacities, and some rules by corridor (`corridor_rules`). Anything else is
refused: other rules, named routes, time limits, priorities, groups of nodes, units in
headers.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from solver.arrays import Floats, Mask

    Tables = dict[str, pd.DataFrame]

_COLUMNS = {
    "legs": "leg from to mode corridor country tags distance capacity cost days",
    "nodes": "node name kind country latitude longitude capacity cost days",
    "demand": "product origin market quantity period unmet_cost",
    "products": "product group value time_value",
    "tariffs": "mode group corridor product cost_per_km factor surcharge",
    "capacities": "capacity legs nodes quantity",
}
_NUMBERS = {"legs": ("days",), "nodes": ("cost", "days"), "products": ("time_value",)}
"""Columns in which a blank is 0."""

_MANIFEST = "instance.toml"
_KEYS = {
    "name",
    "description",
    "source",
    "units",
    "periods",
    "unmet_cost",
    "diversification",
}
_SELECTORS = ("mode", "corridor", "group", "product")


def read_tables(folder: Path) -> tuple[dict[str, Any], Tables]:
    """Return the manifest and the tables of an instance's folder.

    Raises
    ------
    SystemExit
        It holds what arcs cannot say.
    """
    text = (folder / _MANIFEST).read_text() if (folder / _MANIFEST).exists() else ""
    manifest = tomllib.loads(text)
    routes = {"routes.csv"} if (folder / "routes.csv").exists() else set()
    _refuse(folder.name, routes | (set(manifest) - _KEYS))
    return manifest, {name: _table(folder, name) for name in _COLUMNS}


def leg_costs(tables: Tables) -> Floats:
    """Return the cost per unit of each product (rows) on each leg (columns)."""
    legs, products = tables["legs"], _products(tables)
    shape = (len(products), len(legs))
    rate, best = np.zeros(shape), np.full(shape, -1)
    factor, surcharge = np.ones(shape), np.zeros(shape)
    for row in tables["tariffs"].to_dict("records"):
        matches, count = _selected(row, legs, products)
        if not np.isnan(row["cost_per_km"]):
            better = matches & (count > best)
            rate[better], best[better] = row["cost_per_km"], count
        if not np.isnan(row["factor"]):
            factor[matches] *= row["factor"]
        if not np.isnan(row["surcharge"]):
            surcharge[matches] += row["surcharge"]
    by_distance = rate * legs["distance"].fillna(0).to_numpy(float)
    given = legs["cost"].to_numpy(float)
    cost = np.where(np.isnan(given), by_distance, given) * factor + surcharge
    return np.asarray(cost + np.outer(products["time_value"], legs["days"]))


def node_costs(tables: Tables, names: pd.Index[Any]) -> Floats:
    """Return the cost per unit of each product (rows) at each node (columns)."""
    nodes, products = tables["nodes"].set_index("node"), _products(tables)
    nodes = nodes[["cost", "days"]].reindex(names, fill_value=0.0)
    dwell = np.outer(products["time_value"], nodes["days"])
    return np.asarray(nodes["cost"].to_numpy(float) + dwell)


def product_names(tables: Tables) -> pd.Index[Any]:
    """Return the products, in the order of the rows of costs."""
    names: pd.Index[Any] = pd.Index(_products(tables)["product"])
    return names


def _products(tables: Tables) -> pd.DataFrame:
    known = tables["products"]
    if len(known):
        return known
    names = tables["demand"]["product"].unique()
    return pd.DataFrame({"product": names, "group": "", "time_value": 0.0})


def _selected(
    row: Mapping[Any, Any], legs: pd.DataFrame, products: pd.DataFrame
) -> tuple[Mask, int]:
    """Products and legs that a tariff acts on, and how many selectors it has."""
    matches = np.ones((len(products), len(legs)), dtype=bool)
    count = 0
    for selector in _SELECTORS:
        if isinstance(row[selector], str):
            names = row[selector].split("|")
            if selector in legs:
                matches &= legs[selector].isin(names).to_numpy()
            else:
                matches &= products[selector].isin(names).to_numpy()[:, None]
            count += 1
    return matches, count


def _table(folder: Path, name: str) -> pd.DataFrame:
    columns = _COLUMNS[name].split()
    path = folder / f"{name}.csv"
    if not path.exists():
        return pd.DataFrame(columns=columns)
    frame = pd.read_csv(path, keep_default_na=False, na_values=[""])
    _refuse(path.name, set(frame.columns) - set(columns) - {"note", "source"})
    frame = frame.reindex(columns=columns)
    return frame.fillna(dict.fromkeys(_NUMBERS.get(name, ()), 0.0))


def _refuse(place: str, others: set[str]) -> None:
    if others:
        message = f"{place} holds more than arcs can say: {', '.join(sorted(others))}"
        raise SystemExit(message)
