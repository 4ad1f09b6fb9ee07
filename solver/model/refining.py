"""An answer made more accurate: the program solved again for what was left.

A solver keeps rows to within an absolute tolerance, which is much for a row of little
cargo beside others of a million times as much. What its values leave of every row and
bound is formed without rounding, scaled up, and solved for from the last basis; the
two answers together leave that much less. Prices are those of the last basis.

References
----------
Gleixner, A. M., Steffy, D. E. and Wolter, K. (2016), Iterative Refinement for Linear
Programming, INFORMS Journal on Computing 28(3).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.arrays import Floats

ACCURATE = 1e-13
"""What a row may be missed by, as a part of the largest number in it."""

MOST_PASSES = 4
"""Times that a program is solved again at most."""

_MOST_SCALE = 2.0**60
_UNLIMITED = 1e20
_SPLITTER = 2.0**27 + 1.0


class HeldProgram(NamedTuple):
    """What HiGHS holds: matrix by rows, and limits of rows and columns."""

    matrix: sparse.csr_array
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats


def refined(
    highs: Any,
    run: Callable[[], bool],
) -> tuple[Floats, Floats, Floats] | None:
    """Values, duals and reduced costs, more accurate than those HiGHS has.

    Parameters
    ----------
    highs : highspy.Highs
        With an optimal basis.
    run : callable
        Runs HiGHS; tells whether it found an optimum.

    Returns
    -------
    tuple of ndarray, or None
        None if HiGHS's values leave nothing of any row, or that could not be mended.
    """
    program = held_program(highs)
    values = _within(program, np.array(highs.getSolution().col_value))
    if _missed(program, values) == 0.0:
        return None
    best: tuple[Floats, Floats, Floats] | None = None
    scale = 1.0
    try:
        for _ in range(MOST_PASSES):
            missed = _missed(program, values)
            if missed == 0.0:
                break
            scale = min(2.0 ** -math.ceil(math.log2(missed)), scale * 2.0**30)
            scale = min(max(scale, 2.0), _MOST_SCALE)
            _give(highs, _left(program, values, scale))
            if not run():
                break
            solution = highs.getSolution()
            step = np.array(solution.col_value) / scale
            values = _within(program, values + step)
            prices = np.array(solution.row_dual), np.array(solution.col_dual)
            best = (values, *prices)
    finally:
        _give(highs, program)
    return best


def held_program(highs: Any) -> HeldProgram:
    """Return what HiGHS holds, in its own units."""
    lp = highs.getLp()
    entries = lp.a_matrix_
    by_rows = "Row" in entries.format_.name
    kind = sparse.csr_array if by_rows else sparse.csc_array
    value = np.array(entries.value_, dtype=float)
    index, starts = (np.array(part, int) for part in (entries.index_, entries.start_))
    matrix = kind((value, index, starts), shape=(lp.num_row_, lp.num_col_))
    return HeldProgram(
        sparse.csr_array(matrix),
        np.array(lp.row_lower_),
        np.array(lp.row_upper_),
        np.array(lp.col_lower_),
        np.array(lp.col_upper_),
    )


def _within(program: HeldProgram, values: Floats) -> Floats:
    """Values within their bounds."""
    return np.clip(values, program.column_lower, program.column_upper)


def _missed(program: HeldProgram, values: Floats) -> float:
    """Most that a row is missed by; 0 if that is nothing beside what stands in it."""
    activity = program.matrix @ values
    missed = np.maximum(program.row_lower - activity, activity - program.row_upper)
    size = _sizes(program, values)
    counts = missed > ACCURATE * size
    return float(missed[counts].max(initial=0.0))


def _sizes(program: HeldProgram, values: Floats) -> Floats:
    """Largest number in each row: a limit, or what a column puts in."""
    matrix = program.matrix
    parts = np.abs(matrix.data * values[matrix.indices])
    size = np.zeros(matrix.shape[0])
    owner = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    np.maximum.at(size, owner, parts)
    for limit in (program.row_lower, program.row_upper):
        size = np.where(np.isfinite(limit), np.maximum(size, np.abs(limit)), size)
    return size


def _rests(program: HeldProgram, values: Floats) -> tuple[Floats, Floats]:
    """Lower and upper limit of each row, less what stands in it, rounded once."""
    matrix = program.matrix
    product, rest = _products(matrix.data, values[matrix.indices])
    below = np.full(matrix.shape[0], -np.inf)
    above = np.full(matrix.shape[0], np.inf)
    starts = matrix.indptr.tolist()
    product, rest = -product, -rest
    for row in range(matrix.shape[0]):
        own = slice(starts[row], starts[row + 1])
        parts = [*product[own].tolist(), *rest[own].tolist()]
        low, high = float(program.row_lower[row]), float(program.row_upper[row])
        if math.isfinite(low):
            below[row] = math.fsum([low, *parts])
        if math.isfinite(high):
            above[row] = math.fsum([high, *parts])
    return below, above


def _products(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Products, and what rounding took of them (Dekker's method)."""
    product = left * right
    left_high, left_low = _halves(left)
    right_high, right_low = _halves(right)
    rest = left_high * right_high - product
    rest += left_high * right_low + left_low * right_high
    return product, rest + left_low * right_low


def _halves(values: Floats) -> tuple[Floats, Floats]:
    """Values as sums of two numbers of half as many digits."""
    scaled = _SPLITTER * values
    high = scaled - (scaled - values)
    return high, values - high


def _left(program: HeldProgram, values: Floats, scale: float) -> HeldProgram:
    """Return what is left of every limit, scaled up."""
    below, above = _rests(program, values)
    return HeldProgram(
        program.matrix,
        _limited(below * scale),
        _limited(above * scale),
        _limited((program.column_lower - values) * scale),
        _limited((program.column_upper - values) * scale),
    )


def _limited(limits: Floats) -> Floats:
    return np.where(np.abs(limits) >= _UNLIMITED, np.copysign(np.inf, limits), limits)


def _give(highs: Any, program: HeldProgram) -> None:
    """Give HiGHS the limits of a program whose matrix it has."""
    rows = np.arange(len(program.row_lower), dtype=np.int32)
    columns = np.arange(len(program.column_lower), dtype=np.int32)
    highs.changeRowsBounds(len(rows), rows, program.row_lower, program.row_upper)
    highs.changeColsBounds(
        len(columns), columns, program.column_lower, program.column_upper
    )
