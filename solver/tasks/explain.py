"""One explanation, from a result folder and names to a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import NoPlanError, UnverifiedError
from solver.reports.explanation.cargo import cargo_rows
from solver.reports.explanation.document import account_row, heading
from solver.solution.status import Status
from solver.solving.prepared import Prepared
from solver.studies.cargo_selection import selected_cargo
from solver.studies.explanation.cargo import explained_routes
from solver.studies.explanation.price_face import PriceFace
from solver.studies.explanation.proved_plan import ProvedPlan
from solver.tasks.verify import examined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from solver.problem.instance import Instance
    from solver.solution.solution import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainOrder:
    """What is to be explained.

    Parameters
    ----------
    folder : Path
        A result.
    where : sequence of str
        Cargo, as ``KEY=NAME,NAME``.
    most : int
        How many of a list are told.
    """

    folder: Path
    where: Sequence[str] = ()
    most: int = 10


def explained(order: ExplainOrder) -> dict[str, Any]:
    """Return the explanation of a result as a document.

    Parameters
    ----------
    order : ExplainOrder
        What is to be explained.

    Raises
    ------
    InputError
        The folder holds no result, or a file cannot be read.
    UsageError
        A name is unknown.
    UnverifiedError
        The result does not verify: nothing can be said of it.
    NoPlanError
        The result holds no plan.
    """
    instance, result = _verified(order.folder)
    selection = selected_cargo(order.where, instance)
    if result.plan is None:
        status = Status(result.summary["status"])
        message = f"{order.folder}: there is no plan to explain: the status is {status}"
        raise NoPlanError(message, status.exit_code)
    proved = ProvedPlan(Prepared(instance), result.plan, result.certificate)
    document = {
        **heading(proved, result.summary),
        "selected": {key: list(names) for key, names in selection.names.items()},
        "account": account_row(proved),
        "cargo": [],
    }
    if selection:
        face = PriceFace(proved)
        chosen = selection.mask(instance)
        money = np.where(chosen, proved.known.cargo.quantity, -1.0)
        order_of = np.argsort(-money, kind="stable")[: int(chosen.sum())]
        routes = explained_routes(proved, chosen, face)
        document["cargo"] = cargo_rows(proved, routes, order_of)
    return document


def _verified(folder: Path) -> tuple[Instance, Result]:
    """Return a result that passes its verification, with its instance."""
    found = examined(folder)
    if not found.verdict.passed or found.instance is None or found.result is None:
        lines = [f"{folder}: is not a result that verifies", *found.verdict.faults]
        raise UnverifiedError("\n".join(lines))
    return found.instance, found.result
