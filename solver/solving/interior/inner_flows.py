"""Flows of groups, from inside their program, where that has become large.

Once some hundred limits bind, each answer of the simplex method for the program over
flows takes many times what a search does. Here a point moves towards the optimum
instead, and a search at its prices adds the next flow of each group, as with single
routes (`interior_start`). Flows pass most limits, so that their matrix is dense.

References
----------
Gondzio, J., González-Brevis, P. and Munari, P. (2016), Large-scale optimization with
the primal-dual column generation method, Mathematical Programming Computation 8.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.linalg import LinAlgError

from solver.solving.interior.newton import Columns
from solver.solving.interior.route_program import RouteProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.arrays import Floats, Ints
    from solver.solving.start.boxstep import TrustRegion
    from solver.solving.start.flow_sums import Flows, Sums

CLOSE = 1e-6
"""Relative error, of the point and of its prices, that is enough."""

MOST_SEARCHES = 150
"""Searches after which what was found must do."""

MOST_FLOWS = 6
"""Flows of each group that may stay however little they carry."""

USED = 1e-3
"""Part of its group from which a flow counts as used."""

_MOST_STEPS = 12
"""Steps from one search to the next at most."""

_INNER = 0.3
"""Part of the gap to which the program is solved before the next search."""

_FIRST = 0.5
"""Largest such error."""

_NEAR = 0.1
"""Error up to which the point tells which flows are of use."""

_LOST, _PATIENCE = 1.0, 10
"""Error from which a point has lost its way, if that many searches do not mend it."""

_LEAST_LIMIT = 1e-7
"""Least limit, in its scale: the point stands inside."""

_NEW = 1e-9
"""Part of its cost by which a flow must be cheaper than those that its group has."""


class InnerFlows:
    """A point inside the program over flows.

    Parameters
    ----------
    sums : Sums
        What is bounded; sums that have a level are left aside.
    idle : ndarray, shape (groups,)
        Money that carrying nothing of each group costs.
    unit : float
        Money that a typical flow costs.

    Attributes
    ----------
    flows : Flows
        Those of the program.
    """

    flows: Flows

    def __init__(self, sums: Sums, idle: Floats, unit: float) -> None:
        self.scale, self.unit, self.groups = sums.scale, unit, len(idle)
        limit = np.where(sums.is_level, np.inf, sums.limit / sums.scale)
        limit = np.maximum(limit, _LEAST_LIMIT)
        self.program = _InnerProgram(np.ones(len(idle)), idle / unit, limit)

    def follow(
        self,
        flows: Flows,
        part: Floats,
        region: TrustRegion,
        search: Callable[[Floats], tuple[Flows, float]],
    ) -> None:
        """Move to the optimum, nearly.

        Parameters
        ----------
        flows, part
            Flows to begin with, and the part of its group that each takes.
        region : TrustRegion
            The best prices known, and their bound; `search` keeps it so.
        search : callable
            From the price of each sum to a flow of each group, and a bound.

        Raises
        ------
        OutOfTimeError
            If the search says so.
        """
        program, self.flows = self.program, flows
        known = region.centre * self.scale / self.unit, region.bound / self.unit
        program.begin(self._columns(flows), part, known)
        wanted = _FIRST
        with suppress(LinAlgError):
            for number in range(MOST_SEARCHES):
                self._step(wanted)
                found, here = search(program.prices * self.unit / self.scale)
                bound = max(1e-300, abs(region.bound) / self.unit)
                error = max((program.dual - here / self.unit) / bound, program.error)
                if error < CLOSE or (error > _LOST and number >= _PATIENCE):
                    break
                wanted = min(_FIRST, _INNER * max(error, CLOSE))
                self._thin()
                self._add(found)

    def _step(self, wanted: float) -> None:
        for _ in range(_MOST_STEPS):
            self.program.step(wanted)
            if self.program.error < wanted:
                break

    def _thin(self) -> None:
        """Drop flows that look too dear, where there are many."""
        left = self.program.thin(MOST_FLOWS)
        if left is not None:
            self.flows = self.flows.chosen(np.flatnonzero(left))

    def _add(self, found: Flows) -> None:
        """Add flows that are cheaper than what their groups have."""
        cost = found.cost / self.unit + self._usage(found) @ self.program.prices
        least = self.program.least
        new = found.chosen(np.flatnonzero(cost < least - _NEW * np.abs(least)))
        self.flows = self.flows.beside(new)
        self.program.add(*self._columns(new))

    def _columns(self, flows: Flows) -> tuple[Ints, Floats, sparse.csr_array]:
        return flows.group, flows.cost / self.unit, self._usage(flows)

    def _usage(self, flows: Flows) -> sparse.csr_array:
        return sparse.csr_array(flows.loads / self.scale)

    @property
    def is_near(self) -> bool:
        """Whether the point tells which flows are of use."""
        return self.program.error < _NEAR

    @property
    def parts(self) -> Floats:
        """Part of its group that each flow takes, before them what is left of each."""
        return self.program.at.flow

    @property
    def rows(self) -> Ints:
        """Sums that are rows."""
        return np.sort(self.program.rows)


class _InnerProgram(RouteProgram):
    """The program over flows, as one over routes of shipments of quantity 1."""

    def _filled(self, flow: Floats) -> Floats:
        """Return flows as they are: they come from a plan that keeps limits."""
        return flow

    def _made(self, usage: sparse.csr_array, _: Columns | None) -> Columns:
        dense = usage.toarray()
        matrix = DenseMatrix(self.owner, dense, self.count)
        return Columns(self.owner, dense, self.count, matrix)

    @property
    def least(self) -> Floats:
        """Least cost, at the prices of the point, of a column of each group."""
        return self._least(self.cost + self.columns.usage @ self.at.price)


class DenseMatrix:
    """The matrix of a step for dense columns, rows of groups eliminated.

    Parameters
    ----------
    owner : ndarray of int, shape (columns,)
        Group of each column; each has one at least.
    usage : ndarray, shape (columns, rows)
        What a unit of each adds to each row.
    count : int
        How many groups there are.
    """

    def __init__(self, owner: Ints, usage: Floats, count: int) -> None:
        self._usage = usage
        self._order = np.argsort(owner, kind="stable")
        sizes = np.bincount(owner, minlength=count)
        self._start = np.cumsum(sizes) - sizes

    def lower(self, weight: Floats, total: Floats, diagonal: Floats) -> Floats:
        """Return the matrix, both triangles."""
        half = self._usage * np.sqrt(weight)[:, None]
        weighted = (self._usage * weight[:, None])[self._order]
        sums = np.add.reduceat(weighted, self._start, axis=0)
        sums /= np.sqrt(total)[:, None]
        matrix = np.asarray(half.T @ half - sums.T @ sums)
        matrix[np.diag_indices_from(matrix)] += diagonal
        return matrix
