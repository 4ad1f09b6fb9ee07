"""What outlives the changes of a program: its last plan, or its last prices.

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
    FillRows,
    SetCosts,
    SetCostUnit,
    SetEntry,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.model.program import Recorded

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


def filled_basis(basis: Any, filled: Sequence[FillRows]) -> Any:
    """Return a basis in which columns take the places of the rows that they fill.

    Parameters
    ----------
    basis : highspy.HighsBasis
        Of the program with these rows and columns.
    """
    columns, rows = basis.col_status, basis.row_status
    for change in filled:
        for row, column in zip(*(own.tolist() for own in change), strict=True):
            rows[row], columns[column] = _FIXED, _BASIC
    basis.col_status, basis.row_status = columns, rows
    return basis
