"""Whether the loosening of rules that cannot hold together adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.solution.form import MONEY, SHARE
from solver.solution.tolerances import RESIDUAL, UNTOLD
from solver.verification.figures.comparison import (
    RELATIVE,
    Figure,
    document_faults,
    is_number,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.verification.rules.row import ExactRow
    from solver.verification.world import World


_WHERE = "summary.json loosening"


def loosening_faults(
    world: World, least: float | None, entries: object
) -> Iterator[str]:
    """Yield what is wrong with the rows that must give way.

    Parameters
    ----------
    least : float or None
        Least total excess over all rows, as it is proved; None if the rules hold.
    entries : object
        What the summary says.
    """
    if least is None:
        yield from document_faults(_WHERE, [], entries)
        return
    if not isinstance(entries, list):
        yield f"{_WHERE}: is not a list"
        return
    rows = {_names(row): row for row in world.rules.rows}
    places = {key: place for place, key in enumerate(rows)}
    untold = UNTOLD * sum(float(row.scope.demand) for row in rows.values())
    last, total = -1, 0.0
    for number, entry in enumerate(entries):
        where = f"{_WHERE} {number + 1}"
        key = _key(entry)
        if key not in rows or places[key] <= last:
            yield f"{where}: is not a row of a rule, or not in order"
            return
        last = places[key]
        yield from _entry_faults(where, rows[key], entry)
        if is_number(entry["excess"]):
            total += entry["excess"]
    rounding = 10.0**-MONEY.after_point * len(entries)
    margin = RESIDUAL * max(1.0, least) + rounding + untold
    if abs(total - least) > margin:
        yield f"{_WHERE}: exceeds {total:.9g} in all, is {least:.9g}"


_KEYS = (
    *("rule", "scope", "period", "value", "side", "measure"),
    *("limit", "level", "excess"),
)


_NAMES = 6
"""How many of the keys say which row it is."""


def _key(entry: object) -> tuple[object, ...] | None:
    if not isinstance(entry, dict) or tuple(entry) != _KEYS:
        return None
    return tuple(str(entry[key]) for key in _KEYS[:_NAMES])


def _names(row: ExactRow) -> tuple[object, ...]:
    key = row.key
    scope = ", ".join(f"{name}={value}" for name, value in key.scope)
    return key.rule, scope, key.period, key.value, key.side, key.measure


def _entry_faults(where: str, row: ExactRow, entry: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one row: its limit, and the level that would hold."""
    limit = float(row.limit)
    yield from document_faults(f"{where} limit", Figure(limit, SHARE), entry["limit"])
    level, excess = entry["level"], entry["excess"]
    if not (is_number(excess) and excess >= 0):
        yield f"{where}: says no excess"
    elif not _is_plausible(row, level, excess):
        yield f"{where} level: says {shown(level)}, not for an excess of {excess}"


def _is_plausible(row: ExactRow, level: object, excess: float) -> bool:
    """Whether a plan with this excess over a row may have this level.

    Of what is carried it is only known that it is no more than the demand.
    """
    digit = row.sign * 10.0**-SHARE.after_point
    rounding = 1.001 * 10.0**-MONEY.after_point
    if level is None:
        return abs(excess - row.excess_of_nothing) <= rounding + RELATIVE * excess
    if not is_number(level):
        return False
    demand = float(row.scope.demand)
    # A level is rounded by up to a digit, an excess by a rounding.
    most = row.excess_at(level + digit, demand) * (1 + RESIDUAL) + rounding
    least = row.excess_at(level - digit, demand) * (1 - RESIDUAL) - rounding
    return excess <= most and (least <= excess or not row.tells_excess)
