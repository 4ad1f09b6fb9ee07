"""The lexicographic objectives of one solve: rules, least unmet by class, least cost.

First everything is solved at once, with a penalty on firm demand that stays unmet and
on rules that are broken. If the plan has neither, and no price comes from a penalty,
that is the answer. Otherwise the objectives follow one another: can the rules hold
together; how little of each class must stay unmet; the least cost then; and, if the
plan is to be near an earlier one, the least movement. So no number ever depends on a
penalty.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from solver.model.master import Master
from solver.model.objective import Objective
from solver.network.routes import left_by, plan_of
from solver.solution.certificate import Certificate, Stage
from solver.solution.keys import UnmetKey
from solver.solution.solution import Loosening, Solution
from solver.solution.status import Status
from solver.solution.tolerances import REST, UNTOLD
from solver.solving.column_generation import (
    ColumnGeneration,
    LoopResult,
    StoppedError,
)
from solver.solving.plan_to_decimals import all_routes
from solver.solving.prices_to_decimals import stage
from solver.solving.stopping.known_prices import least_unmet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Floats
    from solver.solution.earlier import EarlierPlan
    from solver.solution.keys import RowKey


PENALTY = 100.0
"""Penalty per unit unmet, in multiples of the dearest first route: only a start."""


_SLACKS = (0.0, 1e-9, 1e-8, 1e-7, 4e-7)
"""What a class may leave beyond its least, relative to that, or to some units."""

_SLACK_UNITS = 1024.0
"""Units of the solver's: a thousandth of the largest shipment."""

NOISE = 1e-10
"""Excess over rules, relative to the demand they speak of, that is none."""

_PROVING = 0.5
"""Part of the spare time that is there besides for what must stay unmet."""

FROM_PENALTY = 0.99
"""A price of this share of a penalty may come from it."""


