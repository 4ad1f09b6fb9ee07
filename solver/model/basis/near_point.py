"""A basis near a point that is nearly optimal, for the first solve of a large program.

A point from inside an optimal face takes many more columns than a basis has. Those of
which it takes most are chosen, as far as they are independent: in each equation the
largest column, in each full row one of those that are left. Marginal costs of such a
basis are those of the face, so that the dual simplex method has only to find a plan.

References
----------
Bixby, R. E. and Saltzman, M. J. (1994), Recovering an optimal LP basis from an interior
point solution, Operations Research Letters 15(4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.model.refining import HeldProgram

_FULL = 1e-5
"""Room of a row, as a part of its limit, below which it is full."""

_INDEPENDENT = 1e-2
"""Least pivot: entries are about 1."""

_BLOCK, _MOST_ROWS = 128, 2000

_BASIC, _LOWER, _UPPER = (
    highspy.HighsBasisStatus.kBasic,
    highspy.HighsBasisStatus.kLower,
    highspy.HighsBasisStatus.kUpper,
)


def basis_near(program: HeldProgram, values: Floats) -> Any:
    """Return a basis of columns and rows of which a point takes most.

    Parameters
    ----------
    program : HeldProgram
        Each column stands in one equation, with 1.
    values : ndarray, shape (columns,)
        Value of each column at the point.

    Returns
    -------
    highspy.HighsBasis, or None
        None if equations have other columns, or very many rows are full.
    """
    matrix = program.matrix
    is_equal = program.row_lower == program.row_upper
    equations = sparse.coo_array(matrix[np.flatnonzero(is_equal)])
    count, columns = matrix.shape
    if len(equations.col) != columns or len(np.unique(equations.col)) != columns:
        return None
    owner = np.empty(columns, dtype=int)
    owner[equations.col] = equations.row
    order = np.lexsort((-values, owner))
    owners, first = np.unique(owner[order], return_index=True)
    room = program.row_upper - matrix @ values
    is_full = ~is_equal & np.isfinite(program.row_upper)
    is_full &= room <= _FULL * np.abs(program.row_upper)
    full = np.flatnonzero(is_full)
    if len(owners) != int(is_equal.sum()) or len(full) > _MOST_ROWS:
        return None
    largest = order[first]
    others = np.delete(order, first)
    others = others[np.argsort(-values[others], kind="stable")]
    entries = sparse.csc_array(matrix[full])
    apart = entries[:, others] - entries[:, largest[owner[others]]]
    chosen, left = _independent(sparse.csr_array(apart.T))
    row, column = np.full(count, _UPPER), np.full(columns, _LOWER)
    row[~is_equal & ~is_full] = row[full[left]] = _BASIC
    column[largest] = column[others[chosen]] = _BASIC
    basis = highspy.HighsBasis()
    basis.col_status, basis.row_status = column.tolist(), row.tolist()
    basis.valid = True
    return basis


def _independent(vectors: sparse.csr_array) -> tuple[Ints, Ints]:
    """Return vectors that are independent, the first ones first, and what is left.

    Parameters
    ----------
    vectors : sparse matrix, shape (vectors, entries)
        Sparse vectors, one a row.

    Returns
    -------
    ndarray of int
        Positions of vectors.
    ndarray of int
        Entries that none of them has for a pivot.
    """
    left, chosen = np.arange(vectors.shape[1]), []
    reduced = np.eye(len(left))
    for begin in range(0, vectors.shape[0], _BLOCK):
        block = vectors[begin : begin + _BLOCK] @ reduced.T
        place, is_left = 0, np.ones(len(left), dtype=bool)
        while is_left.any():
            size = np.abs(block[place:]).max(axis=1, initial=0.0)
            fit = np.flatnonzero(size >= _INDEPENDENT)
            if not len(fit):
                break
            place += int(fit[0])
            pivot = int(np.argmax(np.abs(block[place])))
            factor = block[place] / block[place, pivot]  # 1 at the pivot: it goes.
            reduced -= np.outer(factor, reduced[pivot])
            place, is_left[pivot] = place + 1, False
            block[place:] -= np.outer(block[place:, pivot], factor)
            chosen.append(begin + place - 1)
        left, reduced = left[is_left], reduced[is_left]
    return np.array(chosen, dtype=int), left
