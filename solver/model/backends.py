"""Solving the model: HiGHS kept warm on arrays, or any other solver of PuLP.

PuLP reports a stopped solve as optimal, fills missing values with zeros and ignores
the return codes of HiGHS; so nothing of its statuses is used here. Each backend
answers with one of the `Outcome` members, and with values only where they are said
to be feasible by the solver itself.
"""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pulp

from solver.errors import UsageError
from solver.model.answer import Answer, FinalBasis, Outcome, empty_answer
from solver.model.highs import WarmHiGHS
from solver.model.program import Model
from solver.model.silence import silenced

if TYPE_CHECKING:
    from solver.arrays import Floats


class Backend(Protocol):
    """Something that solves the model as it stands."""

    def solve(self, model: Model, seconds: float, iterations: float = np.inf) -> Answer:
        """Answer for the model, stopped after some seconds or iterations."""
        ...

    def another(self) -> Backend:
        """Return a backend of the same solver, for a second model beside the first."""
        ...

    def expect_new_costs(self) -> None:
        """Prepare for costs that change more often than rows, from now on."""
        ...

    def refined(self, model: Model) -> Answer | None:
        """More accurate answer than the last for the model; None if there is none."""
        ...

    def final_basis(self, model: Model, values: Floats) -> FinalBasis | None:
        """Basis of the last solve of the model; None if there is none."""
        ...


def backend(name: str) -> Backend:
    """Backend of a name: ``HiGHS``, or another solver PuLP lists as available.

    Raises
    ------
    UsageError
        If no solver of this name is available.
    """
    if name == "HiGHS":
        return WarmHiGHS()
    available = available_solvers()
    if name not in available:
        known = ", ".join(available)
        message = f"solver {name} is not available; choose one of: {known}"
        raise UsageError(message)
    return AnySolver(name)


def available_solvers() -> list[str]:
    """Names of the solvers that PuLP can call on this machine."""
    with silenced():
        names: list[str] = pulp.listSolvers(onlyAvailable=True)
    return names


class AnySolver:
    """Any other solver of PuLP; the whole problem is handed over each time."""

    def __init__(self, name: str) -> None:
        self._name = name

    def solve(
        self,
        model: Model,
        seconds: float,
        iterations: float = np.inf,  # noqa: ARG002 - PuLP knows no limit of them
    ) -> Answer:
        """Answer for the model, built anew; whatever iterations it takes."""
        began = time.monotonic()
        problem = model.problem
        for column in model.columns:
            column.varValue = None
        for row in model.rows:
            row.pi = None
        options: dict[str, Any] = {"msg": False}
        if np.isfinite(seconds):
            options["timeLimit"] = max(1, int(seconds))
        with warnings.catch_warnings():
            # PuLP warns of solvers that its next version will drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                with silenced():
                    status = problem.solve(pulp.getSolver(self._name, **options))
            except pulp.PulpSolverError:
                return empty_answer()
        if status == pulp.LpStatusInfeasible:
            return empty_answer(Outcome.INFEASIBLE)
        if time.monotonic() - began > seconds:
            return empty_answer(Outcome.LIMIT)
        return self._read(model) if status == pulp.LpStatusOptimal else empty_answer()

    def another(self) -> AnySolver:
        """Return itself, which remembers nothing."""
        return self

    def expect_new_costs(self) -> None:
        """Do nothing: PuLP hands over no basis to begin with."""

    def refined(self, model: Model) -> None:
        """Return nothing, for the same reason."""

    def final_basis(self, model: Model, values: Floats) -> None:
        """Return nothing, for the same reason."""

    def _read(self, model: Model) -> Answer:
        values = [column.varValue for column in model.columns]
        duals = [row.pi for row in model.rows]
        if None in values or None in duals:
            return empty_answer()
        return Answer(Outcome.OPTIMAL, np.array(values, float), np.array(duals, float))
