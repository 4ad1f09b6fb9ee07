"""A plan and its prices as tables: what ships where, what is full, what rules cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.reports.tables.allocation import allocation_table
from solver.reports.tables.capacity import capacity_table
from solver.reports.tables.columns import typed_table
from solver.reports.tables.corridors import corridors_table
from solver.reports.tables.demand import demand_table
from solver.reports.tables.exposure import exposure_table
from solver.reports.tables.flows import flows_table
from solver.reports.tables.rules import rules_table
from solver.solution.form import TABLES

if TYPE_CHECKING:
    from solver.reports.account import Account
    from solver.reports.tables.columns import Table


def plan_tables(account: Account) -> dict[str, Table]:
    """Every table of a plan, as it is written and read back."""
    tables = {
        "allocation": allocation_table(account),
        "demand": demand_table(account),
        "capacity": capacity_table(account),
        "flows": flows_table(account),
        "corridors": corridors_table(account),
        "rules": rules_table(account),
        "exposure": exposure_table(account),
    }
    return {name: typed_table(name, table) for name, table in tables.items()}


def empty_tables() -> dict[str, Table]:
    """Every table, without a row: there is no plan."""
    return {
        name: typed_table(name, dict.fromkeys(columns, np.zeros(0)))
        for name, columns in TABLES.items()
    }
