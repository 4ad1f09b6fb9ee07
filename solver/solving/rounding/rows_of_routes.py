"""What each route counts in rows, looked up when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.solving.rounding.exact_rows import DecimalRow


class RowsOfRoutes:
    """Rows in which a route counts, with its factors.

    Parameters
    ----------
    rows : list of DecimalRow
        Some rows. Others may take their place, of the same routes by the same kinds.
    """

    def __init__(self, rows: Sequence[DecimalRow]) -> None:
        groups = {id(row.kinds): row.kinds for row in rows}
        group = {key: number for number, key in enumerate(groups)}
        sizes = [len(kinds.routes) for kinds in groups.values()]
        none = np.zeros(0, dtype=np.int64)
        routes = np.concatenate([none, *(kinds.routes for kinds in groups.values())])
        kind = np.concatenate([none, *(kinds.kind for kinds in groups.values())])
        order = np.argsort(routes, kind="stable")
        self._routes, self._kind = routes[order], kind[order]
        self._group = np.repeat(np.arange(len(sizes)), sizes)[order]
        self._rows_of: list[list[int]] = [[] for _ in groups]
        for number, row in enumerate(rows):
            self._rows_of[group[id(row.kinds)]].append(number)
        self.hold(rows)

    def hold(self, rows: Sequence[DecimalRow]) -> None:
        """Look at these rows from now on, which took the place of those before."""
        self._rows = rows
        self._known: dict[int, dict[int, int]] = {}

    def __getitem__(self, route: int) -> dict[int, int]:
        """Return the factors of a route that are not 0, by the number of the row."""
        if route not in self._known:
            self._known[route] = self._factors(route)
        return self._known[route]

    def _factors(self, route: int) -> dict[int, int]:
        first, end = np.searchsorted(self._routes, [route, route + 1]).tolist()
        own = self._group[first:end].tolist(), self._kind[first:end].tolist()
        return {
            number: factor
            for group, kind in zip(*own, strict=True)
            for number in self._rows_of[group]
            if (factor := self._rows[number].factors[kind])
        }
