"""Random factors and terms of rows, the same wherever and in whatever order drawn.

A number depends on the seed, the number of the draw, the table, the column and what
the row is known by: on nothing else. So all scenarios of a sweep see the same draws,
and one item alone gives the numbers it has among a thousand.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats
    from solver.problem.tables import Table

Kind = Literal["normal", "lognormal", "uniform", "triangular"]

PARAMETERS: dict[str, tuple[str, ...]] = {
    "normal": ("mean", "standard deviation"),
    "lognormal": ("mean of the logarithm", "its standard deviation"),
    "uniform": ("lowest", "highest"),
    "triangular": ("lowest", "most likely", "highest"),
}
"""What the numbers of each distribution are, in order."""

ROW_KEYS: dict[str, tuple[str, ...]] = {
    "nodes": ("node",),
    "legs": ("leg",),
    "products": ("product",),
    "routes": ("route",),
    "capacities": ("capacity",),
    "demand": ("demand", "product", "origin", "market", "period"),
    "tariffs": (
        "product",
        "group",
        "mode",
        "country",
        "corridor",
        "tag",
        "leg",
        "node",
    ),
}
"""Columns that a row of each table is known by."""

_STEPS = 1 << 64
_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class Draw:
    """A distribution, and which of its draws is meant.

    Parameters
    ----------
    kind : str
        ``normal``, ``lognormal``, ``uniform`` or ``triangular``.
    numbers : tuple of float
        Its parameters, in the order of `PARAMETERS`.
    low, high : float
        What smaller and larger numbers are set to.
    seed, draw : int
        Another seed, or another draw, gives other numbers.
    per : str
        ``row``: each row its own number; ``all``: one for all rows.
    """

    kind: Kind
    numbers: tuple[float, ...]
    low: float = -math.inf
    high: float = math.inf
    seed: int = 0
    draw: int = 1
    per: Literal["row", "all"] = "row"

    def of_rows(self, name: str, table: Table, column: str) -> Floats:
        """Return one number for each row of a table.

        Parameters
        ----------
        name : str
            Name of the table.
        table : Table
            Its rows.
        column : str
            Column that is changed by them.
        """
        if self.per == "all":
            return np.full(len(table), self._number(f"{name}\x1f{column}"))
        return np.array(
            [
                self._number(f"{name}\x1f{column}\x1f{key}")
                for key in _row_keys(name, table)
            ],
            dtype=float,
        )

    def _number(self, key: str) -> float:
        text = f"{self.seed}\x1f{self.draw}\x1f{key}".encode()
        whole = int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
        value = self._quantile((whole + 0.5) / _STEPS)
        # Seven digits: as many decimals as plans keep, and the same on every machine.
        return min(max(float(f"{value:.7g}"), self.low), self.high)

    def _quantile(self, level: float) -> float:
        """Return what a share of `level` of all numbers is below."""
        match self.kind:
            case "normal":
                mean, spread = self.numbers
                return mean + spread * _normal(level)
            case "lognormal":
                mean, spread = self.numbers
                return math.exp(mean + spread * _normal(level))
            case "uniform":
                low, high = self.numbers
                return low + (high - low) * level
            case "triangular":
                return _triangular(level, *self.numbers)


def _normal(level: float) -> float:
    return _STANDARD.inv_cdf(min(max(level, 1e-18), 1 - 1e-16))


def _triangular(level: float, low: float, mode: float, high: float) -> float:
    if high == low:
        return low
    below = (mode - low) / (high - low)
    if level < below:
        return low + math.sqrt(level * (high - low) * (mode - low))
    return high - math.sqrt((1 - level) * (high - low) * (high - mode))


def _row_keys(name: str, table: Table) -> Iterator[str]:
    """Yield what each row is known by; rows that are known alike are numbered."""
    columns = [table[column].tolist() for column in ROW_KEYS[name]]
    seen: Counter[tuple[str, ...]] = Counter()
    for cells in zip(*columns, strict=True):
        seen[cells] += 1
        yield "\x1f".join([*map(str, cells), str(seen[cells])])
