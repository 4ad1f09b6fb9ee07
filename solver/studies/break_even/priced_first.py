"""Closed and planned elements at today's prices: at which rate cargo would first come.

The prices that prove today's plan, with the elements closed, say what each shipment
pays at most. A route over the elements beats that as long as

    pays_r(rate) = rest_r + passes_r * rate < marginal cost_d,

so that the highest such rate is that at which cargo first comes while all other prices
are today's. Once some has come they change: the curve itself is found by solves.

References
----------
Dinkelbach, W. (1967), On nonlinear fractional programming, Management Science 13: the
largest ratio of two sums over routes, by cheapest routes alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import limit_usage
from solver.solving.prepared import Prepared
from solver.solving.prices_to_decimals import published_prices
from solver.studies.break_even.rate_curve import proved_plan
from solver.studies.break_even.rates import DIGITS, RatedInstance
from solver.studies.break_even.use import route_charges
from solver.studies.explanation.proved_plan import ProvedPlan, unmet_prices
from solver.studies.what_if import WhatIf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Mask
    from solver.network.routes import Routes
    from solver.options import Options
    from solver.pricing.prices import Prices
    from solver.problem.instance import Instance
    from solver.solution.certificate import Stage
    from solver.studies.break_even.rates import Charged, Side
    from solver.studies.break_even.set_apart import SetApart

_NEAR = 1e-9
"""Relative difference of costs that counts as none."""

_MOST_SEARCHES = 30
"""Rates tried; each is higher than the one before, and few are needed."""


@dataclass(frozen=True, slots=True)
class FirstToCome:
    """Cargo that would first come to elements that are closed today.

    Parameters
    ----------
    quantity : float
        How much of it is asked for.
    side : str
        Whether the rate is an amount added to today's, or a part cut.
    rate : Fraction or None
        The highest rate at which it would come; None: any, as it is firm demand that
        stays unmet today.
    """

    product: str
    origin: str
    market: str
    period: str
    quantity: float
    side: Side
    rate: Fraction | None


def first_to_come(
    closed: SetApart,
    charged: Charged,
    names: Sequence[str],
    options: Options,
    *,
    is_all_cargo: bool,
) -> FirstToCome | None:
    """Return the cargo that comes first at today's prices; None if none does.

    Parameters
    ----------
    closed : SetApart
        The instance with the elements as they are, the selected cargo set apart.
    charged : Charged
        Elements whose rates change.
    names : sequence of str
        Kind and name of those that are closed.
    is_all_cargo : bool
        Whether all cargo is selected.

    Raises
    ------
    UnansweredError
        Today's plan is not proved.
    """
    solution = WhatIf(closed.instance, options).solution
    proved = ProvedPlan(
        Prepared(closed.instance), proved_plan(solution), solution.certificate
    )
    rated = RatedInstance(closed, charged, is_all_cargo=is_all_cargo)
    return _FirstSearch(proved, rated, closed, set(names)).found()


class _FirstSearch:
    """Searches for routes over closed elements, at today's prices."""

    def __init__(
        self,
        proved: ProvedPlan,
        rated: RatedInstance,
        closed: SetApart,
        names: set[str],
    ) -> None:
        self.proved, self.rated, self.closed = proved, rated, closed
        self.network, self.cargo = proved.known.network, proved.known.cargo
        keys = self.network.limits.keys
        self.opened = np.array(
            [f"{k.kind} {k.name}" in names for k in keys], dtype=bool
        )
        own = np.isin(closed.instance.products["product"], closed.products)
        self.selected: Mask = own[self.cargo.product]

    def found(self) -> FirstToCome | None:
        """Look at firm demand that is unmet, then at rates, today's first."""
        for stage in self.proved.stages("unmet"):
            leaving = unmet_prices(self.cargo, stage)
            prices = replace(self._prices(stage), money=0.0)
            routes, gain = self._gains(self.rated.instance, prices, leaving)
            if len(routes):
                return self._told(routes, gain, "added", None)
        for side in ("added", "cut"):
            found = self._highest(side)
            if found is not None:
                return found
        return None

    def _prices(self, stage: Stage) -> Prices:
        """Prices of a stage, with nothing asked for by what is closed."""
        prices = published_prices(stage, self.network, self.proved.known.rules)
        return replace(prices, limits=np.where(self.opened, 0.0, prices.limits))

    def _gains(
        self, instance: Instance, prices: Prices, most: Floats
    ) -> tuple[Routes, Floats]:
        """Routes of selected cargo over closed elements that pay less, and how much."""
        near = _NEAR * np.maximum(1.0, np.abs(most))
        threshold = np.where(self.selected, most - near, -np.inf)
        found = Prepared(instance).pricer.search(prices, threshold)
        routes = found.routes
        usage = limit_usage(routes, np.flatnonzero(self.opened))
        over = np.asarray(usage.sum(axis=1)).ravel() > 0
        index = np.flatnonzero(over & self.selected[routes.shipment])
        return routes.chosen(index), (most[routes.shipment] - found.routes_value)[index]

    def _highest(self, side: Side) -> FirstToCome | None:
        """Return who comes at the highest rate of one side; None if nobody does."""
        charges = self.rated.step_charges(side)
        prices = self._prices(self.proved.stage)
        most = np.minimum(self.proved.least, self.proved.unmet_price)
        rate, told = Fraction(0 if side == "added" else 1), None
        for _ in range(_MOST_SEARCHES):
            at = self.rated.added if side == "added" else self.rated.cut
            routes, gain = self._gains(at(rate), prices, most)
            passes = np.abs(route_charges(routes, charges))
            some = np.flatnonzero(passes > 0)
            if not len(some):
                break
            more = gain[some] / passes[some]
            step = round(Fraction(float(more.max())), DIGITS)
            if step <= 0:
                break
            rate = rate + step if side == "added" else max(rate - step, Fraction(0))
            told = self._told(routes.chosen(some), more, side, rate)
        return told

    def _told(
        self, routes: Routes, gain: Floats, side: Side, rate: Fraction | None
    ) -> FirstToCome:
        """Name the cargo whose route gains most."""
        shipment = int(routes.shipment[int(np.argmax(gain))])
        instance, row = self.closed.instance, int(self.cargo.demand[shipment])
        demand = instance.demand
        return FirstToCome(
            product=self.closed.name_of[demand["product"][row]],
            origin=str(demand["origin"][row]),
            market=str(demand["market"][row]),
            period=instance.periods[int(self.cargo.period[shipment])],
            quantity=float(self.cargo.quantity[shipment]),
            side=side,
            rate=rate,
        )
