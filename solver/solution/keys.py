"""Keys of limits, rule rows and unmet classes, as certificates name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Measure = Literal["share", "hhi", "effective", "top", "change"]
"""What a row of a rule bounds."""


ALL_PERIODS = "all"
"""Period of a limit or a rule that counts all periods together."""


@dataclass(frozen=True, slots=True)
class CapacityKey:
    """A capacity: of a leg, a node, a named route, or several together.

    `name` is the leg, node, route or capacity; `period` is a period, or `all`.
    """

    kind: Literal["leg", "node", "route", "capacity"]
    name: str
    period: str


@dataclass(frozen=True, slots=True)
class RowKey:
    """One row of a rule.

    `scope` holds (key, value) pairs of the rule's `for_each`, in its order;
    `period` is a period, or `all` for a rule over all periods. Rows that bound a
    `share` name its `value`; those that bound all values together leave it blank.
    `side` is `min` for least shares and effective numbers.
    """

    rule: str
    scope: tuple[tuple[str, str], ...]
    period: str
    value: str
    side: Literal["max", "min"]
    measure: Measure = "share"

    @property
    def set_by(self) -> str:
        """Key of a rule that sets its limit, such as `max_share`."""
        return f"{self.side}_{self.measure}"

    @property
    def is_index(self) -> bool:
        """Whether it bounds an index of concentration."""
        return self.measure in {"hhi", "effective"}


@dataclass(frozen=True, slots=True)
class UnmetKey:
    """The unmet limit: firm demand of one priority class that stays unmet."""

    priority: int | None


DemandKey = tuple[str, str, str, str, str]
"""What makes demand of two instances the same: name of the order, product, origin,
market and period."""


KEY_TITLES = ("demand", "product", "origin", "market", "period")
"""Columns that hold them."""


def demand_keys(table: Mapping[str, NDArray[Any]]) -> list[DemandKey]:
    """Key of the demand that each row of a result's table is about."""
    columns = (table[title].tolist() for title in KEY_TITLES)
    return [*zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True)
class ShipmentKey:
    """The demand of one row in one period.

    `row` counts the rows of the demand from 1, as tables of a result do.
    """

    row: int
    period: str


MovableKey = CapacityKey | RowKey | ShipmentKey
"""What a right-hand side that can be moved belongs to."""
