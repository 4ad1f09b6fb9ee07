"""The table of an earlier plan, and how much of its cargo moved."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.reports.tables.allocation import allocation_table
from solver.reports.tables.columns import shipment_columns, text_column, typed_table
from solver.solution.form import EARLIER
from solver.solution.keys import KEY_TITLES, demand_keys
from solver.solution.rounding import amount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from solver.arrays import Floats
    from solver.reports.account import Account
    from solver.reports.tables.columns import Table
    from solver.solution.earlier import EarlierPlan
    from solver.solution.keys import DemandKey


def earlier_table(account: Account, earlier: EarlierPlan) -> Table:
    """Return the table of an earlier plan, with what stays on each of its routes."""
    keys = [*zip(*earlier.keys, strict=True)] or [()] * len(KEY_TITLES)
    columns = {
        **{
            title: text_column([*own])
            for title, own in zip(KEY_TITLES, keys, strict=True)
        },
        "legs": text_column([*earlier.legs]),
        "quantity": earlier.quantity,
        "kept": _kept(account, earlier),
    }
    return typed_table(EARLIER, columns)


def _kept(account: Account, earlier: EarlierPlan) -> Floats:
    """Quantity that stays on each route of an earlier plan."""
    now = allocation_table(account)
    places = zip(demand_keys(now), now["legs"].tolist(), strict=True)
    used: dict[tuple[DemandKey, str], float] = defaultdict(float)
    for place, size in zip(places, now["quantity"].tolist(), strict=True):
        used[place] += size
    stays = np.array([used.get(place, 0.0) for place in earlier.places], dtype=float)
    return np.asarray(np.minimum(stays, earlier.quantity))


def movement_figures(
    account: Account, earlier: EarlierPlan, bound: float | None
) -> dict[str, Any]:
    """Return what the summary says of the movement.

    Parameters
    ----------
    account : Account
        The plan on its instance.
    earlier : EarlierPlan
        The plan that it is near.
    bound : float or None
        What must move in any plan of this cost, as far as that is proved.
    """
    every = np.arange(len(account.cargo))
    keys = demand_keys(shipment_columns(account, every))
    wanted = _sums(keys, account.cargo.quantity)
    served = _sums(keys, account.carried)
    before = _sums(earlier.keys, earlier.quantity)
    common = {
        key: min(size, wanted[key]) for key, size in before.items() if key in wanted
    }
    comparable = sum(common.values())
    movement = comparable - float(_kept(account, earlier).sum())
    unmet = sum(max(0.0, size - served[key]) for key, size in common.items())
    figures = {
        "earlier": float(earlier.quantity.sum()),
        "comparable": comparable,
        "movement": movement,
        "rerouted": movement - unmet,
        "unmet": unmet,
    }
    return {
        "near": {
            **{name: amount(value, comparable) for name, value in figures.items()},
            "bound": None if bound is None else amount(bound, comparable),
            "demand_gone": sum(key not in wanted for key in before),
            "demand_new": sum(key not in before for key in wanted),
        }
    }


def _sums(keys: Iterable[DemandKey], of_each: Floats) -> dict[DemandKey, float]:
    """Sum of a figure by demand."""
    found: dict[DemandKey, float] = defaultdict(float)
    for key, size in zip(keys, of_each.tolist(), strict=True):
        found[key] += size
    return dict(found)
