"""The matrix of a Newton step: what it sums, with pairs kept or not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from solver.solving.interior import entry_pairs, limits_matrix
from solver.solving.interior.limits_matrix import LimitsMatrix


@pytest.mark.parametrize("most", [0, limits_matrix.MOST_PAIRS])
@pytest.mark.parametrize("seed", range(5))
def test_shipments_are_eliminated(
    seed: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a Schur complement in dense arrays says, on and below the diagonal.

    Entries may be any numbers, columns empty, and a shipment in no row at all; pairs
    of entries may be kept or not.
    """
    monkeypatch.setattr(limits_matrix, "MOST_PAIRS", most)
    random = np.random.default_rng(seed)
    owner = np.concatenate([np.arange(7), random.integers(0, 6, 20)])
    usage = random.integers(0, 3, (27, 5)).astype(float)
    usage[:7] = 0.0
    weight, diagonal = random.uniform(0.1, 2.0, 27), random.uniform(0.1, 2.0, 5)
    of = (owner == np.arange(7)[:, None]).astype(float)
    shipments = of @ (weight[:, None] * usage)
    expected = usage.T @ (weight[:, None] * usage) + np.diag(diagonal)
    total = of @ weight
    expected -= shipments.T @ (shipments / total[:, None])
    matrix = LimitsMatrix(owner, sparse.csr_array(usage), 7)
    found = matrix.lower(weight, total, diagonal)
    assert np.tril(found) == pytest.approx(np.tril(expected))


@pytest.mark.parametrize("room", [0, 3])
@pytest.mark.parametrize("seed", range(5))
def test_columns_and_rows_may_come_later(
    seed: int, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice: what is kept of those before, and found anew, is what all would be."""
    monkeypatch.setattr(entry_pairs, "MORE_ROWS", room)
    monkeypatch.setattr(limits_matrix, "MOST_MARKS", 1000 * room)
    random = np.random.default_rng(seed)
    owner = np.concatenate([np.arange(5), random.integers(0, 5, 25)])
    usage = random.integers(0, 3, (30, 6)) * random.uniform(0.5, 2.0, (30, 6))
    known = None
    for columns, rows in ((12, 3), (20, 4), (30, 6)):
        own = sparse.csr_array(usage[:columns, :rows])
        weight = random.uniform(0.1, 2.0, columns)
        total = (owner[:columns] == np.arange(5)[:, None]) @ weight
        known = LimitsMatrix(owner[:columns], own, 5, known)
        anew = LimitsMatrix(owner[:columns], own, 5)
        found, expected = (
            np.tril(matrix.lower(weight, total, np.ones(rows)))
            for matrix in (known, anew)
        )
        assert found == pytest.approx(expected, abs=1e-12)
