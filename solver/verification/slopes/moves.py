"""Right-hand sides that are moved: a capacity, the room of a rule, or a demand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from solver.solution.keys import CapacityKey, RowKey, ShipmentKey
from solver.verification.exact.amounts import ZERO, decimal

if TYPE_CHECKING:
    from solver.solution.keys import MovableKey
    from solver.solution.slopes import Relief, Slope
    from solver.verification.bound.refinement import Refinement
    from solver.verification.rules.row import ExactRow
    from solver.verification.world import World


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """How far right-hand sides are moved.

    Parameters
    ----------
    limits, rows : dict of key to Decimal
        Capacity, or room of a row in (weighted) quantity, beyond that of the instance.
    demand : dict of int to Decimal
        Quantity beyond that of the instance, by shipment.
    """

    limits: dict[CapacityKey, Decimal] = field(default_factory=dict)
    rows: dict[RowKey, Decimal] = field(default_factory=dict)
    demand: dict[int, Decimal] = field(default_factory=dict)


def sign_of(slope: Slope | Relief) -> int:
    """Return 1 for one more, -1 for one less."""
    return 1 if slope.direction == "more" else -1


def exists(world: World, key: MovableKey) -> bool:
    """Whether a right-hand side is one of the instance."""
    known = world.limits.by_key, world.rules.by_key
    return any(key in keys for keys in known) or key in world.cargo.by_key


def size_of(world: World, key: MovableKey) -> Decimal | None:
    """Return what a right-hand side can be less by at most; None: no such end."""
    match key:
        case CapacityKey():
            return world.limits.by_key[key].quantity
        case ShipmentKey():
            return world.cargo.quantity[world.cargo.by_key[key]]
        case RowKey():
            return None


def shift_of(world: World, slope: Slope | Relief) -> Shift:
    """Return how the plan of a slope or a relief moves its right-hand side."""
    far = sign_of(slope) * decimal(slope.length or 0.0)
    match slope.key:
        case CapacityKey():
            return Shift(limits={slope.key: far})
        case RowKey():
            return Shift(rows={slope.key: far})
        case ShipmentKey():
            return Shift(demand={world.cargo.by_key[slope.key]: far})


def weight_of(world: World, rule: int, shipment: int) -> Decimal:
    """Return what a unit of a shipment counts in a rule that covers it."""
    return world.rules.coverages[rule].weight[world.cargo.product[shipment]]


def covers(world: World, row: ExactRow, shipment: int) -> bool:
    """Whether a shipment is cargo of a row."""
    cell = world.rules.coverages[row.scope.rule].cell[shipment]
    return int(cell) == row.scope.cell


def moved_row(world: World, row: ExactRow, shift: Shift) -> ExactRow:
    """Return a row with the demand of its scope as it is moved."""
    more = ZERO
    for shipment, far in shift.demand.items():
        if covers(world, row, shipment):
            more += far * weight_of(world, row.scope.rule, shipment)
    if not more:
        return row
    return replace(row, scope=replace(row.scope, demand=row.scope.demand + more))


def price_slope(world: World, key: MovableKey, refined: Refinement) -> Fraction:
    """Return what a bound rises by for each unit more of a right-hand side."""
    if isinstance(key, ShipmentKey):
        return _demand_slope(world, world.cargo.by_key[key], refined)
    return -Fraction(decimal(refined.stage.price_of(key)))


def _demand_slope(world: World, shipment: int, refined: Refinement) -> Fraction:
    """Least of the route and the unmet price, less what rules give for demand."""
    found = refined.least_of(shipment)
    for row, form in refined.bound.prices.forms:
        if row.scope.of_demand and covers(world, row, shipment):
            found -= form.base * weight_of(world, row.scope.rule, shipment)
    return Fraction(found)


def said(own: Slope | Relief) -> str:
    """Name a direction in a message."""
    match own.key:
        case CapacityKey(kind, name, period):
            what = f"{kind} {name!r} in {period!r}"
        case RowKey(rule=rule, period=period, value=value):
            what = f"rule {rule!r} {value!r} in {period!r}"
        case ShipmentKey(row, period):
            what = f"demand {row} in {period!r}"
    return f"one {own.direction} of {what}"
