"""Results set side by side: each is verified first, then compared with the first."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.checks.instance import instance_faults
from solver.checks.rules import selected_demand
from solver.errors import DataError, Fault, UnverifiedError, UsageError
from solver.options import Options
from solver.problem.rules import rule_places
from solver.reports.comparison_document import comparison_document
from solver.reports.moves_document import moves_document
from solver.results.documents import plain
from solver.solution.earlier import earlier_plan
from solver.solution.form import INSTANCE, SUMMARY
from solver.solution.status import Status
from solver.solving.prepared import Prepared
from solver.studies.cargo_selection import selected_cargo
from solver.studies.cost_bridge import ComparedPlan, bridge
from solver.tasks.answer import solve
from solver.tasks.clock import Clock
from solver.tasks.comparison.earlier import nothing_in_common
from solver.tasks.comparison.folder import claimed_for_comparison, write_comparison
from solver.tasks.solve import run
from solver.tasks.verify import examined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from solver.problem.instance import Instance
    from solver.solution.solution import Solution


_LEAST = 2

NOT_NAMED = "-"
"""Name of an earlier plan where nobody asks for it."""


@dataclass(frozen=True, slots=True)
class UnderFirst:
    """The second instance under the first's rules.

    Parameters
    ----------
    money : float or None
        Cost and penalties of its optimum, without what unmet demand costs; None if it
        is not known.
    why : str
        Why it is not known.
    unmet : float or None
        Quantity that the optimum leaves unmet; None if it is not known.
    """

    money: float | None
    why: str = ""
    unmet: float | None = None


def compared(
    folders: Sequence[Path],
    options: Options | None = None,
    *,
    where: Sequence[str] = (),
    output: Path | None = None,
) -> dict[str, Any]:
    """Compare results with the first of them; return the document.

    Parameters
    ----------
    folders : sequence of Path
        Results, two or more.
    where : sequence of str
        Cargo that is compared, as ``KEY=NAME,NAME``; all by default.
    output : Path, optional
        Folder that the comparison is written to.
    options : Options, optional
        How instances are solved again under the first's rules.

    Raises
    ------
    UsageError
        Fewer than two results, or a name is unknown.
    InputError
        A folder or a file in it is missing or cannot be read.
    DataError
        A result has no plan, other units than the first, or no demand in common.
    UnverifiedError
        A result does not verify.
    """
    if len(folders) < _LEAST:
        given = "one result" if folders else "no result"
        message = f"{given} is named; a comparison is of two or more"
        raise UsageError(message)
    with claimed_for_comparison(output) if output else nullcontext():
        options = options or Options(sensitivity="none")
        document = _compared(folders, where, options)
        if output:
            write_comparison(output, document)
    return document


def _compared(
    folders: Sequence[Path], where: Sequence[str], options: Options
) -> dict[str, Any]:
    """Compare results with the first of them."""
    plans = [_plan(folder) for folder in folders]
    _refuse_other_units(folders, plans)
    _refuse_other_demand(folders, plans)
    selection = selected_cargo(where, *(plan.instance for plan in plans))
    plans = [replace(plan, selection=selection) for plan in plans]
    first, *others = plans
    found = [against_first(first, other, options) for other in others]
    names = [str(folder) for folder in folders]
    document: dict[str, Any] = plain(comparison_document(names, plans, found))
    return document


def against_first(
    first: ComparedPlan, other: ComparedPlan, options: Options
) -> dict[str, Any]:
    """Bridge from the first plan to another, and what had to move.

    Parameters
    ----------
    first, other : ComparedPlan
        Verified plans in the same units.
    options : Options
        How the other's instance is solved again, under the first's rules and near the
        first plan.
    """
    under = under_first_rules(first, other, options)
    found = bridge(first, other, under.money)
    nearest = _nearest(first, other, options)
    return {
        "bridge": {
            **found,
            "rules_unknown": under.why or None,
            "unmet_under_first": under.unmet,
        },
        "moves": None if nearest is None else moves_document(first, nearest),
    }


def _nearest(
    first: ComparedPlan, other: ComparedPlan, options: Options
) -> ComparedPlan | None:
    """Return the other's plan of least cost that is nearest the first's.

    None if it is not proved.
    """
    return _solved_near(other.instance, first, options)


def _solved_near(
    instance: Instance, plan: ComparedPlan, options: Options
) -> ComparedPlan | None:
    """Return the plan of least cost of an instance that is nearest another.

    None if it is not proved.
    """
    earlier = earlier_plan(plan.result.tables["allocation"], NOT_NAMED)
    try:
        result = run(Prepared(instance, earlier), options, Clock()).result
    except UnverifiedError:
        return None
    is_proved = result.summary["status"] in {Status.OPTIMAL, Status.UNMET}
    return ComparedPlan(instance, result, plan.selection) if is_proved else None


def _plan(folder: Path) -> ComparedPlan:
    """Return the verified plan of a folder."""
    found = examined(folder)
    if not found.verdict.passed or found.instance is None or found.result is None:
        lines = "\n".join(found.verdict.faults)
        message = f"{folder}: does not verify, and is not compared\n{lines}"
        raise UnverifiedError(message)
    if found.result.plan is None:
        status = found.result.summary["status"]
        message = f"holds no plan (status {status}), so there is nothing to compare"
        fault = Fault(f"{folder}/{SUMMARY}", message, "name a result with a plan")
        raise DataError([fault])
    return ComparedPlan(found.instance, found.result)


def _refuse_other_units(folders: Sequence[Path], plans: Sequence[ComparedPlan]) -> None:
    """Refuse results whose quantities or money mean something else."""
    own = plans[0].instance.units
    faults = [
        Fault(
            f"{folder}/{INSTANCE}",
            f"counts {what} in {given}, the first result in {wanted}",
            "compare results of one unit and currency",
        )
        for folder, plan in zip(folders, plans, strict=True)
        for what, given, wanted in (
            ("quantity", plan.instance.units.quantity, own.quantity),
            ("money", plan.instance.units.money, own.money),
        )
        if given != wanted
    ]
    if faults:
        raise DataError(faults)


def _refuse_other_demand(
    folders: Sequence[Path], plans: Sequence[ComparedPlan]
) -> None:
    """Refuse results that share no demand with the first: nothing is comparable."""
    faults = [
        Fault(
            f"{folder}/{INSTANCE}",
            f"no demand in common with the first result: {why}",
            "compare results of one instance, its scenarios and changes",
        )
        for folder, plan in zip(folders, plans, strict=True)
        if (why := nothing_in_common(plans[0].instance, plan.instance))
    ]
    if faults:
        raise DataError(faults)


def under_first_rules(
    first: ComparedPlan, second: ComparedPlan, options: Options
) -> UnderFirst:
    """Cost of the second instance under the first's rules, and what stays unmet."""
    own = second.instance.diversification
    rules = first.instance.diversification
    if own == rules:
        return _under(second)
    kept = tuple(r for r in rules if selected_demand(second.instance, r).any())
    instance = second.instance.model_copy(update={"diversification": kept})
    places = rule_places(kept, INSTANCE)
    faults = instance_faults(instance, INSTANCE, rules=places)
    if faults:
        return UnderFirst(None, f"the first's rules do not fit: {faults[0].message}")
    unproved = "the optimum under the first's rules is not proved"
    if second.selection:
        # Of all optima the one nearest the second, so that ties are no difference.
        found = _solved_near(instance, second, options)
        if found is None:
            return UnderFirst(None, unproved)
        return _under(found)
    solution = solve(instance, options)
    if solution.status not in {Status.OPTIMAL, Status.UNMET}:
        return UnderFirst(None, unproved)
    return UnderFirst(_served_money(instance, solution), unmet=_unmet(solution))


def _under(plan: ComparedPlan) -> UnderFirst:
    """Return a plan that is the optimum under the first's rules."""
    unmet = float(plan.plan.unmet[plan.shipments].sum())
    return UnderFirst(plan.total - plan.unmet_cost, unmet=unmet)


def _unmet(solution: Solution) -> float | None:
    """Quantity that a solution leaves unmet."""
    return None if solution.plan is None else float(solution.plan.unmet.sum())


def _served_money(instance: Instance, solution: Solution) -> float:
    """Cost and penalties of a solution, without what unmet demand costs."""
    plan, objective = solution.plan, solution.proved.objective
    if plan is None or objective is None:
        message = "a proved solution has a plan"
        raise TypeError(message)
    cost = instance.demand["unmet_cost"].astype(float)[instance.shipments.demand]
    priced = np.isfinite(cost)
    return objective - float(plan.unmet[priced] @ cost[priced])
