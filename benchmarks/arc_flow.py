"""The arc-flow linear program of a plain instance, given straight to HiGHS.

One flow for each origin and leg, one balance for each origin and node, one capacity
for each leg: the formulation every textbook gives. It knows legs, demand and unmet
costs only; instances with anything more are refused. Run as a program it prints one
JSON line with the least cost and the seconds of each phase.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KNOWN = {"legs.csv", "demand.csv", "nodes.csv", "instance.toml", "expected.toml"}
COLUMNS = {"leg", "from", "to", "mode", "corridor", "capacity", "cost"}


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return legs and demand of a plain instance."""
    others = {path.name for path in folder.iterdir()} - KNOWN
    legs = pd.read_csv(folder / "legs.csv", keep_default_na=False, na_values=[""])
    demand = pd.read_csv(folder / "demand.csv", keep_default_na=False, na_values=[""])
    corridors = "corridor" in legs and bool(legs["corridor"].notna().any())
    if others or corridors or set(legs) - COLUMNS:
        message = f"{folder} holds more than legs and demand"
        raise SystemExit(message)
    return legs, demand


@dataclass(frozen=True)
class Program:
    """The linear program: ``row_lower <= matrix x <= row_upper, 0 <= x <= upper``."""

    cost: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    matrix: sparse.csc_array


def program(legs: pd.DataFrame, demand: pd.DataFrame) -> Program:
    """Return the program: flows by origin and leg, then unmet quantities."""
    ends = [legs["from"], legs["to"], demand["origin"], demand["market"]]
    nodes = pd.Index(pd.unique(pd.concat(ends)))
    origins = pd.Index(pd.unique(demand["origin"]))
    tail, head = _where(nodes, legs["from"]), _where(nodes, legs["to"])
    origin = _where(origins, demand["origin"]) * len(nodes)
    start, market = _where(nodes, demand["origin"]), _where(nodes, demand["market"])
    quantity = demand["quantity"].to_numpy(float)
    flow = np.arange(len(origins) * len(legs))
    of_origin, arc = flow // len(legs) * len(nodes), flow % len(legs)
    unmet = len(flow) + np.arange(len(demand))
    limited = np.flatnonzero(legs["capacity"].notna())
    first = len(origins) * len(nodes)
    place = np.full(len(legs), -1)
    place[limited] = first + np.arange(len(limited))
    bound = place[arc] >= 0
    parts = [
        (of_origin + head[arc], flow, 1.0),
        (of_origin + tail[arc], flow, -1.0),
        (place[arc][bound], flow[bound], 1.0),
        (origin + market, unmet, 1.0),
        (origin + start, unmet, -1.0),
    ]
    values = np.concatenate([np.full(len(rows), value) for rows, _, value in parts])
    rows = np.concatenate([rows for rows, _, _ in parts])
    columns = np.concatenate([columns for _, columns, _ in parts])
    shape = (first + len(limited), len(flow) + len(demand))
    balance = np.bincount(origin + market, quantity, first)
    balance -= np.bincount(origin + start, quantity, first)
    capacity = legs["capacity"].to_numpy(float)[limited]
    cost = [legs["cost"].to_numpy(float)[arc], demand["unmet_cost"].to_numpy(float)]
    return Program(
        cost=np.concatenate(cost),
        upper=np.concatenate([np.full(len(flow), np.inf), quantity]),
        row_lower=np.concatenate([balance, np.full(len(limited), -np.inf)]),
        row_upper=np.concatenate([balance, capacity]),
        matrix=sparse.csc_array((values, (rows, columns)), shape=shape),
    )


def _where(names: pd.Index[Any], wanted: pd.Series[Any]) -> NDArray[np.int64]:
    return np.asarray(names.get_indexer(pd.Index(wanted)), dtype=int)


def passed(given: Program) -> Any:
    """Return the program as a HiGHS model."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = given.matrix.shape
    lp.col_cost_, lp.col_upper_ = given.cost, given.upper
    lp.col_lower_ = np.zeros(len(given.cost))
    lp.row_lower_, lp.row_upper_ = given.row_lower, given.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = given.matrix.indptr
    lp.a_matrix_.index_ = given.matrix.indices
    lp.a_matrix_.value_ = given.matrix.data
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.passModel(lp)
    return highs


def main() -> None:
    """Solve the instance named on the command line; print one JSON line."""
    began = time.monotonic()
    legs, demand = read(Path(sys.argv[1]))
    highs = passed(program(legs, demand))
    if len(sys.argv) > 2:
        highs.setOptionValue("time_limit", float(sys.argv[2]))
    built = time.monotonic()
    highs.run()
    done = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    info = highs.getInfo()
    answer = {
        "cost": info.objective_function_value if done else None,
        "columns": highs.getNumCol(),
        "rows": highs.getNumRow(),
        "build": round(built - began, 3),
        "solve": round(time.monotonic() - built, 3),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
