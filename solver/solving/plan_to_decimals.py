"""A plan in decimals that keeps every limit and every linear rule exactly.

Quantities become whole multiples of the last digit that floats of their shipment's size
hold; those of a shipment add up to it exactly.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import joined
from solver.solution.plan import Plan
from solver.solving.exact_rows import ExactRows
from solver.solving.plan_repair import Repair

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Floats, Ints
    from solver.model.master import Master
    from solver.network.routes import Routes
    from solver.rules.rule_set import Diversification
    from solver.solution.keys import RowKey

NEGLIGIBLE = 1e-9
"""Part of its shipment below which a flow is noise, if no row says otherwise."""

_AS_NEAR = 1e-11
"""Part of its shipment by which a short decimal may differ from a quantity."""

_ROUNDING = 4e-16
"""Part of a quantity that is but the rounding of floats."""

_SHORT_DIGITS, _FLOAT_DIGITS, _EXACT_POWER = 9, 15, 22
"""Digits of a short decimal, those that every float tells apart, and the largest power
of ten that is a float."""

_EXACT, _MOST_TRIES = Context(prec=80), 200

_MOST_REPAIRS = 6
"""Repairs of a plan; what can be told may undo one by some units of the last digit."""

_CLOSER = 1.0 - 1e-9
"""Part of a unit that surely is less, however it is rounded."""

_LARGEST = 2.0**52
"""Whole numbers up to this size are floats, and their neighbours too."""


class RowsBrokenError(Exception):
    """Rows that no plan in decimals keeps."""


def published_plan(
    routes: Routes,
    quantity: Floats,
    rules: Diversification,
    shifts: Mapping[RowKey, float] | None = None,
) -> Plan:
    """Plan with about these quantities on routes, in decimals that keep every row.

    Quantities are short decimals where these are as near; where they would break a
    limit or a linear rule, all digits count, and what is still too much is moved.

    Parameters
    ----------
    routes : Routes
        Routes that may carry something.
    quantity : ndarray, shape (routes,)
        What they carry; what is left of each shipment is unmet.
    rules : Diversification
        Rules of the same instance.
    shifts : dict of RowKey to float, optional
        Room that rows have beyond their limit, in (weighted) quantity.

    Raises
    ------
    RowsBrokenError
        If no plan like it keeps every row: rules on demand ask for more than there is.
    """
    digits = _digits(routes.cargo.quantity)
    for leaves_far in (True, False):
        given = routes, digits.tolist(), rules, quantity, shifts
        rows = ExactRows(*given, leaves_far=leaves_far)
        units, left = _kept_plan(rows, quantity, digits)
        if rows.stays_far(_floats(units, digits[routes.shipment])):
            break
    return _published(routes, units, left, digits)


def _kept_plan(rows: ExactRows, quantity: Floats, digits: Ints) -> tuple[Ints, Ints]:
    """Units of routes, and units left unmet, that keep every row."""
    routes = rows.routes
    for noise in (NEGLIGIBLE, _ROUNDING):
        units, left = _rounded_plan(routes, quantity, digits, noise)
        if rows.kept(units.tolist()):
            break
    steps = _steps(_demand(routes.shipment, units, left), digits).tolist()
    _make_tellable(routes.shipment, units, left, digits)
    for _ in range(_MOST_REPAIRS):
        if rows.kept(units.tolist()):
            break
        repair = Repair(rows, units.tolist(), left.tolist(), steps)
        if not repair.done():
            raise RowsBrokenError
        units, left = np.array(repair.units, int), np.array(repair.left, int)
        _make_tellable(routes.shipment, units, left, digits)
    return units, left


def _published(routes: Routes, units: Ints, left: Ints, digits: Ints) -> Plan:
    """Plan of whole units."""
    used = np.flatnonzero(units > 0)
    order = used[np.lexsort((routes.cost[used], routes.shipment[used]))]
    chosen = routes.chosen(order)
    return Plan(
        shipment=chosen.shipment,
        quantity=_floats(units[order], digits[chosen.shipment]),
        starts=chosen.starts,
        elements=chosen.elements,
        unmet=_floats(left, digits),
    )


def _rounded_plan(
    routes: Routes, quantity: Floats, digits: Ints, noise: float
) -> tuple[Ints, Ints]:
    """Units of routes, and units left unmet: together the demand of each shipment.

    Quantities of a smaller part of their shipment than `noise` are none.
    """
    cargo, size = routes.cargo, routes.cargo.quantity[routes.shipment]
    chosen = np.where(quantity > noise * size, quantity, 0.0)
    units = _units(chosen, size, digits[routes.shipment], noise)
    carried = np.bincount(routes.shipment, chosen, len(cargo))
    unmet = np.maximum(cargo.quantity - carried, 0.0)
    unmet = np.where(unmet > NEGLIGIBLE * cargo.quantity, unmet, 0.0)
    left = _units(unmet, cargo.quantity, digits, noise)
    return _settled(routes.shipment, units, left, _whole(cargo.quantity, digits))


def _settled(
    shipment: Ints, units: Ints, left: Ints, demand: Ints
) -> tuple[Ints, Ints]:
    """Give what rounding left of each shipment to its largest flow, or leave it."""
    missing = demand - left
    np.subtract.at(missing, shipment, units)
    order = np.lexsort((-units, shipment))
    owners, first = np.unique(shipment[order], return_index=True)
    largest = order[first]
    fits = (units[largest] > 0) & (units[largest] + missing[owners] > 0)
    units[largest[fits]] += missing[owners[fits]]
    missing[owners[fits]] = 0
    return units, left + missing


def _make_tellable(shipment: Ints, units: Ints, left: Ints, digits: Ints) -> None:
    """Move units where a demand has more digits than parts of it can be told in.

    What routes carry is cut to fewer digits, and what stays unmet takes the rest: a
    little more of it, until its float stands for just that.
    """
    whole = _demand(shipment, units, left)
    long = _steps(whole, digits) > 1
    for owner in np.flatnonzero(long & (whole != left)).tolist():
        own = np.flatnonzero((shipment == owner) & (units > 0))
        if len(own) == 1 and left[owner] == 0:
            continue
        step = _step(int(whole[owner]))
        left[owner] += int((units[own] % step).sum())
        units[own] -= units[own] % step
        largest = own[np.argmax(units[own])]
        for _ in range(_MOST_TRIES):
            if _is_told(int(left[owner]), int(digits[owner])):
                break
            units[largest] -= step
            left[owner] += step


def _steps(whole: Ints, digits: Ints) -> Ints:
    """Units of each shipment that can be told, where parts of it have fewer digits.

    Floats that lie closer together than units tell all of these apart.
    """
    unit = 10.0 ** -digits.astype(float)
    long = (whole > _LARGEST) & (np.spacing(_floats(whole, digits)) >= _CLOSER * unit)
    steps = np.ones(len(whole), dtype=int)
    steps[long] = [_step(size) for size in whole[long].tolist()]
    return steps


def _demand(shipment: Ints, units: Ints, left: Ints) -> Ints:
    """Units of each shipment, carried and left."""
    whole = left.copy()
    np.add.at(whole, shipment, units)
    return whole


def _step(whole: int) -> int:
    return int(10 ** len(str(int(whole // int(_LARGEST)))))


def _is_told(units: int, digits: int) -> bool:
    """Whether a float's shortest text is the decimal of some units."""
    value = Decimal(units).scaleb(-digits, _EXACT)
    return Decimal(repr(float(value))) == value


