"""What a sweep says: what matters most, how results spread, what closures cost."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import UsageError
from solver.jobs.records.export import in_order
from solver.jobs.records.layout import base_name
from solver.jobs.records.ledger import DONE
from solver.jobs.records.results import SHARE
from solver.jobs.records.status import opened
from solver.problem.change_text import parse_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from solver.jobs.records.ledger import LedgerEntry

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles that are told of each figure."""

SCENARIOS = "scenarios"
"""Name of the factor that lists of scenarios are."""

DRAWS = "draws"
"""Name of the factor that random draws are."""

_SPREAD_OF = ("cost", "served", "unmet", "hhi")
_JOIN = " + "
_BASE = "base"
"""How an empty list of scenarios is told."""


@dataclass(frozen=True, slots=True)
class SummaryPoint:
    """An item of a sweep that was solved.

    Parameters
    ----------
    scenarios : str
        Its scenarios, joined.
    factors : dict of str to str
        Value of each thing that a grid varies.
    draw : int or None
        Number of its draw.
    closed : str
        What is closed.
    figures : dict of str to number
        Figures of its result.
    base : str
        Name of what is known of the instance it started from.
    """

    scenarios: str
    factors: Mapping[str, str]
    draw: int | None
    closed: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    base: str = ""


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """Tables of a sweep: a list of rows each, all rows of one with the same columns."""

    tornado: list[dict[str, Any]]
    distribution: list[dict[str, Any]]
    closures: list[dict[str, Any]]


def summarise(folders: Sequence[Path]) -> BatchSummary:
    """Return what the items of a sweep say, over all folders named.

    Raises
    ------
    InputError, UsageError, DataError
        As `solver.jobs.records.status.opened`; a UsageError too if nothing is done.
    """
    with opened(folders) as ledgers:
        points = [_point(entry) for entry in in_order(ledgers) if entry.state == DONE]
        facts = {key: value for one in ledgers for key, value in one.facts().items()}
    if not points:
        message = f"{folders[0]}: no item is done yet"
        raise UsageError(f"{message}; wait for `keruen batch`")
    varied = [point for point in points if not point.closed]
    return BatchSummary(tornado(varied), distribution(varied), closures(points, facts))


def _point(entry: LedgerEntry) -> SummaryPoint:
    task = entry.task or {}
    closed = task.get("closed", "")
    changes = [] if closed else [parse_change(text) for text in task.get("changes", ())]
    return SummaryPoint(
        scenarios=_JOIN.join(task.get("scenarios", ())) or _BASE,
        factors={
            change.target(): json.dumps(change.value, ensure_ascii=False)
            for change in changes
            if not isinstance(change.value, dict) or change.table == "rules"
        },
        draw=task.get("draw"),
        closed=closed,
        figures={
            name: value
            for name, value in (entry.summary or {}).items()
            if isinstance(value, (int, float))
        },
        base=base_name(task.get("instance", ""), task.get("scenarios", ())),
    )


def tornado(points: Sequence[SummaryPoint]) -> list[dict[str, Any]]:
    """Return what moves the cost, the strongest first.

    For each factor: the mean cost over all items with its value, for the value with the
    least and the one with the largest. For draws: the 5 and 95 % quantiles of how far
    items are from the mean of those that differ from them by the draw alone.
    """
    costs = [point for point in points if point.figures.get("cost") is not None]
    names = dict.fromkeys(name for point in costs for name in point.factors)
    rows = [
        _swing(name, costs, lambda p, n=name: p.factors.get(n, "")) for name in names
    ]
    rows.append(_swing(SCENARIOS, costs, lambda point: point.scenarios))
    rows.append(_draw_swing(costs))
    found = [row for row in rows if row is not None]
    return sorted(found, key=lambda row: (-row["swing"], row["factor"]))


def _swing(
    name: str,
    points: Sequence[SummaryPoint],
    value_of: Any,  # noqa: ANN401
) -> dict[str, Any] | None:
    """Return how far a factor moves the mean cost; None: it has one value."""
    groups: dict[str, list[float]] = defaultdict(list)
    for point in points:
        groups[value_of(point)].append(point.figures["cost"])
    groups.pop("", None)
    if len(groups) <= 1:
        return None
    means = {value: fmean(costs) for value, costs in groups.items()}
    low, high = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
    return _tornado_row(name, (low, means[low]), (high, means[high]))


