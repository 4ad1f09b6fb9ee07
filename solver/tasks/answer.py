"""From an instance to a solution: prepared, solved, proved, explored."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from solver.model.highs import write_model
from solver.network.network import Network
from solver.solution.certificate import Certificate
from solver.solution.solution import Solution
from solver.solution.status import Status
from solver.solving.canonical_order import CanonicalOrder, canonical_order
from solver.solving.column_generation import ColumnGeneration
from solver.solving.solve import prepared, solved
from solver.solving.start.aggregation import AggregatedDemand, aggregated_demand
from solver.studies.exposure import Inquiry
from solver.studies.one_sided_prices import sides
from solver.studies.what_if import WhatIf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from solver.options import Options
    from solver.problem.instance import Instance
    from solver.problem.rules import By
    from solver.solution.form import Asked
    from solver.solving.progress import Progress


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
    order = canonical_order(instance)
    aggregated = aggregated_demand(order.instance)
    solved_instance = aggregated.instance if aggregated else order.instance
    loop = prepared(solved_instance, options, tell=tell, began=began)
    built = time.monotonic()
    solution = solved(loop, aggregated)
    if model_file is not None:
        write_model(loop.master.model, model_file)
    asked = time.monotonic()
    names = _names(order)
    certificate = _with_sensitivity(loop, solution, options.exposure, aggregated, names)
    plan = None if solution.plan is None else order.as_given(solution.plan)
    solution = replace(solution, certificate=certificate, plan=plan)
    counters = solution.counters
    return replace(
        solution,
        counters=replace(counters, question_rounds=loop.rounds - counters.rounds),
        phases={
            **solution.phases,
            "solve": solution.phases["solve"] + built - began,
            "sensitivity": time.monotonic() - asked,
        },
    )


def study_of(instance: Instance, options: Options) -> WhatIf | None:
    """Return a solved instance from which its changes can start.

    None where alike demand is solved as one, which each change may do otherwise.
    """
    if aggregated_demand(instance):
        return None
    study = WhatIf(canonical_order(instance).instance, options)
    # What a clock cut short is not the same the next time.
    is_cut = study.solution.status in {Status.LIMIT, Status.NONE}
    return None if is_cut else study


def solve_from(study: WhatIf | None, instance: Instance, options: Options) -> Solution:
    """Return the solution of a changed instance, started from the one it came from.

    Parameters
    ----------
    study : WhatIf or None
        What it came from; None: it is solved from scratch.
    instance : Instance
        A checked instance.
    options : Options
        How it is solved.
    """
    if study is None:
        return solve(instance, options)
    order = canonical_order(instance)
    loop = study.prepared(order.instance)
    solution = solved(loop)
    names = _names(order)
    certificate = _with_sensitivity(loop, solution, options.exposure, None, names)
    plan = None if solution.plan is None else order.as_given(solution.plan)
    return replace(solution, certificate=certificate, plan=plan)


def _names(order: CanonicalOrder) -> dict[By, tuple[str, ...]] | None:
    """Corridors, countries and ports as the given instance lists them.

    None if the instance is in order.
    """
    if order.given is order.instance:
        return None
    network = Network(order.given)
    return {
        "corridor": network.corridor_names,
        "country": network.incidence("country").values,
        "port": network.incidence("port").values,
    }


def _with_sensitivity(
    loop: ColumnGeneration,
    solution: Solution,
    asked: Asked,
    aggregated: AggregatedDemand | None,
    names: Mapping[By, Sequence[str]] | None,
) -> Certificate | None:
    """Certificate, with prices of rules each way and the exposure of the plan."""
    plan, certificate = solution.plan, solution.certificate
    is_proved = solution.status in {Status.OPTIMAL, Status.UNMET}
    if plan is None or certificate is None or not is_proved:
        return certificate
    if aggregated is not None:
        plan = aggregated.aggregated_plan(plan)
    cost = solution.proved.objective or 0.0
    inquiry = Inquiry(loop, plan, cost, names)
    both_ways = sides(loop, plan, cost)
    return replace(certificate, sides=both_ways, exposure=inquiry.answers(asked))
