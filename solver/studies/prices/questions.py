"""Right-hand sides that are asked about: limits and rules that bind, and demand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from solver.network.routes import limit_loads, routes_of_plan
from solver.solution.keys import CapacityKey, RowKey, ShipmentKey
from solver.studies.prices.moves import RightHandMove

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.model.master import Master
    from solver.network.routes import Routes
    from solver.solution.certificate import Stage
    from solver.solution.form import Asked
    from solver.solution.plan import Plan
    from solver.studies.prices.moved_plans import Publishing

    Key = CapacityKey | RowKey | ShipmentKey


FULL = 1e-9
"""Part of a right-hand side that is free up to which it is asked about."""


@dataclass(frozen=True, slots=True)
class MovedKey:
    """A right-hand side that is asked about.

    Parameters
    ----------
    key : CapacityKey, RowKey or ShipmentKey
        Its name.
    move : RightHandMove
        What moves with a unit of it.
    more, less : float
        How far it is looked at in each direction.
    size : float
        How large it is.
    """

    key: Key
    move: RightHandMove
    more: float
    less: float
    size: float


@dataclass(frozen=True, slots=True, eq=False)
class MovedDirection:
    """A right-hand side and one way in which it moves.

    Parameters
    ----------
    question : MovedKey
        What is moved.
    name : str
        ``more`` or ``less``.
    """

    question: MovedKey
    name: Literal["more", "less"]

    @property
    def key(self) -> Key:
        """What is moved, by name."""
        return self.question.key

    @property
    def sign(self) -> int:
        """1 for one more, -1 for one less."""
        return 1 if self.name == "more" else -1

    @property
    def reach(self) -> float:
        """How far it is looked at."""
        return self.question.more if self.name == "more" else self.question.less

    @property
    def is_of_demand(self) -> bool:
        """Whether a demand is moved."""
        return isinstance(self.key, ShipmentKey)

    def value(self, slope: float) -> float:
        """Return what one more saves or one less costs; of a demand, the reverse.

        Parameters
        ----------
        slope : float
            What the least cost changes by for each unit on this way.
        """
        return (slope * self.sign if self.is_of_demand else -slope * self.sign) + 0.0


def directions(question: MovedKey) -> list[MovedDirection]:
    """Both ways in which a right-hand side moves, as far as there is anything."""
    more, less = MovedDirection(question, "more"), MovedDirection(question, "less")
    return [own for own in (more, less) if own.reach > 0.0]


class Questions:
    """What is asked about a plan.

    Parameters
    ----------
    master : Master
        A model of its instance.
    plan : Plan
        The plan, as one of the model's instance.
    publishing : Publishing
        The plan as given, and how plans of the model become such.
    cost_stage : Stage
        Prices that prove it.
    """

    def __init__(
        self, master: Master, plan: Plan, publishing: Publishing, cost_stage: Stage
    ) -> None:
        self.master, self.plan = master, plan
        self.publishing, self.cost_stage = publishing, cost_stage

    def asked(self, asked: Asked) -> Iterator[MovedKey]:
        """Yield what binds, the largest value first; then, of `all`, every demand."""
        binding = [*self._full_limits(), *self._full_rows()]
        yield from sorted(binding, key=self._value_at_prices, reverse=True)
        if asked == "all":
            yield from self._demands()

    def _value_at_prices(self, question: MovedKey) -> float:
        """Return what all of a right-hand side is worth at the prices of the plan."""
        return question.size * self.cost_stage.price_of(question.key)

    @cached_property
    def _routes(self) -> Routes:
        """Routes of the plan."""
        return routes_of_plan(self.master.network, self.master.cargo, self.plan)

    def _full_limits(self) -> Iterator[MovedKey]:
        master, limits = self.master, self.master.network.limits
        used = limit_loads(self._routes, self.plan.quantity)
        total = 2.0 * float(master.cargo.quantity.sum())
        for number, key in enumerate(limits.keys):
            size = float(limits.capacity[number])
            binds = size - used[number] <= FULL * size
            if binds or self.cost_stage.capacities.get(key):
                yield MovedKey(
                    key, RightHandMove(limits={number: 1.0}), total, size, size
                )

    def _full_rows(self) -> Iterator[MovedKey]:
        master = self.master
        levels = master.rules.levels(self._routes, self.plan.quantity)
        for number, (row, level) in enumerate(
            zip(master.rules.rows, levels, strict=True)
        ):
            binds = -level.excess <= FULL * level.base
            if level.base > 0 and (binds or self.cost_stage.rules.get(row.key)):
                size = float(row.scope.demand)
                yield MovedKey(
                    row.key, RightHandMove(rows={number: 1.0}), size, size, size
                )

    def _demands(self) -> Iterator[MovedKey]:
        keys, cargo = self.publishing.shipment_keys, self.master.cargo
        mean = float(cargo.quantity.mean()) if len(cargo) else 0.0
        for shipment, key in enumerate(keys):
            rows = self._rows_of_demand(shipment)
            if rows is None or self.master.outside.lost[shipment]:
                continue
            size = float(cargo.quantity[shipment])
            move = RightHandMove(demand={shipment: 1.0}, rows=rows)
            yield MovedKey(key, move, size or mean or 1.0, size, size)

    def _rows_of_demand(self, shipment: int) -> dict[int, float] | None:
        """Rooms of rules that grow with a demand; None where that is not linear."""
        rates: dict[int, float] = {}
        for number, row in enumerate(self.master.rules.rows):
            weight = float(row.scope.weight[shipment])
            if weight and row.of_demand:
                if row.is_lifted:
                    return None
                form = row.form(np.zeros(len(row.values)))
                rates[number] = -form.base * weight
            elif weight and row.is_soft and not row.is_exact:
                return None  # What an excess costs is told in parts of the demand.
        return rates
