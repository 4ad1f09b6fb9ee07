"""The textbook arc model in linopy, by labelled arrays, with HiGHS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import linopy  # type: ignore[import-not-found]
import numpy as np
import pandas as pd
import xarray as xr  # type: ignore[import-not-found]

from benchmarks.peers.outcome import Clock, Plan, tell

if TYPE_CHECKING:
    from benchmarks.arcs import Arcs
    from solver.arrays import Floats, Ints


def solve(arcs: Arcs, clock: Clock) -> Plan | None:
    """Return the plan of linopy with HiGHS."""
    # Sums over groups are dense arrays, padded to the largest group, unless asked for.
    linopy.options["semantics"] = "v1"
    model = build(arcs)
    clock.stop("build")
    status, _ = model.solve("highs", io_api="direct", output_flag=False)
    clock.stop("solve")
    if status != "ok":
        return None
    return Plan(
        model.solution["flow"].to_numpy(),
        model.solution["unmet"].to_numpy(),
        columns=model.nvars,
        rows=model.ncons,
    )


def build(arcs: Arcs) -> Any:
    """Return the model."""
    model = linopy.Model(sparse=True)
    commodity, arc = arcs.flows
    flow = model.add_variables(lower=0, coords=[_index("flow", len(arc))], name="flow")
    unmet = model.add_variables(
        lower=_labelled("demand", arcs.least_unmet),
        upper=_labelled("demand", arcs.demand["quantity"].to_numpy(float)),
        name="unmet",
    )
    kind = arcs.commodities["kind"].to_numpy()[commodity]
    price = arcs.unmet_price - arcs.demand["start_cost"].to_numpy(float)
    model.add_objective(
        (flow * _labelled("flow", arcs.cost[kind, arc])).sum()
        + (unmet * _labelled("demand", price)).sum()
    )
    start, last = arcs.ends
    parts = [
        _gathered(flow, arcs.balances[commodity, arcs.head[arc]]),
        -_gathered(flow, arcs.balances[commodity, arcs.tail[arc]]),
        _gathered(unmet, last),
        -_gathered(unmet, start),
    ]
    _constrain(model, parts, "=", arcs.supply)
    limits, room = arcs.limits
    used = limits.tocoo()
    row, column = (np.asarray(numbers, np.int64) for numbers in used.coords)
    flows = column < len(arc)
    parts = [
        _gathered(flow, row[flows], column[flows], used.data[flows]),
        _gathered(unmet, row[~flows], column[~flows] - len(arc), used.data[~flows]),
    ]
    _constrain(model, parts, "<=", room)
    return model


def _index(name: str, count: int) -> pd.RangeIndex:
    return pd.RangeIndex(count, name=name)


def _labelled(name: str, values: Floats) -> Any:
    return xr.DataArray(values, coords=[_index(name, len(values))])


def _gathered(
    variable: Any,
    row: Ints,
    chosen: Ints | None = None,
    times: Floats | None = None,
) -> Any:
    """Sum variables, all or those chosen, by row."""
    name = variable.dims[0]
    terms = 1 * variable
    if chosen is not None and times is not None:
        index = _index("use", len(chosen))
        taken = xr.DataArray(chosen, coords=[index])
        terms = (1 * variable).isel({name: taken}).drop(name) * _labelled("use", times)
        name = "use"
    by = pd.Series(row, index=_index(name, len(row)), name="row")
    kept = by >= 0
    if not kept.all():
        terms = terms.isel({name: np.flatnonzero(kept)})
    return terms.groupby(by[kept]).sum()


def _constrain(model: Any, parts: list[Any], sign: str, right: Floats) -> None:
    """Add the sum of the parts as rows, those without any term left out."""
    kind = linopy.LinearExpression
    left = linopy.merge(parts, join="outer", cls=kind)
    row = left.indexes["row"]
    model.add_constraints(left, sign, xr.DataArray(right[row], coords=[row]))


if __name__ == "__main__":
    tell(solve, "linopy", "highspy")
