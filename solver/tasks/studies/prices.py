"""What one more and one less do in a result, from its folder to a document."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from solver.errors import NoPlanError, UnverifiedError
from solver.options import Options
from solver.reports.prices.document import prices_document
from solver.solution.status import Status
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from solver.tasks.studies.joint_scarcity import joint_scarcity
from solver.tasks.verify import examined

if TYPE_CHECKING:
    from pathlib import Path

    from solver.problem.instance import Instance
    from solver.solution.solution import Result


def prices_of(folder: Path) -> dict[str, Any]:
    """Return what one more and one less of every limit, rule and demand do.

    Where the result does not hold all of it, its instance is solved again with all
    asked, and verified.

    Raises
    ------
    InputError
        The folder holds no result, or a file cannot be read.
    UnverifiedError
        The result does not verify: nothing can be said of it.
    NoPlanError
        The result holds no plan.
    """
    instance, result = verified_plan(folder)
    asked = result.summary["options"]
    if asked["sensitivity"] != "all":
        options = Options(solver=asked["solver"], sensitivity="none")
        clock = Clock(time.monotonic())
        result = run(instance, options, clock, prices="all").result
    document = prices_document(result, instance)
    objective = result.summary["cost"] + result.summary["penalties"]
    return {
        **document,
        "joint": joint_scarcity(instance, document["limits"], objective),
    }


def verified_plan(folder: Path) -> tuple[Instance, Result]:
    """Return a result that verifies and holds a plan, with its instance.

    Raises
    ------
    InputError
        The folder holds no result, or a file cannot be read.
    UnverifiedError
        The result does not verify: nothing can be said of it.
    NoPlanError
        The result holds no plan.
    """
    found = examined(folder)
    instance, result = found.instance, found.result
    if not found.verdict.passed or instance is None or result is None:
        lines = [f"{folder}: the result does not verify", *found.verdict.faults]
        raise UnverifiedError("\n".join(lines))
    if result.plan is None:
        status = Status(result.summary["status"])
        message = f"{folder}: there is no plan to price: the status is {status}"
        raise NoPlanError(message, status.exit_code)
    return instance, result
