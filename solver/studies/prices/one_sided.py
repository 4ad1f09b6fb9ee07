"""Slopes of the least cost: what one more and one less of a right-hand side do.

References
----------
Gal, T. (1995), Postoptimal Analyses, Parametric Programming and Related Topics, 2nd
edition, de Gruyter: one-sided derivatives of the least cost are extreme duals.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

from solver.records import dataclass
from solver.solution.certificate import OneSided
from solver.solution.keys import CapacityKey, RowKey, ShipmentKey
from solver.solution.slopes import Relief, Slope
from solver.solution.tolerances import SLOPE
from solver.solving.column_generation import StoppedError
from solver.solving.prices_to_decimals import stage
from solver.studies.prices.curve import CostTangent, FirstPiece, Piece
from solver.studies.prices.moved_plans import changes, numbered, short_distance
from solver.studies.prices.moves import enter
from solver.studies.prices.price_sets import PriceSets
from solver.studies.prices.questions import MovedKey, Questions
from solver.studies.prices.second_model import SecondModel
from solver.studies.prices.unmet_model import UnmetModel

if TYPE_CHECKING:
    from solver.solution.certificate import Stage
    from solver.solution.form import Asked
    from solver.solution.plan import Plan
    from solver.solution.slopes import Changes as SlopeChanges
    from solver.solving.column_generation import ColumnGeneration, Known
    from solver.studies.prices.moved_plans import Changes, Publishing

    Key = CapacityKey | RowKey | ShipmentKey


_Direction = TypeVar("_Direction", Slope, Relief)

_SAME = 1e-9
"""Relative difference of two costs or slopes that are the same."""

_SMALL = 1000.0
"""What part of the average cost slopes are compared with at least."""

_DIGITS = 1e-15
"""Part of a distance that shortening it may take without solving again."""

SOME_WORK = 20_000
"""Shipments times solves after which no more is asked, if only `some` are."""

FEWEST = 20
"""Solves below which nothing is asked, if only `some` are: one takes about ten."""

_FINE = 2e-5
"""Relative error of a slope that is looked for on a curve."""

_NEAR = 1e-3
"""How far a curve is looked at, as a part of what is moved."""


def most_solves(asked: Asked, shipments: int) -> float:
    """Return how many solves may begin for as many questions as are asked."""
    some = SOME_WORK / max(1, shipments)
    bounded = {"none": 0.0, "some": some if some >= FEWEST else 0.0}
    return bounded.get(asked, np.inf)


@dataclass(frozen=True, slots=True)
class _PendingRelief:
    """A direction that changes what firm demand leaves unmet.

    Parameters
    ----------
    question, direction : MovedKey and str
        What is moved.
    far : float
        How far.
    classes : tuple of int
        Classes that leave anything there or in the plan.
    changes : dict of flow to float
        The plan there.
    """

    question: MovedKey
    direction: Literal["more", "less"]
    far: float
    classes: tuple[int, ...]
    changes: Changes


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
    cost_stage : Stage
        Prices that prove it.
    """

    def __init__(
        self,
        loop: ColumnGeneration,
        known: Known,
        plan: Plan,
        publishing: Publishing,
        cost: float,
        cost_stage: Stage,
    ) -> None:
        self.loop, self.publishing, self.cost = loop, publishing, cost
        self.model = SecondModel(loop, known)
        self.master = self.model.master
        carried = max(float(plan.quantity.sum()), 1.0)
        self.unit = abs(cost) / carried / _SMALL
        self.found: list[Slope] = []
        self.changes: list[Changes] = []
        self.sets = PriceSets(cost_stage)
        self.questions = Questions(self.master, plan, publishing, cost_stage)
        self._reliefs: list[_PendingRelief] = []

    def one_sided(self, asked: Asked) -> OneSided:
        """Slopes of what binds and, where `all` is asked, of every demand.

        Where `some` are asked, what binds comes in the order of what it is worth.
        """
        base, cost = self.model.base, self.cost
        most = most_solves(asked, len(self.master.cargo))
        if abs(base.value - cost) <= _SAME * max(1.0, abs(cost)):
            self._set(base)
            with suppress(StoppedError):
                for question in self.questions.asked(asked):
                    if self.model.solves < most:
                        self._ask(question)
        reliefs = self._relieved()
        plans = [*self.changes, *(own.changes for own in self._reliefs)]
        listed, routes = numbered(self.publishing.plan, plans)
        slopes, others = listed[: len(self.found)], listed[len(self.found) :]
        return OneSided(
            tuple(map(_with_changes, self.found, slopes)),
            tuple(self.sets.kept),
            routes,
            tuple(map(_with_changes, reliefs, others)),
        )

    # ---- one question

    def _ask(self, question: MovedKey) -> None:
        enter(self.master, question.move)
        for direction, sign, reach in (
            ("more", 1, question.more),
            ("less", -1, question.less),
        ):
            if reach > 0.0:
                self._ask_one(question, direction, sign, reach)  # type: ignore[arg-type]

    def _ask_one(
        self,
        question: MovedKey,
        direction: Literal["more", "less"],
        sign: int,
        reach: float,
    ) -> None:
        move, own = question.move, self.model.base
        base = replace(own, slope=sign * move.slope(own.duals))
        is_curved = self._is_curved
        part = _FINE if is_curved else SLOPE
        tangent = self.model.tangent(move, sign)
        search = FirstPiece(tangent, base, self.unit, part)
        with_end = not isinstance(question.key, ShipmentKey) and not is_curved
        far = _NEAR * reach if is_curved else reach
        try:
            piece = search.found(far, with_end=with_end)
            if piece is not None:
                self._publish(question, direction, piece)
        except StoppedError as stopped:
            # An index cannot be broken: beyond it there may be no plan at all.
            if not stopped.is_infeasible:
                raise

    @property
    def _is_curved(self) -> bool:
        """Whether an index of concentration has a price: the cost is a curve then."""
        rows = self.master.rules.rows
        priced = self.model.base.duals.prices.rules
        return any(
            rows[number].key.measure in {"hhi", "effective"} for number in priced
        )

    def _publish(
        self, question: MovedKey, direction: Literal["more", "less"], piece: Piece
    ) -> None:
        """Keep what a piece shows: a price, or what firm demand leaves unmet."""
        sign = 1 if direction == "more" else -1
        key, is_demand = question.key, isinstance(question.key, ShipmentKey)
        if direction == "more" and not is_demand and piece.line.slope == 0.0:
            number = self._proving_flat(key, piece.line)
            if number is not None:
                self.found.append(Slope(key, direction, number, value=0.0))
                self.changes.append({})
                return
        far = short_distance(piece.last.at, question.size)
        if not far > 0.0:
            return
        run = piece.last.run
        if abs(far - piece.last.at) > _DIGITS * far:
            run = self.model.tangent(question.move, sign)(far).run
        more, is_broken = self.model.change(run)
        if is_broken or (more.any() and is_demand):
            return
        own = changes(self.master, run, question.move, sign * far, self.publishing)
        if own is None:
            return
        if more.any():
            left = (more != 0.0) | (self.model.kept > 0.0)
            classes = tuple(np.flatnonzero(left).tolist())
            pending = _PendingRelief(question, direction, far, classes, own)
            self._reliefs.append(pending)
            return
        self.found.append(self._slope(question, direction, piece, far))
        self.changes.append(own)

    def _slope(
        self,
        question: MovedKey,
        direction: Literal["more", "less"],
        piece: Piece,
        far: float,
    ) -> Slope:
        """Return the slope that a piece shows."""
        key, slope = question.key, piece.line.slope
        slope = slope if direction == "more" else -slope
        value = (slope if isinstance(key, ShipmentKey) else -slope) + 0.0
        end = None if piece.beyond is None else self._set(piece.beyond)
        is_all = direction == "less" and far == question.size
        is_all = is_all and not isinstance(key, RowKey)
        is_told = (is_all or end is not None) and not self._is_curved
        good_for = far if is_told else float("nan")
        number = self._set(piece.line)
        return Slope(key, direction, number, far, (), end, value, good_for)

    def _set(self, line: CostTangent) -> int:
        """Return the number of a set of prices, kept if it is new."""
        prices = stage(self.master, self.model.published(line.duals), "cost")
        return self.sets.number(prices)

    def _proving_flat(self, key: Key, line: CostTangent) -> int | None:
        """Return a set that proves the plan and in which a price is 0."""
        number = self._set(line)
        return None if self.sets[number].price_of(key) else number

    # ---- what firm demand leaves unmet

    def _relieved(self) -> list[Relief]:
        """Return what is proved by a third model; directions without are dropped.

        It comes last: a solver that is asked about another model forgets its basis.
        """
        if not self._reliefs:
            return []
        model = UnmetModel(self.loop, self.model.loop.known)
        pending, self._reliefs = self._reliefs, []
        found = []
        with suppress(StoppedError):
            for own in pending:
                far = own.far if own.direction == "more" else -own.far
                prices = (
                    model.prices(own.question.move, far / 2.0, number)
                    for number in own.classes
                )
                sets = tuple(map(self.sets.number, prices))
                place = own.question.key, own.direction, sets, own.far
                found.append(Relief(*place))
                self._reliefs.append(own)
        return found


def _with_changes(own: _Direction, changes: SlopeChanges) -> _Direction:
    return replace(own, changes=changes)
