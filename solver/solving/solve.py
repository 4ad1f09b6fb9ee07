"""From an instance to a solution: prepared, solved, proved, its sensitivity told."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from solver.model.backends import backend
from solver.model.master import Master
from solver.model.objective import Objective
from solver.network.routes import empty_routes, plan_of
from solver.solution.certificate import Certificate, Stage
from solver.solution.solution import Counters, Proved, Solution
from solver.solution.status import Status
from solver.solution.tolerances import GAP
from solver.solving.column_generation import ColumnGeneration
from solver.solving.lexicographic import LexicographicSolve
from solver.solving.prepared import Prepared
from solver.solving.reductions.reduction import as_given
from solver.solving.shortages import in_decimals

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.options import Options
    from solver.problem.instance import Instance
    from solver.solving.column_generation import Known
    from solver.solving.progress import Progress
    from solver.solving.reductions.reduction import ReductionChain
    from solver.verification.proved import Proof


MANY = 500
"""Shipments from which on the solve has a start of its own (`first_routes`)."""


LEAST_START = 0.3
"""Seconds that it has, however little time there is: rules want cargo to be spread."""


SPARE = 0.4
"""Seconds at the end, or after it, in which a stopped plan may be made better."""


GRACE, AFTERWARDS = 2e-5, 3.0
"""Seconds after the time for each shipment, less what so many searches take, until
which it is made better in any case: then it has to be published."""


def prepared(
    whole: Prepared | Instance,
    options: Options,
    *,
    known: Known | None = None,
    tell: Callable[[Progress], None] | None = None,
    began: float | None = None,
) -> ColumnGeneration:
    """Loop over the model of an instance, every shipment with its first route.

    Parameters
    ----------
    whole : Prepared or Instance
        The instance, with what is built of it already.
    known : Known, optional
        Routes and limits to begin with, of another instance that has the same elements
        and shipments.
    began : float, optional
        Moment, on the monotonic clock, from which a time limit counts; now by default.
    """
    began = time.monotonic() if began is None else began
    solver = backend(options.solver)
    if not isinstance(whole, Prepared):
        whole = Prepared(whole)
    network, shipments, pricer = whole.network, whole.cargo, whole.pricer
    unmet = np.where(shipments.firm, 0.0, shipments.unmet_cost)
    master = Master(network, shipments, whole.rules, Objective(True, unmet, 0.0))
    limit = np.inf if options.time_limit is None else began + options.time_limit
    loop = ColumnGeneration(master, pricer, solver, deadline=limit, tell=tell)
    loop.spare = SPARE
    seed = None
    if known is None and len(shipments) >= MANY:
        from solver.solving.start.first_routes import first_routes

        end = max(limit, time.monotonic() + LEAST_START)
        seed = first_routes(pricer, master.families.rules.sums, end)
        pricer.deadline = limit
        if seed is not None:
            after = AFTERWARDS * seed.seconds
            loop.grace = max(0.0, GRACE * len(shipments) - after)
    if seed is None:
        loop.start(known)
    else:
        loop.begin(seed)
    return loop


def solved(loop: ColumnGeneration, reduction: ReductionChain | None = None) -> Solution:
    """Solution of what a loop was prepared for, called what its proof supports.

    Parameters
    ----------
    loop : ColumnGeneration
        What `prepared` gave.
    reduction : ReductionChain, optional
        How the loop's instance came of the one that is solved and proved; by default it
        is that instance.
    """
    began = time.monotonic()
    reduction = reduction or as_given(loop.master.network.instance)
    steps = LexicographicSolve(loop, reduction.given.earlier)
    solution = in_decimals(steps, reduction, reduction.given.cargo)
    counters = _counted(loop)
    ended = time.monotonic()
    solution = _proved(reduction.given, solution)
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


def _proved(whole: Prepared, solution: Solution) -> Solution:
    """Call the solution what its proof supports."""
    if solution.certificate is None:
        return solution
    checked = whole.proof(solution.plan, solution.certificate)
    if not checked.passed and solution.plan is not None:
        checked, solution = _sounder(whole, solution, checked)
    objective = None
    if checked.cost is not None:
        objective = float(checked.cost + (checked.penalties or 0))
    solution, movement = _without_idle_prices(solution, checked)
    proved = Proved(
        checked.bound, checked.gap, checked.unmet_bounds, objective, movement
    )
    solution = replace(solution, proved=proved)
    if checked.passed:
        return replace(solution, status=_proved_status(solution, checked))
    if solution.status is Status.LIMIT:
        return solution
    if solution.plan is None:
        nothing = Solution(Status.NONE, None, None)
        return replace(nothing, counters=solution.counters)
    return replace(solution, status=Status.APPROXIMATE)


def _sounder(
    whole: Prepared, solution: Solution, checked: Proof
) -> tuple[Proof, Solution]:
    """Return a solution that can be told where one is not proved, with its proof.

    Where nothing costs anything, prices of rules can only do harm. Where rules are
    broken, however little is carried, nothing is.
    """
    if solution.certificate is None or solution.plan is None:
        return checked, solution
    if solution.status is Status.LIMIT and not checked.faults:
        return checked, solution
    bare = _without_prices(solution.certificate)
    nothing = plan_of(empty_routes(whole.network, whole.cargo), np.zeros(0))
    for plan in (solution.plan, nothing):
        again = whole.proof(plan, bare)
        if again.passed or (checked.faults and not again.faults):
            return again, replace(solution, plan=plan, certificate=bare)
    return checked, solution


def _without_idle_prices(
    solution: Solution, checked: Proof
) -> tuple[Solution, float | None]:
    """Leave out prices of a movement that needs none; return what must move."""
    found, certificate = checked.movement, solution.certificate
    if found.moved is None or found.bound is None or certificate is None:
        return solution, None
    if found.moved.movement > Decimal(GAP) * found.moved.comparable:
        return solution, float(found.bound)
    return replace(solution, certificate=replace(certificate, movement=None)), 0.0


def _proved_status(solution: Solution, checked: Proof) -> Status:
    """Status of a solution whose proof is complete, however it was found."""
    if solution.plan is None:
        return Status.INFEASIBLE
    return Status.UNMET if checked.leaves_unmet else Status.OPTIMAL


def _without_prices(certificate: Certificate) -> Certificate:
    """Return a certificate whose prices of the cost are all 0."""
    *others, cost = certificate.stages
    nothing = Stage("cost", unmet=dict.fromkeys(cost.unmet, 0.0))
    return replace(certificate, stages=(*others, nothing))
