"""Several results side by side, and what changes against the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.problem.tables import NO_CORRIDOR
from solver.reports.page.tables.table import TableRow, TableView, heads
from solver.reports.page.text import (
    TextScale,
    concentration,
    money_scale,
    rate,
    shown,
)
from solver.reports.screen.numbers import figure, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from solver.reports.page.source import PageSource

_LEAST_DECIMAL = 0.01
_PARTS = {
    "tariff": "tariffs",
    "handling": "handling",
    "surcharge": "surcharges",
    "time": "time",
    "emission": "emissions",
    "unmet": "unmet demand",
}


def comparison(
    sources: Sequence[PageSource], labels: Sequence[str]
) -> TableView | None:
    """Return the results side by side; None for one result, or unlike units."""
    first = sources[0].instance.units
    if len(sources) < 2 or any(s.instance.units != first for s in sources):  # noqa: PLR2004
        return None
    columns = []
    for number, label in enumerate(labels):
        columns.append(f"#{label}")
        columns += [f"#change from {labels[0]}"] if number else []
    summaries = [source.result.summary for source in sources]
    return TableView(
        caption="The plans side by side",
        heads=heads("", *map(shown, columns)),
        rows=tuple(_rows(summaries, sources)),
    )


def _rows(
    summaries: Sequence[Any], sources: Sequence[PageSource]
) -> Iterator[TableRow]:
    units = sources[0].instance.units
    status = [str(summary["status"]) for summary in summaries]
    cells = [status[0]] + [cell for word in status[1:] for cell in (word, "")]
    yield TableRow(("status", *cells))
    largest = max(abs(s["cost"] or 0.0) for s in summaries)
    size, unit = money_scale(largest, shown(units.money))
    yield _scaled(f"cost, {unit}", [s["cost"] for s in summaries], size)
    for part, word in _PARTS.items():
        values = [s["cost_parts"].get(part) for s in summaries]
        if any(values):
            yield _scaled(f"of it {word}, {unit}", values, size)
    if any(s["penalties"] for s in summaries):
        paid = [s["penalties"] for s in summaries]
        yield _scaled(f"penalties for broken soft rules, {unit}", paid, size)
    largest = max(s["demand"] or 0.0 for s in summaries)
    scale = TextScale.of(largest, shown(units.quantity))
    for name in ("demand", "served", "unmet"):
        amounts = [s[name] for s in summaries]
        yield _scaled(f"{name}, {scale.unit}", amounts, scale.size)
    each = [_each(summary) for summary in summaries]
    yield _row(
        f"cost per unit served, {units.money}/{units.quantity}",
        each,
        rate,
        _change_of(rate),
    )
    names = dict.fromkeys(name for s in summaries for name in s["corridors"])
    for name in names:
        shares = [s["corridors"].get(name, {}).get("share") for s in summaries]
        if name != NO_CORRIDOR or any(shares):
            yield _row(f"share of corridor {shown(name)}", shares, percent, _points)
    hhi = [s["hhi"] for s in summaries]
    title = "concentration of corridors (HHI, 1 is one alone)"
    yield _row(title, hhi, concentration)


def _scaled(name: str, values: Sequence[float | None], size: float) -> TableRow:
    """Return a row of amounts in a unit that holds several of the instance's."""
    number = figure if size == 1 else _decimal
    return _row(name, [None if v is None else v / size for v in values], number)


def _decimal(value: float | None) -> str:
    """Return a number with two decimals, more where these would say nothing."""
    if not value or abs(value) < _LEAST_DECIMAL:
        return figure(value, 2)
    return f"{value:,.2f}"


def _each(summary: Any) -> float | None:  # noqa: ANN401
    if not summary["served"]:
        return None
    money = summary["cost"] - summary["cost_parts"]["unmet"]
    return float(money / summary["served"])


def _points(change: float) -> str:
    text = f"{100 * change:+,.1f}"
    return "0" if float(text) == 0 else f"{text} points"


def _change_of(number: Callable[[float | None], str]) -> Callable[[float], str]:
    """Return what writes a change with its sign, as numbers of its kind are written."""

    def signed(change: float) -> str:
        text = number(abs(change))
        if not text.strip("0."):
            return "0"
        return f"{'+' if change > 0 else '-'}{text}"

    return signed


def _row(
    name: str,
    values: Sequence[float | None],
    number: Callable[[float | None], str] = figure,
    change: Callable[[float], str] | None = None,
) -> TableRow:
    """Return a row: each value, and from the second on its change to the first."""
    change = change or _change_of(number)
    base, cells = values[0], [number(values[0])]
    for value in values[1:]:
        moved = "-" if value is None or base is None else change(value - base)
        cells += [number(value), moved]
    return TableRow((name, *cells))
