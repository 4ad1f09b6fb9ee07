"""What the prices of a stage put on elements, on starts and on shipments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.instance import ABSURD
from solver.solution import Stage, UnmetKey
from solver.verification.amounts import (
    ONE,
    ZERO,
    Amounts,
    amounts,
    amounts_of,
    decimal,
    joined,
)
from solver.verification.cargo import PRICED
from solver.verification.shares import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from decimal import Decimal

    from numpy.typing import NDArray

    from solver.instance import By
    from solver.verification.limits import Limit
    from solver.verification.shares import ShareRow
    from solver.verification.world import World

    Positions = NDArray[np.int64]


def price_faults(world: World, stage: Stage) -> Iterator[str]:
    """Yield what is wrong with the prices of a stage, before any bound."""
    where = f"certificate.json: stage {stage.objective!r}"
    if stage.objective == "unmet" and stage.priority not in world.cargo.classes:
        yield f"{where}: no firm demand has the priority {stage.priority}"
    yield from _key_faults(where, stage.capacities, world.limits.by_key)
    yield from _key_faults(where, stage.rules, world.rules.by_key)
    yield from _key_faults(where, stage.unmet, _classes_kept(world, stage))
    if stage.objective == "rules" and any(price > 1 for price in stage.rules.values()):
        yield f"{where}: a price of a share is above 1"


def _key_faults(
    where: str, prices: Mapping[Any, float], known: Container[object]
) -> Iterator[str]:
    for key, price in prices.items():
        if key not in known:
            yield f"{where}: a price for {key}, which does not exist here"
        if not 0 <= price < ABSURD:
            yield f"{where}: the price {price} for {key} is no price"


def _classes_kept(world: World, stage: Stage) -> set[object]:
    """Classes of which a stage knows what they leave unmet."""
    classes = world.cargo.classes
    match stage.objective:
        case "cost":
            kept = classes
        case "unmet" if stage.priority in classes:
            kept = classes[: classes.index(stage.priority)]
        case _:
            kept = ()
    return {UnmetKey(priority) for priority in kept}


@dataclass(frozen=True, slots=True)
class Touch:
    """What a route pays, or is paid, once, if it carries a value."""

    by: By
    value: str
    charge: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """What share prices mean for some shipments.

    Parameters
    ----------
    offset : tuple of Decimal
        Money per unit by corridor of the route.
    touches : tuple of Touch
        For every other value that has a price.
    """

    offset: tuple[Decimal, ...]
    touches: tuple[Touch, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Elements and starts at prices, for shipments that pay alike.

    Parameters
    ----------
    on_element, at_start : list of Decimal
        Money per unit.
    closed, closed_start : ndarray of bool
        What may not be used.
    """

    on_element: list[Decimal]
    at_start: list[Decimal]
    closed: NDArray[np.bool_]
    closed_start: NDArray[np.bool_]


