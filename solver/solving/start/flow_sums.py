"""What is summed over flows, what each sum may be, and what flows make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from solver.network.routes import limit_usage
from solver.rules.concentration import ConcentrationRow
from solver.solving.start.flow_concentration import FlowConcentration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints, Mask
    from solver.pricing.cheapest import Cheapest
    from solver.rules.rule_set import Diversification
    from solver.rules.sums import RuleSums


DEARER = 1.01
"""How much more than leaving a unit it costs that a limit is broken by one."""


MOST_SUMS = 20_000_000
"""Groups times steps for which loads are summed step by step."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What is summed over flows: the loads of limits, then the lines of rules.

    Parameters
    ----------
    limit : ndarray, shape (sums,)
        What each may be at most.
    scale : ndarray, shape (sums,)
        What the solver sees as 1.
    most : ndarray, shape (sums,)
        Money per unit for which it may be more.
    is_level : ndarray of bool, shape (sums,)
        Lines of rows that bound all values together: they have a column, no limit.
    concentrations : sequence of FlowConcentration
        Those rows.
    """

    limit: Floats
    scale: Floats
    most: Floats
    is_level: Mask
    concentrations: Sequence[FlowConcentration]

    def __len__(self) -> int:
        return len(self.limit)


def bounded_sums(rules: Diversification, most: float, unmet: float) -> Sums:
    """Return loads of limits, then lines of rules; an empty scope bounds nothing.

    Parameters
    ----------
    most : float
        Money for which a unit may break a rule that must hold.
    unmet : float
        Dearest cost of leaving a unit. No limit need be dearer, where there is no rule
        that may reward what passes it.
    """
    capacity = rules.network.limits.capacity
    first, count = len(capacity), len(rules.lines)
    typical = float(rules.cargo.quantity.mean())
    of_limits = np.where(capacity > 0.0, capacity, typical)
    found = Sums(
        limit=np.concatenate([capacity, np.full(count, np.inf)]),
        scale=np.concatenate([of_limits, np.ones(count)]),
        most=np.full(first + count, np.inf),
        is_level=np.zeros(first + count, dtype=bool),
        concentrations=(concentrations := []),
    )
    if not rules.rows:
        found.most[:] = DEARER * unmet
    column = 2 * len(found)
    for number, row in enumerate(rules.rows):
        lines, demand = first + rules.lines_of[number], row.scope.demand
        if demand <= 0.0:
            continue
        price = min(row.most_price, most)
        if isinstance(row, ConcentrationRow):
            found.limit[lines], found.scale[lines] = 0.0, demand
            found.is_level[lines] = True
            further = len(row.lifted().factors)
            concentrations.append(
                FlowConcentration(number, row, lines, column, further, price)
            )
            column += concentrations[-1].width
        else:
            found.limit[lines], found.scale[lines] = row.linear().limit, demand
            found.most[lines] = price
    return found


def typical_prices(rules: Diversification, sums: Sums) -> Floats:
    """Typical price of each sum, in terms of one of a unit of cargo."""
    typical, first = np.ones(len(sums)), len(rules.network.limits)
    for number, row in enumerate(rules.rows):
        if row.scope.demand > 0.0:
            lines = first + rules.lines_of[number]
            inside = rules.cargo.quantity[row.scope.weight > 0.0].sum()
            typical[lines] = inside / sums.scale[lines]
    return typical


class Flows(NamedTuple):
    """Flows: the search that found them, their group, what they cost and add to sums.

    Of each flow, in its group's whole quantity: money, and the unit of each sum.
    """

    batch: Ints
    group: Ints
    cost: Floats
    loads: sparse.csr_array

    def chosen(self, which: Ints) -> Flows:
        """Return some of them."""
        own = self.batch[which], self.group[which], self.cost[which]
        return Flows(*own, sparse.csr_array(self.loads[which]))

    def beside(self, more: Flows) -> Flows:
        """Return these and more."""
        loads = sparse.csr_array(sparse.vstack([self.loads, more.loads]))
        return Flows(
            np.concatenate([self.batch, more.batch]),
            np.concatenate([self.group, more.group]),
            np.concatenate([self.cost, more.cost]),
            loads,
        )


class GroupSums:
    """What cheapest routes cost groups of shipments, and put on the sums.

    Parameters
    ----------
    rules : Diversification
        Rules, with the network and the cargo that they are of.
    rule_sums : RuleSums
        What tells how routes stand to them.
    group : ndarray of int, shape (shipments,)
        Group of each shipment.
    period : ndarray of int, shape (groups,)
        Period of each group.
    """

    def __init__(
        self, rules: Diversification, rule_sums: RuleSums, group: Ints, period: Ints
    ) -> None:
        self.rules, self.rule_sums = rules, rule_sums
        self.network, self.cargo = rules.network, rules.cargo
        self.group, self.period, self.count = group, period, len(period)
        self._sums_steps = bool(
            self.network.limits.counted.all()
            and self.count * self.network.num_steps <= MOST_SUMS
        )

    def by_group(self, cost: Floats) -> Floats:
        """Sum what shipments cost by group."""
        return np.asarray(np.bincount(self.group, cost, self.count), dtype=float)

    def costs(self, found: Cheapest, loads: sparse.csr_array, unmet: Floats) -> Floats:
        """Cost of each group's flow: its routes, and what they leave unmet.

        Parameters
        ----------
        loads : sparse matrix, shape (groups, sums)
            What the routes put on the sums.
        unmet : ndarray, shape (shipments,)
            Cost of leaving a unit of each shipment.
        """
        quantity = self.cargo.quantity
        if self._sums_steps and not self.rules.rows:
            # What is paid at the prices, less what limits charge.
            cost = self.by_group(quantity * np.minimum(found.value, unmet))
            return np.asarray(cost - loads @ found.prices.limits)
        routes = found.routes
        cost = quantity * unmet
        cost[routes.shipment] = quantity[routes.shipment] * routes.cost
        return self.by_group(cost)

    def loads(self, found: Cheapest) -> sparse.csr_array:
        """Return what each group adds to each sum, shape (groups, sums)."""
        loads = self._limit_loads(found)
        if not self.rules.rows:
            return loads
        routes = found.routes
        group = self.group[routes.shipment]
        quantity = self.cargo.quantity[routes.shipment]
        lines = self.rule_sums.by_group(routes, quantity, group, self.count)
        return sparse.csr_array(sparse.hstack([loads, lines]))

    def _limit_loads(self, found: Cheapest) -> sparse.csr_array:
        """Return what each group puts on each limit, shape (groups, limits)."""
        if self._sums_steps:
            return self._loads_by_step(found)
        routes = found.routes
        quantity = self.cargo.quantity[routes.shipment]
        members = (quantity, (self.group[routes.shipment], np.arange(len(routes))))
        of_group = sparse.csr_array(members, shape=(self.count, len(routes)))
        usage = limit_usage(routes, np.arange(len(self.network.limits)))
        return sparse.csr_array(of_group @ usage)

    def _loads_by_step(self, found: Cheapest) -> sparse.csr_array:
        """Return the same, summed step by step."""
        limits = self.network.limits
        of_base = found.step_loads(self.group, self.count) @ self.network.step_usage
        if limits.are_bases:
            return sparse.csr_array(of_base)
        loads = sparse.coo_array(sparse.csc_array(of_base)[:, limits.base])
        period = limits.period[loads.col]
        counts = (period < 0) | (period == self.period[loads.row])
        entries = loads.data * counts, (loads.row, loads.col)
        result = sparse.csr_array(entries, shape=loads.shape)
        result.eliminate_zeros()
        return result
