"""From an instance to a solution: serve first, then cost, and prove it.

First everything is solved at once, with a penalty on firm demand that stays unmet and
on rules that are broken. If the plan has neither, and no price comes from a penalty,
that is the answer. Otherwise the steps follow one another: can the rules hold
together; how little of each class must stay unmet; the least cost then. So no number
ever depends on a penalty.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.backends import backend, write_model
from solver.bundles import MANY, Bundles
from solver.cargo import cargo
from solver.column_generation import ColumnGeneration, Run, StoppedError
from solver.dependence import Inquiry
from solver.diversification import Diversification
from solver.master import Master, Objective
from solver.network import Network
from solver.options import RESIDUAL
from solver.pricing import Pricer
from solver.publishing import all_routes, plan, stage
from solver.routes import limit_loads, limit_usage
from solver.sensitivity import sides
from solver.solution import (
    Certificate,
    Counters,
    Loosening,
    Proved,
    Solution,
    Stage,
    UnmetKey,
)
from solver.status import Status
from solver.verification import proof

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from solver.column_generation import Progress
    from solver.instance import Instance
    from solver.options import Options
    from solver.routes import Routes
    from solver.solution import RowKey

    Floats = NDArray[np.float64]

PENALTY = 100.0
"""Penalty per unit unmet, in multiples of the dearest first route: only a start."""

_SLACKS = (0.0, 1e-9, 1e-8, 1e-7, 4e-7)
"""What a class may leave beyond its least, relative to max(1, that)."""

FROM_PENALTY = 0.99
"""A price of this share of a penalty may come from it."""


def solve(
    instance: Instance,
    options: Options,
    *,
    model_file: Path | None = None,
    tell: Callable[[Progress], None] | None = None,
) -> Solution:
    """Solution of an instance: plan, prices and a status that its proof supports.

    Parameters
    ----------
    instance : Instance
        A checked instance.
    options : Options
        Solver and time limit.
    model_file : Path, optional
        Where to write the final model, ``.lp`` or ``.mps``.
    tell : callable, optional
        Called with a `Progress` after every round.

    Raises
    ------
    UsageError
        If the solver is not available.
    """
    began = time.monotonic()
    loop = prepared(instance, options, tell=tell)
    built = time.monotonic()
    solution = solved(loop)
    if model_file is not None:
        write_model(loop.master.model, model_file)
    asked = time.monotonic()
    solution = replace(solution, certificate=_explored(loop, solution))
    counters = solution.counters
    return replace(
        solution,
        counters=replace(counters, question_rounds=loop.rounds - counters.rounds),
        phases={
            **solution.phases,
            "solve": solution.phases["solve"] + built - began,
            "explore": time.monotonic() - asked,
        },
    )


def _explored(loop: ColumnGeneration, solution: Solution) -> Certificate | None:
    """Certificate, with what rules are worth each way and how dependent the plan is."""
    plan, certificate = solution.plan, solution.certificate
    is_proved = solution.status in {Status.OPTIMAL, Status.UNMET}
    if plan is None or certificate is None or not is_proved:
        return certificate
    inquiry = Inquiry(loop, plan, solution.proved.objective or 0.0)
    both_ways = sides(loop, plan)
    return replace(certificate, sides=both_ways, dependence=inquiry.answers())


def prepared(
    instance: Instance,
    options: Options,
    *,
    known: Routes | None = None,
    tell: Callable[[Progress], None] | None = None,
) -> ColumnGeneration:
    """Loop over the model of an instance, every shipment with its first route.

    Parameters
    ----------
    known : Routes, optional
        Further routes to begin with, on the network and cargo of another instance
        that has the same elements and shipments.
    """
    began = time.monotonic()
    solver = backend(options.solver)
    network = Network(instance)
    shipments = cargo(network)
    rules = Diversification(network, shipments)
    pricer = Pricer(network, shipments, rules)
    unmet = np.where(shipments.firm, 0.0, shipments.unmet_cost)
    master = Master(network, shipments, rules, Objective(True, unmet, 0.0))
    limit = np.inf if options.time_limit is None else began + options.time_limit
    loop = ColumnGeneration(master, pricer, solver, deadline=limit, tell=tell)
    seed = None
    if known is None and len(shipments) >= MANY and not rules.rows:
        seed = Bundles(network, shipments, pricer).seed()
    if seed is None:
        loop.start(known)
    else:
        loop.begin(seed)
    return loop


def solved(loop: ColumnGeneration) -> Solution:
    """Solution of what a loop was prepared for, called what its proof supports."""
    began = time.monotonic()
    solution = _Steps(loop).solution()
    counters = _counted(loop)
    ended = time.monotonic()
    solution = _proved(loop.master.network.instance, solution)
    phases = {"solve": ended - began, "prove": time.monotonic() - ended}
    return replace(solution, counters=counters, phases=phases)


def _counted(loop: ColumnGeneration) -> Counters:
    """Work done so far."""
    model = loop.master.model
    return Counters(
        rounds=loop.rounds,
        cut_rounds=loop.cut_rounds,
        columns=len(model.columns),
        rows=len(model.rows),
        iterations=loop.iterations,
        searches=loop.pricer.searches,
    )


def _proved(instance: Instance, solution: Solution) -> Solution:
    """Call the solution what its proof supports."""
    if solution.certificate is None:
        return solution
    checked = proof(instance, solution.plan, solution.certificate)
    if not checked.passed and solution.plan is not None:
        # Where nothing costs anything, prices of rules can only do harm.
        bare = _without_prices(solution.certificate)
        again = proof(instance, solution.plan, bare)
        if again.passed:
            checked, solution = again, replace(solution, certificate=bare)
    objective = None
    if checked.cost is not None:
        objective = float(checked.cost + (checked.penalties or 0))
    proved = Proved(checked.bound, checked.gap, checked.unmet_bounds, objective)
    solution = replace(solution, proved=proved)
    if checked.passed or solution.status is Status.LIMIT:
        return solution
    if solution.plan is None:
        nothing = Solution(Status.NONE, None, None)
        return replace(nothing, counters=solution.counters)
    return replace(solution, status=Status.APPROXIMATE)


def _without_prices(certificate: Certificate) -> Certificate:
    """Return a certificate whose prices of the cost are all 0."""
    *others, cost = certificate.stages
    nothing = Stage("cost", unmet=dict.fromkeys(cost.unmet, 0.0))
    return replace(certificate, stages=(*others, nothing))


class _Steps:
    """The steps of one solve."""

    def __init__(self, loop: ColumnGeneration) -> None:
        self.loop = loop
        self.best: Run | None = None

    @property
    def master(self) -> Master:
        return self.loop.master

    def solution(self) -> Solution:
        """Solve step by step; at the deadline, make the best of what is known."""
        try:
            return self._rules_first()
        except StoppedError as stopped:
            return self._stopped(self.best or stopped.run)

    def _rules_first(self) -> Solution:
        penalty = self._penalty()
        self.master.set_objective(self._objective(penalty))
        run = self._costs()
        if self.master.rows.excess(run.answer) > RESIDUAL:
            broken = self._rules()
            if self.master.rows.excess(broken.answer) > RESIDUAL:
                return self._infeasible(broken)
            self.master.rows.forbid_excess()
            self.master.set_objective(self._objective(penalty))
            run = self._costs()
        return self._serve(run, penalty)

    def _costs(self) -> Run:
        """Run for money, and keep what is known if that is cut short."""
        try:
            run = self.loop.run("cost")
        except StoppedError as stopped:
            self.best = self.best or stopped.run
            raise
        self.best = run
        return run

    def _penalty(self) -> float:
        """More than any route that is worth taking is likely to cost."""
        master = self.master
        costs = master.current_cost[np.isfinite(master.current_cost)]
        priced = master.cargo.unmet_cost[np.isfinite(master.cargo.unmet_cost)]
        return PENALTY * float(np.max(np.concatenate([costs, priced]), initial=1.0))

    def _objective(self, firm: float) -> Objective:
        """Money, with a penalty per unit of firm demand unmet."""
        unmet = np.where(self.master.cargo.firm, firm, self.master.cargo.unmet_cost)
        return Objective(money=True, unmet=unmet, excess=PENALTY * max(firm, 1.0))

    def _rules(self) -> Run:
        """Break the rules as little as possible, whatever it costs."""
        master = self.master
        master.rows.loosen()
        nothing = np.zeros(len(master.cargo))
        master.set_objective(Objective(money=False, unmet=nothing, excess=1.0))
        return self.loop.run("rules")

    def _infeasible(self, run: Run) -> Solution:
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
        fresh.rows.loosen()
        for number in range(len(master.cargo.classes)):
            unmet = np.where(master.cargo.unmet_class == number, 1.0, 0.0)
            fresh.set_objective(Objective(money=False, unmet=unmet, excess=0.0))
            fresh.limit_unmet(number, _left(fresh, loop.run("unmet"), number))
        fresh.set_objective(Objective(money=False, unmet=nothing, excess=1.0))
        return _loosened(fresh, loop.run("rules"))

    def _serve(self, run: Run, penalty: float) -> Solution:
        """Serve class by class, then cost.

        What a class leaves is found with an index that may be a trifle above its limit;
        if no plan keeps exactly that, a trifle more is allowed.
        """
        self.master.rows.forbid_excess()
        for slack in _SLACKS:
            try:
                return self._served(run, penalty, slack)
            except StoppedError as stopped:
                if not stopped.is_infeasible or slack == _SLACKS[-1]:
                    raise
            for number in [*self.master.most_unmet]:
                self.master.free_unmet(number)
        raise AssertionError

    def _served(self, run: Run, penalty: float, slack: float) -> Solution:
        """Serve class by class if anything stays behind; then the least cost."""
        stages: list[Stage] = []
        again = slack > 0.0 or self._from_penalty(run, penalty)
        for number, priority in enumerate(self.master.cargo.classes):
            left = _left(self.master, run, number)
            if left > 0.0:
                again = True
                run = self._least_unmet(number)
                left = _left(self.master, run, number)
            if left > 0.0:
                stages.append(stage(self.master, run.duals, "unmet", number))
            elif self._lost(number):
                stages.append(Stage("unmet", priority, unmet=self._free(number)))
            self.master.limit_unmet(number, left + slack * max(1.0, left))
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

    def _least_unmet(self, number: int) -> Run:
        """Leave as little as possible of a class behind."""
        cargo = self.master.cargo
        unmet = np.where(cargo.unmet_class == number, 1.0, 0.0)
        self.master.set_objective(Objective(money=False, unmet=unmet, excess=0.0))
        return self.loop.run("unmet")

    def _lost(self, number: int) -> bool:
        """Whether any quantity of a class has no route."""
        master = self.master
        members = (master.cargo.unmet_class == number) & master.lost
        return bool((master.cargo.quantity[members] > 0).any())

    def _from_penalty(self, run: Run, penalty: float) -> bool:
        """Whether any price may have been made by a penalty."""
        master, duals = self.master, run.duals
        firm = master.cargo.firm & ~master.lost
        worth = float(np.max(duals.worth[firm], initial=0.0))
        allowed = (master.rows.excess_column >= 0) & ~master.rows.is_soft
        held = np.flatnonzero(allowed).tolist()
        dearest = max((duals.prices.rules.get(n, 0.0) for n in held), default=0.0)
        return (
            worth >= FROM_PENALTY * penalty
            or dearest >= FROM_PENALTY * master.objective.excess
        )

    def _finished(
        self,
        run: Run,
        stages: list[Stage],
        loosening: dict[RowKey, Loosening],
    ) -> Solution:
        published = plan(*all_routes(self.master, run.quantities))
        cost = stage(self.master, run.duals, "cost")
        cargo = self.master.cargo
        firm, count = cargo.firm, len(cargo.classes)
        left = np.bincount(cargo.unmet_class[firm], published.unmet[firm], count)
        unmet = bool((left > RESIDUAL * np.maximum(1.0, left)).any())
        status = Status.UNMET if unmet else Status.OPTIMAL
        certificate = Certificate((*stages, cost))
        return Solution(status, published, certificate, loosening=loosening)

    # ---- stopped early

    def _stopped(self, run: Run | None) -> Solution:
        """Make the best plan so far keep every limit, and prove its gap."""
        master = self.master
        if run is None:
            unmet = {UnmetKey(priority): 0.0 for priority in master.cargo.classes}
            certificate = Certificate((Stage("cost", unmet=unmet),))
            quantities = master.quantities(np.zeros(len(master.model.columns)))
        else:
            certificate = Certificate((stage(master, run.duals, "cost"),))
            quantities = run.quantities
        routes, quantity = all_routes(master, quantities)
        for tried in (_scaled_down(master, routes, quantity), 0.0 * quantity):
            levels = master.rules.levels(routes, tried)
            if not any(level.is_broken for level in levels):
                return Solution(Status.LIMIT, plan(routes, tried), certificate)
        return Solution(Status.NONE, None, None)


def _left(master: Master, run: Run, number: int) -> float:
    """Quantity of a class that has routes and stays behind; noise is none."""
    members = (master.cargo.unmet_class == number) & ~master.lost
    left = float(run.unmet[members].sum())
    total = float(master.cargo.quantity[members].sum())
    return left if left > 1e-9 * max(1.0, total) else 0.0


def _loosened(master: Master, run: Run) -> dict[RowKey, Loosening]:
    """Rows of rules that a plan exceeds, and the limits that it would keep."""
    routes, quantity = all_routes(master, run.quantities)
    levels = master.rules.levels(routes, quantity)
    allowed = (master.rows.excess_column >= 0) & ~master.rows.is_soft
    found = {}
    for number in np.flatnonzero(allowed).tolist():
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
