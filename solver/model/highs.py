"""HiGHS behind PuLP: models handed over as arrays, and a solver that stays warm."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import pulp

from solver.errors import InternalError
from solver.model.answer import Answer, FinalBasis, Outcome, empty_answer
from solver.model.program import (
    AddColumns,
    AddRows,
    Change,
    Hint,
    Model,
    SetCosts,
    SetEntry,
    SetLimit,
    SetUpper,
)
from solver.model.refining import refined
from solver.model.sending import SMALLEST, Sending, Sent
from solver.model.silence import silenced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints
    from solver.model.program import Recorded


TOLERANCE = 1e-9
"""Primal and dual feasibility asked of HiGHS: a hundredth of its default, since
reduced costs are multiplied by millions of tonnes."""


_DUAL, _PRIMAL = 1, 4
_BY_ROW, _BY_DENSITY = 1, 3
"""Methods of HiGHS's simplex_strategy and simplex_price_strategy: by row, pivots among
thousands of dense columns take two thirds of the time."""

_PERTURBATION = "dual_simplex_cost_perturbation_multiplier"

_KOK, _KWARNING = highspy.HighsStatus.kOk, highspy.HighsStatus.kWarning

_ENDLESS = 2**31 - 1
"""Iterations that HiGHS takes for no limit."""


_SMALL = 300_000
"""Columns times rows up to which HiGHS is done before anybody misses a signal."""


_NEAR, _NEAR_PRICE = 1e-3, 1e-6
"""What a row, of at most a million, and a reduced cost, of at most a thousand, may be
missed by where no answer keeps the tolerance."""


class ArrayHiGHS(pulp.HiGHS):  # type: ignore[misc]
    """PuLP's HiGHS, fed with arrays and kept warm from one solve to the next.

    It takes the changes of one `Model` since its last solve, checks every return
    code, and reads HiGHS's own statuses. In large programs, what outlives the changes
    says by which method it goes on: a plan by the primal one, prices by the dual one.

    Parameters
    ----------
    changes : sequence of Recorded
        What makes the linear program; it may grow.
    primal : bool
        Use the primal simplex method, whatever changes.
    reach : float
        Most that a column can hold, in its unit.
    """

    def __init__(
        self, changes: Sequence[Recorded], *, primal: bool = False, reach: float = 1.0
    ) -> None:
        super().__init__(mip=False, msg=False, threads=1)
        self.changes = changes
        self.taken = 0
        self.seconds = self.iterations = np.inf
        self.outcome, self.is_primal = Outcome.FAILED, primal
        self.sending = Sending(reach)
        with silenced():
            self.highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("primal_feasibility_tolerance", TOLERANCE),
            ("dual_feasibility_tolerance", TOLERANCE),
            ("small_matrix_value", SMALLEST),
            ("simplex_price_strategy", _BY_ROW if primal else _BY_DENSITY),
        ):
            self._set_option(option, value)

    def _use(self, method: int) -> None:
        self._set_option("simplex_strategy", method)

    def _set_option(self, name: str, value: float | bool) -> None:
        demand(self.highs.setOptionValue(name, value), f"option {name}")

    def actualSolve(self, lp: pulp.LpProblem) -> int:  # noqa: N802 - PuLP's name
        """Solve the problem as the changes describe it."""
        self._solve()
        status = {
            Outcome.OPTIMAL: pulp.LpStatusOptimal,
            Outcome.INFEASIBLE: pulp.LpStatusInfeasible,
        }.get(self.outcome, pulp.LpStatusNotSolved)
        lp.assignStatus(status)
        return int(status)

    def answer(self) -> Answer:
        """Answer for what the changes describe, without a problem of PuLP."""
        self._solve()
        return self.read()

    def _solve(self) -> None:
        """Solve; if that fails, from where it ended, from scratch, by the other method.

        Far from an optimum the dual method gives up on prices that are too large.
        """
        fresh = self.changes[self.taken :]
        self.take()
        methods = self._methods(fresh)
        hints = [change for change in fresh if isinstance(change, Hint)]
        self._use(methods[0])
        self.outcome = self._run_near(hints) if hints else self._run()
        if self.outcome is Outcome.FAILED:
            self.outcome = self._run()
        if self.outcome is Outcome.FAILED:
            demand(self.highs.clearSolver(), "clearing")
            self.outcome = self._run()
        if self.outcome is Outcome.FAILED and self._is_near():
            self.outcome = Outcome.OPTIMAL
        if self.outcome is Outcome.FAILED and len(methods) > 1:
            self._use(methods[1])
            self.outcome = self._run()

    def _methods(self, fresh: Sequence[Recorded]) -> list[int]:
        """Methods to solve the program after changes, the first to be tried first."""
        if self.is_primal:
            return [_PRIMAL]
        if self.outcome is Outcome.OPTIMAL and not self._is_small:
            from solver.model.basis.going_on import is_plan_nearer

            if is_plan_nearer(fresh):
                return [_PRIMAL, _DUAL]
        return [_DUAL, _PRIMAL]

    def _run_near(self, hints: Sequence[Hint]) -> Outcome:
        """Run from where hints lead, if the program is large: others end at once.

        At the prices of a point all columns that it takes cost the same. If HiGHS told
        their costs apart, as it does else, it would go far off.
        """
        basis = None
        if not (self.is_primal or self._is_small):
            from solver.model.basis.going_on import hinted_basis

            unit, is_warm = self.sending.column_unit, self.outcome is Outcome.OPTIMAL
            basis = hinted_basis(self.highs, hints, unit, is_warm=is_warm)
        if basis is None:
            return self._run()
        demand(self.highs.setBasis(basis), "setting a basis")
        self._set_option(_PERTURBATION, float(self.outcome is Outcome.OPTIMAL))
        outcome = self._run()
        self._set_option(_PERTURBATION, 1.0)
        return outcome

    def _is_near(self) -> bool:
        """Whether HiGHS misses but little of an optimum.

        Rows that are all but the same leave it no better basis. What it misses is for
        the plan in decimals to make good, and for the proof to judge.
        """
        info, status = self.highs.getInfo(), self.highs.getModelStatus()
        return bool(
            status.name in {"kOptimal", "kUnknown"}
            and info.max_primal_infeasibility <= _NEAR
            and info.max_dual_infeasibility <= _NEAR_PRICE
        )

    def read(self) -> Answer:
        """Answer of the last solve."""
        if self.outcome is not Outcome.OPTIMAL:
            return empty_answer(self.outcome)
        solution = self.highs.getSolution()
        return self._answer(
            np.array(solution.col_value),
            np.array(solution.row_dual),
            np.array(solution.col_dual),
        )

    def _answer(self, value: Floats, dual: Floats, reduced: Floats) -> Answer:
        """Answer in the model's units."""
        sending = self.sending
        return Answer(
            Outcome.OPTIMAL,
            value * sending.column_unit,
            dual * (sending.cost_unit / sending.row_unit),
            int(self.highs.getInfo().simplex_iteration_count),
            reduced * (sending.cost_unit / sending.column_unit),
        )

    def refined(self) -> Answer | None:
        """More accurate answer than the last; None if that is accurate, or is none."""
        if self.outcome is not Outcome.OPTIMAL:
            return None
        self._use(_PRIMAL if self.is_primal else _DUAL)
        with silenced():
            found = refined(self.highs, lambda: self._run() is Outcome.OPTIMAL)
        return None if found is None else self._answer(*found)

    def take(self) -> None:
        """Hand over the changes that HiGHS does not have yet."""
        for change in self.changes[self.taken :]:
            self.taken += 1
            if not isinstance(change, Hint):
                self._apply(change)
        self.sending.refuse_costs()

    def drop(self, columns: Ints) -> None:
        """Delete columns, ascending; those behind them move up."""
        self.take()
        numbers = columns.astype(np.int32)
        demand(self.highs.deleteCols(len(numbers), numbers), "deleting columns")
        self.sending.drop(columns)

    def _apply(self, change: Change) -> None:
        self._hand_over(self.sending.sent(change))
        rows = np.array(sorted(self.sending.widened), dtype=int)
        if len(rows):
            lower, upper = self.sending.bounds(rows)
            numbers = rows.astype(np.int32)
            status = self.highs.changeRowsBounds(len(rows), numbers, lower, upper)
            demand(status, "limits of rows")
            self.sending.widened.clear()

    def _hand_over(self, change: Sent) -> None:
        """Give HiGHS a change; what it may say to it beside yes is told case by case.

        Nothing that it would drop is sent, so that a warning would mean that the
        program is not the one that was meant.
        """
        highs = self.highs
        match change:
            case AddRows(lower, upper, starts, index, value):
                status = highs.addRows(
                    len(upper), lower, upper, len(value), starts[:-1], index, value
                )
            case AddColumns(cost, lower, upper, starts, index, value):
                status = highs.addCols(
                    len(cost), cost, lower, upper, len(value), starts[:-1], index, value
                )
            case SetCosts(columns, cost):
                status = highs.changeColsCost(len(columns), columns, cost)
            case SetUpper(columns, upper):
                lower = np.zeros(len(columns))
                status = highs.changeColsBounds(len(columns), columns, lower, upper)
            case SetLimit(row, limit, equal):
                least = limit if equal else -np.inf
                status = highs.changeRowBounds(row, least, limit)
            case SetEntry(row, column, entry):
                status = highs.changeCoeff(row, column, entry)
        # HiGHS 1.16 warns that an entry of 0 is gone, as it should be.
        is_gone = isinstance(change, SetEntry) and change.value == 0.0
        allowed = (_KOK, _KWARNING) if is_gone else (_KOK,)
        demand(status, type(change).__name__, *allowed)

    def _run(self) -> Outcome:
        """Run HiGHS, in a thread if it may take long: this one still hears signals."""
        if np.isfinite(self.seconds):
            limit = self.highs.getRunTime() + max(self.seconds, 1e-3)
            self._set_option("time_limit", limit)
        most = int(min(self.iterations, _ENDLESS))
        self._set_option("simplex_iteration_limit", most)
        with silenced():
            status = self.highs.run() if self._is_small else self._run_beside()
        if status in {None, highspy.HighsStatus.kError}:
            return Outcome.FAILED
        return self._outcome()

    @property
    def _is_small(self) -> bool:
        sending = self.sending
        return len(sending.row_unit) * len(sending.column_unit) <= _SMALL

    def _run_beside(self) -> Any:
        """Return the status of a run in another thread; None if it has none."""
        statuses: list[highspy.HighsStatus] = []
        worker = threading.Thread(
            target=lambda: statuses.append(self.highs.run()), daemon=True
        )
        worker.start()
        while worker.is_alive():
            worker.join(1.0)
        return statuses[0] if statuses else None

    def _outcome(self) -> Outcome:
        info, feasible = self.highs.getInfo(), 2  # kSolutionStatusFeasible
        statuses = info.primal_solution_status, info.dual_solution_status
        proved = statuses == (feasible, feasible)
        match self.highs.getModelStatus().name:
            case "kOptimal" | "kModelEmpty" if proved:
                return Outcome.OPTIMAL
            case "kInfeasible":
                return Outcome.INFEASIBLE
            case "kTimeLimit" | "kIterationLimit" | "kInterrupt" | "kHighsInterrupt":
                return Outcome.LIMIT
            case "kMemoryLimit":
                raise MemoryError
            case _:
                return Outcome.FAILED


