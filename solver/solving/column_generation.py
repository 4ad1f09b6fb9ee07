"""Model and pricing in turn, until no route and no broken row is left.

Each round solves the model, adds the rows that its plan breaks, and searches for the
cheapest route of every shipment at its prices. The search gives new routes and, with
the prices, a lower bound on every plan: the Lagrangian bound

    sum_d q_d min(unmet_d, cheapest route at those prices) - sum_rows price x limit.

The loop ends when a plan that breaks nothing costs no more than the best bound, or
when nothing is left to add.

References
----------
Ford, L. R. and Fulkerson, D. R. (1958), A Suggested Computation for Maximal
Multi-Commodity Network Flows, Management Science 5(1).
Desaulniers, G., Desrosiers, J. and Solomon, M. M. (2005), Column Generation,
Springer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.model.answer import Outcome
from solver.model.master import Master
from solver.model.objective import Duals
from solver.network.routes import joined
from solver.pricing.prices import Prices
from solver.pricing.tree_search import OutOfTimeError
from solver.solving.progress import Progress
from solver.solving.stopping.known_prices import KnownPrices

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.arrays import Floats
    from solver.model.answer import Answer
    from solver.model.backends import Backend
    from solver.model.objective import Objective
    from solver.network.routes import Routes
    from solver.pricing.pricer import Pricer
    from solver.pricing.tree_search import Found
    from solver.rules.rule_set import Diversification
    from solver.solution.keys import CapacityKey
    from solver.solving.start.seed import Seed


CLOSE = 1e-9
"""Relative gap between plan and bound at which a run ends."""


CLOSE_MANY = 1e-7
"""The same where shipments are many."""


STEADY = 1e-11
"""Reduced-cost tolerance: least improvement per unit with which a route is added, in
the units of cost that solvers count in."""


class Known(NamedTuple):
    """What a solve leaves for the next.

    Parameters
    ----------
    routes, limits
        Routes of its model, and limits that were rows of it.
    """

    routes: Routes
    limits: frozenset[CapacityKey]


@dataclass(frozen=True, slots=True, eq=False)
class LoopResult:
    """What one run of the loop knows.

    Parameters
    ----------
    answer, quantities : Answer and list of ndarray
        The last plan: values of the columns, and quantities by batch of routes.
    unmet : ndarray, shape (shipments,)
        What that plan leaves unmet.
    clean : bool
        Whether that plan breaks nothing.
    cost : float
        Objective of that plan.
    duals : Duals
        Prices of the best bound.
    bound : float
        The best bound.
    unit : float
        Cost below which gaps are relative to it.
    """

    answer: Answer
    quantities: list[Floats]
    unmet: Floats
    clean: bool
    cost: float
    duals: Duals
    bound: float
    unit: float

    @property
    def gap(self) -> float:
        """Relative gap between plan and bound; infinite if the plan breaks a row."""
        if not self.clean:
            return np.inf
        return (self.cost - self.bound) / max(self.unit, abs(self.cost))


class StoppedError(Exception):
    """The deadline, or the solver, ended a run before its proof.

    `run` is what it knew by then, if anything; `is_infeasible`: it had time for a plan.
    """

    def __init__(self, run: LoopResult | None, *, is_infeasible: bool = False) -> None:
        super().__init__("stopped before the proof")
        self.run = run
        self.is_infeasible = is_infeasible


class ColumnGeneration:
    """The loop over one master.

    Parameters
    ----------
    master, pricer, backend
        What holds the model, finds routes, and solves the model.
    deadline : float
        Moment, on the monotonic clock, at which to stop.
    tell : callable, optional
        Called with a `Progress` after every round.

    Attributes
    ----------
    rounds, cut_rounds, iterations : int
        Rounds so far, those of them that called for cuts, and simplex iterations.
    work, allowance : float
        Simplex iterations times rows of the model so far, and how much is left.
    known_prices : KnownPrices
        Prices known before the first round, and those of runs for money.
    is_trusted : bool
        Whether the prices given last may prove a plan.
    given_plan : (routes, quantities), or None
        Plan that was known by then.
    spare, grace : float
        Seconds after the deadline in which a plan may be made better.
    is_closed : bool
        Whether the model is in no state to be run again, or there is no time for it.
    """

    def __init__(
        self,
        master: Master,
        pricer: Pricer,
        backend: Backend,
        *,
        deadline: float = np.inf,
        tell: Callable[[Progress], None] | None = None,
    ) -> None:
        self.master, self.pricer, self.backend = master, pricer, backend
        self.deadline, self.tell = deadline, tell
        self.known_prices, self.is_trusted = KnownPrices(master), False
        self.given_plan: tuple[Routes, Floats] | None = None
        self.spare = self.grace = 0.0
        self.rounds = self.cut_rounds = self.iterations = 0
        self.close, self.is_closed = CLOSE, False
        self.work, self.allowance = 0.0, np.inf
        self._known = np.zeros(0, dtype=np.uint64)

    def afresh(
        self, objective: Objective, rules: Diversification | None = None
    ) -> ColumnGeneration:
        """Return a loop over a second model of the same instance.

        Parameters
        ----------
        objective : Objective
            What it minimises.
        rules : Diversification, optional
            Rules in place of the instance's own.
        """
        own, rules = self.master, rules or self.master.rules
        master = Master(own.network, own.cargo, rules, objective)
        return ColumnGeneration(
            master, self.pricer, self.backend, deadline=self.deadline, tell=self.tell
        )

    @property
    def deadline(self) -> float:
        """Moment, on the monotonic clock, at which to stop; searches see it too."""
        return self._deadline

    @deadline.setter
    def deadline(self, moment: float) -> None:
        self._deadline = self.pricer.deadline = moment

    def use_spare_time(self, part: float = 1.0) -> None:
        """Let searches have the spare time, or a part of it, from now on."""
        spared = time.monotonic() + part * self.spare
        self.pricer.deadline = max(self.deadline + self.grace, spared)

    @property
    def known(self) -> Known:
        """Routes and limits of the model as it stands."""
        master = self.master
        limits = np.flatnonzero(master.families.capacity.row >= 0).tolist()
        routes = joined([batch.routes for batch in master.routes.batches])
        keys = master.network.limits.keys
        return Known(routes, frozenset(keys[number] for number in limits))

    def start(self, known: Known | None = None) -> None:
        """Give every shipment its cheapest route at no prices, and what is known.

        Whatever the deadline: it takes a second for 100,000.
        """
        master = self.master
        nothing = Prices(np.zeros(len(master.network.limits)), {})
        self.pricer.deadline = np.inf
        found = self.pricer.search(nothing, np.full(len(master.cargo), np.inf))
        self.pricer.deadline = self.deadline
        self.known_prices.give(nothing, found.value)
        order = np.argsort(found.routes_value, kind="stable")
        _, first = np.unique(found.routes.shipment[order], return_index=True)
        master.start(self._unknown(found.routes.chosen(order[first])))
        if known is None:
            return
        routes = known.routes.of(master.network, master.cargo)
        more = self._unknown(routes.chosen(self.pricer.usable(routes)))
        if len(more):
            master.add_routes(more, np.unique(more.shipment))
        keys = enumerate(master.network.limits.keys)
        limits = [number for number, key in keys if key in known.limits]
        master.families.capacity.add(np.array(limits, int))

    def begin(self, seed: Seed) -> None:
        """Give shipments the routes of flows, and the model the limits that bind."""
        self.known_prices.begin(seed)
        routes, shares = joined([seed.first, seed.more]), np.concatenate(seed.shares)
        carried = shares * self.master.cargo.quantity[routes.shipment]
        self.given_plan = routes, carried
        self.close, self.is_trusted = CLOSE_MANY, seed.is_central
        self.master.start(self._unknown(seed.first))
        if not seed.is_near:
            self.is_closed = True  # From so far off it would take the longest.
            return
        self.master.families.capacity.hold(seed.limits)
        self.master.families.rules.hold(seed.rules)
        more = self._unknown(seed.likely)
        self.master.add_routes(more, np.union1d(seed.more.shipment, seed.unsettled))
        if seed.is_central and len(more) == len(seed.more) > 0:
            self.master.begin_at(np.split(carried, [len(seed.first)]))

    def begin_with(self, routes: Routes) -> None:
        """Give shipments the first of their routes, and the model all of them."""
        _, first = np.unique(routes.shipment, return_index=True)
        self.master.start(self._unknown(routes.chosen(first)))
        self.learn(routes)

    def learn(self, routes: Routes) -> None:
        """Add routes found elsewhere, and their shipments."""
        self.master.add_routes(self._unknown(routes), np.unique(routes.shipment))

    def run(
        self,
        phase: str,
        close: float | None = None,
        shorten: Callable[[Duals], Duals] | None = None,
    ) -> LoopResult:
        """Solve the master's present objective until plan and bound are as close.

        Parameters
        ----------
        phase : str
            What is done, for `tell`.
        close : float, optional
            Gap that is enough.
        shorten : callable, optional
            Applied to prices before their bound is taken.

        Raises
        ------
        StoppedError
            If the deadline passes, the work allowed is done, or the solver gives up.
        """
        run: LoopResult | None = None
        finer: Answer | None = None
        while True:
            answer = finer or self.solved(run)
            duals = self.master.duals(answer)
            duals = duals if shorten is None else shorten(duals)
            run, ended = self._round(run, answer, duals, phase, close or self.close)
            if ended and finer is None:
                finer = self.backend.refined(self.master.model)
                ended = finer is None
            elif not ended:
                finer = None
            if ended:
                return run

    def solved(self, run: LoopResult | None) -> Answer:
        """Optimum of the model as it stands.

        Raises
        ------
        StoppedError
            No time or work is left for it, or the solver gives up; it has the `run`.
        """
        model = self.master.model
        left = self.deadline - time.monotonic()
        iterations = self.allowance / len(model.rows)
        if self.is_closed or left <= 0 or iterations < 1:
            raise StoppedError(run)
        answer = self.backend.solve(model, left, iterations)
        spent = answer.iterations * len(model.rows)
        self.work, self.allowance = self.work + spent, self.allowance - spent
        if answer.outcome is not Outcome.OPTIMAL:
            raise StoppedError(run, is_infeasible=answer.outcome is not Outcome.LIMIT)
        return answer

    def _round(
        self,
        before: LoopResult | None,
        answer: Answer,
        duals: Duals,
        phase: str,
        close: float,
    ) -> tuple[LoopResult, bool]:
        """Do one round; tell whether it was the last."""
        master = self.master
        self.rounds += 1
        self.iterations += answer.iterations
        quantities = master.outside.quantities(answer.values)
        cost, unmet = master.cost(answer, quantities), master.unmet(answer)
        plan, unit = (answer, quantities, unmet), master.objective_scale.money
        best = None if before is None else (before.duals, before.bound)
        if best is None and self.is_trusted and master.objective.money:
            best = self.known_prices.latest()
        try:
            found = self.pricer.search(duals.prices, self.wanted(duals, cost))
        except OutOfTimeError:
            best = best or (duals, -np.inf)
            known = LoopResult(*plan, False, cost, *best, unit)
            raise StoppedError(known) from None
        bound = master.bound(duals, found.value)
        if best is not None and best[1] >= bound:
            duals, bound = best
        else:
            self.known_prices.learn(duals.prices, found.value, best and best[0])
        broken = master.add_broken_rows(answer.values, quantities)
        self.cut_rounds += bool(broken.cuts)
        clean = not (broken.rows or broken.cuts)
        run = LoopResult(*plan, clean, cost, duals, bound, unit)
        added = 0
        if run.gap > close and (clean or not self.is_trusted):
            added = self.add(found, duals, cost)
        self.report(phase, added, broken.rows + broken.cuts, run.gap)
        return run, clean and not added

    def bound(self, duals: Duals) -> float:
        """Bound on the master's present objective at some prices."""
        most = np.full(len(self.master.cargo), np.inf)
        return self.master.bound(duals, self.pricer.search(duals.prices, most).value)

    def add(self, found: Found, duals: Duals, cost: float) -> int:
        """Add what a search found, and shipments rather left; tell how much is new."""
        dear = self.master.costlier_than_unmet(duals, self._step(cost))
        shipments = np.union1d(found.routes.shipment, dear)
        return self.master.add_routes(self._unknown(found.routes), shipments)

    def wanted(self, duals: Duals, cost: float) -> Floats:
        """Cost below which a route would improve a plan of some cost, by shipment."""
        return duals.marginal_cost - self._step(cost)

    def _step(self, cost: float) -> float:
        """Reduced cost that a route must have: noise must not add routes."""
        scale = self.master.objective_scale
        total = max(scale.quantity, float(self.master.cargo.quantity.sum()))
        least = 0.1 * CLOSE * max(scale.money, abs(cost)) / total
        return max(STEADY * scale.cost, least)

    def _unknown(self, routes: Routes) -> Routes:
        """Routes that the master does not have yet, which it has from now on."""
        unknown = routes.other_than(self._known)
        self._known = np.concatenate([self._known, unknown.fingerprint])
        return unknown

    def report(self, phase: str, routes: int, broken: int, gap: float) -> None:
        """Tell whoever watches how far a run has come."""
        if self.tell is not None:
            model = self.master.model
            counts = (len(model.columns), len(model.rows))
            self.tell(Progress(phase, self.rounds, *counts, routes, broken, gap))
