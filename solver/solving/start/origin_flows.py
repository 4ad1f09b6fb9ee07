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
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.routes import empty_routes, joined
from solver.pricing.tree_search import OutOfTimeError
from solver.solving.start.bounding_search import PENALTY
from solver.solving.start.boxstep import PriceRange, TrustRegion
from solver.solving.start.dual_ascent import ascended, paying_steps
from solver.solving.start.flow_prices import by_sum, prices_of
from solver.solving.start.flow_program import FlowProgram
from solver.solving.start.flow_routes import NO_ROUTES, FlowRoutes, added_up
from solver.solving.start.flow_sums import (
    DEARER,
    Flows,
    GroupSums,
    bounded_sums,
    typical_prices,
)
from solver.solving.start.origin_groups import groups
from solver.solving.start.seed import Seed

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.pricing.cheapest import Cheapest
    from solver.pricing.prices import Prices
    from solver.rules.row import Part
    from solver.rules.sums import RuleSums
    from solver.solving.interior.inner_flows import InnerFlows
    from solver.solving.start.bounding_search import BoundingSearch
    from solver.solving.start.boxstep import Optimum
    from solver.solving.start.flow_sums import Sums

CLOSE = 1e-6
"""Relative gap between the program over flows and its bound that is enough."""

MOST_ROUNDS = 200
"""Rounds after which the routes found are good enough to begin with."""

INSIDE_GAP, INSIDE_SIZE, INSIDE_PIVOTS = 0.05, 300_000, 700
"""Gap from which flows are followed from inside, if rows times flows are so many, and
the last answer took so many pivots."""

