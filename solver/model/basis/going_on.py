"""Where a solve goes on: from its last plan, from its last prices, or near a point.

The primal simplex method goes on from a plan, the dual one from prices. New routes and
costs leave the plan what it was, new limits leave the prices. A shipment that enters
has a row that nothing fills in the basis; what the plan fills it with takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy

from solver.model.program import (
    AddColumns,
    AddRows,
    BeginAt,
    FillRows,
    SetCosts,
    SetCostUnit,
    SetEntry,
)
from solver.model.refining import held_program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats
    from solver.model.program import Hint, Recorded

_KEEPING = (AddColumns, AddRows, FillRows, SetCosts, SetCostUnit, SetEntry)
"""Changes that keep the plan, if all new rows are filled: entries change for that."""

_BASIC, _FIXED = highspy.HighsBasisStatus.kBasic, highspy.HighsBasisStatus.kUpper


def is_plan_nearer(changes: Sequence[Recorded]) -> bool:
    """Whether the last plan outlives changes, or its prices do not.

    Prices of another objective are far off, whatever has become of the plan.
    """
    if any(isinstance(change, SetCostUnit) for change in changes):
        return True
    rows = sum(len(own.upper) for own in changes if isinstance(own, AddRows))
    filled = sum(len(own.rows) for own in changes if isinstance(own, FillRows))
    return rows == filled and all(isinstance(own, _KEEPING) for own in changes)


def hinted_basis(
    highs: Any, hints: Sequence[Hint], unit: Floats, *, is_warm: bool
) -> Any:
    """Return the basis that hints lead to: a highspy.HighsBasis, or None.

    Parameters
    ----------
    highs : highspy.Highs
        With the program.
    unit : ndarray, shape (columns,)
        What its 1 stands for, by column.
    is_warm : bool
        Whether it has an optimal basis of the program as it was: then rows are filled.
    """
    if is_warm:
        filled = [hint for hint in hints if isinstance(hint, FillRows)]
        return _filled(highs.getBasis(), filled) if filled else None
    points = [hint.values for hint in hints if isinstance(hint, BeginAt)]
    if not points or len(points[-1]) != len(unit):
        return None
    from solver.model.basis.near_point import basis_near

    return basis_near(held_program(highs), points[-1] / unit)


def _filled(basis: Any, filled: Sequence[FillRows]) -> Any:
    """Return a basis in which columns take the places of the rows that they fill."""
    columns, rows = basis.col_status, basis.row_status
    for hint in filled:
        pairs = zip(hint.rows.tolist(), hint.columns.tolist(), strict=True)
        for row, column in pairs:
            rows[row], columns[column] = _FIXED, _BASIC
    basis.col_status, basis.row_status = columns, rows
    return basis
