"""Sections of a page: what each result tells, in the order in which it is read.

A section has a title, the template that writes its content, and tables. A new one is
a function here and, if no template there is fits, a file in `templates/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.reports.page.countries import country_names
from solver.reports.page.map.sheet import PageMap
from solver.reports.page.pictures.bridge import (
    bridge_picture,
    bridge_table,
    moves_table,
)
from solver.reports.page.pictures.frontier import curve, curve_table
from solver.reports.page.pictures.sankey import Sankey, gathered, sankey
from solver.reports.page.pictures.shares import share_pictures, share_table
from solver.reports.page.stops import flow_stops, node_names
from solver.reports.page.tables.about import about
from solver.reports.page.tables.comparison import comparison
from solver.reports.page.tables.flows import legs_table, markets_table, routes_table
from solver.reports.page.tables.headline import Headline, headline
from solver.reports.page.tables.limits import (
    binding_limits,
    limits_lead,
    limits_table,
    limits_told,
)
from solver.reports.page.tables.rules import loosening_table, rules_table, rules_told
from solver.reports.page.tables.table import TableView, heads, rows
from solver.reports.page.tables.unmet import (
    unmet_lead,
    unmet_reasons,
    unmet_table,
    without_price,
)
from solver.reports.page.text import shown
from solver.reports.screen.comparison import rules_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.reports.page.budget import PageBudget
    from solver.reports.page.cargo import PageCargo
    from solver.reports.page.source import PageSource
    from solver.reports.page.tables.glance import Glance
    from solver.reports.page.text import TextScale


_MOST_MOVES = 40
"""Corridors, countries and ports of which is told what left and came."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under a heading.

    Parameters
    ----------
    title : str
        Heading.
    kind : str
        Template that writes `content`: `headline`, `map`, `sankey`, `shares`,
        `bridge`, `frontier`, `about`, or `tables` for nothing but tables.
    content : object
        What that template shows.
    tables : sequence of TableView
        Tables below it.
    lead : str
        Sentence under the heading.
    level : int
        Of the heading.
    points : sequence of str
        Sentences below that, one a line.
    is_numbered : bool
        Whether these have numbers.
    """

    title: str
    kind: str
    content: Any = None
    tables: Sequence[TableView] = ()
    lead: str = ""
    level: int = 2
    points: Sequence[str] = ()
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A result with all that its sections are made from.

    Parameters
    ----------
    cargo : PageCargo or None
        Its flows, if it has a plan.
    map : PageMap or str
        Its map, or why there is none.
    colours : dict of str to str
        Class of the colour of each corridor.
    scale : TextScale
        Unit of its pictures.
    budget : PageBudget
        How much is shown.
    level : int
        Of its headings.
    glance : Glance
        It in a few figures.
    """

    source: PageSource
    cargo: PageCargo | None
    map: PageMap | str
    colours: Mapping[str, str]
    scale: TextScale
    budget: PageBudget
    level: int
    glance: Glance
    earlier: Sequence[PageSource] = ()
    """Results before it on the page."""


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures of a result, and it at a glance."""

    headline: Headline
    glance: Glance


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The Sankeys of a result, that of all cargo first."""

    pictures: tuple[Sankey, ...]
    carried: tuple[str, ...]
    caption: str


def result_sections(told: Told) -> Iterator[Section]:
    """Yield the sections of one result."""
    source, budget, level = told.source, told.budget, told.level
    figures = _Figures(headline(source, told.scale), told.glance)
    yield Section("The plan in figures", "headline", figures, level=level)
    conflict = loosening_table(source)
    if conflict:
        title = "What stands in the way"
        yield Section(title, "tables", tables=[conflict], level=level)
    unmet = unmet_table(source, budget.rows)
    if unmet:
        lead = unmet_lead(source)
        reasons = unmet_reasons(source, budget.rows)
        yield Section(
            "Unmet demand",
            "tables",
            None,
            [unmet],
            lead,
            level,
            reasons,
            is_numbered=True,
        )
    if told.cargo is not None and len(told.cargo.quantity):
        yield from _cargo_sections(told, told.cargo)
    title = "Units, assumptions, sources"
    content = about(source, budget.rows, told.earlier)
    tables = [content.sources] if content.sources else []
    yield Section(title, "about", content, tables, level=level)


def _cargo_sections(told: Told, cargo: PageCargo) -> Iterator[Section]:
    """Yield the sections about what is carried."""
    source, budget, level = told.source, told.budget, told.level
    legs = legs_table(source, cargo, budget.rows)
    if isinstance(told.map, str):
        title = "Where the cargo goes"
        yield Section(title, "tables", tables=[legs], lead=told.map, level=level)
    else:
        yield Section("Where the cargo goes", "map", told.map, [legs], level=level)
    yield _sankey_section(told, cargo)
    pictures = share_pictures(source, told.colours)
    if pictures:
        lead = "Shares of what is served; every bar starts at zero."
        if any(bar.captive is not None for one in pictures for bar in one.bars):
            lead = (
                f"{lead} Dark: captive, what it carries at least in any plan that "
                "serves as much, at any cost. Line below a bar: what it may carry in "
                "plans that cost 1 % more at most, where that was asked."
            )
        tables = [share_table(source)]
        title = "Whom the plan depends on"
        yield Section(title, "shares", pictures, tables, lead, level)
    order = binding_limits(source)
    limits = limits_table(source, order, budget.rows)
    if limits:
        yield _limits_section(told, limits, order)
    rules = rules_table(source, budget.rows)
    if rules:
        lead = "What a little more or less room would do, where a rule binds."
        points = rules_told(source)
        title = "What the rules cost"
        yield Section(title, "tables", None, [rules], lead, level, points)
    markets = markets_table(source, budget.rows)
    flows = routes_table(source, cargo, budget.rows)
    yield Section("Markets and flows", "tables", None, [markets, flows], level=level)


