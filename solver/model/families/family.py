"""What a family of rows is asked, and what it may ask of the master.

A family is one module beside this one, registered in `families`, which sums over all;
the master knows none of them by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scipy import sparse

    from solver.arrays import Floats, Ints, Mask
    from solver.model.answer import Answer
    from solver.model.objective import Duals, Objective
    from solver.model.outside import Outside
    from solver.model.program import Model
    from solver.model.route_columns import RouteBatch, RouteColumns
    from solver.model.scale import Scale
    from solver.model.writing.named import Named
    from solver.network.network import Network
    from solver.network.shipments import Cargo
    from solver.rules.rule_set import Diversification


class Broken(NamedTuple):
    """Rows that a plan broke, and cuts that it called for."""

    rows: int = 0
    cuts: int = 0


class Host(Protocol):
    """What a family may ask of the master."""

    network: Network
    cargo: Cargo
    rules: Diversification
    model: Model
    scale: Scale
    routes: RouteColumns
    outside: Outside
    unmet_column: Ints

    def enter(self, shipments: Ints) -> None:
        """Bring shipments into the model, with the route they have."""

    def price_outside(self) -> None:
        """Give the constant what everything costs that is not in the model."""

    def money_rows(self) -> list[int]:
        """Rows that count money: columns that cost some have an entry there."""


class RowFamily:
    """A family of rows, and the columns beside them.

    What a family has nothing to say about it leaves to the defaults here: no row, no
    entry, no charge.

    Attributes
    ----------
    host : Host
        The master.
    money_row : int
        Row of the model that counts money, or -1.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.money_row = -1

    # ---- names, made when the model is written

    def named_rows(self) -> Iterable[Named]:
        """Rows of the family, in words; others are numbered."""
        return ()

    def named_columns(self) -> Iterable[Named]:
        """Columns beside the routes, in words; others are numbered."""
        return ()

    # ---- rows and columns

    def add_broken(self, values: Floats, quantities: Sequence[Floats]) -> Broken:
        """Add the rows that a plan breaks, and the cuts that it calls for.

        Parameters
        ----------
        values : ndarray, shape (columns,)
            Value of each column.
        quantities : list of ndarray
            Quantities by batch of routes.
        """
        del values, quantities
        return Broken()

    def entries(
        self, batch: RouteBatch, index: Ints
    ) -> tuple[Ints, Ints, Floats] | None:
        """Entries of routes of a batch: rows, positions in `index`, and values."""
        del batch, index
        return None

    def unmet_entries(self, shipments: Ints) -> tuple[Ints, Floats] | None:
        """Row (-1: none) and value of the unmet column of each shipment."""
        del shipments
        return None

    def most_unmet(self, shipments: Ints) -> Floats | None:
        """Upper bound of the unmet column of each shipment."""
        del shipments
        return None

    def money_columns(self) -> tuple[Ints, Floats]:
        """Columns of the family that cost money, and the money per unit of each."""
        return np.zeros(0, dtype=int), np.zeros(0)

    # ---- objective

    def set_objective(self, objective: Objective) -> None:
        """Minimise something else from now on."""
        del objective

    def price_outside(self) -> None:
        """Tell rows what everything costs that is not in the model."""

    def cost(self, answer: Answer) -> float:
        """Return what the family's columns cost in a plan."""
        del answer
        return 0.0

    # ---- prices

    def priced(self, duals: Duals, answer: Answer) -> Duals:
        """Return prices with those of the family, never of the wrong sign."""
        del answer
        return duals

    def charges(self, duals: Duals) -> Floats:
        """Charge of each of its sums over routes, as `Outside.hold` numbers them."""
        del duals
        return np.zeros(0)

    def charge_outside(self, costs: Floats, shipments: Mask, duals: Duals) -> Floats:
        """Return what the routes of shipments outside cost with the family's prices."""
        del shipments, duals
        return costs

    def charge_unmet(self, costs: Floats, duals: Duals) -> None:
        """Add what the family charges for leaving a unit of each shipment unmet."""

    def hold_unmet(self, costs: Floats, duals: Duals) -> None:
        """Add what limits on unmet demand charge."""

    def least_values(self, value: Floats, duals: Duals) -> Floats:
        """Return least costs of routes, with what the family charges single routes."""
        del duals
        return value

    def less_constant(self, bound: float, duals: Duals) -> float:
        """Return a bound less prices times right-hand sides of the family."""
        del duals
        return bound


def add_sums(
    host: Host,
    parts: Sequence[sparse.csr_array],
    limit: Floats,
    *,
    equal: bool = False,
    unit: Floats | None = None,
) -> Ints:
    """Add sums over routes as rows, and the shipments whose routes have an entry.

    Parameters
    ----------
    parts : list of sparse matrix, shape (rows, routes)
        Entries of all routes, batch by batch.
    unit : ndarray, optional
        What solvers count each row in.
    """
    host.enter(host.outside.touched(parts))
    entries = host.routes.entries(parts)
    return host.model.add_rows(limit, entries, equal=equal, unit=unit)
