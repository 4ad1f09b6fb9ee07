"""Cargo that the rows of a rule count together, and what a plan carries of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """Scope and period whose cargo is counted together."""

    scope: tuple[tuple[str, str], ...]
    period: str


@dataclass(frozen=True, slots=True, eq=False)
class ExactScope:
    """Cargo that the rows of a rule count together.

    Parameters
    ----------
    rule, cell : int
        Index of the rule, and of the scope and period among those of the rule.
    demand : Decimal
        Weighted demand.
    of_demand : bool
        Whether shares are of the demand, not of what is carried.
    penalty : Decimal or None
        Money for which the rule may be broken; None if it must hold.
    """

    rule: int
    cell: int
    demand: Decimal
    of_demand: bool
    penalty: Decimal | None


class Carried(NamedTuple):
    """What a plan carries in the cells of one rule: in all, and by value."""

    total: list[Decimal]
    by_value: dict[str, list[Decimal]]