class WarmHiGHS:
    """HiGHS on arrays, warm from round to round."""

    def __init__(self) -> None:
        self._solver: ArrayHiGHS | None = None
        self._is_primal = False

    def solve(self, model: Model, seconds: float, iterations: float = np.inf) -> Answer:
        """Answer for the model, starting from the last basis."""
        solver = self._own(model)
        if solver is None:
            solver = self._solver = ArrayHiGHS(
                model.history, primal=self._is_primal, reach=model.reach
            )
        solver.seconds, solver.iterations = seconds, iterations
        with silenced():
            model.problem.solve(solver)
        return solver.read()

    def another(self) -> WarmHiGHS:
        """Return one that keeps a basis of its own."""
        return WarmHiGHS()

    def expect_new_costs(self) -> None:
        """Use the primal simplex method from now on: a plan outlives new costs."""
        self._is_primal = True
        if self._solver is not None:
            self._solver.is_primal = True

    def final_basis(self, model: Model, values: Floats) -> FinalBasis | None:
        """Basis of the model as it was last solved, with these values of columns."""
        solver = self._own(model)
        if solver is None or solver.outcome is not Outcome.OPTIMAL:
            return None
        return FinalBasis(solver.highs, solver.sending, values)

    def refined(self, model: Model) -> Answer | None:
        """More accurate answer for the model as it was last solved."""
        solver = self._own(model)
        return None if solver is None else solver.refined()

    def _own(self, model: Model) -> ArrayHiGHS | None:
        """Return the solver, if the model is what it solved last."""
        solver = self._solver
        return solver if solver and solver.changes is model.history else None


def demand(status: Any, what: str, *allowed: Any) -> None:
    """Stop if HiGHS did not do what was asked; a warning means that, unless allowed."""
    if status not in (allowed or (_KOK,)):
        message = f"HiGHS refused: {what} ({status})"
        raise InternalError(message)
