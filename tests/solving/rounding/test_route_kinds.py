"""Units of routes are summed by kind without rounding, whatever their size."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy import sparse

from solver.solving.rounding.route_kinds import CarriedValues, RouteKinds, exact_sums

LARGEST, LEAST = 2**63 - 1, -(2**63)


def test_sums_beyond_64_bits_are_exact() -> None:
    """Many of the largest and least units that there are, and one more."""
    count = 1000
    units = np.array([LARGEST] * count + [LEAST] * count + [1], dtype=np.int64)
    index = np.array([0] * count + [1] * count + [0])
    wanted = [count * LARGEST + 1, count * LEAST, 0]
    assert exact_sums(index, units, 3) == wanted


def test_sums_of_any_units_are_those_of_integers() -> None:
    """Units of every size, of either sign, by an index that is in no order."""
    random = np.random.default_rng(3)
    units = random.integers(LEAST, LARGEST, 5000) >> random.integers(0, 63, 5000)
    index = random.integers(0, 7, 5000)
    wanted = [0] * 7
    for place, own in zip(index.tolist(), units.tolist(), strict=True):
        wanted[place] += own
    assert exact_sums(index, units, 7) == wanted


def test_nothing_sums_to_nothing() -> None:
    """No routes, and no kinds either."""
    none = np.zeros(0, dtype=np.int64)
    kinds = RouteKinds.told_apart(none, [none])
    assert kinds.sums(none) == []


def test_kinds_differ_where_weights_differ_by_a_last_digit() -> None:
    """Weight, digits and values tell routes apart; routes that weigh 0 are left out."""
    carried = np.array([[1, 0, 1], [1, 0, 1], [1, 0, 1], [0, 0, 1], [1, 0, 1]])
    digits = np.array([2, 2, 2, 2, 3])
    weight = np.array([0.1, np.nextafter(0.1, 1.0), 0.0, 0.1, 0.1])
    values = CarriedValues(sparse.csr_array(carried.astype(float)), digits)
    scope = values.of_scope(weight)
    assert scope.kinds.routes.tolist() == [0, 1, 3, 4]
    assert len(set(scope.kinds.kind.tolist())) == 4
    own = scope.kinds.kind.tolist()
    assert [scope.values[kind] for kind in own] == [[0, 2], [0, 2], [2], [0, 2]]
    assert [scope.digits[kind] for kind in own] == [2, 2, 2, 3]
    assert [scope.weights[kind] for kind in own[:2]] == [
        Fraction("0.1"),
        Fraction("0.10000000000000002"),
    ]


def test_amounts_by_value_are_exact() -> None:
    """What hardly weighs anything counts, beside sums that no float holds."""
    carried = sparse.csr_array(np.array([[1.0, 0.0], [1.0, 1.0]]))
    values = CarriedValues(carried, np.array([0, 3]))
    scope = values.of_scope(np.array([1e15, 3e-7]))
    sums = scope.kinds.sums(np.array([10**17, 1]))
    amounts = scope.amounts(sums, 2)
    small = Fraction(3, 10**10)
    assert amounts == [10**32 + small, small]
