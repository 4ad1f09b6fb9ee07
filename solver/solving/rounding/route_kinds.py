"""Routes by kind: those of one kind count alike in a row, whatever they carry.

Rows speak of very many routes, and tell few kinds of them apart: by the values that a
route carries, the weight of its shipment, and the digits that this is counted in.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.solution.rounding import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy import sparse

    from solver.arrays import Floats, Ints

_BITS, _WORD = 64, 22
"""Bits of units, and of a word: floats hold sums of words of very many units."""


class RouteKinds(NamedTuple):
    """Some routes, each of a kind.

    Parameters
    ----------
    routes : ndarray of int
        Numbers of routes, the least first.
    kind : ndarray of int
        Kind of each of them.
    first : ndarray of int, shape (kinds,)
        Place in `routes` of one of each kind.
    """

    routes: Ints
    kind: Ints
    first: Ints

    @classmethod
    def told_apart(cls, routes: Ints, codes: Sequence[Ints]) -> RouteKinds:
        """Return routes whose kinds differ where any of some codes does.

        Parameters
        ----------
        codes : list of ndarray of int
            Each has a number for every route, not below 0, and not far above it.
        """
        code, *others = codes
        for other in others:
            code = codes_of(code) * (int(other.max(initial=0)) + 1) + other
        _, first, kind = np.unique(code, return_index=True, return_inverse=True)
        return cls(routes, kind.reshape(-1), first)

    def sums(self, units: Ints) -> list[int]:
        """Sum the units of all routes by kind, exactly."""
        return exact_sums(self.kind, units[self.routes], len(self.first))

    def kind_of(self, routes: Ints) -> Ints:
        """Kinds of some of these routes."""
        return self.kind[np.searchsorted(self.routes, routes)]

    @property
    def sizes(self) -> list[int]:
        """How many routes there are of each kind."""
        sizes: list[int] = np.bincount(self.kind, minlength=len(self.first)).tolist()
        return sizes


class ScopeKinds(NamedTuple):
    """Routes in the scope of rows, by what these count of them.

    Parameters
    ----------
    kinds : RouteKinds
        The routes.
    weights : list of Fraction
        What a unit of quantity counts, by kind.
    digits : list of int
        Digits after the point in which quantities are counted, by kind.
    values : list of list of int
        Values that routes carry, by kind.
    """

    kinds: RouteKinds
    weights: list[Fraction]
    digits: list[int]
    values: list[list[int]]

    def amounts(self, sums: Sequence[int], count: int) -> list[Fraction]:
        """Return what each value carries, by the units of each kind."""
        amounts = [Fraction(0)] * count
        for number, units in enumerate(sums):
            if units:
                own = self.weights[number] * Fraction(units, 10 ** self.digits[number])
                for value in self.values[number]:
                    amounts[value] += own
        return amounts


class CarriedValues:
    """Values of one kind of thing that routes carry; alike routes have one pattern.

    Parameters
    ----------
    carried : csr_array, shape (routes, values)
        Not 0 where a route counts for a value.
    digits : ndarray of int, shape (routes,)
        Digits after the point in which each route's quantity is counted.
    """

    def __init__(self, carried: sparse.csr_array, digits: Ints) -> None:
        carried.eliminate_zeros()
        carried.sort_indices()
        self._starts, self._indices = carried.indptr, carried.indices
        self._digits = digits
        self._pattern = self._patterns(carried.shape[1])

    def of_scope(self, weight: Floats) -> ScopeKinds:
        """Return the routes that count anything, by kind.

        Parameters
        ----------
        weight : ndarray, shape (routes,)
            What a unit on each route counts.
        """
        members = np.flatnonzero(weight)
        codes = [self._pattern[members], codes_of(weight[members])]
        codes.append(codes_of(self._digits[members]))
        kinds = RouteKinds.told_apart(members, codes)
        chosen = members[kinds.first]
        return ScopeKinds(
            kinds,
            [exact(float(one)) for one in weight[chosen].tolist()],
            self._digits[chosen].tolist(),
            [self._of_route(route) for route in chosen.tolist()],
        )

    def _of_route(self, route: int) -> list[int]:
        own = slice(self._starts[route], self._starts[route + 1])
        values: list[int] = self._indices[own].tolist()
        return values

    def _patterns(self, values: int) -> Ints:
        """Return a number for each route: equal where they carry the same values."""
        lengths = np.diff(self._starts)
        pattern = lengths.astype(np.int64)
        for place in range(int(lengths.max(initial=0))):
            longer = np.flatnonzero(lengths > place)
            code = np.zeros(len(lengths), dtype=np.int64)
            code[longer] = 1 + self._indices[self._starts[longer] + place]
            pattern = codes_of(pattern * (values + 1) + code)
        return pattern


def codes_of(column: Floats | Ints) -> Ints:
    """Return a number for each entry of a column: equal where entries are."""
    return np.unique(column, return_inverse=True)[1].reshape(-1)


def exact_sums(index: Ints, units: Ints, size: int) -> list[int]:
    """Return the sums of units of equal index, for every index below `size`.

    Any units of 64 bits are summed exactly, word by word.
    """
    result = [0] * size
    for shift in range(0, _BITS, _WORD):
        words = units >> shift
        if shift + _WORD < _BITS:
            words &= (1 << _WORD) - 1
        sums = np.bincount(index, words, size).tolist()
        result = [
            whole + (int(own) << shift) for whole, own in zip(result, sums, strict=True)
        ]
    return result