def _digits(quantity: Floats) -> Ints:
    """Digits after the point in which quantities, and parts of them, are counted."""
    size = np.where(quantity > 0.0, quantity, _LARGEST)
    most = np.floor(np.log10(_LARGEST / size)).astype(int)
    return np.asarray(np.maximum(np.maximum(most, 0), _places(quantity)))


def _places(quantity: Floats) -> Ints:
    """Digits after the point of the shortest text of each quantity."""
    places = np.full(len(quantity), -1)
    for digits in range(_FLOAT_DIGITS):
        units = np.rint(quantity * 10.0**digits)
        fits = (units / 10.0**digits == quantity) & (units < 10.0**_FLOAT_DIGITS)
        places[fits & (places < 0)] = digits
    for number in np.flatnonzero(places < 0).tolist():
        exponent = Decimal(repr(float(quantity[number]))).as_tuple().exponent
        places[number] = max(0, -int(exponent))
    return places


def _whole(quantity: Floats, digits: Ints) -> Ints:
    """Quantities in units, exactly."""
    places = _places(quantity)
    units = np.rint(quantity * 10.0 ** np.minimum(places, _FLOAT_DIGITS))
    exact = (places < _FLOAT_DIGITS) & (units < 10.0**_FLOAT_DIGITS)
    result = np.where(exact, units, 0.0).astype(int)
    result *= 10 ** np.where(exact, digits - places, 0)
    for number in np.flatnonzero(~exact).tolist():
        value = Decimal(repr(float(quantity[number])))
        result[number] = int(value.scaleb(int(digits[number]), _EXACT))
    return result


def _units(quantity: Floats, size: Floats, digits: Ints, noise: float) -> Ints:
    """Whole units near quantities; short decimals where these are as near.

    Parameters
    ----------
    size : ndarray
        What each is a part of.
    digits : ndarray of int
        Digits after the point of a unit.
    noise : float
        Part of the size that is as near.
    """
    few = np.floor(-np.log10(np.where(size > 0.0, size, 1.0))).astype(int)
    few = np.clip(few + _SHORT_DIGITS, 0, digits)
    scale, more = 10.0**few, 10.0 ** (digits - few)
    short = np.rint(quantity * scale)
    near = np.abs(quantity - short / scale) <= min(noise, _AS_NEAR) * size
    units = np.where(near, short * more, np.rint(quantity * scale * more))
    return np.asarray(units, dtype=int)


def _floats(units: Ints, digits: Ints) -> Floats:
    """Quantities of whole units: floats whose shortest text is the decimal meant."""
    result = units / 10.0 ** np.minimum(digits, _EXACT_POWER)
    long = (digits > _EXACT_POWER) | (units > _LARGEST)
    for number in np.flatnonzero(long & (units > 0)).tolist():
        value = Decimal(int(units[number])).scaleb(-int(digits[number]), _EXACT)
        result[number] = float(value)
    return np.asarray(result, dtype=float)


def all_routes(master: Master, quantities: Sequence[Floats]) -> tuple[Routes, Floats]:
    """Routes of all batches, with quantities given for the first of them."""
    batches = master.routes.batches[: len(quantities)]
    routes = joined([batch.routes for batch in batches])
    return routes, np.concatenate(list(quantities))
