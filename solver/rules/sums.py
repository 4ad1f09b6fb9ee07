"""What routes put on the lines of rules, by what tells cargo and routes apart.

Shipments that stand alike in every scope have one *signature*. A *cell* is a signature
with a value of some `by`, or with all that is carried. What many routes put on all
lines is their quantity by cell, times a matrix that the rules alone decide: no line
looks at routes by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from solver.arrays import Floats, Ints
    from solver.network.routes import Routes
    from solver.problem.rules import By
    from solver.rules.cargo_scopes import CargoScope
    from solver.rules.rule_set import Diversification


class RuleSums:
    """Sums over routes of all lines of some rules.

    Parameters
    ----------
    rules : Diversification
        The rules.

    Attributes
    ----------
    signature : ndarray of int, shape (shipments,)
        Shipments of one number stand alike in every scope.
    """

    def __init__(self, rules: Diversification) -> None:
        self.rules = rules
        scopes = {id(row.scope): row.scope for row in rules.rows}
        self._place = {key: number for number, key in enumerate(scopes)}
        weights = [scope.weight for scope in scopes.values()]
        self.signature, first = _signatures(scopes.values(), len(rules.cargo))
        chosen = [sparse.csc_array(weight[first][:, None]) for weight in weights]
        self._weights = sparse.csc_array(sparse.hstack(chosen)) if chosen else None
        self._by: list[By] = [*dict.fromkeys(row.scope.rule.by for row in rules.rows)]
        self._lines = {by: self._lines_of_cells(by) for by in self._by}

    def of_routes(self, routes: Routes) -> sparse.csr_array:
        """Entries of routes in all lines, shape (lines, routes)."""
        every = np.arange(len(routes))
        of_routes = self.by_group(routes, np.ones(len(routes)), every, len(routes))
        return sparse.csr_array(of_routes.T)

    def by_group(
        self, routes: Routes, quantity: Floats, group: Ints, count: int
    ) -> sparse.csr_array:
        """Sum what groups of routes put on each line, shape (groups, lines).

        Parameters
        ----------
        quantity : ndarray, shape (routes,)
            What each route carries.
        group : ndarray of int, shape (routes,)
            Group of each route.
        count : int
            How many groups there are.
        """
        total = sparse.csr_array((count, len(self.rules.lines)))
        signature = self.signature[routes.shipment]
        for by in self._by:
            size = len(self.rules.values(by)) + 1
            carried = sparse.coo_array(self.rules.carried(routes, by))
            owner = np.concatenate([np.arange(len(routes)), carried.row])
            column = np.concatenate([np.full(len(routes), size - 1), carried.col])
            cell = signature[owner] * size + column
            entries = quantity[owner], (group[owner], cell)
            shape = (count, self._lines[by].shape[0])
            cells = sparse.csr_array(entries, shape=shape)
            total = total + cells @ self._lines[by]
        return sparse.csr_array(total)

    def _lines_of_cells(self, by: By) -> sparse.csr_array:
        """Factor of each cell of a `by` in each line, shape (cells, lines)."""
        assert self._weights is not None  # noqa: S101 - there is a rule by it
        size = len(self.rules.values(by)) + 1
        cells, lines, factors = [], [], []
        for number, line in enumerate(self.rules.lines):
            scope = self.rules.rows[line.row].scope
            if scope.rule.by != by:
                continue
            number_of_scope = self._place[id(scope)]
            low, high = self._weights.indptr[number_of_scope : number_of_scope + 2]
            signature = self._weights.indices[low:high].astype(int)
            weight = self._weights.data[low:high]
            columns = [(size - 1, line.on_all)]
            if 0 <= line.value < size - 1:
                columns.append((line.value, line.on_value))
            for column, factor in columns:
                if factor:
                    cells.append(signature * size + column)
                    lines.append(np.full(len(signature), number))
                    factors.append(weight * factor)
        shape = (self._weights.shape[0] * size, len(self.rules.lines))
        if not cells:
            return sparse.csr_array(shape)
        place = np.concatenate(cells), np.concatenate(lines)
        return sparse.csr_array((np.concatenate(factors), place), shape=shape)


def _signatures(scopes: Iterable[CargoScope], count: int) -> tuple[Ints, Ints]:
    """Signature of each shipment, and one shipment of each signature.

    A shipment is in one scope of a rule at most.
    """
    codes: dict[int, Ints] = {}
    for scope in scopes:
        code = codes.setdefault(id(scope.rule), np.zeros(count, dtype=int))
        inside = np.flatnonzero(scope.weight)
        own = np.unique(scope.weight[inside], return_inverse=True)[1].reshape(-1)
        code[inside] = int(code.max(initial=0)) + 1 + own
    signature = np.zeros(count, dtype=int)
    for code in codes.values():
        combined = signature * (int(code.max(initial=0)) + 1) + code
        signature = np.unique(combined, return_inverse=True)[1].reshape(-1)
    first = np.unique(signature, return_index=True)[1]
    return signature, first