class LexicographicSolve:
    """The steps of one solve.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop over the model.
    earlier : EarlierPlan, optional
        The plan that its own is to be near.
    """

    def __init__(
        self, loop: ColumnGeneration, earlier: EarlierPlan | None = None
    ) -> None:
        self.loop, self.earlier = loop, earlier
        self.best: LoopResult | None = None
        self.is_stopped = self.is_at_odds = False

    @property
    def master(self) -> Master:
        """Model of the loop."""
        return self.loop.master

    def solution(self) -> Solution:
        """Solve step by step; at the deadline, make the best of what is known.

        The plan is in floats, and has all routes of the model.
        """
        try:
            return self._rules_first()
        except StoppedError as stopped:
            # Where it is no want of time, the proof says what the plan is.
            status = Status.OPTIMAL if stopped.is_infeasible else Status.LIMIT
            self.is_stopped = True
            self.is_at_odds = stopped.is_infeasible
            return self._stopped(self.best or stopped.run, status)

    def with_more_unmet(
        self, found: Solution, most: Mapping[int, float], stages: Sequence[Stage]
    ) -> Solution:
        """Least cost where some classes must leave more than they seemed to.

        Parameters
        ----------
        found : Solution
            What `solution` gave.
        most : dict of int to float
            What each of them may leave, by its number.
        stages : list of Stage
            What proves what classes leave.

        Raises
        ------
        StoppedError
            If the deadline passes.
        """
        for number, quantity in most.items():
            self.master.families.unmet.free(number)
            self.master.families.unmet.limit(number, quantity)
        self.master.set_objective(self._objective(0.0))
        return self._finished(self._costs(), [*stages], dict(found.loosening))

    def _rules_first(self) -> Solution:
        penalty = self._penalty()
        self.master.set_objective(self._objective(penalty))
        run = self._first_costs()
        if self._breaks_rules(run):
            broken = self._rules()
            if self._breaks_rules(broken):
                return infeasible(self.master, broken)
            self.master.families.rules.forbid_excess()
            self.master.set_objective(self._objective(penalty))
            run = self._costs()
        return self._serve(run, penalty)

    def _first_costs(self) -> LoopResult:
        """Run for money; where the solver sees no plan, with all rules loose."""
        try:
            return self._costs()
        except StoppedError as stopped:
            if stopped.run is not None or not stopped.is_infeasible:
                raise
            self.master.families.rules.loosen()
            return self._costs()

    def _breaks_rules(self, run: LoopResult) -> bool:
        """Whether a plan exceeds rules that must hold by more than noise."""
        excess = self.master.families.rules.excess(run.answer)
        return excess > NOISE * float(self.master.cargo.quantity.sum())

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
        dearest = float(np.max(np.concatenate([costs, priced]), initial=0.0))
        return PENALTY * (dearest or master.scale.dearest)

    def _objective(self, firm: float) -> Objective:
        """Money, with a penalty per unit of firm demand unmet."""
        unmet = np.where(self.master.cargo.firm, firm, self.master.cargo.unmet_cost)
        excess = PENALTY * max(firm, self.master.scale.cost)
        return Objective(money=True, unmet=unmet, excess=excess)

    def _rules(self) -> LoopResult:
        """Break the rules as little as possible, whatever it costs."""
        master = self.master
        master.families.rules.loosen()
        master.set_objective(excess_alone(master))
        return self.loop.run("rules")

    def _loosest(self) -> dict[RowKey, Loosening]:
        """Say how far rules must give way for all to be carried that capacities allow.

        A second model is solved, which begins with the routes and limits of the first:
        as much as possible with the rules left aside, then the least excess over them
        that carries as much.
        """
        master = self.master
        nothing = np.zeros(len(master.cargo))
        loop = self.loop.afresh(Objective(False, nothing, 0.0))
        fresh = loop.master
        loop.start(self.loop.known)
        fresh.families.rules.loosen()
        for number in range(len(master.cargo.classes)):
            unmet = np.where(master.cargo.unmet_class == number, 1.0, 0.0)
            fresh.set_objective(Objective(money=False, unmet=unmet, excess=0.0))
            fresh.families.unmet.limit(number, _left(fresh, loop.run("unmet"), number))
        fresh.set_objective(excess_alone(fresh))
        return _loosened(fresh, loop.run("rules"), proved=False)

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
            if left > 0.0 or slack > 0.0:
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
            more = slack * max(_SLACK_UNITS * self.master.scale.quantity, left)
            self.master.families.unmet.limit(number, left + more)
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
        held = np.flatnonzero(master.families.rules.may_be_exceeded)
        most = zip(held.tolist(), master.families.rules.costs(held), strict=True)
        return marginal_cost >= FROM_PENALTY * penalty or any(
            duals.prices.rules.get(n, 0.0) >= FROM_PENALTY * cost for n, cost in most
        )

    def _finished(
        self,
        run: LoopResult,
        stages: list[Stage],
        loosening: dict[RowKey, Loosening],
    ) -> Solution:
        routes, quantity = all_routes(self.master, run.quantities)
        status, movement = Status.OPTIMAL, None
        if self.earlier is not None:
            from solver.solving.near.nearest_plan import nearest_plan

            try:
                found = nearest_plan(
                    self.loop, self.earlier, self._objective(0.0), run.cost
                )
                routes, quantity = found.routes, found.quantity
                movement = found.movement
            except StoppedError as stopped:
                # Where it is no want of time, the proof says what is missing.
                status = status if stopped.is_infeasible else Status.LIMIT
        if quantity.sum() <= REST * self.master.cargo.quantity.sum():
            quantity = 0.0 * quantity  # Shares of what is but noise say nothing.
        plan = plan_of(routes, quantity)
        cost = stage(self.master, run.duals, "cost")
        certificate = Certificate((*stages, cost), movement=movement)
        # Whether firm demand must stay unmet is for the proof to say.
        return Solution(status, plan, certificate, loosening=loosening)

    # ---- stopped early

    def _stopped(self, run: LoopResult | None, status: Status) -> Solution:
        """Make the best plan of what is known, and say what is proved beside it."""
        from solver.solving.stopping.stopped_plan import stopped_plan

        plan = stopped_plan(self.loop, run)
        if plan is None:
            return Solution(Status.NONE, None, None)
        unmet = np.maximum(left_by(*plan), 0.0)
        duals = self.loop.known_prices.best_beside(unmet)
        if duals is None:
            return Solution(status, plan_of(*plan), None)
        stages = (*self._left_at_least(unmet), stage(self.master, duals, "cost"))
        return Solution(status, plan_of(*plan), Certificate(stages))

    def _left_at_least(self, unmet: Floats) -> list[Stage]:
        """Prices of what must stay unmet, where a stopped plan leaves any."""
        if not unmet[self.master.cargo.firm].any():
            return []
        own = self.loop.known_prices
        known = [prices for prices in (own.settled, own.last) if prices is not None]
        self.loop.use_spare_time(_PROVING)  # The plan may have taken all of it.
        return least_unmet(self.master, known, unmet, self.loop.pricer.search)


def excess_alone(master: Master) -> Objective:
    """Return the objective of breaking rules as little as possible."""
    nothing = np.zeros(len(master.cargo))
    return Objective(money=False, unmet=nothing, excess=1.0)


def infeasible(master: Master, run: LoopResult) -> Solution:
    """Prove that the rules cannot hold together, and say how far they must move."""
    certificate = Certificate((stage(master, run.duals, "rules"),))
    loosening = _loosened(master, run, proved=True)
    return Solution(Status.INFEASIBLE, None, certificate, loosening=loosening)


def _left(master: Master, run: LoopResult, number: int) -> float:
    """Quantity of a class that has routes and is unmet; noise is none."""
    members = (master.cargo.unmet_class == number) & ~master.outside.lost
    members &= run.unmet > REST * master.cargo.quantity
    return float(run.unmet[members].sum())


def _loosened(
    master: Master, run: LoopResult, *, proved: bool
) -> dict[RowKey, Loosening]:
    """Rows of rules that a plan exceeds, and the limits that it would keep.

    Where their sum is `proved`, rows are told however little they are exceeded.
    """
    routes, quantity = all_routes(master, run.quantities)
    levels = master.rules.levels(routes, quantity)
    found = {}
    for number in np.flatnonzero(master.families.rules.may_be_exceeded).tolist():
        row, level = master.rules.rows[number], levels[number]
        noise = UNTOLD * row.scope.demand if proved else row.tolerance(level.base)
        if level.excess > noise:
            found[row.key] = Loosening(level.excess, level.level)
    return found
