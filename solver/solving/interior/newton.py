"""Newton's step towards the central path of a program over routes.

    least cost @ flow
    so that flows of each shipment, unmet included, sum to its quantity  (marginal)
            usage.T @ flow + slack = capacity                            (price)

The shipments' rows are eliminated by hand, since each route is of one shipment: what
is left is a dense system with a row for each limit, however many shipments there are.

References
----------
Wright, S. J. (1997), Primal-Dual Interior-Point Methods, SIAM.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import sparse
from scipy.linalg import LinAlgError, cho_factor, cho_solve

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints

_REGULAR = 1e-12
"""Added to the diagonal of the scaled system."""

_MOST_REGULAR = 1e-4
"""The same where less leaves it singular."""


@dataclass(frozen=True, slots=True, eq=False)
class InnerPoint:
    """A point, or a direction.

    Parameters
    ----------
    flow, reduced : ndarray, shape (columns,)
        Quantity of each route or of what is unmet, and its reduced cost.
    slack, price : ndarray, shape (rows,)
        What each limit leaves, and its price.
    marginal : ndarray, shape (shipments,)
        Marginal cost of each shipment.
    """

    flow: Floats
    reduced: Floats
    slack: Floats
    price: Floats
    marginal: Floats

    def moved(
        self, way: InnerPoint, primal: float = 1.0, dual: float = 1.0
    ) -> InnerPoint:
        """Return the point that is so far along a direction."""
        return InnerPoint(
            self.flow + primal * way.flow,
            self.reduced + dual * way.reduced,
            self.slack + primal * way.slack,
            self.price + dual * way.price,
            self.marginal + dual * way.marginal,
        )

    @property
    def gap(self) -> float:
        """Sum of the products that are 0 at an optimum."""
        return float(self.flow @ self.reduced + self.slack @ self.price)

    @property
    def mean(self) -> float:
        """Mean of those products."""
        return self.gap / (len(self.flow) + len(self.slack))


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """What a point misses: of each limit, each shipment and each reduced cost."""

    limits: Floats
    shipments: Floats
    reduced: Floats

    @property
    def nothing(self) -> Residual:
        """As many residuals that are 0."""
        parts = self.limits, self.shipments, self.reduced
        return Residual(*(np.zeros(len(part)) for part in parts))


class StepMatrix(Protocol):
    """What makes the matrix of a Newton step, for columns that stay."""

    def lower(self, weight: Floats, total: Floats, diagonal: Floats) -> Floats:
        """Return its lower triangle, with what else stands on the diagonal.

        Parameters
        ----------
        weight : ndarray, shape (columns,)
            Weight of each column.
        total : ndarray, shape (shipments,)
            Sum of the weights of each shipment's columns.
        diagonal : ndarray, shape (rows,)
            What is added to the diagonal.
        """


class Columns:
    """What is unmet of each shipment, and routes, over some limits.

    Parameters
    ----------
    owner : ndarray of int, shape (columns,)
        Shipment of each column.
    usage : matrix, shape (columns, rows)
        What a unit of each adds to each limit, dense or sparse.
    count : int
        How many shipments there are.
    matrix : StepMatrix
        What makes the matrix of a step.
    """

    def __init__(
        self,
        owner: Ints,
        usage: sparse.csr_array | Floats,
        count: int,
        matrix: StepMatrix,
    ) -> None:
        self.owner, self.usage, self.count = owner, usage, count
        is_sparse = sparse.issparse(usage)
        self.by_limit = sparse.csr_array(usage.T) if is_sparse else usage.T
        self.matrix = matrix
        self._order = np.argsort(owner, kind="stable")
        sizes = np.bincount(owner, minlength=count)
        self._start = np.cumsum(sizes) - sizes

    def sums(self, values: Floats) -> Floats:
        """Sum of values over the columns of each shipment."""
        return np.asarray(np.bincount(self.owner, values, self.count), dtype=float)

    def largest(self, values: Floats) -> Ints:
        """Column of each shipment that has its largest value."""
        ordered = values[self._order]
        most = np.maximum.reduceat(ordered, self._start)
        is_most = np.flatnonzero(ordered == most[self.owner[self._order]])
        _, first = np.unique(self.owner[self._order[is_most]], return_index=True)
        return np.asarray(self._order[is_most[first]])


class NewtonSystem:
    """The linear system of one point, factorised for several right sides."""

    def __init__(self, columns: Columns, at: InnerPoint) -> None:
        self.columns, self.at = columns, at
        self.weight = at.flow / at.reduced
        self.total = columns.sums(self.weight)
        self.key = columns.largest(self.weight)
        self.is_key = np.zeros(len(self.weight), dtype=bool)
        self.is_key[self.key] = True
        others = at.slack / at.price
        matrix = columns.matrix.lower(self.weight, self.total, others)
        self._scale = 1.0 / np.sqrt(np.diag(matrix))
        self._factor = _factorised(matrix * self._scale * self._scale[:, None])

    def direction(self, flows: Floats, slacks: Floats, missed: Residual) -> InnerPoint:
        """Return the step that changes products as told, and ends what is missed.

        Parameters
        ----------
        flows : ndarray, shape (columns,)
            Change of flow times reduced cost.
        slacks : ndarray, shape (rows,)
            Change of slack times price.
        """
        at, columns, weight = self.at, self.columns, self.weight
        bare = flows / at.reduced - weight * missed.reduced
        left = missed.shipments - columns.sums(bare)
        shifted = bare + weight * (left / self.total)[columns.owner]
        right = columns.by_limit @ shifted + slacks / at.price - missed.limits
        solved = cho_solve(self._factor, self._scale * right, check_finite=False)
        price = self._scale * solved
        charge = np.asarray(columns.usage @ price)
        marginal = (left + columns.sums(weight * charge)) / self.total
        flow = bare - weight * (charge - marginal[columns.owner])
        # The largest flow takes what the others leave: its own sum cancels.
        others = columns.sums(np.where(self.is_key, 0.0, flow))
        flow[self.key] = missed.shipments - others
        return InnerPoint(
            flow,
            (flows - at.reduced * flow) / at.flow,
            (slacks - at.slack * price) / at.price,
            price,
            marginal,
        )


def _factorised(matrix: Floats) -> tuple[Floats, bool]:
    """Return Cholesky's factor of a lower triangle with a diagonal of ones."""
    added = _REGULAR
    while True:
        regular = matrix + added * np.eye(len(matrix))
        try:
            factor: tuple[Floats, bool] = cho_factor(
                regular, lower=True, check_finite=False
            )
        except LinAlgError:
            if added >= _MOST_REGULAR:
                raise
            added *= 100.0
        else:
            return factor
