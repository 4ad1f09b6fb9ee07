"""The same plan whatever the order of rows: tables sorted before anything is solved.

Where several plans cost the same, which one is found depends on the order in which
things are looked at. That is the order of names and values, never that of the files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.problem.instance import Instance
from solver.problem.tables import DEFINITIONS, Table
from solver.solution.plan import Plan
from solver.solving.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from solver.arrays import Ints
    from solver.solution.keys import RowKey
    from solver.solution.solution import Loosening, Solution


@dataclass(frozen=True, eq=False)
class CanonicalOrder:
    """An instance with its rows sorted.

    Parameters
    ----------
    given : Prepared
        The instance as it was given.
    reduced : Prepared
        The same with sorted tables.
    rows : dict of str to ndarray of int
        For each row of a sorted table, its row in the given one.
    """

    given: Prepared
    reduced: Prepared
    rows: dict[str, Ints]

    def project(self, plan: Plan) -> Plan:
        """Return a plan of the given instance as one of the sorted instance."""
        return self._moved(plan, np.argsort(self.shipments), np.argsort(self.elements))

    def invert(self, solution: Solution) -> Solution:
        """Return a solution of the sorted instance as one of the given instance."""
        plan = None if solution.plan is None else self.as_given(solution.plan)
        loosening = self._in_given_order(solution.loosening)
        return replace(solution, plan=plan, loosening=loosening)

    def _in_given_order(
        self, loosening: Mapping[RowKey, Loosening]
    ) -> Mapping[RowKey, Loosening]:
        """Rows that give way, in the order of the rows of the given instance's rules.

        Scopes and values are listed as they first appear in the tables.
        """
        if not loosening:
            return loosening
        keys = (row.key for row in self.given.rules.rows)
        return {key: loosening[key] for key in keys if key in loosening}

    def as_given(self, plan: Plan) -> Plan:
        """Return a plan of the sorted instance as one of the given instance."""
        return self._moved(plan, self.shipments, self.elements)

    def _moved(self, plan: Plan, shipments: Ints, elements: Ints) -> Plan:
        """Return a plan with other numbers for shipments and elements."""
        if self.given is self.reduced and (np.diff(plan.shipment) >= 0).all():
            return plan
        shipment = shipments[plan.shipment]
        order = np.argsort(shipment, kind="stable")
        counts = np.diff(plan.starts)[order]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(int)
        first = np.repeat(plan.starts[:-1][order] - starts[:-1], counts)
        unmet = np.empty_like(plan.unmet)
        unmet[shipments] = plan.unmet
        return Plan(
            shipment=shipment[order],
            quantity=plan.quantity[order],
            starts=starts,
            elements=elements[plan.elements[first + np.arange(starts[-1])]],
            unmet=unmet,
        )

    @cached_property
    def elements(self) -> Ints:
        """Element of the given instance for each of the sorted one."""
        legs, routes = self.rows["legs"], self.rows["routes"]
        return np.concatenate([legs, len(legs) + routes])

    @cached_property
    def shipments(self) -> Ints:
        """Shipment of the given instance for each of the sorted one."""
        periods = len(self.given.instance.periods)
        own, given = self.reduced.instance.shipments, self.given.instance.shipments
        known = given.demand * periods + given.period
        wanted = self.rows["demand"][own.demand] * periods + own.period
        order = np.argsort(known, kind="stable")
        return np.asarray(order[np.searchsorted(known[order], wanted)])


def canonical_order(given: Prepared) -> CanonicalOrder:
    """Return an instance with the rows of each table in the order of their contents."""
    instance = given.instance
    tables = {name: getattr(instance, name) for name in DEFINITIONS}
    rows = {name: _order(table) for name, table in tables.items()}
    moved = {
        name: _sorted(tables[name], order)
        for name, order in rows.items()
        if (np.diff(order) != 1).any()
    }
    if not moved:
        return CanonicalOrder(given, given, rows)
    kept = {name: getattr(instance, name) for name in Instance.model_fields}
    in_order = Prepared(Instance(**{**kept, **moved}))
    return CanonicalOrder(given, in_order, rows)


def _sorted(table: Table, order: Ints) -> Table:
    columns = {name: column[order] for name, column in table.columns.items()}
    return Table(columns, table.files, table.file_of[order], table.lines[order])


def _order(table: Table) -> Ints:
    """Rows in the order of their contents, column by column; equal rows as they are."""
    codes = [ranks(column) for column in table.columns.values()]
    told = [code for code in codes if code.max(initial=0) > 0]
    return np.lexsort(told[::-1]) if told else np.arange(len(table))


def ranks(column: NDArray[Any]) -> Ints:
    """Return the rank of each entry of a column."""
    if column.dtype != object:
        return np.unique(column, return_inverse=True)[1].reshape(-1)
    entries = column.tolist()
    rank = {entry: number for number, entry in enumerate(sorted(set(entries), key=str))}
    if len(rank) == 1:
        return np.zeros(len(entries), dtype=int)
    return np.fromiter(map(rank.__getitem__, entries), int, len(entries))
