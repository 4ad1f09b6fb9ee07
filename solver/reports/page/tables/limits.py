"""Binding limits: how full they are, and what one more or one less does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.reports.page.source import FULL
from solver.reports.page.stops import node_names
from solver.reports.page.tables.table import TableView, heads, rows
from solver.reports.page.text import chained, rate, shown
from solver.reports.tables.both_ways import relief_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.reports.page.source import PageSource
    from solver.reports.page.text import TextScale

_RELIEFS = {
    "relief_more": "one more serves",
    "relief_less": "one less leaves unmet",
}
_MOST_TOLD = 3
"""Limits that are told about in sentences."""


def limits_table(
    source: PageSource, order: Sequence[int], most: int
) -> TableView | None:
    """Return the limits that bind, in the order of `binding_limits`.

    What one more and one less unit do is shown with how far it holds; a blank cell
    was not asked, or it cannot be.
    """
    table, units = source.result.tables["capacity"], source.instance.units
    if not order:
        return None
    value_of_use = table["price"] * table["used"]
    name = limit_namer(source)
    relieves = [side for side in _RELIEFS if any(table[side][row] for row in order)]
    unit_rate = f"{units.money}/{units.quantity}"
    periods = len(source.instance.periods) > 1
    sides = [
        side
        for side in ("price_more", "good_for_more", "price_less", "good_for_less")
        if side.startswith("price") or not np.isnan(table[side][order]).all()
    ]
    cells = [
        (
            name(table["kind"][row], table["limit"][row]),
            table["kind"][row],
            *([table["period"][row]] if periods else []),
            table["used"][row],
            table["capacity"][row],
            rate(table["price"][row]),
            *(
                rate(table[side][row]) if side.startswith("price") else table[side][row]
                for side in sides
            ),
            *(relief_text(table[side][row]) or "-" for side in relieves),
            value_of_use[row],
        )
        for row in order[:most]
    ]
    words = {
        "price_more": f"#one more saves, {unit_rate}",
        "good_for_more": f"#for the next, {units.quantity}",
        "price_less": f"#one less costs, {unit_rate}",
        "good_for_less": f"#for the last, {units.quantity}",
    }
    return TableView(
        caption="Limits that are full or have a shadow price",
        heads=heads(
            "limit",
            "kind",
            *(["period"] if periods else []),
            f"#used, {units.quantity}",
            f"#limit, {units.quantity}",
            f"#shadow price, {unit_rate}",
            *(words[side] for side in sides),
            *(f"#{_RELIEFS[side]}, {units.quantity}" for side in relieves),
            f"#price times use, {units.money}",
        ),
        rows=rows(cells),
        left_out=max(0, len(order) - most),
    )


def binding_limits(source: PageSource) -> list[int]:
    """Return the rows of limits that bind, the largest price times quantity first."""
    table = source.result.tables["capacity"]
    full = np.nan_to_num(table["utilisation"]) >= FULL
    chosen = np.flatnonzero(full | (table["price"] > 0))
    value_of_use = table["price"] * table["used"]
    order = np.lexsort((table["limit"][chosen], -value_of_use[chosen]))
    return [int(row) for row in chosen[order]]


def limits_lead(source: PageSource, order: Sequence[int]) -> str:
    """Say how the table of limits is to be read, as far as it needs saying."""
    table = source.result.tables["capacity"]
    unit = shown(source.instance.units.quantity)
    told = [
        f"Where room is short. What one {unit} more saves, and one less costs, is "
        "proved; a shadow price lies between the two."
    ]
    if any(not np.isnan(table["good_for_more"][row]) for row in order):
        told.append(f"It holds for as many {unit} as the column beside it says.")
    if any(table[side][row] for row in order for side in _RELIEFS):
        told.append(
            "Where it changes how much firm demand is served, that quantity is told "
            "in place of money."
        )
    sides = table["price_more"][order], table["price_less"][order]
    if np.isnan(sides).any():
        told.append("A dash: not asked, or it cannot be.")
    if ((sides[0] == 0) & (table["price"][order] > 0)).any():
        told.append("0 beside a shadow price: saves only together with other limits.")
    return " ".join(told)


def limits_told(
    source: PageSource, order: Sequence[int], scale: TextScale
) -> list[str]:
    """Return what one more and one less of the largest limits do, in sentences.

    First those of which one more serves more firm demand. Only limits about which
    both questions were answered are told about.
    """
    table, name = source.result.tables["capacity"], limit_namer(source)
    several = len(source.instance.periods) > 1
    told = []
    for row in sorted(order, key=lambda row: not table["relief_more"][row]):
        sides = [_one_side(source, row, side, scale) for side in ("more", "less")]
        if not all(sides):
            continue
        kind = table["kind"][row]
        what = shown(name(kind, table["limit"][row]))
        what = f"{what} ({kind}, {shown(table['period'][row])})" if several else what
        limit = scale.text(float(table["capacity"][row]))
        told.append(f"{what}, {limit}: {'; '.join(sides)}.")
    return told[:_MOST_TOLD]


def _one_side(source: PageSource, row: int, side: str, scale: TextScale) -> str:
    """Say what one more or one less of a limit does; blank if that is not known."""
    table, units = source.result.tables["capacity"], source.instance.units
    one = f"one {shown(units.quantity)} {side}"
    relief = relief_text(table[f"relief_{side}"][row])
    if relief:
        does = "serves" if side == "more" else "leaves unmet"
        return f"{one} {does} {relief} {shown(units.quantity)} of firm demand"
    price, good = (float(table[f"{c}_{side}"][row]) for c in ("price", "good_for"))
    if np.isnan(price):
        return ""
    does, reach = ("saves", "next") if side == "more" else ("costs", "last")
    if not price:
        return f"{one} {does} nothing by itself"
    far = f", for the {reach} {scale.text(good)}" if good > 0 else ""
    return f"{one} {does} {rate(price)} {shown(units.money)}{far}"


def relief_text(relief: str) -> str:
    """Return a change of unmet firm demand as people read it, class by class.

    Tables say `1=0.5, last=-0.5`; where all firm demand is of one class without a
    priority its number stands alone.
    """
    pairs = relief_parts(relief)
    if [name for name, _ in pairs] == ["last"]:
        return pairs[0][1]
    return ", ".join(
        f"{number} {'without priority' if name == 'last' else f'of priority {name}'}"
        for name, number in pairs
    )


def limit_namer(source: PageSource) -> Callable[[str, str], str]:
    """Return a function that names a limit for people, by its kind and name."""
    names, legs = node_names(source.instance), source.instance.legs
    ends = zip(legs["leg"], legs["from"], legs["to"], strict=True)
    of_leg = {leg: chained([names[start], names[end]]) for leg, start, end in ends}

    def name(kind: str, limit: str) -> str:
        if kind == "leg" and limit in of_leg:
            return of_leg[limit]
        return names.get(limit, limit) if kind == "node" else limit

    return name
