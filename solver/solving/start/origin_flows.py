"""Routes and limits to begin with, where shipments are many: origin-group flows.

An origin-group flow (short: flow) is one route, or none, for every shipment of a
group: those that start alike and pay alike, in few enough groups. The linear program
over flows has a row for each group and for each limit and rule that binds, however many
shipments there are; a search at its prices gives the next flow of each group, and a
bound on every plan. Where the bound rises, the trust region of prices moves there;
where not, it shrinks. The last solution says which limits and rules bind and which
routes matter: for most shipments a single one, so that the model in routes begins with
few choices.

What a flow makes of rules is summed when it is found, from the route of each of its
shipments, by scope and value (`rules.sums`): rows and cuts that come later need no new
search. What breaks a rule costs money here; the model in routes says whether it must.

References
----------
Jones, K. L., Lustig, I. J., Farvolden, J. M. and Powell, W. B. (1993), Multicommodity
network flows: the impact of formulation on decomposition, Mathematical Programming 62:
columns by origin rather than by path.
Marsten, R. E., Hogan, W. W. and Blankenship, J. W. (1975), The Boxstep method for
large-scale optimization, Operations Research 23(3).
"""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.routes import empty_routes, joined, limit_usage
from solver.pricing.tree_search import OutOfTimeError
from solver.solving.start.bounding_search import PENALTY
from solver.solving.start.boxstep import PriceRange, TrustRegion
from solver.solving.start.dual_ascent import ascended, paying_steps
from solver.solving.start.flow_prices import by_sum, prices_of
from solver.solving.start.flow_program import FlowProgram
from solver.solving.start.flow_routes import NO_ROUTES, FlowRoutes, added_up
from solver.solving.start.flow_sums import DEARER, bounded_sums, typical_prices
from solver.solving.start.origin_groups import groups
from solver.solving.start.seed import Seed

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.network.routes import Routes
    from solver.pricing.cheapest import Cheapest
    from solver.pricing.prices import Prices
    from solver.rules.row import Part
    from solver.rules.sums import RuleSums
    from solver.solving.start.bounding_search import BoundingSearch
    from solver.solving.start.boxstep import Optimum
    from solver.solving.start.flow_sums import Sums


CLOSE = 1e-6
"""Relative gap between the program over flows and its bound that is enough."""

MOST_ROUNDS = 200
"""Rounds after which the routes found are good enough to begin with."""

MOST_SUMS = 20_000_000
"""Groups times steps for which loads are summed step by step."""

REACH = 0.1
"""How far prices may go at first, in mean costs of a route."""

_SMALL = 1e-9


