"""The same plan whatever the order of rows: tables sorted before anything is solved.

Where several plans cost the same, which one is found depends on the order in which
things are looked at. That is the order of names and values, never that of the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.problem.instance import Instance
from solver.problem.tables import DEFINITIONS, Table
from solver.solution.plan import Plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Ints


@dataclass(frozen=True, eq=False)
class CanonicalOrder:
    """An instance with its rows sorted.

    Parameters
    ----------
    given : Instance
        The instance as it was given.
    instance : Instance
        The same with sorted tables.
    rows : dict of str to ndarray of int
        For each row of a sorted table, its row in the given one.
    """

    given: Instance
    instance: Instance
    rows: dict[str, Ints]

    def as_given(self, plan: Plan) -> Plan:
        """Return a plan of the sorted instance as one of the given instance."""
        if self.given is self.instance and (np.diff(plan.shipment) >= 0).all():
            return plan
        shipment = self._shipments[plan.shipment]
        order = np.argsort(shipment, kind="stable")
        counts = np.diff(plan.starts)[order]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(int)
        first = np.repeat(plan.starts[:-1][order] - starts[:-1], counts)
        elements = plan.elements[first + np.arange(starts[-1])]
        unmet = np.empty_like(plan.unmet)
        unmet[self._shipments] = plan.unmet
        return Plan(
            shipment=shipment[order],
            quantity=plan.quantity[order],
            starts=starts,
            elements=self._elements[elements],
            unmet=unmet,
        )

    @cached_property
    def _elements(self) -> Ints:
        """Element of the given instance for each of the sorted one."""
        legs, routes = self.rows["legs"], self.rows["routes"]
        return np.concatenate([legs, len(legs) + routes])

    @cached_property
    def _shipments(self) -> Ints:
        """Shipment of the given instance for each of the sorted one."""
        periods = len(self.given.periods)
        own, given = self.instance.shipments, self.given.shipments
        known = given.demand * periods + given.period
        wanted = self.rows["demand"][own.demand] * periods + own.period
        order = np.argsort(known, kind="stable")
        return np.asarray(order[np.searchsorted(known[order], wanted)])


def canonical_order(instance: Instance) -> CanonicalOrder:
    """Return an instance with the rows of each table in the order of their contents."""
    tables = {name: getattr(instance, name) for name in DEFINITIONS}
    rows = {name: _order(table) for name, table in tables.items()}
    moved = {
        name: _sorted(tables[name], order)
        for name, order in rows.items()
        if (np.diff(order) != 1).any()
    }
    if not moved:
        return CanonicalOrder(instance, instance, rows)
    kept = {name: getattr(instance, name) for name in Instance.model_fields}
    return CanonicalOrder(instance, Instance(**{**kept, **moved}), rows)


def _sorted(table: Table, order: Ints) -> Table:
    columns = {name: column[order] for name, column in table.columns.items()}
    return Table(columns, table.files, table.file_of[order], table.lines[order])


def _order(table: Table) -> Ints:
    """Rows in the order of their contents, column by column; equal rows as they are."""
    codes = [_codes(column) for column in table.columns.values()]
    told = [code for code in codes if code.max(initial=0) > 0]
    return np.lexsort(told[::-1]) if told else np.arange(len(table))


def _codes(column: NDArray[Any]) -> Ints:
    """Return the rank of each entry of a column."""
    if column.dtype != object:
        return np.unique(column, return_inverse=True)[1].reshape(-1)
    entries = column.tolist()
    rank = {entry: number for number, entry in enumerate(sorted(set(entries), key=str))}
    return np.fromiter((rank[entry] for entry in entries), int, len(entries))
