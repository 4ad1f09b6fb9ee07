"""Rules by corridor, as rows over flows that are kept apart by corridor.

Known are one number as the largest share of every corridor, one for each of some, and
the largest Herfindahl-Hirschman index, each period apart, of all cargo that is carried.
Cargo without a corridor is a value too, the last. What counts once for a route, such as
a country, is more than arcs can say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.arcs import Arcs
    from solver.arrays import Floats

NONE = "none"
_KEYS = {"name", "by", "max_share", "max_hhi"}

_MISSED = 1e-10
"""Index above its limit that calls for a tangent."""


@dataclass(frozen=True, eq=False)
class CorridorRules:
    """What rules allow each corridor.

    Parameters
    ----------
    most : ndarray, shape (corridors + 1,)
        Largest share of each, cargo of none last; 1: any.
    index : float, or None
        Largest sum of squared shares.
    """

    most: Floats
    index: float | None


def corridor_rules(
    rules: Sequence[dict[str, Any]], names: Sequence[str]
) -> CorridorRules | None:
    """Return the rules of a manifest, None if there are none.

    Parameters
    ----------
    rules : list of dict
        The tables `[[diversification]]`.
    names : sequence of str
        Corridors in the order of their numbers.

    Raises
    ------
    SystemExit
        One says more than arcs can.
    """
    if not rules:
        return None
    values = [*names, NONE]
    most, index = np.ones(len(values)), math.inf
    for rule in rules:
        if rule["by"] != "corridor" or set(rule) - _KEYS:
            message = f"the rule {rule.get('name')!r} says more than arcs can say"
            raise SystemExit(message)
        share = rule.get("max_share", {})
        given = share if isinstance(share, dict) else dict.fromkeys(values, share)
        for name, own in given.items():
            most[values.index(name)] = min(most[values.index(name)], own)
        own = rule.get("max_hhi", math.inf)
        index = min(index, own if own <= 1 else own / 10_000)
    return CorridorRules(most, index if index < 1 else None)


def carried(arcs: Arcs) -> list[tuple[sparse.csr_array, Floats]]:
    """Return what each corridor carries by period: rows over all columns, constants.

    Cargo of no corridor is what is left of all that is carried.
    """
    commodity, arc = arcs.flows
    period = arcs.commodities["period"].to_numpy()
    of_demand = period[arcs.demand["commodity"].to_numpy()]
    quantity = arcs.demand["quantity"].to_numpy(float)
    count = int(arcs.entered.max(initial=-1)) + 1
    found = []
    for number in range(int(period.max()) + 1):
        chosen = np.flatnonzero(
            (arcs.entered[arc] >= 0) & (period[commodity] == number)
        )
        left = np.flatnonzero(of_demand == number)
        columns = [chosen, chosen, len(arc) + left]
        last = np.full(len(chosen), count)
        rows = [arcs.entered[arc[chosen]], last, np.full(len(left), count)]
        sizes = [np.ones(len(chosen)), -np.ones(len(chosen) + len(left))]
        places = (np.concatenate(rows), np.concatenate(columns))
        shape = (count + 1, len(arc) + len(of_demand))
        matrix = sparse.csr_array((np.concatenate(sizes), places), shape=shape)
        constant = np.zeros(count + 1)
        constant[count] = quantity[left].sum()
        found.append((matrix, constant))
    return found


def share_rows(arcs: Arcs) -> tuple[sparse.csr_array, Floats] | None:
    """Rows ``carried by one <= share x carried by all``, and their right-hand sides."""
    if arcs.rules is None:
        return None
    bounded = np.flatnonzero(arcs.rules.most < 1)
    if not len(bounded):
        return None
    form = np.zeros((len(bounded), len(arcs.rules.most)))
    form[np.arange(len(bounded)), bounded] = 1.0
    form -= arcs.rules.most[bounded][:, None]
    return _rows(arcs, [form] * len(carried(arcs)))


def tangents(arcs: Arcs, values: Floats) -> tuple[sparse.csr_array, Floats] | None:
    """Rows that a plan over the index breaks, one for each period; None if it keeps it.

    With shares a and A the sum of their squares: ``sum 2 a F_c - (A + H) F <= 0``.
    """
    if arcs.rules is None or arcs.rules.index is None:
        return None
    forms: list[Floats] = []
    is_broken = False
    for matrix, constant in carried(arcs):
        amounts = np.maximum(0.0, matrix @ values + constant)
        shares = amounts / max(amounts.sum(), 1e-300)
        own = float(shares @ shares)
        is_broken |= own > arcs.rules.index + _MISSED
        forms.append((2 * shares - own - arcs.rules.index)[None])
    return _rows(arcs, forms) if is_broken else None


def _rows(arcs: Arcs, forms: Sequence[Floats]) -> tuple[sparse.csr_array, Floats]:
    """Rows of sums over what corridors carry, one block for each period."""
    parts = [
        (sparse.csr_array(form) @ matrix, -(form @ constant))
        for form, (matrix, constant) in zip(forms, carried(arcs), strict=True)
    ]
    matrix = sparse.csr_array(sparse.vstack([rows for rows, _ in parts]))
    return matrix, np.concatenate([room for _, room in parts])