def _draw_swing(points: Sequence[SummaryPoint]) -> dict[str, Any] | None:
    """Return how far draws move the cost; None: nothing is drawn."""
    groups: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    for point in points:
        if point.draw is not None:
            key = (point.scenarios, *sorted(point.factors.items()))
            groups[key].append(point.figures["cost"])
    every = [cost for costs in groups.values() for cost in costs]
    apart = [cost - fmean(costs) for costs in groups.values() for cost in costs]
    if not apart or max(map(len, groups.values())) == 1:
        return None
    low, high = np.quantile(apart, (LEVELS[0], LEVELS[-1])).tolist()
    mean = fmean(every)
    return _tornado_row(DRAWS, ("5 %", mean + low), ("95 %", mean + high))


def _tornado_row(
    name: str, low: tuple[str, float], high: tuple[str, float]
) -> dict[str, Any]:
    return {
        "factor": name,
        "value_at_least": low[0],
        "least_mean_cost": round(low[1], 6),
        "value_at_most": high[0],
        "largest_mean_cost": round(high[1], 6),
        "swing": round(high[1] - low[1], 6),
    }


def distribution(points: Sequence[SummaryPoint]) -> list[dict[str, Any]]:
    """Return mean, spread and quantiles of what `_SPREAD_OF` names and of shares."""
    names = dict.fromkeys(
        name
        for point in points
        for name in point.figures
        if name in _SPREAD_OF or name.startswith(SHARE)
    )
    ordered = sorted(names, key=lambda name: (name.startswith(SHARE), name))
    groups: dict[str, list[SummaryPoint]] = defaultdict(list)
    for point in points:
        groups[point.scenarios].append(point)
    return [
        row
        for scenarios, members in groups.items()
        for name in ordered
        for row in _spread(scenarios, name, members)
    ]


def _spread(
    scenarios: str, name: str, points: Sequence[SummaryPoint]
) -> Iterator[dict[str, Any]]:
    values = [point.figures[name] for point in points if name in point.figures]
    if not values:
        return
    array = np.array(values, dtype=float)
    quantiles = np.quantile(array, LEVELS).tolist()
    yield {
        "scenarios": scenarios,
        "figure": name,
        "items": len(values),
        "mean": round(float(array.mean()), 9),
        "standard_deviation": round(float(array.std()), 9),
        "least": round(float(array.min()), 9),
        **{
            f"q{round(100 * level):02d}": round(value, 9)
            for level, value in zip(LEVELS, quantiles, strict=True)
        },
        "largest": round(float(array.max()), 9),
    }


def closures(
    points: Sequence[SummaryPoint], facts: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return what is closed, by unmet quantity and then cost, the worst first.

    Changes are against the instance with the same scenarios, which workers solve to
    start from: `facts` holds what they found.
    """
    found = [point for point in points if point.closed]
    rows = [_closure_row(point, facts.get(point.base) or {}) for point in found]
    by_cost = sorted(rows, key=lambda row: -(row["cost"] or 0.0))
    ranks = {id(row): number for number, row in enumerate(by_cost, 1)}
    rows.sort(key=lambda row: (-(row["unmet"] or 0.0), -(row["cost"] or 0.0)))
    return [
        {"rank_by_unmet": number, "rank_by_cost": ranks[id(row)], **row}
        for number, row in enumerate(rows, 1)
    ]


def _closure_row(point: SummaryPoint, base: Mapping[str, Any]) -> dict[str, Any]:
    cost, unmet = point.figures.get("cost"), point.figures.get("unmet")
    return {
        "closed": point.closed,
        "scenarios": point.scenarios,
        "cost": cost,
        "cost_change": _difference(cost, base.get("cost")),
        "unmet": unmet,
        "unmet_change": _difference(unmet, base.get("unmet")),
    }


def _difference(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else round(value - base, 6)
