"""The words in which levels, limits and prices of rules are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.reports.screen.numbers import figure, outwards, percent
from solver.reports.tables.both_ways import relief_figures
from solver.rules.kinds import kind_of, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.problem.instance import Units
    from solver.problem.rules import Rule
    from solver.solution.keys import Measure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DigitsOfLevels:
    """How exactly a level is told.

    Parameters
    ----------
    percent, index, number : int
        Digits after the point of percentages, of HHI and of effective numbers.
    quantity : int
        Digits of a quantity that has fewer before its point.
    """

    percent: int
    index: int
    number: int
    quantity: int


LEVEL = DigitsOfLevels(percent=1, index=3, number=1, quantity=4)
"""Of where a plan stands."""


LOOSENED = DigitsOfLevels(percent=4, index=6, number=6, quantity=9)
"""Of a limit that is to be set instead: as far as it makes a difference."""


_SAME = 0.01
"""Two prices that differ by less of the larger are told as one."""


def scale(rule: Rule, measure: Measure, units: Units) -> dict[str, Any]:
    """Say in what a row's level is counted, and what its price is for.

    Parameters
    ----------
    rule : Rule
        The row's rule.
    measure : str
        What the row bounds.
    units : Units
        Units of the instance.

    Returns
    -------
    dict
        `k`, how many values a row of the largest counts together; `unit`, the unit of
        a change that is bounded as a quantity; `price_per`. The first two are None of
        other rows.
    """
    kind, unit = kind_of(measure), None
    if kind.is_quantity(rule):
        unit = units.quantity if rule.weight == "quantity" else units.money
    price_per = unit or words_of(measure).price_per
    return {"k": kind.count(rule), "unit": unit, "price_per": price_per}


def subject(row: Mapping[str, Any]) -> str:
    """Say what a row bounds: a value, or a measure of all values."""
    told = words_of(row["measure"]).subject
    return told.replace("{value}", str(row["value"])).replace("{k}", str(row["k"]))


def loosened(row: Mapping[str, Any]) -> str:
    """Text of the limit that is to be set instead, rounded to where it holds."""
    value = row["level"]
    if value is None or row["unit"]:
        return level(row, LOOSENED)
    shown = outwards(value, LOOSENED.index, up=row["side"] == "max")
    return _without_zeros(level({**row, "level": shown}, LOOSENED))


def _without_zeros(text: str) -> str:
    """Text of a level without the zeros at its end, behind the point."""
    number, blank, unit = text.partition(" ")
    if "." in number:
        number = number.rstrip("0").removesuffix(".")
    return f"{number}{blank}{unit}"


def level(row: Mapping[str, Any], digits: DigitsOfLevels = LEVEL) -> str:
    """Text of a row's level; a dash if there is none."""
    value = row["level"]
    if value is None:
        return "-"
    match words_of(row["measure"]).counted:
        case "index":
            return f"{value:.{digits.index}f}"
        case "number":
            return f"{value:,.{digits.number}f}"
        case _ if row["unit"]:
            return f"{figure(value, digits.quantity)} {row['unit']}"
        case _:
            return percent(value, digits.percent)


def limit(row: Mapping[str, Any]) -> str:
    """Side and limit of a row."""
    value, side = row["limit"], row["side"]
    match words_of(row["measure"]).counted:
        case "index":
            return f"{side} {value:.{LEVEL.index}f}"
        case "number":
            return f"{side} {figure(value)}"
        case _ if row["unit"]:
            return f"{side} {figure(value)} {row['unit']}"
        case _:
            return f"{side} {figure(100 * value)} %"


def price(row: Mapping[str, Any]) -> str:
    """Price of a row: what more room saves and what less costs, where they differ.

    Where room lets more firm demand be served, that stands in place of a price.
    """
    looser, tighter, per = row["price_more"], row["price_less"], row["price_per"]
    serves, leaves = relief(row, "more"), relief(row, "less")
    if serves or leaves:
        if looser is None and tighter is None and _is_mirrored(row):
            return f"{serves}/{per}"
        return f"{serves or figure(looser)} to {leaves or figure(tighter)}/{per}"
    if looser is None and tighter is None:
        # Not asked: one of the prices that prove the plan.
        return f"{figure(row['price'])}/{per}" if row["price"] else "0"
    ends = [0.0 if looser is None else looser, tighter or 0.0]
    if tighter == 0 and not ends[0]:
        return "0"
    if None not in (looser, tighter) and max(ends) - min(ends) <= _SAME * max(ends):
        return f"{figure(tighter)}/{per}"
    return f"{figure(looser)} to {figure(tighter)}/{per}"


def _is_mirrored(row: Mapping[str, Any]) -> bool:
    """Whether less room takes, class by class, what more room brings."""
    more, less = (dict(_parts(row, direction)) for direction in ("more", "less"))
    return more.keys() == less.keys() and all(
        abs(more[own] - less[own]) <= _SAME * abs(more[own]) for own in more
    )


def _parts(row: Mapping[str, Any], direction: str) -> list[tuple[int | None, float]]:
    """Return priority and quantity of each class that a direction serves otherwise."""
    return relief_figures(row.get(f"relief_{direction}") or "")


def relief(row: Mapping[str, Any], direction: str) -> str:
    """Return what one more or one less of a row lets be served; blank if as much.

    Parameters
    ----------
    row : dict
        A row of the table of limits or of rules.
    direction : str
        ``more`` or ``less``.
    """
    return served(_parts(row, direction), direction)


def serves_more(row: Mapping[str, Any]) -> bool:
    """Whether more room lets more be served of the first class that it changes."""
    sizes = [size for _, size in _parts(row, "more")]
    return bool(sizes) and sizes[0] > 0.0


def served(parts: Sequence[tuple[int | None, float]], direction: str) -> str:
    """Return what one more or one less lets be served of each class of firm demand.

    Parameters
    ----------
    parts : sequence of (int or None, float)
        Priority of each class, and what less of it stays unmet for one more, or what
        more for one less.
    direction : str
        ``more`` or ``less``.
    """
    sign = 1.0 if direction == "more" else -1.0
    alone = len(parts) == 1
    return ", ".join(_served(own, sign * less, alone=alone) for own, less in parts)


def _served(priority: int | None, more: float, *, alone: bool) -> str:
    """Return what one class of firm demand is served more or less."""
    text = f"{figure(abs(more))} {'more' if more > 0.0 else 'less'} served"
    if priority is None:
        return text if alone else f"{text} of the last"
    return f"{text} of priority {priority}"
