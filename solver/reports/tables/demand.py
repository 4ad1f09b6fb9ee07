"""The table of demand: served, unmet, and at which cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.reports.marginal_costs import marginal_costs
from solver.reports.tables.both_ways import demand_both_ways
from solver.reports.tables.columns import shipment_columns

if TYPE_CHECKING:
    from solver.reports.account import Account
    from solver.reports.tables.columns import Table


def demand_table(account: Account) -> Table:
    """Return the table of demand."""
    shipments = np.arange(len(account.plan.unmet))
    days = account.total(account.network.steps.days)
    carried = np.where(account.carried > 0, account.carried, np.nan)
    return {
        **shipment_columns(account, shipments),
        "quantity": account.cargo.quantity,
        "served": account.carried,
        "unmet": account.plan.unmet,
        "marginal_cost": marginal_costs(account),
        **demand_both_ways(account),
        "average_cost": account.sum_by_shipment(account.cost) / carried,
        "days": account.sum_by_shipment(days) / carried,
    }
