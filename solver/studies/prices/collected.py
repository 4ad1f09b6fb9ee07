"""What is found of each direction, as a certificate tells it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from solver.pricing.tree_search import OutOfTimeError
from solver.solution.certificate import OneSided
from solver.solution.keys import RowKey
from solver.solution.slopes import Relief, Slope
from solver.solving.column_generation import StoppedError
from solver.solving.prices_to_decimals import published_prices, stage
from solver.studies.prices.moved_plans import changes, numbered, short_distance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from solver.model.objective import Duals
    from solver.solution.certificate import Stage
    from solver.solution.slopes import Changes as SlopeChanges
    from solver.solving.column_generation import ColumnGeneration, LoopResult
    from solver.studies.prices.curve import CostTangent, Piece
    from solver.studies.prices.moved_plans import Changes, Publishing
    from solver.studies.prices.questions import MovedDirection
    from solver.studies.prices.second_model import SecondModel
    from solver.studies.prices.unmet_model import UnmetModel


_Told = TypeVar("_Told", Slope, Relief)

_LOOSE, _TOLD, _NEAR = 1e-12, 1e-10, 1e-9
"""Parts of the steepest price that a solver's marginal cost may be beside its true one,
and surely is not; between them, part of a marginal cost that is never seen."""

_DIGITS = 1e-15
"""Part of a distance that shortening it may take without another plan."""


class _PendingRelief(NamedTuple):
    """A direction that changes what firm demand leaves unmet.

    Parameters
    ----------
    own, far : MovedDirection and float
        What is moved, and how far.
    classes : tuple of int
        Classes that leave anything there or in the plan.
    changes : dict of flow to float
        The plan there.
    """

    own: MovedDirection
    far: float
    classes: tuple[int, ...]
    changes: Changes


class PriceSets:
    """Sets of prices by number.

    Parameters
    ----------
    first : Stage
        What stands as number 0: the stage `cost` of the certificate.

    Attributes
    ----------
    kept : list of Stage
        The others, from number 1.
    """

    def __init__(self, first: Stage) -> None:
        self.first = first
        self.kept: list[Stage] = []
        self._numbers = {_told(first): 0}

    def number(self, prices: Stage) -> int:
        """Return the number of a set of prices, which is kept if it is new."""
        told = _told(prices)
        if told not in self._numbers:
            self.kept.append(prices)
            self._numbers[told] = len(self.kept)
        return self._numbers[told]

    def __getitem__(self, number: int) -> Stage:
        """Return a set of prices."""
        return self.kept[number - 1] if number else self.first


def _told(prices: Stage) -> str:
    """Return what tells sets of prices apart."""
    parts: Sequence[object] = (
        (prices.objective, prices.priority),
        sorted((str(key), price) for key, price in prices.capacities.items()),
        sorted((str(key), price) for key, price in prices.rules.items()),
        sorted((str(key), price) for key, price in prices.unmet.items()),
        sorted((str(key), sorted(own.items())) for key, own in prices.weights.items()),
    )
    return repr(parts)


class Collected:
    """Slopes and reliefs, with the prices and plans that prove them.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop that found the plan.
    model : SecondModel
        The model in which right-hand sides are moved.
    publishing : Publishing
        The plan as given, and how plans of the model become such.
    stages : tuple of Stage
        Prices that prove the plan: of what it leaves unmet, and last of its cost.
    """

    def __init__(
        self,
        loop: ColumnGeneration,
        model: SecondModel,
        publishing: Publishing,
        stages: tuple[Stage, ...],
    ) -> None:
        self.loop, self.model, self.publishing = loop, model, publishing
        self.master = model.master
        self.sets, self._published = PriceSets(stages[-1]), stages[:-1]
        self._slopes: list[Slope] = []
        self._moved: list[MovedDirection] = []
        self._changes: list[Changes] = []
        self._reliefs: list[_PendingRelief] = []
        self._numbers: dict[int, tuple[Duals, int]] = {}
        self._searched: dict[int, Duals] = {}

    def is_flat(self, own: MovedDirection, line: CostTangent) -> bool:
        """Keep that one more saves nothing, if prices that prove the plan say so."""
        if own.sign < 0 or own.is_of_demand or line.slope != 0.0:
            return False
        number = self._set(line)
        if self.sets[number].price_of(own.key):
            return False
        self._add(own, Slope(own.key, own.name, number, value=0.0), {})
        return True

    def _add(self, own: MovedDirection, slope: Slope, found: Changes) -> None:
        """Keep a slope, with what its plan changes."""
        self._slopes.append(slope)
        self._changes.append(found)
        self._moved.append(own)

    def keep(
        self,
        own: MovedDirection,
        piece: Piece,
        plan_at: Callable[[float], LoopResult],
        changes_at: Callable[[float], Changes | None],
    ) -> None:
        """Keep what a piece shows: a price, or what firm demand leaves unmet.

        Parameters
        ----------
        own, piece : MovedDirection and Piece
            What is moved, and the first piece of the least cost.
        plan_at : callable
            Gives the plan a little before its end.
        changes_at : callable
            Gives what it changes of the published plan, where that is known.
        """
        if self.is_flat(own, piece.line):
            return
        far = short_distance(piece.last.at, own.question.size)
        if not far > 0.0:
            return
        run = piece.last.run
        if abs(far - piece.last.at) > _DIGITS * far:
            run = plan_at(far)
        more, is_broken = self.model.change(run)
        if is_broken or (more.any() and own.is_of_demand):
            return
        found = changes_at(far)
        if found is None:
            place = self.master, run, own.question.move, own.sign * far
            found = changes(*place, self.publishing)
        if found is None:
            return
        if more.any():
            left = (more != 0.0) | (self.model.kept > 0.0)
            classes = tuple(np.flatnonzero(left).tolist())
            self._reliefs.append(_PendingRelief(own, far, classes, found))
            return
        self._add(own, self._slope(own, piece, far), found)

    def _slope(self, own: MovedDirection, piece: Piece, far: float) -> Slope:
        """Return the slope that a piece shows."""
        end = None if piece.beyond is None else self._set(piece.beyond)
        is_all = own.name == "less" and far == own.question.size
        is_all = is_all and not isinstance(own.key, RowKey)
        is_told = (is_all or end is not None) and not self.model.is_curved
        good_for = far if is_told else float("nan")
        number = self._set(piece.line)
        value = self._value(own, piece, number)
        place = own.key, own.name, number, far
        return Slope(*place, end=end, value=value, good_for=good_for)

    def _value(self, own: MovedDirection, piece: Piece, number: int) -> float:
        """Return what is told of a piece: the price of a set as it is published."""
        if not own.is_of_demand:
            return self.sets[number].price_of(own.key)
        told, steepest = own.value(piece.line.slope), self._steepest(number)
        if _LOOSE * steepest <= _TOLD * abs(told):
            return told
        if number not in self._searched:
            self._searched[number] = self._costs_at(number, piece.line.duals, steepest)
        return own.question.move.slope(self._searched[number]) + 0.0

    def _steepest(self, number: int) -> float:
        """Most that a price of a rule in a set charges for a unit of any cargo."""
        rules, prices = self.master.rules, self.sets[number].rules
        charges = (
            prices.get(row.key, 0.0) * float(row.scope.weight.max(initial=0.0))
            for row in rules.rows
        )
        return max(charges, default=0.0)

    def _costs_at(self, number: int, duals: Duals, steepest: float) -> Duals:
        """Return duals with the marginal costs of a published set, by a search.

        A solver's are no finer than the steepest of the prices that cancel out in them.
        """
        master, found = self.master, duals.marginal_cost
        prices = published_prices(self.sets[number], master.network, master.rules)
        near = _NEAR * steepest
        try:
            least = self.loop.pricer.search(prices, found + near, single=True).value
        except OutOfTimeError:
            raise StoppedError(None) from None
        # Where no route is below what was asked for, that is the value, not a cost.
        own = np.where(np.abs(least - found) < 0.5 * near, least, found)
        return replace(duals, prices=prices, marginal_cost=own)

    def _set(self, line: CostTangent) -> int:
        """Return the number of a set of prices, kept if it is new."""
        duals = line.duals
        if id(duals) not in self._numbers:
            prices = stage(self.master, self.model.published(duals), "cost")
            self._numbers[id(duals)] = duals, self.sets.number(prices)
        return self._numbers[id(duals)][1]

    # ---- what firm demand leaves unmet

    @property
    def _leaves_unmet(self) -> bool:
        """Whether firm demand leaves anything."""
        return bool(self.model.kept.any() or self.master.outside.lost.any())

    def _steady(self, model: UnmetModel) -> None:
        """Keep slopes for which a third model shows that as much stays unmet."""
        from solver.studies.prices.unmet_model import SteadyPrices

        proofs = SteadyPrices(model, self.model.kept, self._published)
        pending = [*zip(self._moved, self._slopes, self._changes, strict=True)]
        self._moved, self._slopes, self._changes = [], [], []
        with suppress(StoppedError):
            for own, slope, found in pending:
                prices = proofs.prices(own)
                if prices is not None:
                    sets = tuple(map(self.sets.number, prices))
                    self._add(own, replace(slope, unmet=sets), found)

    def _relieved(self, model: UnmetModel) -> list[Relief]:
        """Return what a third model shows; directions without are dropped."""
        pending, self._reliefs = self._reliefs, []
        found = []
        with suppress(StoppedError):
            for one in pending:
                sets = tuple(self.sets.number(own) for own in _prices(model, one))
                found.append(Relief(one.own.key, one.own.name, sets, one.far))
                self._reliefs.append(one)
        return found

    # ---- the whole

    def one_sided(self) -> OneSided:
        """Return all of it, as a part of a certificate.

        The third model comes last: a solver that is asked about another model forgets
        its basis.
        """
        reliefs: list[Relief] = []
        if self._reliefs or self._leaves_unmet:
            from solver.studies.prices.unmet_model import UnmetModel

            model = UnmetModel(self.loop, self.model.loop.known)
            self._steady(model)
            reliefs = self._relieved(model)
        plans = [*self._changes, *(one.changes for one in self._reliefs)]
        listed, routes = numbered(self.publishing.amounts, plans)
        slopes, others = listed[: len(self._slopes)], listed[len(self._slopes) :]
        return OneSided(
            tuple(map(_with_changes, self._slopes, slopes)),
            tuple(self.sets.kept),
            routes,
            tuple(map(_with_changes, reliefs, others)),
        )


def _prices(model: UnmetModel, one: _PendingRelief) -> Iterator[Stage]:
    """Yield the prices of each class that leaves anything, in order."""
    far = one.own.sign * one.far / 2.0
    for number in sorted({*one.classes, *model.stranded}):
        if number in one.classes:
            yield model.prices(one.own.question.move, far, number).stage
        else:
            yield model.nothing(number).stage


def _with_changes(told: _Told, changed: SlopeChanges) -> _Told:
    return replace(told, changes=changed)
