"""Plans that follow a basis: each column changes at a rate of its own.

Where every rate is a short binary fraction, such as 1, -1 or 0.5, what a plan changes
by is told exactly, and it keeps every row as the plan that it starts from does.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.studies.prices.moved_plans import changes
from solver.studies.prices.moves import RightHandMove

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.solving.column_generation import LoopResult
    from solver.studies.prices.moved_plans import Changes, Flow, Publishing
    from solver.studies.prices.second_model import SecondModel


_PARTS = 64.0
"""Rates that are whole numbers of such parts are short."""

_NEAR = 1e-9
"""What a rate may miss a short one by, for the noise of a solve."""

_ZERO = Decimal(0)


class BasisPlans:
    """Plans for a right-hand side that is moved a little.

    Parameters
    ----------
    model : SecondModel
        The model that the basis is of.
    run : LoopResult
        Its plan where nothing is moved.
    publishing : Publishing
        The plan as given, and how plans of the model become such.
    """

    def __init__(
        self, model: SecondModel, run: LoopResult, publishing: Publishing
    ) -> None:
        self.master, self.run, self.publishing = model.master, run, publishing
        self._flows: dict[int, Flow] = {}
        self._entered = int(self.master.outside.entered.sum())
        self._batch, self._route = self._columns()

    @cached_property
    def _base(self) -> dict[Flow, Decimal] | None:
        """What the model's plan carries more than the published one, flow by flow."""
        if self.publishing.aggregated is not None:
            return None
        found = changes(self.master, self.run, RightHandMove(), 0.0, self.publishing)
        if found is None:
            return None
        return {flow: Decimal(repr(more)) for flow, more in found.items()}

    def _columns(self) -> tuple[Ints, Ints]:
        """Batch and position of the route of each column; -1 where it is none."""
        batches = self.master.routes.batches[: len(self.run.quantities)]
        batch, route = np.full((2, len(self.run.answer.values)), -1)
        for number, own in enumerate(batches):
            held = np.flatnonzero(own.columns >= 0)
            batch[own.columns[held]], route[own.columns[held]] = number, held
        return batch, route

    def _flow(self, column: int) -> Flow:
        """Flow of a column of a route, by the numbers of the instance as given."""
        if column not in self._flows:
            batch, route = self._batch[column], self._route[column]
            routes = self.master.routes.batches[batch].routes
            own = slice(routes.starts[route], routes.starts[route + 1])
            shipment = int(routes.shipment[route])
            self._flows[column] = self.publishing.flow(shipment, routes.elements[own])
        return self._flows[column]

    def plan(self, rates: Floats, far: float) -> LoopResult | None:
        """Return the plan so far, in floats; None once the model has more shipments."""
        if int(self.master.outside.entered.sum()) > self._entered:
            return None
        before = self.run.answer.values
        there = before + far * rates
        values = np.zeros(len(self.master.model.columns))
        values[: len(there)] = np.where((there < 0.0) & (before >= 0.0), 0.0, there)
        answer = replace(self.run.answer, values=values)
        quantities = self.master.outside.quantities(values)
        unmet = self.master.unmet(answer)
        return replace(self.run, answer=answer, quantities=quantities, unmet=unmet)

    def changes(self, rates: Floats, far: float) -> Changes | None:
        """Return the changes of the published plan; None where they are not short.

        Parameters
        ----------
        rates : ndarray, shape (columns,)
            What columns change by.
        far : float
            How far.
        """
        base = self._base
        moving = np.flatnonzero(rates)
        short = _short(rates[moving])
        if base is None or short is None:
            return None
        total, length = {**base}, Decimal(repr(far))
        on_route = self._batch[moving] >= 0
        pairs = zip(moving[on_route].tolist(), short[on_route].tolist(), strict=True)
        for column, rate in pairs:
            flow = self._flow(column)
            total[flow] = total.get(flow, _ZERO) + Decimal(rate) * length
        found = {flow: float(more) for flow, more in total.items() if more}
        return found if self._is_told(found, total) else None

    def _is_told(self, found: Changes, total: dict[Flow, Decimal]) -> bool:
        """Whether floats tell changes exactly, and no flow is less than nothing."""
        before = self.publishing.amounts
        return all(
            Decimal(repr(more)) == total[flow]
            and before.get(flow, _ZERO) + total[flow] >= 0
            for flow, more in found.items()
        )


def _short(rates: Floats) -> Floats | None:
    """Return rates as short binary fractions; None if one is none."""
    short = np.round(rates * _PARTS) / _PARTS
    return short if bool((np.abs(rates - short) <= _NEAR).all()) else None
