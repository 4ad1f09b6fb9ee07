"""Unmet demand: how much, why, and the least set of limits that keeps it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.messages import counted
from solver.reports.page.stops import node_names
from solver.reports.page.tables.limits import limit_namer
from solver.reports.page.tables.table import TableView, heads, rows
from solver.reports.page.text import cut, shown
from solver.reports.screen.numbers import figure
from solver.reports.shortage import shortage_rows, shortage_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from solver.reports.page.source import PageSource

_LONGEST = 1_000
"""Characters of the sentence on a class."""

_PARTS = re.compile(r"(, | with |limited by | over all periods| and more|; )")
"""What stands between the limits that a reason names."""


def unmet_lead(source: PageSource) -> str:
    """Say how much firm demand must stay unmet, and the limits that keep it."""
    name, unit = limit_namer(source), source.instance.units.quantity
    sentences = []
    for row in shortage_rows(source.result, source.instance):
        limits = [
            {**limit, "limit": name(limit["kind"], limit["limit"]), "ends": None}
            for limit in row["limits"]
        ]
        text = cut(shortage_text({**row, "limits": limits}, unit), _LONGEST)
        sentences.append(f"{text[:1].upper()}{text[1:]}.")
    return " ".join(sentences)


def unmet_reasons(source: PageSource, most: int) -> list[str]:
    """Return the reasons why demand stays unmet, the largest quantity first."""
    told, unit = _reasons(source), source.instance.units.quantity
    sums = _by_reason(source.result.summary["unmet_demand"])
    sentences = [
        f"{figure(quantity)} {unit} in {counted(f'{count:,}', 'row')}: {told(reason)}."
        for reason, (quantity, count) in list(sums.items())[:most]
    ]
    if len(sums) > most:
        rest = counted(f"{len(sums) - most:,}", "more reason")
        sentences.append(f"Left out here: {rest}.")
    return sentences


def unmet_table(source: PageSource, most: int) -> TableView | None:
    """Return demand that stays unmet, the largest first, with the number of its reason.

    Numbers are those of `unmet_reasons`; where all have the same there are none.
    """
    found = source.result.summary["unmet_demand"]
    if not found:
        return None
    sums = _by_reason(found)
    numbers = {reason: f"{number}" for number, reason in enumerate(sums, 1)}
    order = sorted(found, key=lambda row: (-row["unmet"], row["row"]))
    names, several = node_names(source.instance), len(sums) > 1
    periods = len(source.instance.periods) > 1
    cells = [
        (
            row["product"],
            names.get(row["origin"], row["origin"]),
            names.get(row["market"], row["market"]),
            *([row["period"]] if periods else []),
            row["unmet"],
            *([numbers[row["reason"]]] if several else []),
        )
        for row in order[:most]
    ]
    return TableView(
        caption="Demand that stays unmet",
        heads=heads(
            *("product", "from", "to"),
            *(["period"] if periods else []),
            f"#unmet, {source.instance.units.quantity}",
            *(["#reason above"] if several else []),
        ),
        rows=rows(cells),
        left_out=max(0, len(order) - most),
    )


def _by_reason(found: Sequence[Mapping[str, Any]]) -> dict[str, tuple[float, int]]:
    """Return quantity and rows of each reason, the largest quantity first."""
    sums: dict[str, tuple[float, int]] = {}
    for row in found:
        quantity, count = sums.get(row["reason"], (0.0, 0))
        sums[row["reason"]] = quantity + row["unmet"], count + 1
    order = sorted(sums, key=lambda reason: (-sums[reason][0], reason))
    return {reason: sums[reason] for reason in order}


def _reasons(source: PageSource) -> Callable[[str], str]:
    """Return a function that gives the limits of a reason their names for people."""
    name, instance = limit_namer(source), source.instance
    known = {
        ", ": "; ",
        " with ": " and ",
    } | {
        f"node {node}": f"node {name('node', node)}" for node in instance.nodes["node"]
    }
    legs = instance.legs
    for leg, start, end in zip(legs["leg"], legs["from"], legs["to"], strict=True):
        said = leg if leg.startswith(f"{start}>{end}") else f"{leg} ({start} > {end})"
        known[f"leg {said}"] = f"leg {name('leg', leg)}"

    def told(reason: str) -> str:
        return "".join(shown(known.get(part, part)) for part in _PARTS.split(reason))

    return told


def firm_unmet(source: PageSource) -> float:
    """Return how much firm demand stays unmet in a result."""
    costs = source.instance.demand["unmet_cost"].astype(float)
    found = source.result.summary["unmet_demand"]
    firm = (row for row in found if np.isinf(costs[int(row["row"]) - 1]))
    return float(sum(row["unmet"] for row in firm))


def without_price(source: PageSource, label: str) -> str:
    """Say how much firm demand stays unmet in a result; blank if none does."""
    left = firm_unmet(source)
    if not left:
        return ""
    unit = source.instance.units.quantity
    return (
        f"{shown(label)}: {figure(left)} {shown(unit)} of unmet firm demand has no "
        "price and is not in this bridge."
    )
