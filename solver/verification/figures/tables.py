"""The tables that a result must hold, recomputed from instance, plan and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solution.form import EXACT, OPTIONAL, TABLES, TEXT
from solver.verification.figures.allocation import allocation_table
from solver.verification.figures.capacity import capacity_table
from solver.verification.figures.comparison import FigureColumn, numbers, text
from solver.verification.figures.corridors import corridors_table
from solver.verification.figures.demand import demand_table
from solver.verification.figures.flows import flows_table
from solver.verification.figures.rules import rules_table

if TYPE_CHECKING:
    from solver.verification.evidence import Evidence
    from solver.verification.figures.columns import Cells


def expected_tables(evidence: Evidence) -> dict[str, dict[str, FigureColumn]]:
    """Tables of a result, by name."""
    made = {
        "allocation": allocation_table(evidence),
        "demand": demand_table(evidence),
        "capacity": capacity_table(evidence),
        "flows": flows_table(evidence),
        "corridors": corridors_table(evidence),
        "rules": rules_table(evidence),
    }
    return {name: columns_of(name, cells) for name, cells in made.items()}


def empty_tables() -> dict[str, dict[str, FigureColumn]]:
    """Tables of a result without a plan: headers only."""
    nothing = FigureColumn(np.zeros(0))
    return {name: dict.fromkeys(titles, nothing) for name, titles in TABLES.items()}


def columns_of(name: str, cells: Cells) -> dict[str, FigureColumn]:
    """Columns of a table in the form of results: their order, and their digits."""
    columns = {}
    for title, digits in {**TABLES, **OPTIONAL}[name].items():
        found = cells[title]
        if isinstance(found, FigureColumn):
            columns[title] = found
        elif digits is TEXT:
            columns[title] = text(found)
        else:
            columns[title] = numbers(found, None if digits == EXACT else digits)
    return columns
