"""The tables that a result must hold, recomputed from instance, plan and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.verification.facts.costs import PARTS
from solver.verification.figures.allocation import allocation_table
from solver.verification.figures.capacity import capacity_table
from solver.verification.figures.comparison import FigureColumn, numbers
from solver.verification.figures.corridors import corridors_table
from solver.verification.figures.demand import demand_table
from solver.verification.figures.exposure import COLUMNS
from solver.verification.figures.rules import rules_table

if TYPE_CHECKING:
    from solver.verification.evidence import Evidence


def expected_tables(evidence: Evidence) -> dict[str, dict[str, FigureColumn]]:
    """Tables of a result, by name."""
    return {
        "allocation": allocation_table(evidence),
        "demand": demand_table(evidence),
        "capacity": capacity_table(evidence),
        "corridors": corridors_table(evidence),
        "rules": rules_table(evidence),
    }


def empty_tables() -> dict[str, dict[str, FigureColumn]]:
    """Tables of a result without a plan: headers only."""
    nothing: list[float] = []
    return {
        name: {title: numbers(nothing, 0) for title in titles}
        for name, titles in _TITLES.items()
    }


_TITLES = {
    "allocation": (
        *("demand", "product", "origin", "market", "period", "quantity", "corridor"),
        *("route", "legs", "cost", *PARTS, "days", "emissions"),
    ),
    "demand": (
        *("demand", "product", "origin", "market", "period", "quantity", "carried"),
        *("unmet", "marginal_cost", "average_cost", "days"),
    ),
    "capacity": (
        *("kind", "limit", "period", "capacity", "used", "utilisation", "price"),
        "relief",
    ),
    "corridors": (
        *("scope", "by", "value", "quantity", "share", "hhi", "hhi_10000"),
        "effective",
    ),
    "rules": (
        *("rule", "scope", "period", "by", "measure", "value", "side", "level"),
        *("limit", "slack", "penalty", "price", "price_tighter", "price_looser"),
    ),
    "dependence": ("by", "value", "quantity", "share", *COLUMNS.values()),
}