def _limits_section(told: Told, table: TableView, order: Sequence[int]) -> Section:
    """Return what more and less room at limits would do."""
    lead = limits_lead(told.source, order)
    points = limits_told(told.source, order, told.scale)
    return Section("Binding limits", "tables", None, [table], lead, told.level, points)


def _sankey_section(told: Told, cargo: PageCargo) -> Section:
    columns = flow_stops(told.source, cargo)
    pictures = [
        sankey(
            gathered(columns, cargo.quantity, told.budget.values),
            told.colours,
            told.scale,
        )
    ]
    carried = []
    for number, group in enumerate(cargo.groups if len(cargo.groups) > 1 else ()):
        chosen = (cargo.group == number).nonzero()[0]
        some = [[column[flow] for flow in chosen.tolist()] for column in columns]
        stops = gathered(some, cargo.quantity[chosen], told.budget.values)
        pictures.append(sankey(stops, told.colours, told.scale, group))
        carried.append(told.scale.text(float(cargo.quantity[chosen].sum())))
    caption = f"In {told.scale.unit}; each column sums to what is served."
    links = pictures[0].links
    unit = told.source.instance.units.quantity
    most = told.budget.rows
    order = sorted(links, key=lambda link: -link[3])[:most]
    table = TableView(
        caption="The bands as a table",
        heads=heads("from", "to", "corridor", f"#{unit}"),
        rows=rows(order),
        left_out=len(links) - len(order),
        folded=True,
    )
    content = _Pictures(tuple(pictures), tuple(carried), caption)
    title = "From origin to market, by corridor and port"
    return Section(title, "sankey", content, [table], level=told.level)


def _bridge_section(
    sources: Sequence[PageSource],
    labels: Sequence[str],
    comparisons: Sequence[Mapping[str, Any]],
) -> Section:
    """Return what differences in cost come from, and what had to move."""
    instance = sources[0].instance
    units = instance.units
    first, *others = labels
    open_ends = [
        without_price(source, label)
        for source, label in zip(sources, labels, strict=True)
    ]
    bridges = [found["bridge"] for found in comparisons]
    pictures = [
        bridge_picture(found, (first, other), units.money, (open_ends[0], own))
        for found, other, own in zip(bridges, others, open_ends[1:], strict=True)
    ]
    tables = [bridge_table(bridges, labels, units.money)]
    names = {"country": country_names(instance), "port": node_names(instance)}
    for found, other in zip(comparisons, others, strict=True):
        if found["moves"] and found["moves"]["values"]:
            moves = found["moves"]
            moved = moves_table(moves, (other, names), units.quantity, _MOST_MOVES)
            tables.append(moved)
    lead = (
        f"From the cost of {shown(first)}, step by step, to that of the other. Price: "
        "the same plan at the other's rates. Volume: more or less cargo, at its mean "
        "cost. Unmet: what unmet demand costs. Rules: the other's rules in place of "
        "the first's. Route: the rest, since cargo takes other routes."
    )
    for found, other, source in zip(bridges, others, sources[1:], strict=True):
        note = rules_note(found, source.result.summary, units.quantity)
        lead += f" {shown(f'{other}: {note}.')}" if note else ""
    return Section("What the difference comes from", "bridge", pictures, tables, lead)


def _glance_lead(glances: Sequence[Glance]) -> str:
    lead = "What each plan serves, at what cost, by which corridors."
    if any(one.is_bracketed for one in glances):
        lead = (
            f"{lead} In brackets: what a corridor, country or port carries at least in "
            "any plan that serves as much, at any cost."
        )
    return lead


def page_sections(
    sources: Sequence[PageSource],
    labels: Sequence[str],
    frontier: Mapping[str, Any] | None,
    comparisons: Sequence[Mapping[str, Any]] = (),
    glances: Sequence[Glance] = (),
) -> Iterator[Section]:
    """Yield the sections about all results together.

    Parameters
    ----------
    comparisons : sequence of dict
        Bridge from the first result to each other, and what had to move.
    glances : sequence of Glance
        Each result in a few figures.
    """
    if len(glances) > 1:
        yield Section("At a glance", "glance", glances, lead=_glance_lead(glances))
    table = comparison(sources, labels)
    if table:
        lead = f"Changes are against the first result, {shown(labels[0])}."
        yield Section("Side by side", "tables", None, [table], lead)
    if comparisons:
        yield _bridge_section(sources, labels, comparisons)
    if frontier is not None:
        is_least = str(frontier["rule"]["measure"]).startswith("min")
        strict = "right" if is_least else "left"
        lead = (
            f"Each point is the plan of least cost for {frontier['instance']['name']} "
            f"under one limit of the rule; to the {strict} it is stricter."
        )
        content, tables = curve(frontier), [curve_table(frontier)]
        yield Section("Cost against diversification", "frontier", content, tables, lead)
