"""The least cost against one capacity or demand, from a result to a document."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.checks.names import legs_between
from solver.errors import UnverifiedError, UsageError
from solver.messages import listed, shown, suggestion
from solver.options import Options
from solver.problem.edits import with_columns
from solver.problem.instance import Instance
from solver.solving.prepared import Prepared
from solver.solving.reductions.reduction import reductions
from solver.solving.solve import prepared, solved
from solver.studies.break_even.rate_curve import is_curved
from solver.studies.prices.moves import RightHandMove, enter
from solver.studies.prices.second_model import SecondModel
from solver.studies.prices.whole_curve import SAME, corners
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from solver.tasks.studies.prices import prices_of, verified_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from solver.studies.prices.curve import CostTangent


_TABLES = {
    "leg": ("legs", "capacity"),
    "node": ("nodes", "capacity"),
    "route": ("routes", "capacity"),
    "capacity": ("capacities", "quantity"),
    "demand": ("demand", "quantity"),
}

_NEAR = 1e-5
"""Part of the cost by which a verified solve may differ from lines that stand for a
curve, as under an HHI; from lines that are the least cost `SAME`."""


@dataclass(frozen=True, slots=True)
class _VariedCell:
    """A cell of a table that the curve is over: kind and name, its row, its value."""

    kind: str
    name: str
    row: int
    size: float


def price_curve(
    folder: Path, *, limit: str | None = None, demand: str | None = None
) -> dict[str, Any]:
    """Return the curve of the least cost over a capacity or a demand.

    Each corner, and the middle of each piece, is solved anew and verified: as the cost
    is convex, that is the whole curve. Where a limit has no piece, `reliefs` says what
    one more and one less of it change of what firm demand leaves unmet.

    Parameters
    ----------
    limit, demand : str, optional
        Name of a limit; or row, or name, of a demand.

    Raises
    ------
    UsageError
        There is no such limit or demand.
    UnverifiedError
        The result, or a point of the curve, does not verify.
    """
    instance, _ = verified_plan(folder)
    varied = _limit(instance, limit) if limit else _demand(instance, demand or "")
    within = _NEAR if is_curved(instance) else SAME
    pieces = [*_pieces(instance, varied, within)]
    told = [] if pieces or demand else _one_more(folder, varied)
    return {
        "instance": instance.name,
        "units": instance.units.model_dump(),
        "kind": varied.kind,
        "name": varied.name,
        "quantity": varied.size,
        "tolerance": within,
        "pieces": [*_checked(instance, varied, pieces, within)],
        "reliefs": told,
    }


def _one_more(folder: Path, varied: _VariedCell) -> list[dict[str, Any]]:
    """Return what one more and one less of a limit serve, in each period."""
    columns = ("period", "relief_more", "relief_less")
    return [
        {name: row[name] for name in columns}
        for row in prices_of(folder)["limits"]
        if (row["kind"], row["limit"]) == (varied.kind, varied.name)
        and (row["relief_more"] or row["relief_less"])
    ]


def _limit(instance: Instance, name: str) -> _VariedCell:
    found, known = [], []
    wanted = {name, *(f"leg {leg}" for leg in legs_between(instance.legs, name))}
    for kind, (table, column) in _TABLES.items():
        rows = getattr(instance, table)
        if kind == "demand":
            continue
        sizes = rows[column].astype(float)
        for row in np.flatnonzero(~np.isnan(sizes)).tolist():
            known.append(str(rows[kind][row]))
            if wanted & {known[-1], f"{kind} {known[-1]}"}:
                found.append(_VariedCell(kind, known[-1], row, float(sizes[row])))
    if len(found) == 1:
        return found[0]
    if found:
        kinds = listed([f"{own.kind} {own.name}" for own in found])
        raise UsageError(f"--limit {shown(name)} is the name of several: {kinds}")
    remedy = suggestion(name, known, f"limits: {listed(known)}")
    raise UsageError(f"--limit {shown(name)} is no limit with a capacity; {remedy}")


def _demand(instance: Instance, name: str) -> _VariedCell:
    table = instance.demand
    cargo = [table[title].tolist() for title in ("product", "origin", "market")]
    cargoes = [f"{own[0]}, {own[1]} to {own[2]}" for own in zip(*cargo, strict=True)]
    names = [str(own) for own in table["demand"]]
    pairs = enumerate(zip(names, cargoes, strict=True))
    rows = [row for row, own in pairs if name in own]
    if name.isdigit() and 0 < int(name) <= len(table):
        rows = rows or [int(name) - 1]
    if len(rows) != 1:
        known = [*filter(None, names), *cargoes]
        several = listed([str(row + 1) for row in rows])
        what = f"rows {several} have this name" if rows else "no row has this name"
        otherwise = f"give a row from 1 to {len(table)}"
        remedy = otherwise if rows else suggestion(name, known, otherwise)
        raise UsageError(f"--demand {shown(name)}: {what}; {remedy}")
    size = float(table["quantity"][rows[0]])
    return _VariedCell("demand", name, rows[0], size)


def _pieces(
    instance: Instance, varied: _VariedCell, within: float
) -> Iterator[tuple[float, ...]]:
    """Yield start, end, cost at both, and cost of one more, of every piece."""
    reduction = reductions(Prepared(instance), aggregating=False)
    loop = prepared(reduction.reduced, Options(sensitivity="none"))
    solved(loop, reduction)
    model = SecondModel(loop, loop.known)
    move = _move(model, instance, varied)
    enter(model.master, [move])
    total = float(model.master.cargo.quantity.sum())
    last = total if varied.kind != "demand" else max(varied.size, 1.0)
    unit = abs(model.base.value) / max(total, 1.0) / 1000
    found = corners(model.tangent(move, 1), -varied.size, last, unit, within)
    kept = [not any(model.change(own.run)[0]) for own in found]
    broken = [model.change(own.run)[1] for own in found]
    first = 0
    for number in range(len(found) - 1):
        both = number, number + 1
        if not all(kept[n] and not broken[n] for n in both):
            first = number + 1
        elif number + 2 == len(found) or not _goes_on(found, first, number, unit):
            yield _piece(varied, found[first], found[number + 1])
            first = number + 1


def _goes_on(found: list[CostTangent], first: int, number: int, unit: float) -> bool:
    """Whether the piece behind a corner is that before it."""
    start, corner, end = found[first], found[number + 1], found[number + 2]
    before = (corner.value - start.value) / (corner.at - start.at)
    behind = (end.value - corner.value) / (end.at - corner.at)
    return behind - before <= SAME * max(abs(before), abs(behind), unit)


def _piece(
    varied: _VariedCell, low: CostTangent, high: CostTangent
) -> tuple[float, ...]:
    ends = [_tidy(varied.size + own.at, varied.size) for own in (low, high)]
    slope = (high.value - low.value) / (high.at - low.at)
    return (*ends, low.value, high.value, slope)


def _tidy(value: float, size: float) -> float:
    """Return a quantity without the noise of its last digits."""
    short = round(value, max(0, 9 - len(str(int(max(abs(value), size, 1.0))))))
    return short if abs(short - value) <= SAME * max(abs(value), 1.0) else value


def _move(model: SecondModel, instance: Instance, varied: _VariedCell) -> RightHandMove:
    """Say what moves: the limit, or the demand, in every period that it has."""
    master = model.master
    if varied.kind != "demand":
        keys = enumerate(master.network.limits.keys)
        named = (varied.kind, varied.name)
        return RightHandMove(
            limits={n: 1.0 for n, key in keys if (key.kind, key.name) == named}
        )
    table = master.network.instance.demand
    wanted = [instance.demand[name][varied.row] for name in table.columns]
    same = [
        row
        for row in range(len(table))
        if all(
            own == other or own != own  # noqa: PLR0124 - blanks
            for own, other in zip(
                (table[name][row] for name in table.columns), wanted, strict=True
            )
        )
    ]
    shipments = np.flatnonzero(np.isin(master.cargo.demand, same[:1]))
    rows: dict[int, float] = {}
    for shipment in shipments.tolist():
        for number, row in enumerate(master.rules.rows):
            weight = float(row.scope.weight[shipment])
            if weight and row.of_demand:
                if row.is_lifted:
                    message = "a demand that a rule counts together with others"
                    raise UsageError(f"--demand {varied.name}: {message}")
                base = row.form(np.zeros(len(row.values))).base
                rows[number] = rows.get(number, 0.0) - base * weight
    return RightHandMove(demand=dict.fromkeys(shipments.tolist(), 1.0), rows=rows)


def _checked(
    instance: Instance,
    varied: _VariedCell,
    pieces: list[tuple[float, ...]],
    within: float,
) -> Iterator[dict[str, float | None]]:
    """Yield pieces whose ends and middle are verified solves of their own."""
    ends = {place for low, high, *_ in pieces for place in (low, high)}
    middles = {(low + high) / 2 for low, high, *_ in pieces}
    costs = {place: _cost_at(instance, varied, place) for place in ends | middles}
    for low, high, first, last, slope in pieces:
        line = {low: first, (low + high) / 2: (first + last) / 2, high: last}
        for place, told in line.items():
            if abs(costs[place] - told) > within * max(1.0, abs(told)):
                message = f"at {place:g} the curve is {told}, a solve {costs[place]}"
                raise UnverifiedError(message)
        yield {
            "from": low,
            "to": high,
            "cost_from": costs[low],
            "cost_to": costs[high],
            "one_more": round(slope, 9) + 0.0,
        }


def _cost_at(instance: Instance, varied: _VariedCell, place: float) -> float:
    """Least cost, penalties included, with the cell at a value: solved, verified."""
    name, column = _TABLES[varied.kind]
    table = getattr(instance, name)
    values = table[column].astype(float).copy()
    values[varied.row] = place
    kept = {field: getattr(instance, field) for field in Instance.model_fields}
    moved = Instance(**{**kept, name: with_columns(table, {column: values})})
    made = run(moved, Options(sensitivity="none"), Clock(time.monotonic()))
    summary = made.result.summary
    return float(summary["cost"] + summary["penalties"])
