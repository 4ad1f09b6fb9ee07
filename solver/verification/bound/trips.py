"""Where each shipment may start and end, as the bound looks it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Positions = NDArray[np.int64]


MOST_BITS = 8
"""Values counted exactly by the walks; of others, only rewards are granted."""


@dataclass(frozen=True, slots=True, eq=False)
class Trades:
    """Shipments that differ in quantity and unmet price only, as one.

    Parameters
    ----------
    kind, term, origin, market : ndarray of int, shape (trades,)
        Index into the arcs and terms of the prices, and places.
    of_shipment : ndarray of int, shape (shipments,)
        The trade of each shipment.
    """

    kind: Positions
    term: Positions
    origin: Positions
    market: Positions
    of_shipment: Positions

    def used(self) -> list[tuple[int, int]]:
        """Different pairs of kind and term."""
        terms = int(self.term.max(initial=0)) + 1
        codes = np.unique(self.kind * terms + self.term).tolist()
        return [divmod(code, terms) for code in codes]


@dataclass(frozen=True, slots=True, eq=False)
class Trips:
    """Pairs of nodes between which trades go, ordered by kind, then by term.

    Parameters
    ----------
    code : ndarray of int, shape (trips,)
        Kind and term in one: ``kind * number of terms + term``.
    num_terms : int
        Number of terms.
    trade, start, end : ndarray of int, shape (trips,)
        Index into the trades, and nodes.
    """

    code: Positions
    num_terms: int
    trade: Positions
    start: Positions
    end: Positions

    def of(self, kind: int, term: int) -> Trips:
        """Trips of one kind and term."""
        code = kind * self.num_terms + term
        first, last = np.searchsorted(self.code, [code, code + 1]).tolist()
        own = slice(first, last)
        columns = (self.trade[own], self.start[own], self.end[own])
        return Trips(self.code[own], self.num_terms, *columns)
