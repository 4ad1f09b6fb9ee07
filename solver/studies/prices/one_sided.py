"""Slopes of the least cost: what one more and one less of a right-hand side do.

References
----------
Gal, T. (1995), Postoptimal Analyses, Parametric Programming and Related Topics, 2nd
edition, de Gruyter: one-sided derivatives of the least cost are extreme duals.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from solver.network.routes import limit_loads, routes_of_plan
from solver.solution.certificate import OneSided, Slope
from solver.solution.keys import CapacityKey, RowKey, ShipmentKey
from solver.solution.tolerances import SLOPE
from solver.solving.column_generation import StoppedError
from solver.solving.prices_to_decimals import stage
from solver.studies.prices.curve import CostTangent, FirstPiece, Piece
from solver.studies.prices.moved_plans import changes, numbered, short_distance
from solver.studies.prices.moves import RightHandMove, enter
from solver.studies.prices.second_model import SecondModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.solution.certificate import Stage
    from solver.solution.form import Asked
    from solver.solution.plan import Plan
    from solver.solving.column_generation import ColumnGeneration, Known
    from solver.studies.prices.moved_plans import Changes, Publishing

    Key = CapacityKey | RowKey | ShipmentKey


FULL = 1e-9
"""Part of a right-hand side that is free up to which it is asked about."""

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


@dataclass(frozen=True, slots=True)
class MovedKey:
    """A right-hand side that is asked about.

    Parameters
    ----------
    key : CapacityKey, RowKey or ShipmentKey
        Its name.
    move : RightHandMove
        What moves with a unit of it.
    more, less : float
        How far it is looked at in each direction.
    size : float
        How large it is.
    """

    key: Key
    move: RightHandMove
    more: float
    less: float
    size: float


def most_solves(asked: Asked, shipments: int) -> float:
    """Return how many solves may begin for as many questions as are asked."""
    some = SOME_WORK / max(1, shipments)
    bounded = {"none": 0.0, "some": some if some >= FEWEST else 0.0}
    return bounded.get(asked, np.inf)


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
        self.plan, self.publishing = plan, publishing
        self.cost, self.cost_stage = cost, cost_stage
        self.model = SecondModel(loop, known)
        self.master = self.model.master
        carried = max(float(plan.quantity.sum()), 1.0)
        self.unit = abs(cost) / carried / _SMALL
        self.found: list[Slope] = []
        self.changes: list[Changes] = []
        self.sets: list[Stage] = []
        self._numbers = {_told(cost_stage): 0}
        self._proving: list[int] = []

    def one_sided(self, asked: Asked) -> OneSided:
        """Slopes of what binds and, where `all` is asked, of every demand.

        Where `some` are asked, what binds comes in the order of what it is worth.
        """
        base, cost = self.model.base, self.cost
        most = most_solves(asked, len(self.master.cargo))
        if abs(base.value - cost) <= _SAME * max(1.0, abs(cost)):
            self._set(base)
            with suppress(StoppedError):
                for question in self._questions(asked):
                    if self.model.solves < most:
                        self._ask(question)
        listed, routes = numbered(self.publishing.plan, self.changes)
        slopes = [
            replace(slope, changes=own)
            for slope, own in zip(self.found, listed, strict=True)
        ]
        return OneSided(tuple(slopes), tuple(self.sets), routes)

    # ---- what is asked

    def _questions(self, asked: Asked) -> Iterator[MovedKey]:
        binding = [*self._full_limits(), *self._full_rows()]
        yield from sorted(binding, key=self._value_at_prices, reverse=True)
        if asked == "all":
            yield from self._demands()

    def _value_at_prices(self, question: MovedKey) -> float:
        """Return what all of a right-hand side is worth at the prices of the plan."""
        return question.size * self.cost_stage.price_of(question.key)

    def _full_limits(self) -> Iterator[MovedKey]:
        master, limits = self.master, self.master.network.limits
        routes = routes_of_plan(master.network, master.cargo, self.plan)
        used = limit_loads(routes, self.plan.quantity)
        total = 2.0 * float(master.cargo.quantity.sum())
        for number, key in enumerate(limits.keys):
            size = float(limits.capacity[number])
            binds = size - used[number] <= FULL * size
            if binds or self.cost_stage.capacities.get(key):
                yield MovedKey(
                    key, RightHandMove(limits={number: 1.0}), total, size, size
                )

    def _full_rows(self) -> Iterator[MovedKey]:
        master = self.master
        routes = routes_of_plan(master.network, master.cargo, self.plan)
        levels = master.rules.levels(routes, self.plan.quantity)
        for number, (row, level) in enumerate(
            zip(master.rules.rows, levels, strict=True)
        ):
            binds = -level.excess <= FULL * level.base
            if level.base > 0 and (binds or self.cost_stage.rules.get(row.key)):
                size = float(row.scope.demand)
                yield MovedKey(
                    row.key, RightHandMove(rows={number: 1.0}), size, size, size
                )

    def _demands(self) -> Iterator[MovedKey]:
        keys, cargo = self.publishing.shipment_keys, self.master.cargo
        mean = float(cargo.quantity.mean()) if len(cargo) else 0.0
        for shipment, key in enumerate(keys):
            rows = self._rows_of_demand(shipment)
            if rows is None or self.master.outside.lost[shipment]:
                continue
            size = float(cargo.quantity[shipment])
            move = RightHandMove(demand={shipment: 1.0}, rows=rows)
            yield MovedKey(key, move, size or mean or 1.0, size, size)

    def _rows_of_demand(self, shipment: int) -> dict[int, float] | None:
        """Rooms of rules that grow with a demand; None where that is not linear."""
        rates: dict[int, float] = {}
        for number, row in enumerate(self.master.rules.rows):
            weight = float(row.scope.weight[shipment])
            if weight and row.of_demand:
                if row.is_lifted:
                    return None
                form = row.form(np.zeros(len(row.values)))
                rates[number] = -form.base * weight
            elif weight and row.is_soft and row.is_lifted:
                return None  # What an excess costs is told in parts of the demand.
        return rates

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
        """Keep what a piece shows, unless it leaves more or less firm demand."""
        sign = 1 if direction == "more" else -1
        key, slope = question.key, sign * piece.line.slope
        value = (slope if isinstance(key, ShipmentKey) else -slope) + 0.0
        if direction == "more" and not isinstance(key, ShipmentKey):
            number = self._proving_flat(key, piece.line) if value == 0.0 else None
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
        if more.any() or is_broken:
            return
        own = changes(self.master, run, question.move, sign * far, self.publishing)
        if own is None:
            return
        end = None if piece.beyond is None else self._set(piece.beyond)
        is_all = direction == "less" and far == question.size
        is_all = is_all and not isinstance(key, RowKey)
        is_told = (is_all or end is not None) and not self._is_curved
        good_for = far if is_told else float("nan")
        number = self._set(piece.line)
        self.found.append(Slope(key, direction, number, far, (), end, value, good_for))
        self.changes.append(own)

    # ---- sets of prices

    def _set(self, line: CostTangent) -> int:
        """Return the number of a set of prices, kept if it is new."""
        prices = stage(self.master, self.model.published(line.duals), "cost")
        told = _told(prices)
        if told not in self._numbers:
            self.sets.append(prices)
            self._numbers[told] = len(self.sets)
        return self._numbers[told]

    def _proving_flat(self, key: Key, line: CostTangent) -> int | None:
        """Return a set that proves the plan and in which a price is 0."""
        number = self._set(line)
        prices = self.sets[number - 1] if number else self.cost_stage
        return None if prices.price_of(key) else number


def _told(prices: Stage) -> str:
    """Return what tells sets of prices apart."""
    parts: Sequence[object] = (
        sorted((str(key), price) for key, price in prices.capacities.items()),
        sorted((str(key), price) for key, price in prices.rules.items()),
        sorted((str(key), price) for key, price in prices.unmet.items()),
        sorted((str(key), sorted(own.items())) for key, own in prices.weights.items()),
    )
    return repr(parts)
