"""Columns of result tables as the verifier computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints
    from solver.verification.evidence import Evidence
    from solver.verification.exact.ragged import Ragged
    from solver.verification.figures.comparison import FigureColumn

    Cells = dict[str, NDArray[Any] | Sequence[Any] | FigureColumn]


ROUTE_JOIN = " > "


def float_column(values: list[Decimal]) -> Floats:
    """Return decimals as a column of floats."""
    return np.array([float(value) for value in values], dtype=np.float64)


def ratio(part: Floats, whole: Floats | float) -> Floats:
    """Quotient; NaN where the whole is 0."""
    whole = np.broadcast_to(np.asarray(whole, dtype=np.float64), part.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole != 0, part / whole, np.nan)


def joined_names(lists: Ragged, names: tuple[str, ...]) -> NDArray[np.object_]:
    """Names of each list, as one text: cut out of the text of all lists."""
    whole = ROUTE_JOIN.join(np.array(names, dtype=object)[lists.items].tolist())
    length = np.array([len(name) for name in names], dtype=np.int64) + len(ROUTE_JOIN)
    bounds = np.concatenate([[0], np.cumsum(length[lists.items])])[lists.starts]
    firsts, ends = bounds[:-1].tolist(), (bounds[1:] - len(ROUTE_JOIN)).tolist()
    found = np.empty(len(lists), dtype=object)
    found[:] = [whole[first:end] for first, end in zip(firsts, ends, strict=True)]
    return found


def shipment_columns(evidence: Evidence, shipments: Ints) -> Cells:
    """Columns that say which demand a row is about."""
    cargo, instance = evidence.world.cargo, evidence.world.instance
    demand = cargo.demand[shipments]
    periods = np.array(instance.periods, dtype=object)
    return {
        "row": demand + 1,
        "demand": instance.demand["demand"][demand],
        "product": instance.demand["product"][demand],
        "origin": instance.demand["origin"][demand],
        "market": instance.demand["market"][demand],
        "period": periods[cargo.period[shipments]],
    }
