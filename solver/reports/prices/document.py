"""What one more and one less of everything that binds do, as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.reports.answer import rows
from solver.reports.screen.wording import scale
from solver.reports.shortage import leg_ends
from solver.reports.tables.both_ways import binding, relief_figures

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.solution import Result


_LIMIT = ("kind", "limit", "period", "capacity", "used")
_SIDES = ("price_more", "good_for_more", "price_less", "good_for_less")
_PRICES = ("price_more", "price_less")
_RELIEFS = ("relief_more", "relief_less")
_RULE = ("rule", "scope", "period", "by", "measure", "value", "side", "level", "limit")
_DEMAND = ("row", "demand", "product", "origin", "market", "period", "quantity")


def prices_document(result: Result, instance: Instance) -> dict[str, Any]:
    """Return the prices of a result, the dearest first.

    Parameters
    ----------
    result : Result
        A verified result with a plan.
    instance : Instance
        Its instance.
    """
    return {
        "instance": result.summary["instance"]["name"],
        "scenarios": result.summary["instance"]["scenarios"],
        "status": result.summary["status"],
        "cost": result.summary["cost"],
        "units": instance.units.model_dump(),
        "periods": len(instance.periods),
        "limits": _limits(result, instance),
        "rules": _rules(result, instance),
        "demand": _demand(result),
    }


def _limits(result: Result, instance: Instance) -> list[dict[str, Any]]:
    """Limits that bind: what they are, and what one more and one less do.

    A limit that is full, or closed, without any price does not bind.
    """
    table, ends = result.tables["capacity"], leg_ends(instance)
    return [
        {
            **{name: row[name] for name in _LIMIT},
            "ends": ends[row["limit"]] if row["kind"] == "leg" else None,
            **{name: row[name] for name in _SIDES},
            **_reliefs(row),
        }
        for row in rows(table, binding(table, table["used"]))
    ]


def _rules(result: Result, instance: Instance) -> list[dict[str, Any]]:
    """Rows of rules that bind, in the same form."""
    kinds = {rule.name: rule for rule in instance.diversification}
    found = [
        {
            **{name: row[name] for name in (*_RULE, *_SIDES)},
            **_reliefs(row),
            **scale(kinds[row["rule"]], row["measure"], instance.units),
        }
        for row in rows(result.tables["rules"])
        if row["price"] or any(row[name] for name in (*_PRICES, *_RELIEFS))
    ]
    return sorted(found, key=lambda row: -_largest(row))


def _demand(result: Result) -> list[dict[str, Any]]:
    """Demand, with what one more costs and one less saves."""
    names = (*_DEMAND, "cost_more", "cost_less")
    found = [
        {name: row[name] for name in names} for row in rows(result.tables["demand"])
    ]
    return sorted(found, key=lambda row: -(row["cost_less"] or row["cost_more"] or 0.0))


def _reliefs(row: dict[str, Any]) -> dict[str, Any]:
    """Return what less of each class of firm demand stays unmet, or what more."""
    return {
        name: [
            {"priority": priority, "quantity": rate}
            for priority, rate in relief_figures(row[name])
        ]
        for name in _RELIEFS
    }


def _largest(row: dict[str, Any]) -> float:
    return float(max(row["price_more"] or 0.0, row["price_less"] or 0.0))
