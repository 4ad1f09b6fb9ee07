"""Names: well formed, unique where they are keys, and known where they refer."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from solver.checks.references import reference_faults
from solver.checks.row_faults import place_text, row_faults
from solver.errors import Fault, UsageError
from solver.messages import listed, shown
from solver.problem.columns import column_specs
from solver.problem.rules import ALL
from solver.problem.tables import ANY, DEFINITIONS, NO_CORRIDOR, split_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from solver.problem.instance import Instance
    from solver.problem.tables import Table


KEYS = {
    "nodes": "node",
    "legs": "leg",
    "products": "product",
    "routes": "route",
    "capacities": "capacity",
}
"""The key column of each table that has one."""


_WHOLE_NAMES = (
    ("nodes", "node"),
    ("nodes", "node_group"),
    ("legs", "leg"),
    ("legs", "mode"),
    ("legs", "corridor"),
    ("products", "product"),
    ("products", "group"),
    ("routes", "route"),
    ("routes", "corridor"),
    ("capacities", "capacity"),
    ("demand", "demand"),
)


_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


_CHAIN = re.compile(r" > |^>|>$")


def known_names(instance: Instance) -> dict[str, dict[str, None]]:
    """Return the names that each kind of reference may use, in order."""
    nodes, legs, routes = instance.nodes, instance.legs, instance.routes
    places = chain(nodes["node"], nodes["node_group"])
    corridors = chain(legs["corridor"], routes["corridor"])
    countries = _split_all(chain(nodes["country"], legs["country"]))
    kinds: dict[str, Iterable[str]] = {
        "nodes": nodes["node"],
        "places": places,
        "legs": legs["leg"],
        "routes": routes["route"],
        "products": instance.products["product"],
        "groups": instance.products["group"],
        "modes": legs["mode"],
        "countries": countries,
        "corridors": corridors,
        "tags": _split_all(legs["tags"]),
        "periods": instance.periods,
        "periods or all": (*instance.periods, ALL),
    }
    known = {kind: dict.fromkeys(names) for kind, names in kinds.items()}
    for names in known.values():
        names.pop("", None)
    return known


def name_faults(instance: Instance, manifest: str) -> Iterator[Fault]:
    """Yield what is wrong with names, by themselves and among each other."""
    for table, column in _WHOLE_NAMES:
        yield from _ill_formed(getattr(instance, table), column)
    yield from _lists_of_nothing(instance)
    yield from _period_faults(instance.periods, manifest)
    yield from _reserved(instance)
    for table, key in KEYS.items():
        yield from _duplicates(getattr(instance, table), key)
    yield from _clashes(
        (instance.nodes, "node_group"), (instance.nodes, "node"), "a node"
    )
    yield from _clashes((instance.routes, "route"), (instance.legs, "leg"), "a leg")
    yield from reference_faults(instance, known_names(instance), manifest)


def _split_all(cells: Iterable[str]) -> Iterator[str]:
    for cell in dict.fromkeys(cells):
        yield from split_names(cell)


def _ill_formed(table: Table, column: str) -> Iterator[Fault]:
    """Names that reports, or the columns that refer to them, could not hold."""
    cells = table[column]
    distinct = set(cells)
    in_chains = column in {"node", "leg", "route"}
    is_free = column == "demand"  # Nothing refers to the name of an order.
    joined = {cell for cell in distinct if "|" in cell and not is_free}
    control = {cell for cell in distinct if _CONTROL.search(cell)}
    chained = {cell for cell in distinct if in_chains and _CHAIN.search(cell)}
    for bad, message, remedy in (
        (joined, "holds `|`, which joins several names", "give it another name"),
        (control, "holds a control character", "take it out"),
        (chained, "holds `>`, which joins the parts of a route", "give it another one"),
    ):
        if bad:
            rows = [row for row, cell in enumerate(cells) if cell in bad]
            yield from row_faults(table, column, rows, message, remedy)


def _lists_of_nothing(instance: Instance) -> Iterator[Fault]:
    """Yield cells that join no name: neither blank, for all, nor a list of some."""
    message = "holds `|` and no name"
    remedy = "give the names it joins, or leave it blank"
    for name in DEFINITIONS:
        table: Table = getattr(instance, name)
        for column in column_specs(name).values():
            if column.split:
                cells = table[column.name]
                bad = {c for c in set(cells) if "|" in c and not split_names(c)}
                rows = [row for row, cell in enumerate(cells) if cell in bad]
                yield from row_faults(table, column.name, rows, message, remedy)


def _period_faults(periods: tuple[str, ...], file: str) -> Iterator[Fault]:
    if not periods:
        yield Fault(file, "no period is named", "name one", column="periods")
    for period in periods:
        if not period.strip() or "|" in period or _CONTROL.search(period):
            message = f"{shown(period)} cannot be the name of a period"
            remedy = "give it another name"
            yield Fault(file, message, remedy, None, "periods", period)
    if ALL in periods:
        message = "`all` means all periods together"
        remedy = "give the period another name"
        yield Fault(file, message, remedy, None, "periods", ALL)
    twice = [name for name in dict.fromkeys(periods) if periods.count(name) > 1]
    for period in twice:
        message, remedy = f"period {shown(period)} stands there twice", "keep one"
        yield Fault(file, message, remedy, None, "periods", period)


def _reserved(instance: Instance) -> Iterator[Fault]:
    """Names that mean something else wherever shares are counted, or in tariffs."""
    nodes, legs, routes = instance.nodes, instance.legs, instance.routes
    for table, columns in (
        (nodes, ("node", "country")),
        (legs, ("leg", "mode", "corridor", "country", "tags")),
        (routes, ("corridor",)),
    ):
        for column in columns:
            yield from _none_faults(table, column)
    for column in ("node", "node_group"):
        rows = [r for r, name in enumerate(nodes[column]) if name == ANY]
        message, other = "stands for every node", "give it another name"
        yield from row_faults(nodes, column, rows, message, other)


def _none_faults(table: Table, column: str) -> Iterator[Fault]:
    """Yield the cells that hold the word for no corridor, once each."""
    remedy = "leave it blank, or give it another name"
    if column in {"node", "leg"}:
        remedy = "give it another name"
    rows_of: dict[str, list[int]] = {}
    for row, cell in enumerate(table[column].tolist()):
        if NO_CORRIDOR in split_names(cell):
            rows_of.setdefault(cell, []).append(row)
    for rows in rows_of.values():
        message = f"holds `{NO_CORRIDOR}`, which means cargo without a corridor"
        if rows[1:]:
            message = f"{message}, in {len(rows)} rows"
        yield from row_faults(table, column, rows[:1], message, remedy)


def _duplicates(table: Table, key: str) -> Iterator[Fault]:
    cells = table[key]
    if len(set(cells)) == len(cells):
        return
    first: dict[str, int] = {}
    for row, cell in enumerate(cells):
        if cell and first.setdefault(cell, row) != row:
            message = f"stands there twice, first in {place_text(table, first[cell])}"
            yield from row_faults(table, key, [row], message, "give each its own name")


def _clashes(
    these: tuple[Table, str], others: tuple[Table, str], noun: str
) -> Iterator[Fault]:
    """Names in one column that stand in another with which they share a space."""
    table, column = these
    taken = set(others[0][others[1]]) - {""}
    rows = [row for row, name in enumerate(table[column]) if name in taken]
    message = f"is the name of {noun} as well"
    yield from row_faults(table, column, rows, message, "give one of them another name")


def legs_between(legs: Table, text: str) -> list[str]:
    """Return the legs that a text names by their ends, as screens print them.

    `Aktau > Baku`, with or without blanks, and `L084 Aktau > Baku`.
    """
    wanted = text.removeprefix("leg ").replace(" ", "")
    columns = (legs[column].tolist() for column in ("leg", "from", "to"))
    return [
        str(leg)
        for leg, start, end in zip(*columns, strict=True)
        if wanted in {ends := f"{start}>{end}".replace(" ", ""), f"{leg}{ends}"}
    ]


def legs_by_ends(legs: Table, names: Sequence[str]) -> list[str]:
    """Return names, with that of a leg in place of its ends if no leg has them as name.

    Raises
    ------
    UsageError
        If several legs have the same ends.
    """
    known = set(legs["leg"].tolist())
    found = []
    for name in names:
        between = [] if name in known else legs_between(legs, name)
        if len(between) > 1:
            several = f"several legs run {shown(name)}; name one: {listed(between)}"
            raise UsageError(f"--leg: {several}")
        found += between or [name]
    return found
