"""The steps of one solve: serve first, then cost.

First everything is solved at once, with a penalty on firm demand that stays unmet and
on rules that are broken. If the plan has neither, and no price comes from a penalty,
that is the answer. Otherwise the steps follow one another: can the rules hold
together; how little of each class must stay unmet; the least cost then. So no number
ever depends on a penalty.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.model.master import Master
from solver.model.objective import Objective
from solver.network.routes import limit_loads, limit_usage
from solver.rules.rule_set import Diversification
from solver.solution.certificate import Certificate, Stage
from solver.solution.keys import UnmetKey
from solver.solution.solution import Loosening, Solution
from solver.solution.status import Status
from solver.solution.tolerances import REST
from solver.solving.column_generation import ColumnGeneration, LoopResult, StoppedError
from solver.solving.plan_to_decimals import all_routes, plan
from solver.solving.prices_to_decimals import stage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.network.routes import Routes
    from solver.solution.keys import RowKey
    from solver.solution.plan import Plan
    from solver.solving.start.aggregation import AggregatedDemand

    Floats = NDArray[np.float64]


PENALTY = 100.0
"""Penalty per unit unmet, in multiples of the dearest first route: only a start."""


_SLACKS = (0.0, 1e-9, 1e-8, 1e-7, 4e-7)
"""What a class may leave beyond its least, relative to max(1, that)."""

NOISE = 1e-10
"""Excess over rules, relative to the demand they speak of, that is none."""

FROM_PENALTY = 0.99
"""A price of this share of a penalty may come from it."""


class LexicographicSolve:
    """The steps of one solve.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop over the model.
    aggregated : AggregatedDemand, optional
        Whose demand it is, if the model's is aggregated.
    """

    def __init__(
        self, loop: ColumnGeneration, aggregated: AggregatedDemand | None = None
    ) -> None:
        self.loop, self.aggregated = loop, aggregated
        self.best: LoopResult | None = None

    @property
    def master(self) -> Master:
        """Model of the loop."""
        return self.loop.master

    def solution(self) -> Solution:
        """Solve step by step; at the deadline, make the best of what is known."""
        try:
            return self._rules_first()
        except StoppedError as stopped:
            # Where it is no want of time, the proof says what the plan is.
            status = Status.OPTIMAL if stopped.is_infeasible else Status.LIMIT
            self.loop.deadline = 0.0  # The model is in no state for further questions.
            return self._stopped(self.best or stopped.run, status)

    def _rules_first(self) -> Solution:
        penalty = self._penalty()
        self.master.set_objective(self._objective(penalty))
        run = self._costs()
        if self._breaks_rules(run):
            broken = self._rules()
            if self._breaks_rules(broken):
                return self._infeasible(broken)
            self.master.families.rules.forbid_excess()
            self.master.set_objective(self._objective(penalty))
            run = self._costs()
        return self._serve(run, penalty)

    def _breaks_rules(self, run: LoopResult) -> bool:
        """Whether a plan exceeds rules that must hold by more than noise."""
        excess = self.master.families.rules.excess(run.answer)
        demand = (row.scope.demand for row in self.master.rules.rows)
        return excess > NOISE * max(demand, default=0.0)

    def _costs(self) -> LoopResult:
        """Run for money, and keep what is known if that is cut short."""
        try:
            run = self.loop.run("cost")
        except StoppedError as stopped:
            self.best = self.best or stopped.run
            raise
        self.best = run
        return run

    def _penalty(self) -> float:
        """More than any route that is of use is likely to cost."""
        master = self.master
        costs = master.outside.cost[np.isfinite(master.outside.cost)]
        priced = master.cargo.unmet_cost[np.isfinite(master.cargo.unmet_cost)]
        return PENALTY * float(np.max(np.concatenate([costs, priced]), initial=1.0))

    def _objective(self, firm: float) -> Objective:
        """Money, with a penalty per unit of firm demand unmet."""
        unmet = np.where(self.master.cargo.firm, firm, self.master.cargo.unmet_cost)
        return Objective(money=True, unmet=unmet, excess=PENALTY * max(firm, 1.0))

    def _rules(self) -> LoopResult:
        """Break the rules as little as possible, whatever it costs."""
        master = self.master
        master.families.rules.loosen()
        nothing = np.zeros(len(master.cargo))
        master.set_objective(Objective(money=False, unmet=nothing, excess=1.0))
        return self.loop.run("rules")

    def _infeasible(self, run: LoopResult) -> Solution:
        """Prove that the rules cannot hold together, and say how far they must move."""
        master = self.master
        certificate = Certificate((stage(master, run.duals, "rules"),))
        loosening = _loosened(master, run)
        return Solution(Status.INFEASIBLE, None, certificate, loosening=loosening)

    def _loosest(self) -> dict[RowKey, Loosening]:
        """Say how far rules must give way for all to be carried that capacities allow.

        A second model is solved: as much as possible with the rules left aside, then
        the least excess over them that carries as much.
        """
        master = self.master
        nothing = np.zeros(len(master.cargo))
        fresh = Master(
            master.network, master.cargo, master.rules, Objective(False, nothing, 0.0)
        )
        loop = self.loop.with_master(fresh)
        loop.start()
        fresh.families.rules.loosen()
        for number in range(len(master.cargo.classes)):
            unmet = np.where(master.cargo.unmet_class == number, 1.0, 0.0)
            fresh.set_objective(Objective(money=False, unmet=unmet, excess=0.0))
            fresh.families.unmet.limit(number, _left(fresh, loop.run("unmet"), number))
        fresh.set_objective(Objective(money=False, unmet=nothing, excess=1.0))
        return _loosened(fresh, loop.run("rules"))

    def _serve(self, run: LoopResult, penalty: float) -> Solution:
        """Serve class by class, then cost.

        What a class leaves is found with an index that may be a trifle above its limit;
        if no plan keeps exactly that, a trifle more is allowed.
        """
        self.master.families.rules.forbid_excess()
        for slack in _SLACKS:
            try:
                return self._served(run, penalty, slack)
            except StoppedError as stopped:
                if not stopped.is_infeasible or slack == _SLACKS[-1]:
                    raise
            for number in [*self.master.families.unmet.most]:
                self.master.families.unmet.free(number)
        raise AssertionError

    def _served(self, run: LoopResult, penalty: float, slack: float) -> Solution:
        """Serve class by class if anything is unmet; then the least cost."""
        stages: list[Stage] = []
        again = slack > 0.0 or self._from_penalty(run, penalty)
        for number, priority in enumerate(self.master.cargo.classes):
            left = _left(self.master, run, number)
            if left > 0.0:
                again = True
                run = self._least_unmet(number)
                left = _left(self.master, run, number)
                if left > 0.0 and self.loop.cut_rounds:
                    # An index a trifle above its limit may leave less than is proved.
                    left = max(left, run.bound)
            if left > 0.0:
                stages.append(stage(self.master, run.duals, "unmet", number))
            elif self._lost(number):
                stages.append(Stage("unmet", priority, unmet=self._free(number)))
            self.master.families.unmet.limit(number, left + slack * max(1.0, left))
        if again:
            self.master.set_objective(self._objective(0.0))
            run = self._costs()
        kept = any(prices.rules for prices in stages)
        loosening: dict[RowKey, Loosening] = {}
        with suppress(StoppedError):
            loosening = self._loosest() if kept else {}
        return self._finished(run, stages, loosening)

    def _free(self, number: int) -> dict[UnmetKey, float]:
        classes = self.master.cargo.classes[:number]
        return {UnmetKey(priority): 0.0 for priority in classes}

    def _least_unmet(self, number: int) -> LoopResult:
        """Leave as little as possible of a class unmet."""
        cargo = self.master.cargo
        unmet = np.where(cargo.unmet_class == number, 1.0, 0.0)
        self.master.set_objective(Objective(money=False, unmet=unmet, excess=0.0))
        return self.loop.run("unmet")

    def _lost(self, number: int) -> bool:
        """Whether any quantity of a class has no route."""
        master = self.master
        members = (master.cargo.unmet_class == number) & master.outside.lost
        return bool((master.cargo.quantity[members] > 0).any())

    def _from_penalty(self, run: LoopResult, penalty: float) -> bool:
        """Whether any price may have been made by a penalty."""
        master, duals = self.master, run.duals
        firm = master.cargo.firm & ~master.outside.lost
        marginal_cost = float(np.max(duals.marginal_cost[firm], initial=0.0))
        held = np.flatnonzero(master.families.rules.may_be_exceeded).tolist()
        dearest = max((duals.prices.rules.get(n, 0.0) for n in held), default=0.0)
        return (
            marginal_cost >= FROM_PENALTY * penalty
            or dearest >= FROM_PENALTY * master.objective.excess
        )

    def _finished(
        self,
        run: LoopResult,
        stages: list[Stage],
        loosening: dict[RowKey, Loosening],
    ) -> Solution:
        routes, quantity = all_routes(self.master, run.quantities)
        if quantity.sum() <= REST * self.master.cargo.quantity.sum():
            quantity = 0.0 * quantity  # Shares of what is but noise say nothing.
        published = self._plan(routes, quantity)
        cost = stage(self.master, run.duals, "cost")
        certificate = Certificate((*stages, cost))
        # Whether firm demand must stay unmet is for the proof to say.
        return Solution(Status.OPTIMAL, published, certificate, loosening=loosening)

    def _plan(self, routes: Routes, quantity: Floats) -> Plan:
        """Plan of the instance, assigned where its demand was aggregated."""
        rules = self.master.rules
        if self.aggregated is not None:
            routes, quantity = self.aggregated.assigned(routes, quantity)
            rules = Diversification(self.aggregated.network, self.aggregated.cargo)
        return plan(routes, quantity, rules)

    # ---- stopped early

    def _stopped(self, run: LoopResult | None, status: Status) -> Solution:
        """Make the best feasible solution found keep every limit, and prove its gap."""
        master = self.master
        if run is None:
            unmet = {UnmetKey(priority): 0.0 for priority in master.cargo.classes}
            certificate = Certificate((Stage("cost", unmet=unmet),))
            quantities = master.outside.quantities(np.zeros(len(master.model.columns)))
        else:
            certificate = Certificate((stage(master, run.duals, "cost"),))
            quantities = run.quantities
        routes, quantity = all_routes(master, quantities)
        for tried in (_scaled_down(master, routes, quantity), 0.0 * quantity):
            levels = master.rules.levels(routes, tried)
            if not any(level.is_broken for level in levels):
                return Solution(status, self._plan(routes, tried), certificate)
        return Solution(Status.NONE, None, None)


def _left(master: Master, run: LoopResult, number: int) -> float:
    """Quantity of a class that has routes and is unmet; noise is none."""
    members = (master.cargo.unmet_class == number) & ~master.outside.lost
    members &= run.unmet > REST * master.cargo.quantity
    return float(run.unmet[members].sum())


def _loosened(master: Master, run: LoopResult) -> dict[RowKey, Loosening]:
    """Rows of rules that a plan exceeds, and the limits that it would keep."""
    routes, quantity = all_routes(master, run.quantities)
    levels = master.rules.levels(routes, quantity)
    found = {}
    for number in np.flatnonzero(master.families.rules.may_be_exceeded).tolist():
        row, level = master.rules.rows[number], levels[number]
        if level.excess > row.tolerance(level.base):
            found[row.key] = Loosening(level.excess, level.level)
    return found


def _scaled_down(master: Master, routes: Routes, quantity: Floats) -> Floats:
    """Quantities cut in proportion wherever a limit is exceeded."""
    limits = master.network.limits
    loads = np.maximum(limit_loads(routes, quantity), 1e-300)
    kept = np.minimum(1.0, limits.capacity / loads)
    used = sparse.coo_array(limit_usage(routes, np.flatnonzero(kept < 1.0)))
    share = np.ones(len(routes))
    np.minimum.at(share, used.row, kept[kept < 1.0][used.col])
    return quantity * share
