"""The registry of the families of rows, in the order in which the master sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.model.families.budget import Budget
from solver.model.families.capacity import CapacityRows
from solver.model.families.kept_routes import KeptRoutes
from solver.model.families.rules import RuleRows
from solver.model.families.unmet_limit import UnmetLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.model.families.family import Host, RowFamily


class Families:
    """Every family of a master, each under its name."""

    def __init__(self, host: Host) -> None:
        self.capacity = CapacityRows(host)
        self.rules = RuleRows(host)
        self.unmet = UnmetLimits(host)
        self.budget = Budget(host, self.__iter__)
        self.kept = KeptRoutes(host)

    def __iter__(self) -> Iterator[RowFamily]:
        """Yield them in the order in which the master sums."""
        yield from (self.capacity, self.rules, self.unmet, self.budget, self.kept)
