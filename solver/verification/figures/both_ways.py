"""Columns that say what one more and one less do, and how far that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solution.form import PRICE, SHARE, Digits
from solver.solution.keys import ShipmentKey
from solver.verification.figures.comparison import FigureColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats
    from solver.solution.keys import CapacityKey, RowKey
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells
    from solver.verification.slopes.reliefs import Relieved


SLACK = 1e-9
"""Part of a right-hand side that is free from which it does not bind at all."""

_NAN = float("nan")


def both_ways(
    evidence: Evidence,
    keys: Sequence[CapacityKey | RowKey],
    room: Floats,
    units: Floats,
    digits: Digits,
) -> Cells:
    """Return prices, lengths and reliefs of limits or rows in both directions.

    Parameters
    ----------
    keys : sequence of CapacityKey or RowKey
        Row by row.
    room : ndarray
        What is free of each, in the units shown; NaN where it binds.
    units : ndarray
        Quantity in a unit shown: prices are times that, lengths parts of it.
    digits : Digits
        Digits of lengths.
    """
    prices, lengths = np.full((2, len(keys), 2), np.nan)
    stages, proved = [evidence.cost_stage, *evidence.unmet_stages], evidence.slopes
    reliefs = np.full((len(keys), 2), "", dtype=object)
    for number, key in enumerate(keys if evidence.is_proved else ()):
        is_priced = any(stage.price_of(key) for stage in stages)
        if not is_priced and not np.isnan(room[number]):
            prices[number] = 0.0
            lengths[number] = _NAN, room[number]
            continue
        for place, direction in enumerate(("more", "less")):
            found = proved.slopes.get((key, direction))
            if found is not None:
                prices[number, place] = found.value * units[number]
                if units[number] > 0.0:
                    lengths[number, place] = found.length / units[number]
            relieved = proved.reliefs.get((key, direction))
            if relieved is not None:
                reliefs[number, place] = _relief_text(relieved, units[number])
    size = np.where(np.isnan(room), 0.0, np.abs(room))
    return {
        "price_more": FigureColumn(prices[:, 0], PRICE),
        "price_less": FigureColumn(prices[:, 1], PRICE),
        "good_for_more": FigureColumn(lengths[:, 0], digits),
        "good_for_less": FigureColumn(lengths[:, 1], digits, size=size),
        "relief_more": FigureColumn(reliefs[:, 0]),
        "relief_less": FigureColumn(reliefs[:, 1]),
    }


def _relief_text(relieved: Relieved, unit: float) -> str:
    """Return quantity by class, as `1=0.5, last=-2`."""
    told = [
        ("last" if name is None else name, round(rate * unit, SHARE.after_point))
        for name, rate in relieved.rates
    ]
    return ", ".join(f"{name}={rate:.12g}" for name, rate in told)


def demand_both_ways(evidence: Evidence) -> Cells:
    """Return what one more of each demand costs and one less saves."""
    cargo = evidence.world.cargo
    cost_of = {"more": np.full(len(cargo), np.nan), "less": np.full(len(cargo), np.nan)}
    for (key, direction), found in evidence.slopes.slopes.items():
        if isinstance(key, ShipmentKey):
            cost_of[direction][cargo.by_key[key]] = found.value
    return {
        f"cost_{direction}": FigureColumn(costs, PRICE)
        for direction, costs in cost_of.items()
    }