class Prices:
    """Prices of one stage, exactly.

    Parameters
    ----------
    world : World
        The instance.
    stage : Stage
        Prices without faults.
    kept : tuple of Decimal
        What the plan leaves unmet by class of firm demand.
    """

    def __init__(self, world: World, stage: Stage, kept: tuple[Decimal, ...]) -> None:
        self.world, self.stage, self.kept = world, stage, kept

    # ---- constants

    @cached_property
    def _of_class(self) -> list[Decimal]:
        """Worth of leaving firm demand unmet, by class; last, of leaving priced."""
        stage, classes = self.stage, self.world.cargo.classes
        found = [ZERO] * (len(classes) + 1)
        for key, price in stage.unmet.items():
            found[classes.index(key.priority)] = decimal(price)
        if stage.objective == "unmet":
            found[classes.index(stage.priority)] = ONE
        return found

    @cached_property
    def worth(self) -> Amounts:
        """What leaving a unit of each shipment unmet is worth."""
        cargo = self.world.cargo
        of_class = amounts_of(self._of_class)
        firm = of_class.take(cargo.firm_class)
        if self.stage.objective != "cost":
            return firm
        return joined(cargo.firm_class == PRICED, cargo.unmet_cost, firm)

    @cached_property
    def constant(self) -> Decimal:
        """Prices times right-hand sides, to be subtracted."""
        world, stage = self.world, self.stage
        found = ZERO
        for capacity, price in stage.capacities.items():
            found += decimal(price) * world.limits.by_key[capacity].quantity
        for share, price in stage.rules.items():
            row = world.rules.by_key[share]
            if world.rules.coverages[row.rule].rule.of == "demand":
                demand = world.rules.demand[row.rule][row.cell]
                found += row.sign * decimal(price) * row.share * demand
        for key, price in stage.unmet.items():
            found += decimal(price) * self.kept[world.cargo.classes.index(key.priority)]
        return found

    # ---- elements and starts

    @cached_property
    def _limits(self) -> list[tuple[Limit, Decimal, NDArray[np.bool_]]]:
        limits = self.world.limits
        priced = [
            (limits.by_key[key], decimal(price))
            for key, price in self.stage.capacities.items()
            if price > 0
        ]
        return [(limit, price, limits.lanes(limit)) for limit, price in priced]

    @cached_property
    def kinds(self) -> tuple[list[Arcs], Positions]:
        """Different costs of elements, and which of them each shipment has."""
        cargo, costs = self.world.cargo, self.world.costs
        lanes, inverse = np.unique(cargo.lane, return_inverse=True)
        numbers: dict[tuple[int, bytes], int] = {}
        arcs, kind_of = [], []
        counted = np.array([lanes_of for _, _, lanes_of in self._limits], dtype=bool)
        for lane in lanes.tolist():
            kind = int(costs.kind[lane // cargo.num_periods])
            applies = counted[:, lane] if len(counted) else np.zeros(0, dtype=bool)
            key = kind, applies.tobytes()
            if key not in numbers:
                numbers[key] = len(numbers)
                arcs.append(self._arcs(kind, applies))
            kind_of.append(numbers[key])
        return arcs, np.array(kind_of, dtype=np.int64)[inverse]

    def _arcs(self, kind: int, applies: NDArray[np.bool_]) -> Arcs:
        rates = self.world.costs.rates[kind]
        if self.stage.objective == "cost":
            on_element, at_start = rates.sums()
        else:
            on_element = [ZERO] * len(self.world.elements)
            at_start = [ZERO] * self.world.elements.num_nodes
        for number in np.flatnonzero(applies).tolist():
            limit, price, _ = self._limits[number]
            usage = self.world.limits.usage(limit)
            for element, count in usage.elements.items():
                on_element[element] += price * count
            for node, count in usage.starts.items():
                at_start[node] += price * count
        return Arcs(on_element, at_start, rates.closed, rates.closed_start)

    # ---- shipments

    @cached_property
    def terms(self) -> tuple[list[Terms], Positions]:
        """Different terms of share prices, and which of them each shipment has."""
        rules, cargo = self.world.rules, self.world.cargo
        priced: dict[tuple[int, int], list[tuple[ShareRow, Decimal]]] = {}
        for key, price in self.stage.rules.items():
            row = rules.by_key[key]
            if price > 0:
                priced.setdefault((row.rule, row.cell), []).append(
                    (row, decimal(price))
                )
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

    def _terms(
        self,
        shipment: int,
        priced: dict[tuple[int, int], list[tuple[ShareRow, Decimal]]],
    ) -> Terms:
        rules, cargo = self.world.rules, self.world.cargo
        corridors = self.world.elements.corridors
        offset = dict.fromkeys(corridors, ZERO)
        charges: dict[tuple[By, str], Decimal] = {}
        for number, coverage in enumerate(rules.coverages):
            rows = priced.get((number, int(coverage.cell[shipment])), [])
            for row, price in rows:
                charge = row.sign * price
                if coverage.rule.weight == "value":
                    weight = coverage.weight
                    charge *= weight.value(weight.units[cargo.product[shipment]])
                if coverage.rule.of == "carried":
                    for corridor in corridors:
                        offset[corridor] -= charge * row.share
                if coverage.rule.by == "corridor":
                    offset[row.key.value] += charge
                else:
                    touch = coverage.rule.by, row.key.value
                    charges[touch] = charges.get(touch, ZERO) + charge
        touches = (
            Touch(by, value, charge)
            for (by, value), charge in charges.items()
            if charge
        )
        return Terms(tuple(offset.values()), tuple(touches))


class TravelTimes(Prices):
    """Days instead of money: elements cost what they take, waiting is worth the limit.

    Parameters
    ----------
    world : World
        The instance.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world, Stage("rules"), ())

    @cached_property
    def worth(self) -> Amounts:
        """Longest time of each shipment; more than any route takes without a limit."""
        cargo, elements = self.world.cargo, self.world.elements
        ever = 2.0 * float(sum(elements.days, ONE) + sum(elements.dwell, ZERO))
        longest = self.world.instance.demand["max_days"]
        return amounts(np.where(np.isnan(longest), ever, longest)).take(cargo.demand)

    def _arcs(self, kind: int, applies: NDArray[np.bool_]) -> Arcs:
        rates = self.world.costs.rates[kind]
        elements = self.world.elements
        ends = zip(elements.heads.tolist(), elements.days, strict=True)
        on_element = [elements.dwell[head] + days for head, days in ends]
        del applies
        return Arcs(on_element, elements.dwell, rates.closed, rates.closed_start)


def _codes(columns: list[Positions]) -> Positions:
    """Give one number to equal rows of several columns."""
    code = columns[0]
    for column in columns[1:]:
        _, numbers = np.unique(column, return_inverse=True)
        _, code = np.unique(
            code * (numbers.max(initial=0) + 1) + numbers, return_inverse=True
        )
    return code