MOST_INSIDE = 20_000_000
"""Rows times flows beyond which a dense matrix of them takes too much of all."""

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
        self.search = search
        self.deadline, self.settled_by = deadline, settled_by
        self.values = np.zeros(0)
        self.settled: Prices | None = None
        pricer = search.pricer
        self.network, self.cargo = network, cargo = pricer.network, pricer.cargo
        self.rules = pricer.rules
        self.group, period = groups(network, cargo)
        self.count = len(period)
        self.sums = GroupSums(self.rules, sums, self.group, period)
        self.found = FlowRoutes(network, cargo)

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
        self.unit = mean * float(self.cargo.quantity.sum()) / self.count
        program = self.program = self._begun(sums)
        reach = REACH * mean * typical_prices(self.rules, sums)
        region = TrustRegion(sums, np.zeros(len(sums)), reach, bound)
        self.values, in_time = np.zeros(program.size), True
        try:
            steps = paying_steps(routes)
            if steps and self.search.has_time(steps, self.deadline):
                routes = ascended(region, routes, self.search, self._keep, mean)
            if not self._improve(region, routes):
                return None
        except OutOfTimeError:
            in_time = False
            self._settle(penalty)
        if not self.values.any():
            return self.only()
        return self._support(is_near=in_time)

    def _improve(self, region: TrustRegion, routes: Cheapest) -> bool:
        """Add flows until that is near enough; tell whether the solver found a plan.

        Raises
        ------
        OutOfTimeError
            If the deadline passes; `values` are then the last.
        """
        prices, most = np.zeros(len(region.sums)), np.full(self.count, np.inf)
        marginal_cost, may_follow = most, self._may_follow()
        for _ in range(MOST_ROUNDS):
            self._add(routes, prices, marginal_cost)
            found, near = self._solved(region)
            if found is None:
                self._look_at_the_clock()
                return False
            self.values, prices = found.values, found.prices
            marginal_cost = found.marginal_cost
            if near:
                break
            self._look_at_the_clock()
            self._clear()
            if may_follow and self._is_large(region, found):
                routes, marginal_cost = self._follow(region, routes), most
                may_follow = False
                continue
            charged = prices_of(prices, self.rules, found.concentrations)
            routes, bound = self.search(charged)
            region.learn(found, by_sum(self.rules, charged), bound)
        return True

    def _may_follow(self) -> bool:
        """Whether all rules must hold, and do where nothing is carried."""
        rows = self.rules.rows
        return not any(row.is_soft or row.broken_by_nothing for row in rows)

    def _is_large(self, region: TrustRegion, found: Optimum) -> bool:
        """Whether flows are better followed from inside from here on."""
        program = self.program
        near = found.cost - region.bound <= INSIDE_GAP * abs(found.cost)
        holds = any(own.is_held for own in program.sums.concentrations)
        is_large = INSIDE_SIZE <= len(program.active) * program.size <= MOST_INSIDE
        return near and not holds and is_large and program.pivots >= INSIDE_PIVOTS

    def _follow(self, region: TrustRegion, routes: Cheapest) -> Cheapest:
        """Go on from inside; begin anew with the flows that are of use there.

        Return the routes that the last search found; without one, those of before.

        Raises
        ------
        OutOfTimeError
            If the deadline passes.
        """
        from solver.solving.interior.inner_flows import InnerFlows

        program = self.program

        def search(prices: Floats) -> tuple[Flows, float]:
            nonlocal routes
            self._look_at_the_clock()
            charged = prices_of(prices, self.rules, {})
            routes, bound = self.search(charged)
            if bound > region.bound:
                region.centre, region.bound = by_sum(self.rules, charged), bound
            self.found.keep(np.union1d(program.flows.batch, inner.flows.batch).tolist())
            return self._flows(routes), bound

        inner = InnerFlows(program.sums, self._idle(0).cost, self.unit)
        real = np.flatnonzero(program.flows.batch != NO_ROUTES)
        try:
            inner.follow(program.flows.chosen(real), self.values[real], region, search)
        except OutOfTimeError:
            self._begin_anew(inner, region)
            raise
        self._begin_anew(inner, region)
        return routes

    def _begin_anew(self, inner: InnerFlows, region: TrustRegion) -> None:
        """Begin a program with the flows that a point uses, if it tells them."""
        if not inner.is_near:
            return
        from solver.solving.interior.inner_flows import USED

        none, parts = np.split(inner.parts, [self.count])
        used = np.flatnonzero(parts > USED)
        self.program = self._begun(self.program.sums)
        self.program.add(inner.flows.chosen(used))
        self.program.hold(inner.rows)
        self.values = np.concatenate([none, parts[used]])
        region.reach = np.maximum(region.reach, region.centre)

    def _settle(self, penalty: float) -> None:
        """Let the flows at hand keep limits and rules, whatever the best prices are.

        Where there is no time for that, `values` are those of the last program.
        """
        program = self.program
        program.deadline = self.settled_by
        sums = program.sums
        most = PENALTY * penalty * typical_prices(self.rules, sums)
        most[: len(self.network.limits)] = DEARER * penalty  # Than leaving a unit.
        least = np.where(sums.is_level, -most, 0.0)
        box = PriceRange(least, np.minimum(most, sums.most))
        with suppress(OutOfTimeError):
            while (found := program.solve(box)) is not None:
                self.values = found.values
                dear = found.concentrations
                self.settled = prices_of(found.prices, self.rules, dear)
                if not program.cut(found):
                    break

    def _look_at_the_clock(self) -> None:
        if time.monotonic() > self.deadline:
            raise OutOfTimeError

    def _clear(self) -> None:
        """Drop flows that were too dear for long."""
        kept = self.program.clear()
        if kept is not None:
            self.values = self.values[kept]
            self.found.keep(np.unique(self.program.flows.batch).tolist())

    def _keep(self, found: Cheapest) -> None:
        """Add the flows of routes, whatever they cost."""
        every = np.full(self.count, np.inf)
        self._add(found, np.zeros(len(self.program.sums)), every)

    def _begun(self, sums: Sums) -> FlowProgram:
        """Return a program with the flow that carries nothing of each group."""
        program = FlowProgram(self.count, sums, self.unit, self.deadline)
        program.add(self._idle(len(sums)))
        return program

    def _idle(self, sums: int) -> Flows:
        """Return the flow of each group that carries nothing."""
        batch, every = np.full(self.count, NO_ROUTES), np.arange(self.count)
        cost = self.sums.by_group(self.cargo.quantity * self.search.unmet)
        return Flows(batch, every, cost, sparse.csr_array((self.count, sums)))

    def _flows(self, found: Cheapest) -> Flows:
        """Return the flow of each group that routes make."""
        loads = self.sums.loads(found)
        cost = self.sums.costs(found, loads, self.search.unmet)
        batch = np.full(self.count, self.found.add(found))
        return Flows(batch, np.arange(self.count), cost, loads)

    def _add(self, found: Cheapest, prices: Floats, marginal_cost: Floats) -> None:
        """Add the flows with a negative reduced cost."""
        flows = self._flows(found)
        gain = marginal_cost - (flows.cost + flows.loads @ prices)
        least = _SMALL * np.maximum(_SMALL * self.unit * self.count, np.abs(flows.cost))
        self.program.add(flows.chosen(np.flatnonzero(gain > least)))

    def _solved(self, region: TrustRegion) -> tuple[Optimum | None, bool]:
        """Solve within the trust region; tell whether that is near enough to the bound.

        Where it would be but for the region, that grows; where rules call for cuts, it
        is solved again.
        """
        while True:
            found = self.program.solve(region.price_range)
            if found is None:
                return None, False
            near = found.cost - region.bound <= CLOSE * abs(found.cost)
            cut = self.program.cut(found)
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

    def _support(self, *, is_near: bool) -> Seed:
        """Return the routes that flows in use take."""
        program, values = self.program, self.values
        batch, owner = program.flows.batch, program.flows.group
        parts = [empty_routes(self.network, self.cargo)]
        weights, unsettled = [np.zeros(0)], np.zeros(len(self.cargo), dtype=bool)
        used = np.flatnonzero(values > _SMALL)
        for number in np.unique(batch[used]).tolist():
            share = np.zeros(self.count)
            mine = used[batch[used] == number]
            share[owner[mine]] = values[mine]
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
            rules=self._binding(),
            best=self.search.best,
            shares=(shares[order], share[others]),
            is_near=is_near,
        )

    def _binding(self) -> dict[int, list[Part]]:
        """Rows of rules that the program holds, with their parts."""
        program, first = self.program, len(self.network.limits)
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
