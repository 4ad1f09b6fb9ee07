"""From an instance to a solution: prepared, solved, proved, its sensitivity told."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from solver.network.network import Network
from solver.solution.solution import Solution
from solver.solution.status import Status
from solver.solving.column_generation import ColumnGeneration, StoppedError
from solver.solving.prepared import Prepared
from solver.solving.reductions.aggregation import aggregated_demand
from solver.solving.reductions.reduction import reductions
from solver.solving.solve import prepared, solved
from solver.studies.allowances import MOST_APART, most_solves

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.model.master import Master
    from solver.model.writing.written_names import ModelFiles
    from solver.options import Options
    from solver.problem.instance import Instance
    from solver.problem.rules import By
    from solver.solution.form import Asked
    from solver.solving.progress import Progress
    from solver.solving.reductions.reduction import ReductionChain
    from solver.studies.what_if import WhatIf


def solve(
    instance: Instance,
    options: Options,
    *,
    model_files: ModelFiles | None = None,
    tell: Callable[[Progress], None] | None = None,
    whole: Prepared | None = None,
    prices: Asked | None = None,
) -> Solution:
    """Solution of an instance: plan, prices and a status that its proof supports.

    Parameters
    ----------
    options : Options
        Solver and time limit.
    model_files : ModelFiles, optional
        Where to write the final model, and its legend.
    tell : callable, optional
        Called with a `Progress` after every round.
    whole : Prepared, optional
        What is built of the instance already, and kept for what comes after; it names
        the earlier plan that this one is to be near.
    prices : str, optional
        Which prices in each direction are asked; by default as exposure is.

    Raises
    ------
    UsageError
        If the solver is not available.
    """
    began = time.monotonic()
    prices = prices or options.sensitivity
    is_apart = prices == "all" and len(instance.demand) <= MOST_APART
    reduction = reductions(whole or instance, aggregating=not is_apart)
    loop = prepared(reduction.reduced, options, tell=tell, began=began)
    built = time.monotonic()
    solution = solved(loop, reduction)
    if model_files is not None:
        write(loop.master, model_files)
    asked = time.monotonic()
    asked_of = options.sensitivity, prices
    solution = _with_sensitivity(loop, reduction, solution, *asked_of)
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


def write(master: Master, files: ModelFiles) -> None:
    """Write a model with names that people can read, and what they stand for."""
    from solver.model.writing.files import write_model
    from solver.model.writing.written_names import written_names

    names = written_names(master)
    columns, rows = ([name for name, _ in own] for own in (names.columns, names.rows))
    write_model(master.model, files.model, columns, rows)
    files.legend.write_bytes(names.legend())


def study_of(instance: Instance, options: Options) -> WhatIf | None:
    """Return a solved instance from which its changes can start.

    None where alike demand is solved as one, which each change may do otherwise.
    """
    if aggregated_demand(Prepared(instance)):
        return None
    from solver.studies.what_if import WhatIf

    study = WhatIf(instance, options)
    # What a clock cut short is not the same the next time.
    is_cut = study.solution.status in {Status.LIMIT, Status.NONE}
    return None if is_cut else study


def solve_from(study: WhatIf | None, instance: Instance, options: Options) -> Solution:
    """Return the solution of a changed instance, started from the one it came from.

    Parameters
    ----------
    study : WhatIf or None
        What it came from; None: it is solved from scratch.
    """
    if study is None:
        return solve(instance, options)
    loop, reduction = study.prepared(instance)
    solution = solved(loop, reduction)
    asked = options.sensitivity
    return _with_sensitivity(loop, reduction, solution, asked, asked)


def _names(network: Network) -> dict[By, tuple[str, ...]]:
    """Corridors, countries and ports as the given instance lists them."""
    return {
        "corridor": network.corridor_names,
        "country": network.incidence("country").values,
        "port": network.incidence("port").values,
    }


def _with_sensitivity(
    loop: ColumnGeneration,
    reduction: ReductionChain,
    solution: Solution,
    asked: Asked,
    prices: Asked,
) -> Solution:
    """Solution, with prices in each direction and the exposure of the plan."""
    certificate = solution.certificate
    is_proved = solution.status in {Status.OPTIMAL, Status.UNMET}
    if solution.plan is None or certificate is None or not is_proved:
        return solution
    plan, cost = reduction.project(solution.plan), solution.proved.objective or 0.0
    known = loop.known if most_solves(prices, len(loop.master.cargo)) > 0 else None
    if asked != "none":
        from solver.studies.exposure import Inquiry

        inquiry = Inquiry(loop, plan, cost, _names(reduction.given.network))
        certificate = replace(certificate, exposure=inquiry.answers(asked))
    if known is not None:
        from solver.studies.prices.moved_plans import Publishing
        from solver.studies.prices.one_sided import OneSidedStudy

        publishing = Publishing(solution.plan, reduction)
        stages = certificate.stages
        with suppress(StoppedError):
            study = OneSidedStudy(loop, known, plan, publishing, cost, stages)
            certificate = replace(certificate, one_sided=study.one_sided(prices))
        proved = reduction.given.proved_slopes(solution.plan, certificate)
        certificate = replace(certificate, one_sided=proved)
    return replace(solution, certificate=certificate)
