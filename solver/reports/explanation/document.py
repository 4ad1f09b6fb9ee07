"""An explanation as one document: what ``--json`` prints and a screen is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.reports.explanation.cargo import limit_row, rounded
from solver.reports.tables.rules import scope_text
from solver.studies.explanation.cost_account import cost_account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.studies.explanation.proved_plan import ProvedPlan


def heading(proved: ProvedPlan, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Say which result is explained, and how far it is proved."""
    instance = proved.known.instance
    return {
        "status": summary["status"],
        "instance": {**summary["instance"], "periods": len(instance.periods)},
        "units": instance.units.model_dump(),
        "cost": summary["cost"],
        "penalties": summary["penalties"],
        "gap": summary["gap"],
    }


def account_row(proved: ProvedPlan) -> dict[str, Any] | None:
    """Return what all cargo pays, less rents, beside the cost; None without prices."""
    if not proved.has_prices:
        return None
    account = cost_account(proved)
    prices, rows = proved.prices, proved.known.rules.rows
    limits = zip(
        proved.priced_limits.tolist(), account.capacity_rents.tolist(), strict=True
    )
    rules = zip(proved.priced_rows, account.rule_rents.tolist(), strict=True)
    classes = proved.known.cargo.classes
    unmet = zip(classes, account.unmet_rents.tolist(), strict=True)
    capacities = [
        {
            **limit_row(proved, limit),
            "price": rounded(prices.limits[limit]),
            "rent": rounded(rent),
        }
        for limit, rent in limits
    ]
    return {
        "paid": rounded(account.paid),
        "capacity_rents": sorted(
            capacities, key=lambda row: -np.nan_to_num(row["rent"])
        ),
        "rule_rents": [
            {
                "rule": rows[row].key.rule,
                "scope": scope_text(rows[row].key),
                "period": rows[row].key.period,
                "value": rows[row].key.value,
                "rent": rounded(rent),
            }
            for row, rent in rules
            if rent
        ],
        "unmet_rents": [
            {"priority": priority, "rent": rounded(rent)}
            for priority, rent in unmet
            if rent
        ],
        "rents": rounded(account.rents),
        "cost": rounded(account.cost),
        "difference": rounded(account.difference),
    }
