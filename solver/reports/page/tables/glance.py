"""A plan at a glance: what it serves, at what cost, depending on whom, how sure."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from solver.problem.tables import NO_CORRIDOR
from solver.reports.page.pictures.shares import share_marks
from solver.reports.page.tables.unmet import firm_unmet
from solver.reports.page.text import cut, money, rate, shown
from solver.reports.screen.numbers import percent
from solver.solution.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.problem.instance import Instance
    from solver.reports.page.source import PageSource
    from solver.reports.page.text import TextScale

_SURE = {
    Status.UNMET: "Proved: no plan serves more firm demand, or costs less.",
    Status.INFEASIBLE: "Proved: no plan keeps all rules.",
    Status.NONE: "There is no plan: the time was too short.",
}
_LEAST_GAP, _NOTHING = 1e-4, 5e-4
_KINDS = {"corridor": "corridor", "country": "country crossed", "port": "port"}


@dataclass(frozen=True, slots=True)
class GlancePart:
    """The part of a corridor in a bar: where it begins and how long it is, in %."""

    name: str
    colour: str
    start: str
    length: str
    share: str


@dataclass(frozen=True, slots=True)
class Glance:
    """A plan at a glance.

    Parameters
    ----------
    label, anchor : str
        Name of the result, and where the page tells more about it.
    figures : tuple of (str, str)
        Each with what it means.
    parts : tuple of GlancePart
        Corridors, the largest first.
    given : str
        Scenarios, changes and rules it was made for.
    relies : tuple of (str, str, str)
        Kind, name and share of the largest corridor, country crossed and port.
    sure : str
        What is proved.
    mood : str
        `good` where the plan is proved and all is served, else `warn`.
    """

    label: str
    anchor: str
    figures: tuple[tuple[str, str], ...]
    parts: tuple[GlancePart, ...]
    given: str
    relies: tuple[tuple[str, str, str], ...]
    sure: str
    mood: str

    @property
    def is_bracketed(self) -> bool:
        """Whether any share has the least that is possible in brackets."""
        return any("(" in share for _, _, share in self.relies)


def glance(
    source: PageSource,
    label: str,
    anchor: str,
    colours: Mapping[str, str],
    scale: TextScale,
) -> Glance:
    """Return a plan at a glance.

    Parameters
    ----------
    source : PageSource
        Its result.
    label, anchor : str
        What it is called, and where the page tells more about it.
    colours : dict of str to str
        Class of the colour of each corridor.
    scale : TextScale
        Unit of its quantities.
    """
    summary = source.result.summary
    good = Status(summary["status"]) is Status.OPTIMAL
    return Glance(
        label=shown(label),
        anchor=anchor,
        figures=tuple(_figures(source, scale)),
        parts=tuple(_parts(summary["corridors"] or {}, colours)),
        given=" ".join(_given(source.instance)),
        relies=tuple(_relies(source)),
        sure=_sure(source),
        mood="good" if good else "warn",
    )


def _sure(source: PageSource) -> str:
    summary = source.result.summary
    status = Status(summary["status"])
    if status is Status.OPTIMAL:
        kept = " that keeps its rules" if source.instance.diversification else ""
        return f"Proved: no plan{kept} serves this demand at less cost."
    if status in _SURE:
        return _SURE[status]
    if summary["bound"] is None:
        return "Not proved: no bound on the cost is known."
    if summary["gap"] is None:
        return "Not proved: it leaves far more unmet than is proved to be needed."
    gap = percent(max(summary["gap"], _LEAST_GAP), 2)
    if firm_unmet(source):
        return (
            f"Not proved: in cost and unmet demand it is {gap} from the best at most."
        )
    return f"Not proved: it may cost up to {gap} more than the least."


def _given(instance: Instance) -> Iterator[str]:
    """Yield scenarios, changes and rules of an instance, as sentences."""
    rules = [getattr(rule, "name", "") for rule in instance.diversification]
    lists = {
        "Scenarios": list(instance.scenarios),
        "Changes": list(instance.changes),
        "Rules": list(dict.fromkeys(filter(None, rules))),
    }
    for word, names in lists.items():
        if names:
            yield f"{word}: {'; '.join(shown(name) for name in names)}."


def _figures(source: PageSource, scale: TextScale) -> Iterator[tuple[str, str]]:
    """Yield what is served, what it costs, and what stays unmet."""
    summary, units = source.result.summary, source.instance.units
    if summary["cost"] is None:
        return
    served, unmet = summary["served"], summary["unmet"]
    paid = summary["cost"] - summary["cost_parts"]["unmet"]
    yield scale.text(served), f"served of {scale.text(summary['demand'])}"
    yield f"{money(paid)} {shown(units.money)}", "to carry it"
    if served:
        unit = f"{shown(units.money)}/{shown(units.quantity)}"
        yield f"{rate(paid / served)} {unit}", "on average"
    if unmet:
        yield scale.text(unmet), "stays unmet"


def _parts(
    corridors: Mapping[str, Mapping[str, float]], colours: Mapping[str, str]
) -> Iterator[GlancePart]:
    """Yield the corridors of a plan, the largest first, those without one last."""
    known = {name: one for name, one in corridors.items() if one["quantity"]}
    order = sorted(
        known,
        key=lambda name: (name == NO_CORRIDOR, -known[name]["quantity"], name),
    )
    if order == [NO_CORRIDOR]:
        return
    start = 0.0
    for name in order:
        share = float(known[name]["share"])
        yield GlancePart(
            name="without a corridor" if name == NO_CORRIDOR else cut(name),
            colour=colours.get(name, "kn"),
            start=f"{100 * start:.2f}",
            length=f"{100 * share:.2f}",
            share=percent(share),
        )
        start += share


def _relies(source: PageSource) -> Iterator[tuple[str, str, str]]:
    """Yield the largest share by corridor, country and port."""
    if not source.result.summary["served"]:
        return
    for by, word in _KINDS.items():
        marks = [mark for mark in share_marks(source, by) if mark.value != NO_CORRIDOR]
        if not marks or not marks[0].part:
            continue
        top = marks[0]
        least = "0" if top.captive < _NOTHING else percent(top.captive)
        least = "" if isnan(top.captive) else f" ({least} at least)"
        yield word, cut(top.value), f"{percent(top.part)}{least}"
