"""Units, assumptions and sources of a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.messages import table_rows
from solver.problem.tables import DEFINITIONS, FIRM
from solver.reports.page.tables.table import TableView, heads, rows
from solver.reports.page.text import cut, shown
from solver.reports.screen.numbers import figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.problem.instance import Instance
    from solver.reports.page.source import PageSource

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class About:
    """What an instance says about itself, as terms and texts, and its sources."""

    facts: tuple[tuple[str, str], ...]
    sources: TableView | None


def about(source: PageSource, most: int, earlier: Sequence[PageSource] = ()) -> About:
    """Return units, assumptions and sources of a result's instance.

    Parameters
    ----------
    most : int
        Rows of the sources.
    earlier : sequence of PageSource
        Results whose sources are told already.
    """
    told = {key for one in earlier for key in source_counts(one.instance)}
    return About(tuple(_facts(source)), _sources(source, most, told))


def _facts(source: PageSource) -> Iterator[tuple[str, str]]:
    instance, summary = source.instance, source.result.summary
    units = instance.units
    if instance.description:
        yield "Instance", _prose(instance.description)
    if instance.source:
        yield "Source", _prose(instance.source)
    money = units.money
    if instance.currency_year is not None:
        money = f"{money} of {instance.currency_year}"
    told = f"quantity in {units.quantity}, money in {money}, distance in "
    yield "Units", shown(f"{told}{units.distance}")
    yield "Periods", ", ".join(map(shown, instance.periods))
    if instance.scenarios:
        yield "Scenarios applied", ", ".join(map(shown, instance.scenarios))
    if instance.changes:
        yield "Changes", "; ".join(map(shown, instance.changes))
    yield "Demand without an unmet cost", _default(instance, money)
    if instance.emission_price:
        price = figure(instance.emission_price)
        yield "Emission price", f"{price} {money} per kg CO2e"
    sizes = [(name, len(getattr(instance, name))) for name in DEFINITIONS]
    yield "Size", ", ".join(_counted(count, name) for name, count in sizes if count)
    versions = summary["versions"]
    yield "Solved with", shown(f"Keruen {versions['keruen']}")
    yield "SHA-256 of the instance", summary["instance"]["sha256"]


def _prose(text: str) -> str:
    """Return a text as one line, without the marks that mean code elsewhere."""
    return " ".join(shown(text).replace("`", "").split())


def _counted(count: int, name: str) -> str:
    """Return a number of rows of a table in words."""
    if name == "demand":
        name = "row of demand" if count == 1 else "rows of demand"
    return table_rows(count, name)


def _default(instance: Instance, money: str) -> str:
    if instance.unmet_cost == FIRM:
        return "is firm: as much as possible is served, before money is counted"
    cost = figure(float(instance.unmet_cost))
    return f"may stay unmet for {cost} {money} a unit"


def source_counts(instance: Instance) -> dict[tuple[str, str], int]:
    """Return how many rows of each table name each source."""
    counts: dict[tuple[str, str], int] = {}
    for name in DEFINITIONS:
        for text in getattr(instance, name)["source"]:
            if text:
                counts[name, text] = counts.get((name, text), 0) + 1
    return counts


def _sources(
    source: PageSource, most: int, told: set[tuple[str, str]]
) -> TableView | None:
    """Return what the column `source` of each table says, the commonest first."""
    counts = source_counts(source.instance)
    counts = {key: count for key, count in counts.items() if key not in told}
    if not counts:
        return None
    caption = "Sources and assumptions of the tables' rows"
    if told:
        caption = f"{caption}, beside those above"
    order = sorted(counts, key=lambda key: (-counts[key], key))
    return TableView(
        caption=caption,
        heads=heads("table", "source or assumption", "#rows"),
        rows=rows(
            (table, cut(_prose(text), _LONGEST), counts[table, text])
            for table, text in order[:most]
        ),
        left_out=max(0, len(order) - most),
        folded=True,
    )
