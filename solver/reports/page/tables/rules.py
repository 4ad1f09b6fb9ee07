"""Rules: where the plan stands, and what each costs at its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.problem.tables import NO_CORRIDOR
from solver.reports.answer import rows as entries
from solver.reports.answer import scaled
from solver.reports.page.countries import country_names
from solver.reports.page.stops import node_names
from solver.reports.page.tables.limits import relief_text
from solver.reports.page.tables.table import TableView, heads, rows
from solver.reports.page.text import money, money_scale, shown
from solver.reports.screen.numbers import figure
from solver.reports.screen.wording import level, limit, loosened, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from solver.reports.page.source import PageSource

_SIDES = {"max": "at most", "min": "at least"}
_STEPS = {"point": "one percentage point"}
_MOST_TOLD = 3
"""Rules that are told about in sentences."""


def rules_table(source: PageSource, most: int) -> TableView | None:
    """Return the rows of the rules, those with a price first."""
    found = _entries(source)
    if not found:
        return None
    name = value_namer(source)
    prices = [row[f"price_{side}"] or 0.0 for row in found for side in ("more", "less")]
    size, unit = money_scale(max(prices), shown(source.instance.units.money))
    cells = [
        (
            row["rule"],
            name(row),
            level(row),
            *_limit(row),
            _price(source, row, "more", size),
            _price(source, row, "less", size),
            _step(row),
        )
        for row in found[:most]
    ]
    return TableView(
        caption="Rules: where the plan stands, and what more or less room would do",
        heads=heads(
            *("rule", "of", "#level", "must be", "#limit"),
            f"#looser saves, {unit}",
            f"#tighter costs, {unit}",
            "for",
        ),
        rows=rows(cells),
        left_out=max(0, len(found) - most),
    )


def _entries(source: PageSource) -> list[dict[str, Any]]:
    """Return the rows of the rules, those with a price first."""
    found = scaled(entries(source.result.tables["rules"]), source.instance)
    return sorted(found, key=lambda row: -(row["price"] or 0.0))


def rules_told(source: PageSource) -> list[str]:
    """Return what the rules that bind most cost, in sentences."""
    name, told = value_namer(source), []
    unit = shown(source.instance.units.money)
    for row in _entries(source):
        more, less = row["price_more"], row["price_less"]
        if not row["price"] or more is None or less is None:
            continue
        step = _step(row)
        told.append(
            f"{shown(row['rule'])} ({shown(name(row))}): {step} looser saves "
            f"{money(more)} {unit}, {step} tighter costs {money(less)} {unit}."
        )
    return told[:_MOST_TOLD]


def _step(row: Mapping[str, Any]) -> str:
    """Return what the price of a row is for."""
    step = shown(row["price_per"])
    return _STEPS.get(step, step if step[:1].isdecimal() else f"one {step}")


def _limit(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the side and the number of a row's limit."""
    side, _, number = limit(row).partition(" ")
    return _SIDES.get(side, side), number


def _price(source: PageSource, row: Mapping[str, Any], side: str, size: float) -> str:
    """Return what more or less room does: money, or firm demand in brackets."""
    relief = relief_text(row[f"relief_{side}"])
    if relief:
        does = "serves" if side == "more" else "leaves unmet"
        return f"({does} {relief} {shown(source.instance.units.quantity)})"
    price = row[f"price_{side}"]
    return "-" if price is None else figure(price / size)


def value_namer(source: PageSource) -> Callable[[Mapping[str, Any]], str]:
    """Return a function that says for people what a row of a rule is about."""
    instance = source.instance
    names = {
        "country": country_names(instance),
        "port": node_names(instance),
        "node": node_names(instance),
        "corridor": {NO_CORRIDOR: "no corridor"},
    }
    several = len(instance.periods) > 1

    def name(row: Mapping[str, Any]) -> str:
        value = names.get(str(row.get("by", "")), {}).get(row["value"], row["value"])
        parts = [subject({**row, "value": value}), row["scope"].replace("=", " ")]
        parts += [row["period"]] if several else []
        return ", ".join(filter(None, parts))

    return name


def loosening_table(source: PageSource) -> TableView | None:
    """Return the rules that cannot hold together, with limits that would."""
    found = scaled(source.result.summary["loosening"] or (), source.instance)
    if not found:
        return None
    name = value_namer(source)
    cells = [(row["rule"], name(row), *_limit(row), loosened(row)) for row in found]
    return TableView(
        caption="Rules that would have to give way, and how far",
        heads=heads("rule", "of", "must be", "#limit", "#needed"),
        rows=rows(cells),
    )
