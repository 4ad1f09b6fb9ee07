"""Slopes of the least cost: what one more and one less of a right-hand side do.

References
----------
Gal, T. (1995), Postoptimal Analyses, Parametric Programming and Related Topics, 2nd
edition, de Gruyter: one-sided derivatives of the least cost are extreme duals.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from solver.solution.tolerances import SLOPE
from solver.solving.column_generation import StoppedError
from solver.studies.allowances import most_solves, work_for
from solver.studies.prices.collected import Collected
from solver.studies.prices.curve import NOISE, FirstPiece, Piece
from solver.studies.prices.moves import enter
from solver.studies.prices.questions import Questions, directions
from solver.studies.prices.second_model import SecondModel
from solver.studies.prices.settled import SettledDirections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.solution.certificate import OneSided, Stage
    from solver.solution.form import Asked
    from solver.solution.plan import Plan
    from solver.solving.column_generation import ColumnGeneration, Known, LoopResult
    from solver.studies.prices.curve import CostTangent
    from solver.studies.prices.moved_plans import Changes, Publishing
    from solver.studies.prices.questions import MovedDirection, MovedKey
    from solver.studies.prices.settled import SettledDirection


_SAME = 1e-9
"""Relative difference of two costs or slopes that are the same."""

_SMALL = 1000.0
"""What part of the average cost slopes are compared with at least."""

_FINE, _PLANES = 3e-4, 1e-10
"""Relative errors on a curve: of the slope that is looked for, well within what is
allowed, and of a cost, which planes cut from the curve."""

_NEAR = 1e-3
"""How far a curve is looked at, as a part of what is moved."""


@contextmanager
def _no_plan_beyond() -> Iterator[None]:
    """Pass over what has no plan: an index cannot be broken, and bounds what can be."""
    try:
        yield
    except StoppedError as stopped:
        if not stopped.is_infeasible:
            raise


class OneSidedStudy:
    """Slopes of a solved instance in each direction.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop that found the plan.
    known : Known
        Routes and limits of its model.
    plan : Plan
        The plan, as one of the model's instance.
    publishing : Publishing
        The plan as given, and how plans of the model become such.
    cost : float
        Its cost and penalties.
    stages : tuple of Stage
        Prices that prove it: of what it leaves unmet, and last of its cost.
    """

    def __init__(
        self,
        loop: ColumnGeneration,
        known: Known,
        plan: Plan,
        publishing: Publishing,
        cost: float,
        stages: tuple[Stage, ...],
    ) -> None:
        self.cost, self.publishing = cost, publishing
        self.model = SecondModel(loop, known)
        self.master = self.model.master
        carried = max(float(plan.quantity.sum()), 1.0)
        self.unit = abs(cost) / carried / _SMALL
        self.collected = Collected(loop, self.model, publishing, stages)
        self._settled: SettledDirections | None = None
        self.questions = Questions(self.master, plan, publishing, stages[-1])

    def one_sided(self, asked: Asked) -> OneSided:
        """Slopes of what binds and, where `all` is asked, of every demand.

        Where `some` are asked, what binds comes in the order of what it is worth.
        """
        base, cost = self.model.base, self.cost
        self.model.loop.allowance = work_for(asked, len(self.master.cargo))
        if abs(base.value - cost) <= _SAME * max(1.0, abs(cost)):
            with suppress(StoppedError):
                self._ask_all(asked, most_solves(asked, len(self.master.cargo)))
        return self.collected.one_sided()

    def _ask_all(self, asked: Asked, most: float) -> None:
        """Ask what the last basis settles first: other solves make it forget that."""
        wanted = int(min(most, sys.maxsize))
        questions = [*islice(self.questions.asked(asked), wanted)]
        enter(self.master, [question.move for question in questions])
        self.model.solve_base()
        self._settled = self._directions()
        left = [pair for question in questions for pair in self._unsettled(question)]
        for own, known in left:
            if self.model.solves < most:
                with _no_plan_beyond():
                    self._ask(own, known)

    def _directions(self) -> SettledDirections | None:
        """Directions that the last basis settles; None where there is no such basis."""
        loop, values = self.model.loop, self.model.base.run.answer.values
        basis = loop.backend.final_basis(self.master.model, values)
        if basis is None or self.model.is_curved:
            return None
        return SettledDirections(self.model, basis, self.publishing)

    def _unsettled(
        self, question: MovedKey
    ) -> Iterator[tuple[MovedDirection, SettledDirection | None]]:
        """Keep what the last basis says; yield directions whose end must be found."""
        for own in directions(question):
            if self.collected.is_flat(own, self._base(own)):
                continue
            known = None if self._settled is None else self._settled.direction(own)
            if known is not None and known.is_all:
                line = self._line(own, known)
                self._keep(own, known, Piece(line, line, None))
            else:
                yield own, known

    def _base(self, own: MovedDirection) -> CostTangent:
        """Tangent where nothing is moved yet."""
        base = self.model.base
        return replace(base, slope=own.sign * own.question.move.slope(base.duals))

    def _line(self, own: MovedDirection, known: SettledDirection) -> CostTangent:
        """Tangent that touches as far as the basis goes."""
        base, far = self._base(own), known.longest
        run = known.plan(far)
        if run is None:
            return self.model.tangent(own.question.move, own.sign)(far)
        value = base.value + base.slope * far
        return replace(base, at=far, value=value, run=run)

    def _ask(self, own: MovedDirection, known: SettledDirection | None) -> None:
        """Look for the first piece, or for the end of what the basis settles."""
        tangent = self.model.tangent(own.question.move, own.sign)
        errors = (_FINE, _PLANES) if self.model.is_curved else (SLOPE, NOISE)
        search = FirstPiece(tangent, self._base(own), self.unit, *errors)
        if known is not None:
            piece: Piece | None = search.ended(self._line(own, known), own.reach)
        else:
            reach = _NEAR * own.reach if self.model.is_curved else own.reach
            with_end = not own.is_of_demand and not self.model.is_curved
            piece = search.found(reach, with_end=with_end)
        if piece is not None:
            self._keep(own, known, piece)

    def _keep(
        self, own: MovedDirection, known: SettledDirection | None, piece: Piece
    ) -> None:
        """Keep a piece, of which the last basis may tell the plans at first."""
        tangent = self.model.tangent(own.question.move, own.sign)

        def plan_at(far: float) -> LoopResult:
            found = None
            if known is not None and far <= known.longest:
                found = known.plan(far)
            return found or tangent(far).run

        def changes_at(far: float) -> Changes | None:
            if known is None or far > known.longest:
                return None
            return known.changes(far)

        self.collected.keep(own, piece, plan_at, changes_at)
