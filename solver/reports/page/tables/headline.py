"""Headline figures of a result, and how they are proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.messages import counted
from solver.problem.tables import NO_CORRIDOR
from solver.reports.page.source import FULL
from solver.reports.page.tables.unmet import firm_unmet
from solver.reports.page.text import TextScale, money
from solver.reports.screen.numbers import figure, percent, small
from solver.solution.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.reports.page.source import PageSource

_MEANINGS = {
    Status.OPTIMAL: "proved: all firm demand is served, and no plan costs less",
    Status.UNMET: "firm demand stays unmet; proved: no plan serves more, or costs less",
    Status.INFEASIBLE: "proved: the rules cannot hold together",
    Status.LIMIT: "stopped by the time limit: the best plan found, not proved best",
    Status.APPROXIMATE: "verified, but not proved to the tolerance",
    Status.NONE: "stopped before there was a plan",
}
_PROVED = {Status.OPTIMAL, Status.UNMET, Status.INFEASIBLE}


@dataclass(frozen=True, slots=True)
class Card:
    """A figure with what it means; `mood` is good, warn or blank."""

    figure: str
    meaning: str
    mood: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """Cards, and what proves them.

    Parameters
    ----------
    cards : tuple of Card
        The figures.
    proof : str
        What is proved, in a sentence.
    checks : tuple of (str, str)
        What the verification checked, and what it found.
    """

    cards: tuple[Card, ...]
    proof: str
    checks: tuple[tuple[str, str], ...]


def headline(source: PageSource, scale: TextScale) -> Headline:
    """Return the headline figures of a result."""
    return Headline(
        cards=tuple(_cards(source, scale)),
        proof=_proof(source),
        checks=tuple(source.checks),
    )


def _cards(source: PageSource, scale: TextScale) -> Iterator[Card]:
    summary, units = source.result.summary, source.instance.units
    status = Status(summary["status"])
    mood = "good" if status is Status.OPTIMAL else "warn"
    meaning = _MEANINGS[status]
    if source.instance.diversification:
        meaning = meaning.replace("no plan", "no plan that keeps the rules")
    yield Card(status.value, meaning, mood)
    if summary["cost"] is None:
        return
    rate = f"{units.money}/{units.quantity}"
    served, unmet = summary["served"], summary["unmet"]
    cost = summary["cost"] - summary["cost_parts"]["unmet"]
    each = f"{figure(cost / served)} {rate} served" if served else "nothing served"
    if summary["cost_parts"]["unmet"] > 0:
        left = f"{money(summary['cost_parts']['unmet'])} {units.money}"
        each = f"{money(cost)} {units.money} for what is served"
        each += f" ({figure(cost / served)} {rate})" if served else ""
        each += f", {left} for unmet demand"
    if summary["penalties"]:
        paid = f"{money(summary['penalties'])} {units.money}"
        each = f"{each}; {paid} more for soft rules that are broken"
    yield Card(f"{money(summary['cost'])} {units.money}", each)
    share = percent(served / summary["demand"] if summary["demand"] else None)
    rest = f"{scale.text(unmet)} unmet" if unmet else "nothing unmet"
    of = f"served of {scale.text(summary['demand'])}: {share}, {rest}"
    yield Card(scale.text(served), of, "warn" if unmet else "")
    yield from _concentration(source)
    yield _limits(source)


def _concentration(source: PageSource) -> Iterator[Card]:
    summary = source.result.summary
    named = {
        name: figures
        for name, figures in summary["corridors"].items()
        if figures["quantity"] and name != NO_CORRIDOR
    }
    if not named or not summary["hhi"]:
        return
    hhi = summary["hhi"]
    effective = counted(figure(1 / hhi, 2), "equal corridor")
    told = f"concentration of corridors (HHI, 1 is one alone): like {effective}"
    yield Card(figure(hhi, 3), told)


def _limits(source: PageSource) -> Card:
    """Return how many limits have a price, how many of these are full, and rules."""
    table, rules = source.result.tables["capacity"], source.result.tables["rules"]
    priced = table["price"] > 0
    closed = int((priced & (table["capacity"] == 0)).sum())
    full = int((priced & (np.nan_to_num(table["utilisation"]) >= FULL)).sum())
    count = int(priced.sum())
    text = "limit has a shadow price" if count == 1 else "limits have a shadow price"
    states = [(full, "full")] if full or not closed else []
    states += [(closed, "closed")] if closed else []
    if count:
        told = [word if count == 1 else f"{n} {word}" for n, word in states]
        text = f"{text}: more room may lower the cost ({', '.join(told)})"
    if len(rules["rule"]):
        binding = len(set(rules["rule"][np.nan_to_num(rules["price"]) > 0]))
        text = f"{text}; {binding} {'rule binds' if binding == 1 else 'rules bind'}"
    return Card(str(count), text)


def _proof(source: PageSource) -> str:
    summary, money_unit = source.result.summary, source.instance.units.money
    status = Status(summary["status"])
    if status is Status.INFEASIBLE:
        return (
            "The certificate shows that no plan keeps all rules. It was checked in "
            "exact arithmetic, from the files of the result alone."
        )
    if summary["bound"] is None:
        return "No bound on the cost is proved."
    bound = f"{figure(summary['bound'])} {money_unit}"
    is_proved, leaves = status in _PROVED, bool(firm_unmet(source))
    distance = _distance(summary["gap"], is_proved=is_proved, leaves=leaves)
    conditions = ["serves as much firm demand"] if firm_unmet(source) else []
    conditions += ["keeps the rules"] if source.instance.diversification else []
    plans = "Every plan"
    if conditions:
        plans = f"{plans} that {' and '.join(conditions)}"
    return (
        f"{plans} costs at least {bound}: the prices in the certificate prove it. "
        f"{distance} Plan, limits, rules, cost and bound were recomputed in exact "
        "arithmetic, from the files of the result alone, when this page was made."
    )


def _distance(gap: float | None, *, is_proved: bool, leaves: bool) -> str:
    """Say how far a plan is from what is proved, if that says anything.

    The gap of one that `leaves` firm demand has what it need not leave in it.
    """
    if gap is None:
        return "This plan leaves far more unmet than is proved to be needed."
    ending = "" if is_proved else " This is more than the tolerance."
    size = small(gap) if gap else "0"
    if leaves and not is_proved:
        return f"In cost and unmet demand the relative gap to that is {size}.{ending}"
    return f"This plan's cost is above that by a relative gap of {size}.{ending}"