class OriginFlows:
    """Flows of the groups of an instance.

    Parameters
    ----------
    search : BoundingSearch
        What finds routes and bounds; firm demand has a price there.
    sums : RuleSums
        What tells how routes stand to rules.
    deadline, settled_by : float
        Moments, on the monotonic clock, at which what is known must do, and until which
        a plan may be sought among that.
    """

    def __init__(
        self,
        search: BoundingSearch,
        sums: RuleSums,
        deadline: float = np.inf,
        settled_by: float = np.inf,
    ) -> None:
        self.search, self.rule_sums = search, sums
        self.deadline, self.settled_by = deadline, settled_by
        self.values = np.zeros(0)
        self.settled: Prices | None = None
        pricer = search.pricer
        self.network, self.cargo = network, cargo = pricer.network, pricer.cargo
        self.rules = pricer.rules
        self.group, self.period = groups(network, cargo)
        self.count = len(self.period)
        self.sums_steps = bool(
            network.limits.counted.all() and self.count * network.num_steps <= MOST_SUMS
        )
        self.found = FlowRoutes(network, cargo)
        self.column_batch, self.owner = np.zeros(0, dtype=int), np.zeros(0, dtype=int)

    def seed(self, routes: Cheapest, bound: float, penalty: float) -> Seed | None:
        """Solve over flows, nearly; None if that fails.

        Parameters
        ----------
        routes, bound
            Cheapest routes without prices, and the bound that these prove.
        penalty : float
            Cost of leaving a unit of firm demand.
        """
        mean = self.search.mean_cost(routes.routes)
        sums = bounded_sums(self.rules, PENALTY * penalty, self.search.unmet.max())
        program = self._begin(routes.routes, sums)
        reach = REACH * mean * typical_prices(self.rules, sums)
        region = TrustRegion(sums, np.zeros(len(sums)), reach, bound)
        self.values, in_time = np.zeros(program.flows), True
        try:
            steps = paying_steps(routes)
            if steps and self.search.has_time(steps, self.deadline):
                keep = partial(self._keep, program)
                routes = ascended(region, routes, self.search, keep, mean)
            if not self._improve(program, region, routes):
                return None
        except OutOfTimeError:
            in_time = False
            self._settle(program, penalty)
        if not self.values.any():
            return self.only()
        return self._support(self.values, program, is_near=in_time)

    def _improve(
        self, program: FlowProgram, region: TrustRegion, routes: Cheapest
    ) -> bool:
        """Add flows until that is near enough; tell whether the solver found a plan.

        Raises
        ------
        OutOfTimeError
            If the deadline passes; `values` are then the last.
        """
        prices = np.zeros(len(program.sums))
        marginal_cost = np.full(self.count, np.inf)
        for _ in range(MOST_ROUNDS):
            self._add(program, routes, prices, marginal_cost)
            found, near = self._solved(program, region)
            if found is None:
                self._look_at_the_clock()
                return False
            self.values, prices = found.values, found.prices
            marginal_cost = found.marginal_cost
            if near:
                break
            self._look_at_the_clock()
            self._clear(program)
            charged = prices_of(found, self.rules)
            routes, bound = self.search(charged)
            region.learn(found, by_sum(self.rules, charged), bound)
        return True

    def _settle(self, program: FlowProgram, penalty: float) -> None:
        """Let the flows at hand keep limits and rules, whatever the best prices are.

        Where there is no time for that, `values` are those of the last program.
        """
        program.deadline = self.settled_by
        sums = program.sums
        most = PENALTY * penalty * typical_prices(self.rules, sums)
        most[: len(self.network.limits)] = DEARER * penalty  # Than leaving a unit.
        least = np.where(sums.is_level, -most, 0.0)
        box = PriceRange(least, np.minimum(most, sums.most))
        with suppress(OutOfTimeError):
            while (found := program.solve(box)) is not None:
                self.values, self.settled = found.values, prices_of(found, self.rules)
                if not program.cut(found):
                    break

    def _look_at_the_clock(self) -> None:
        if time.monotonic() > self.deadline:
            raise OutOfTimeError

    def _clear(self, program: FlowProgram) -> None:
        """Drop flows that were too dear for long."""
        kept = program.clear()
        if kept is not None:
            self.values, self.owner = self.values[kept], self.owner[kept]
            self.column_batch = self.column_batch[kept]
            self.found.keep(np.unique(self.column_batch).tolist())

    def _keep(self, program: FlowProgram, found: Cheapest) -> None:
        """Add the flows of routes, whatever they cost."""
        every = np.full(self.count, np.inf)
        self._add(program, found, np.zeros(len(program.sums)), every)

    def _begin(self, routes: Routes, sums: Sums) -> FlowProgram:
        """Begin with the flow that carries nothing for each group."""
        mean = self.search.mean_cost(routes)
        self.money = mean * float(self.cargo.quantity.sum())
        program = FlowProgram(self.count, sums, self.money / self.count, self.deadline)
        loads = sparse.csr_array((self.count, len(sums)))
        cost = self._by_group(self.cargo.quantity * self.search.unmet)
        self._add_columns(program, NO_ROUTES, np.arange(self.count), cost, loads)
        return program

    def _by_group(self, cost: Floats) -> Floats:
        """Sum what shipments cost by group."""
        return np.asarray(np.bincount(self.group, cost, self.count), dtype=float)

    def _add(
        self,
        program: FlowProgram,
        found: Cheapest,
        prices: Floats,
        marginal_cost: Floats,
    ) -> None:
        """Add the flows with a negative reduced cost."""
        loads = self._loads(found)
        cost = self._costs(found, loads)
        gain = marginal_cost - (cost + loads @ prices)
        wanted = np.flatnonzero(
            gain > _SMALL * np.maximum(_SMALL * self.money, np.abs(cost))
        )
        if len(wanted):
            batch = self.found.add(found)
            self._add_columns(program, batch, wanted, cost[wanted], loads[wanted])

    def _add_columns(
        self,
        program: FlowProgram,
        batch: int,
        groups: Ints,
        cost: Floats,
        loads: sparse.csr_array,
    ) -> None:
        program.add(groups, cost, loads)
        self.column_batch = np.append(self.column_batch, np.full(len(groups), batch))
        self.owner = np.concatenate([self.owner, groups])

    def _costs(self, found: Cheapest, loads: sparse.csr_array) -> Floats:
        """Cost of each group's flow: its routes, and what they leave unmet."""
        quantity, unmet = self.cargo.quantity, self.search.unmet
        if self.sums_steps and not self.rules.rows:
            # What is paid at the prices, less what limits charge.
            cost = self._by_group(quantity * np.minimum(found.value, unmet))
            return np.asarray(cost - loads @ found.prices.limits)
        routes = found.routes
        cost = quantity * unmet
        cost[routes.shipment] = quantity[routes.shipment] * routes.cost
        return self._by_group(cost)

    def _loads(self, found: Cheapest) -> sparse.csr_array:
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
        if self.sums_steps:
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

    def _solved(
        self, program: FlowProgram, region: TrustRegion
    ) -> tuple[Optimum | None, bool]:
        """Solve within the trust region; tell whether that is near enough to the bound.

        Where it would be but for the region, that grows; where rules call for cuts, it
        is solved again.
        """
        while True:
            found = program.solve(region.price_range)
            if found is None:
                return None, False
            near = found.cost - region.bound <= CLOSE * abs(found.cost)
            cut = program.cut(found)
            if not near or not (cut or found.held.any()):
                return found, near
            region.widen(found.held)

    # ---- what matters

    def only(self) -> Seed:
        """Return the mean of the last searches, where there was no time for more."""
        routes, share = self.search.averaged()
        _, first = np.unique(routes.shipment, return_index=True)
        none, others = first[:0], np.setdiff1d(np.arange(len(routes)), first)
        return Seed(
            first=routes.chosen(first),
            more=routes.chosen(others),
            unsettled=none,
            limits=none,
            rules={},
            best=self.search.best,
            shares=(share[first], share[others]),
            is_near=False,
        )

    def _support(self, values: Floats, program: FlowProgram, *, is_near: bool) -> Seed:
        """Return the routes that flows in use take."""
        parts = [empty_routes(self.network, self.cargo)]
        weights, unsettled = [np.zeros(0)], np.zeros(len(self.cargo), dtype=bool)
        used = np.flatnonzero(values > _SMALL)
        for number in np.unique(self.column_batch[used]).tolist():
            share = np.zeros(self.count)
            mine = used[self.column_batch[used] == number]
            share[self.owner[mine]] = values[mine]
            members = (share > 0.0)[self.group]
            routes = self.found.of(number, members)
            members[routes.shipment] = False
            unsettled |= members
            parts.append(routes)
            weights.append(share[self.group[routes.shipment]])
        routes, share = added_up(joined(parts), np.concatenate(weights))
        _, first = np.unique(routes.shipment, return_index=True)
        others = np.setdiff1d(np.arange(len(routes)), first)
        without = np.ones(len(self.cargo), dtype=bool)
        without[routes.shipment] = False
        idle = self.found.first
        idle = idle.chosen(np.flatnonzero(without[idle.shipment]))
        one = joined([routes.chosen(first), idle])
        order = np.argsort(one.shipment, kind="stable")
        shares = np.concatenate([share[first], np.zeros(len(idle))])
        return Seed(
            first=one.chosen(order),
            more=routes.chosen(others),
            unsettled=np.flatnonzero(unsettled),
            limits=program.active[program.active < len(self.network.limits)],
            rules=self._binding(program),
            best=self.search.best,
            shares=(shares[order], share[others]),
            is_near=is_near,
        )

    def _binding(self, program: FlowProgram) -> dict[int, list[Part]]:
        """Rows of rules that the program holds, with their parts."""
        first = len(self.network.limits)
        found: dict[int, list[Part]] = {
            number: []
            for number, lines in enumerate(self.rules.lines_of)
            if program.row[first + lines[0]] >= 0
        }
        return found | {
            concentration.number: concentration.parts
            for concentration in program.sums.concentrations
            if concentration.is_held
        }
