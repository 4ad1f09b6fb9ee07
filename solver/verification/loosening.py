"""Whether the loosening of rules that cannot hold together adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.options import RESIDUAL
from solver.verification.comparison import (
    MONEY,
    SHARE,
    Figure,
    document_faults,
    is_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.verification.shares import ShareRow
    from solver.verification.world import World

_WHERE = "summary.json loosening"


def loosening_faults(
    world: World, least: float | None, entries: object
) -> Iterator[str]:
    """Yield what is wrong with the rows that must give way.

    Parameters
    ----------
    world : World
        The instance.
    least : float or None
        Least total excess over all rows, as it is proved; None if the rules hold.
    entries : object
        What the summary says.
    """
    if least is None:
        yield from document_faults(_WHERE, [], entries)
        return
    if not isinstance(entries, list):
        yield f"{_WHERE}: is no list"
        return
    rows = {_names(row): row for row in world.rules.rows}
    places = {key: place for place, key in enumerate(rows)}
    last, total = -1, 0.0
    for number, entry in enumerate(entries):
        where = f"{_WHERE} {number + 1}"
        key = _key(entry)
        if key not in rows or places[key] <= last:
            yield f"{where}: is no row of a rule, or not in order"
            return
        last = places[key]
        yield from _entry_faults(where, world, rows[key], entry)
        if is_number(entry["excess"]):
            total += entry["excess"]
    margin = RESIDUAL * max(1.0, least) + 10.0**-MONEY * len(entries)
    if abs(total - least) > margin:
        yield f"{_WHERE}: exceeds {total:.9g} in all, is {least:.9g}"


_KEYS = ("rule", "scope", "period", "value", "side", "limit", "share", "excess")


def _key(entry: object) -> tuple[object, ...] | None:
    if not isinstance(entry, dict) or tuple(entry) != _KEYS:
        return None
    return tuple(str(entry[key]) for key in _KEYS[:5])


def _names(row: ShareRow) -> tuple[object, ...]:
    scope = ", ".join(f"{key}={name}" for key, name in row.key.scope)
    return row.key.rule, scope, row.key.period, row.key.value, row.key.side


def _entry_faults(
    where: str, world: World, row: ShareRow, entry: dict[str, Any]
) -> Iterator[str]:
    """Yield what is wrong with one row: its limit, and the share that would hold."""
    limit = float(row.share)
    yield from document_faults(f"{where} limit", Figure(limit, SHARE), entry["limit"])
    share, excess = entry["share"], entry["excess"]
    if not (is_number(share) and is_number(excess) and excess > 0):
        yield f"{where}: says no share and excess above 0"
        return
    demand = float(world.rules.demand[row.rule][row.cell])
    if world.rules.coverages[row.rule].rule.of == "demand":
        held = limit + row.sign * excess / demand
        digits = Figure(held, MONEY)
        yield from document_faults(f"{where} share", digits, share)
    elif not 0 < excess <= row.sign * (share - limit) * demand * (1 + RESIDUAL):
        yield f"{where} share: says {share}, which does not take an excess of {excess}"
