"""The matrix of a Newton step: what it sums, with pairs kept or not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from solver.solving.interior import limits_matrix
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
