"""What the prices of a stage put on elements, on starts and on shipments."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.verification.bound.aim import COST, QUANTITY
from solver.verification.exact.amounts import (
    ONE,
    ZERO,
    Amounts,
    amounts_of,
    decimal,
    decimals,
    joined,
    nothing,
)
from solver.verification.facts.shipments import PRICED
from solver.verification.rules.cargo_scopes import OUTSIDE

if TYPE_CHECKING:
    from decimal import Decimal

    from solver.arrays import Ints, Mask
    from solver.problem.rules import By
    from solver.solution.certificate import Stage
    from solver.verification.bound.aim import Aim
    from solver.verification.facts.limits import Limit
    from solver.verification.rules.row import ExactLinear, ExactRow
    from solver.verification.world import World

    Priced = dict[tuple[int, int], list[tuple[ExactRow, ExactLinear]]]


class PricedTouch(NamedTuple):
    """What a route pays, or is paid, once, if it carries a value."""

    by: By
    value: str
    charge: Decimal


class PricedTerms(NamedTuple):
    """What prices of rules mean for some shipments.

    Parameters
    ----------
    offset : tuple of Decimal
        Money per unit by corridor of the route.
    touches : tuple of PricedTouch
        For every other value that has a price.
    """

    offset: tuple[Decimal, ...]
    touches: tuple[PricedTouch, ...]


class PricedArcs(NamedTuple):
    """Elements and starts at prices, for shipments that pay alike.

    Parameters
    ----------
    on_element, at_start : Amounts
        Money per unit.
    closed, closed_start : ndarray of bool
        What may not be used.
    """

    on_element: Amounts
    at_start: Amounts
    closed: Mask
    closed_start: Mask


class ExactPrices:
    """Prices of one stage, exactly.

    Parameters
    ----------
    kept : tuple of Decimal
        What the plan leaves unmet by class of firm demand.
    aim : Aim, optional
        What is bounded; without it, what the stage says.
    """

    def __init__(
        self,
        world: World,
        stage: Stage,
        kept: tuple[Decimal, ...],
        aim: Aim | None = None,
    ) -> None:
        self.world, self.stage, self.kept = world, stage, kept
        self.aim = aim or (COST if stage.objective == "cost" else QUANTITY)
        self._known: dict[bytes, tuple[Amounts | None, Amounts | None]] = {}

    # ---- constants

    @cached_property
    def _of_class(self) -> list[Decimal]:
        """Price of leaving firm demand unmet, by class; last, of leaving priced."""
        stage, classes = self.stage, self.world.cargo.classes
        found = [ZERO] * (len(classes) + 1)
        for key, price in stage.unmet.items():
            found[classes.index(key.priority)] = decimal(price)
        if stage.objective == "unmet":
            found[classes.index(stage.priority)] = ONE
        return found

    @cached_property
    def unmet_price(self) -> Amounts:
        """Price of leaving a unit of each shipment unmet."""
        cargo, aim = self.world.cargo, self.aim
        firm = amounts_of(self._of_class).take(cargo.firm_class)
        if not (aim.money or aim.service):
            return firm
        service = amounts_of([aim.service]).take(np.zeros(len(cargo), dtype=int))
        priced = cargo.unmet_cost.times(aim.money).plus(service)
        return joined(cargo.firm_class == PRICED, priced, firm)

    @cached_property
    def constant(self) -> Decimal:
        """Prices times right-hand sides, to be subtracted."""
        world, stage = self.world, self.stage
        found = self.aim.constant
        for capacity, price in stage.capacities.items():
            found += decimal(price) * world.limits.by_key[capacity].quantity
        for row, form in self.forms:
            found += form.constant
            if row.scope.of_demand:
                found += form.base * row.scope.demand
        for key, price in stage.unmet.items():
            found += decimal(price) * self.kept[world.cargo.classes.index(key.priority)]
        return found

    @cached_property
    def forms(self) -> list[tuple[ExactRow, ExactLinear]]:
        """Priced rows, each as a linear row at its price."""
        found = []
        for key, price in self.stage.rules.items():
            if price > 0:
                row = self.world.rules.by_key[key]
                form = row.linear(decimals(self.stage.weights.get(key, {})))
                found.append((row, form.times(decimal(price))))
        return found

    # ---- elements and starts

    @cached_property
    def _limits(self) -> list[tuple[Limit, Decimal]]:
        """Limits that have a price."""
        limits = self.world.limits
        return [
            (limits.by_key[key], decimal(price))
            for key, price in self.stage.capacities.items()
            if price > 0
        ]

    @cached_property
    def kinds(self) -> tuple[list[PricedArcs], Ints]:
        """Different costs of elements, and which of them each shipment has."""
        cargo, costs, limits = self.world.cargo, self.world.costs, self.world.limits
        lanes, inverse = np.unique(cargo.lane, return_inverse=True)
        numbers: dict[tuple[int, bytes], int] = {}
        arcs, kind_of = [], []
        counted = np.array([limits.lanes(limit) for limit, _ in self._limits], bool)
        for lane in lanes.tolist():
            kind = self._alike(int(costs.kind[lane // cargo.num_periods]))
            applies = counted[:, lane] if len(counted) else np.zeros(0, dtype=bool)
            key = kind, applies.tobytes()
            if key not in numbers:
                numbers[key] = len(numbers)
                arcs.append(self._arcs(kind, applies))
            kind_of.append(numbers[key])
        return arcs, np.array(kind_of, dtype=np.int64)[inverse]

    def _arcs(self, kind: int, applies: Mask) -> PricedArcs:
        rates = self.world.costs.rates[kind]
        on_element, at_start = self._money(kind)
        elements, starts = self._charges(applies.tobytes())
        return PricedArcs(
            on_element if elements is None else on_element.plus(elements),
            at_start if starts is None else at_start.plus(starts),
            rates.closed,
            rates.closed_start,
        )

    def _charges(self, applies: bytes) -> tuple[Amounts | None, Amounts | None]:
        """Prices of the limits that apply, by element and by start; None if none do."""
        if applies not in self._known:
            elements: dict[int, Decimal] = {}
            starts: dict[int, Decimal] = {}
            for number in np.flatnonzero(np.frombuffer(applies, bool)).tolist():
                limit, price = self._limits[number]
                usage = self.world.limits.usage(limit)
                both = (elements, usage.elements), (starts, usage.starts)
                for total, counts in both:
                    for place, count in counts.items():
                        total[place] = total.get(place, ZERO) + price * count
            sizes = len(self.world.elements), self.world.elements.num_nodes
            self._known[applies] = _sums(elements, sizes[0]), _sums(starts, sizes[1])
        return self._known[applies]

    def _alike(self, kind: int) -> int:
        """Return the kind of product that stands for this one."""
        return kind if self.aim.money else self.world.costs.alike[kind]

    def _money(self, kind: int) -> tuple[Amounts, Amounts]:
        """Return what elements and starts cost, if money counts."""
        money, elements = self.aim.money, self.world.elements
        if not money:
            return nothing(len(elements)), nothing(elements.num_nodes)
        on_element, at_start = self.world.costs.sums(kind)
        return on_element.times(money), at_start.times(money)

    # ---- shipments

    @cached_property
    def terms(self) -> tuple[list[PricedTerms], Ints]:
        """Different terms of prices of rules, and which of them each shipment has."""
        rules, cargo = self.world.rules, self.world.cargo
        priced: Priced = {}
        for row, form in self.forms:
            place = row.scope.rule, row.scope.cell
            priced.setdefault(place, []).append((row, form))
        columns = [np.zeros(len(cargo), dtype=np.int64)]
        for rule in dict.fromkeys(rule for rule, _ in priced):
            coverage = rules.coverages[rule]
            cells = [cell for number, cell in priced if number == rule]
            cell = np.where(np.isin(coverage.cell, cells), coverage.cell, OUTSIDE)
            columns.append(cell)
            if coverage.rule.weight == "value":
                columns.append(np.where(cell == OUTSIDE, OUTSIDE, cargo.product))
        code = _codes(columns)
        _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
        return [self._terms(int(shipment), priced) for shipment in first], inverse

    def _terms(self, shipment: int, priced: Priced) -> PricedTerms:
        product, every = int(self.world.cargo.product[shipment]), ZERO
        charges: dict[tuple[By, str], Decimal] = defaultdict(lambda: ZERO)
        if self.aim.counted is not None:
            by, value, charge = self.aim.counted
            charges[by, value] = charge
        for number, coverage in enumerate(self.world.rules.coverages):
            for row, form in priced.get((number, int(coverage.cell[shipment])), ()):
                own = form.times(coverage.weight[product])
                for value, charge in own.values.items():
                    charges[coverage.rule.by, value] += charge
                if not row.scope.of_demand:
                    every -= own.base
        corridors = self.world.elements.corridors
        offset = tuple(
            every + charges.pop(("corridor", own), ZERO) for own in corridors
        )
        touches = (PricedTouch(*key, own) for key, own in charges.items() if own)
        return PricedTerms(offset, tuple(touches))


def _sums(charges: dict[int, Decimal], size: int) -> Amounts | None:
    """Return the charges of all places, of which there are so many; None of none."""
    if not charges:
        return None
    return amounts_of([*charges.values()]).summed(np.array([*charges]), size)


def _codes(columns: list[Ints]) -> Ints:
    """Give one number to equal rows of several columns."""
    code = columns[0]
    for column in columns[1:]:
        _, numbers = np.unique(column, return_inverse=True)
        _, code = np.unique(
            code * (numbers.max(initial=0) + 1) + numbers, return_inverse=True
        )
    return code
