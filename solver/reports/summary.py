"""The one-page account of a run, as the document ``summary.json``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.reports.reasons import unmet_reasons
from solver.reports.screen.numbers import outwards
from solver.reports.tables.both_ways import binding
from solver.reports.tables.exposure import KINDS, largest
from solver.reports.tables.rules import scope_text
from solver.rules.kinds import kind_of, rules_of
from solver.solution.form import SHARE
from solver.solution.rounding import amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from solver.arrays import Floats
    from solver.problem.instance import Instance
    from solver.reports.account import Account
    from solver.solution.keys import RowKey
    from solver.solution.solution import Loosening

    Table = Mapping[str, NDArray[Any]]


MOST_BINDING = 10
"""Limits that the summary names."""


def plan_figures(
    account: Account, tables: Mapping[str, Table], proof: Mapping[str, Any]
) -> dict[str, Any]:
    """Figures of a plan, in the order in which the summary holds them.

    Parameters
    ----------
    account : Account
        The plan on its instance.
    tables : dict of str to table
        Its tables.
    proof : dict
        What the certificate proves: `bound`, `gap`, `unmet_bounds`.
    """
    parts = cost_parts(account)
    return {
        "cost": amount(math.fsum(parts.values())),
        "cost_parts": {name: amount(part) for name, part in parts.items()},
        "penalties": amount(penalties(account)),
        **proof,
        "demand": amount(_total(account.cargo.quantity)),
        "served": amount(_total(account.carried)),
        "unmet": amount(_total(account.plan.unmet)),
        **corridor_figures(tables["corridors"], account),
        "exposure": largest(account),
    }


def no_figures(instance: Instance, proof: Mapping[str, Any]) -> dict[str, Any]:
    """Figures where there is no plan: the same keys."""
    return {
        "cost": None,
        "cost_parts": {},
        "penalties": None,
        **proof,
        "demand": amount(_total(instance.shipments.quantity)),
        "served": None,
        "unmet": None,
        "corridors": {},
        "hhi": None,
        "exposure": dict.fromkeys(KINDS),
    }


def cost_parts(account: Account) -> dict[str, float]:
    """Money by part of the generalised cost, and what unmet priced cargo costs."""
    quantity = account.plan.quantity
    parts = {name: _total(quantity * part) for name, part in account.cost_parts.items()}
    priced = ~account.cargo.firm
    unmet_cost = account.cargo.unmet_cost[priced]
    return {**parts, "unmet": _total(account.plan.unmet[priced] * unmet_cost)}


def _total(values: Floats) -> float:
    """Return the sum of numbers, which is the same in any order of theirs."""
    return math.fsum(values.tolist())


def penalties(account: Account) -> float:
    """Money that the plan pays for the soft rules it breaks."""
    return float(np.nansum([level.penalty for level in account.levels]))


def corridor_figures(table: Table, account: Account) -> dict[str, Any]:
    """Quantity and share of each corridor, and the index of concentration."""
    rows = (table["scope"] == "all") & (table["by"] == "corridor")
    names = table["value"][rows].tolist()
    quantity, share = table["quantity"][rows].tolist(), table["share"][rows].tolist()
    hhi = table["hhi"][rows]
    if not names:
        # Without a corridor in the instance all cargo goes without one.
        total = float(account.carried.sum())
        names, quantity = ["none"], [amount(total)]
        share, hhi = [1.0 if total else None], np.array([1.0 if total else np.nan])
    return {
        "corridors": {
            name: {"quantity": amount, "share": part}
            for name, amount, part in zip(names, quantity, share, strict=True)
        },
        "hhi": float(hhi[0]) if np.isfinite(hhi[0]) else None,
    }


def unmet_rows(account: Account, table: Table) -> list[dict[str, Any]]:
    """Demand that is unmet, with what keeps it, in the order of the demand."""
    columns = ("row", "demand", "product", "origin", "market", "period", "unmet")
    return [
        {**{column: table[column][shipment] for column in columns}, "reason": reason}
        for shipment, reason in unmet_reasons(account).items()
    ]


def binding_rows(table: Table, used: Floats) -> list[dict[str, Any]]:
    """Limits that bind, in the order of `binding`."""
    columns = ("kind", "limit", "period", "price", "utilisation")
    return [
        {column: table[column][row] for column in columns}
        for row in binding(table, used)[:MOST_BINDING]
    ]


def loosening_rows(
    loosening: Mapping[RowKey, Loosening], instance: Instance
) -> list[dict[str, Any]]:
    """Rules that cannot hold together, with the limits that would do instead."""
    rules = {rule.name: rule for rule in rules_of(instance)}
    return [
        {
            "rule": key.rule,
            "scope": scope_text(key),
            "period": key.period,
            "value": key.value,
            "side": key.side,
            "measure": key.measure,
            "limit": kind_of(key.measure).limit(rules[key.rule], key),
            "level": outwards(loose.level, SHARE.after_point, up=key.side == "max"),
            "excess": amount(loose.excess),
        }
        for key, loose in loosening.items()
    ]
