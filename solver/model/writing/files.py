"""The model in a file that other solvers read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.model.highs import ArrayHiGHS, demand
from solver.model.program import (
    AddColumns,
    AddRows,
    BeginAt,
    FillRows,
    SetCostUnit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from solver.model.program import Model, Recorded


def write_model(
    model: Model, path: Path, columns: Sequence[str], rows: Sequence[str]
) -> None:
    """Write the model as ``.lp`` or ``.mps``, whichever the name ends with.

    HiGHS writes it, since PuLP's own writers lose constants and digits.

    Parameters
    ----------
    path : Path
        Where to.
    columns, rows : sequence of str
        Their names, in order.
    """
    plain = [_in_own_units(change) for change in model.history]
    solver = ArrayHiGHS([change for change in plain if change is not None])
    solver.take()
    for number, name in enumerate(columns):
        demand(solver.highs.passColName(number, name), "column name")
    for number, name in enumerate(rows):
        demand(solver.highs.passRowName(number, name), "row name")
    demand(solver.highs.writeModel(str(path)), f"writing {path.name}")


def _in_own_units(change: Recorded) -> Recorded | None:
    """Return a change as it is in the instance's units; None if it changes nothing."""
    match change:
        case AddRows() | AddColumns():
            return replace(change, unit=1.0)
        case SetCostUnit() | FillRows() | BeginAt():
            return None
        case _:
            return change
