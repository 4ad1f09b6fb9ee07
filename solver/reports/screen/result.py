"""A result on one screen: what it costs, who carries it, which capacities bind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.console.terminal import printable
from solver.reports.screen import wording
from solver.reports.screen.numbers import figure, percent, seconds, small
from solver.reports.screen.parts import movement
from solver.reports.screen.parts.corridors import corridor_lines
from solver.reports.screen.parts.unmet import unmet_lines
from solver.reports.screen.parts.values import value_lines
from solver.reports.screen.screen_page import ScreenPage, spaced
from solver.reports.screen.sheet import SheetLine, Style
from solver.solution.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.table import Table

    from solver.problem.instance import Units


__all__ = ["Style", "screen"]


_LONG = 10.0


_NAMES = 40


_MOST_LIMITS = 5


_MOST_RULES = 5


_MOST_DEMANDS = 3


_MOST_PAID = 3


_DASH = "A dash: it cannot be, or no proof was found"


_SAME = 1e-6
"""Part of an average cost by which a marginal one is no other."""

_BELOW = "Below the average where one more gives room in a rule that binds"

_HELD = "Without what one more does to the rules that are shares of demand"


_INDENT = len("Served   ")
_TIME_INDENT = len("Time ")
_TIED = "\N{NO-BREAK SPACE}"


_SENTENCES = {
    Status.OPTIMAL: "proved and verified; all firm demand is met",
    Status.UNMET: "proved and verified; firm demand stays unmet",
    Status.INFEASIBLE: "proved: the rules cannot hold together",
    Status.LIMIT: "stopped by the time limit; this is the best feasible solution found",
    Status.APPROXIMATE: "verified, but not proved to the tolerance",
    Status.NONE: "stopped before there was a plan",
}


_STYLES = {Status.OPTIMAL: "bold green", Status.INFEASIBLE: "bold red"}


def screen(answer: Mapping[str, Any], units: Units, style: Style) -> str:
    """One screen about an answer.

    Parameters
    ----------
    answer : dict
        The document that `--json` prints.
    units : Units
        Units of its figures.
    """
    return _ResultPage(answer, units, style).shown()


class _ResultPage(ScreenPage):
    """The parts of a screen, top to bottom."""

    def __init__(self, answer: Mapping[str, Any], units: Units, style: Style) -> None:
        super().__init__(answer, style)
        self.units = units
        self.status = Status(answer["status"])
        self.rate = f"{units.money}/{units.quantity}"

    def parts(self) -> Iterable[Text | Table]:
        """Everything there is to say, a blank line between its parts."""
        sections = [self.heading()]
        if self.document["cost"] is not None:
            sections += [
                self.money(),
                self.corridors(),
                self.values(),
                movement.table(self.document, self.sheet),
                self.limits(),
                self.rules(),
                self.unmet(),
                self.conflict(),
                self.demands(),
            ]
        else:
            sections.append(self.conflict())
        sections.append(self.closing())
        yield from spaced(sections)

    def heading(self) -> list[Text | Table]:
        """Say what was solved, and how it ended."""
        instance = self.document["instance"]
        title = printable(instance["name"] or "instance")
        names = self.document.get("asked", instance["scenarios"])
        if names:
            title = f"{title} [{printable(' + '.join(names))}]"
        changes = [printable(f"with {text}") for text in instance.get("changes", ())]
        sentence = f": {_SENTENCES[self.status]}"
        if self.document["gap"] is not None:
            sentence = f"{sentence} (gap{_TIED}{small(self.document['gap'])})"
        style = _STYLES.get(self.status, "bold yellow")
        lines = self.sheet.wrapped(f"{self.status.value}{sentence}", 0)
        ended = [Text(line.plain.replace(_TIED, " ")) for line in lines]
        ended[0].stylize(style, 0, len(self.status.value))
        heads = self.sheet.wrapped(title, 0)
        for head in heads:
            head.stylize("bold")
        told = [line for text in changes for line in self.sheet.wrapped(text, 5)]
        return [*heads, *told, *ended]

    def money(self) -> list[Text | Table]:
        """Cost and its parts, and what is served."""
        answer, units = self.document, self.units
        total = f"{figure(answer['cost'])} {units.money}"
        served, unmet = answer["served"], answer["cost_parts"]["unmet"]
        told = f"Cost     {total}"
        if unmet:
            told = f"{told}: {figure(answer['cost'] - unmet)} for what is served"
        if served:
            per_unit = f"{figure((answer['cost'] - unmet) / served)} {self.rate}"
            told += f" ({per_unit})" if unmet else f", {per_unit} served"
        cost = self.sheet.wrapped(told, _INDENT)
        cost[0].stylize("bold", _INDENT, _INDENT + len(total))
        parts = [
            f"{name} {figure(part)}"
            for name, part in answer["cost_parts"].items()
            if part
        ]
        share = served / answer["demand"] if answer["demand"] else None
        total = (
            f"Served   {figure(served)} of {figure(answer['demand'])} "
            f"{units.quantity} ({percent(share)})"
        )
        lines = self.sheet.wrapped(" " * _INDENT + ", ".join(parts), _INDENT)
        moved = movement.sentences(self.document, self.sheet)
        return [*cost, *lines, *self.penalties(), Text(total), *moved]

    def penalties(self) -> list[Text]:
        """Say what is paid, beside the cost, for soft rules that are broken."""
        money = self.document["penalties"]
        if not money:
            return []
        paid: dict[str, float] = {}
        for row in self.document["rules"]:
            paid[row["rule"]] = paid.get(row["rule"], 0.0) + (row["penalty"] or 0.0)
        order = sorted(filter(paid.get, paid), key=lambda rule: -paid[rule])
        names = [
            f"{self.sheet.cut(rule, _NAMES)} {figure(paid[rule])}"
            for rule in order[:_MOST_PAID]
        ]
        if order[_MOST_PAID:]:
            names.append(f"{len(order) - _MOST_PAID} more")
        text = (
            f"Penalty  {figure(money)} {self.units.money} beside the cost, for broken "
            f"rules: {', '.join(names)}"
        )
        return self.sheet.wrapped(text, _INDENT)

    def corridors(self) -> list[Text | Table]:
        """Draw a bar for each corridor, and how concentrated they are."""
        unit = self.units.quantity
        return corridor_lines(self.document, self.sheet, unit, _INDENT)

    def values(self) -> list[Text | Table]:
        """Say where the traded value goes, and at which cost it lands."""
        return [*value_lines(self.document["values"], self.rate, self.sheet, _INDENT)]

    def limits(self) -> list[Text | Table]:
        """Capacities that bind, the largest price times quantity first."""
        binding = self.document["binding_capacities"]
        titles = {"used": "used", "capacity": f"of {self.units.quantity}"}
        sides = {"price_more": "one more saves", "price_less": "one less costs"}
        is_asked = any(_cell(row, name) != "-" for row in binding for name in sides)
        if is_asked:
            titles = {"capacity": self.units.quantity, **sides}
        else:
            titles["price"] = "shadow price"
        lines = [
            SheetLine(
                [
                    f"{_limit_name(row)}{self.span(row['period'])}",
                    *(_cell(row, name) for name in titles),
                ]
            )
            for row in binding[:_MOST_LIMITS]
        ]
        head = ["Binding capacities", *titles.values()]
        parts = self.sheet.table(head, lines, len(binding))
        price = "price" if is_asked else "shadow price"
        sorting = f"In {self.rate}; sorted by {price} times quantity used"
        if any("-" in line.cells for line in lines):
            sorting = f"{sorting}. {_DASH}"
        return [*parts, *self._note(sorting)] if parts else []

    def span(self, period: str) -> str:
        """Period of a row, where there are several."""
        return f", {period}" if self.document["instance"]["periods"] > 1 else ""

    def rules(self) -> list[Text | Table]:
        """Rules, the tightest first."""
        rules = self.document["rules"]
        lines = [
            (
                self.rule_name(row),
                wording.subject(row),
                wording.level(row),
                wording.limit(row),
                wording.price(row),
            )
            for row in sorted(rules, key=_slackness)[:_MOST_RULES]
        ]
        head = ["Rules", "level", "limit", f"price, {self.units.money}"]
        short = self.sheet.with_short_values(head, lines)
        parts = self.sheet.table(head, short, len(rules))
        if any("-/" in price or price.startswith("- ") for *_, price in lines):
            parts.append(Text(_DASH, "dim"))
        return parts

    def rule_name(self, row: Mapping[str, Any]) -> str:
        """Name of a rule, and which of its rows it is."""
        scope = f" ({row['scope']})" if row["scope"] else ""
        return f"{row['rule']}{self.span(row['period'])}{scope}"

    def unmet(self) -> list[Text | Table]:
        """Say what demand is unmet, and why."""
        periods = self.document["instance"]["periods"]
        unit = self.units.quantity
        return unmet_lines(self.document, self.sheet, unit, periods=periods)

    def demands(self) -> list[Text | Table]:
        """Demand with the largest marginal cost, and what one more costs if known."""
        lines, shown = [], self.document["costliest_demand"][:_MOST_DEMANDS]
        is_known = any(row["cost_more"] is not None for row in shown)
        name_of_cost = "cost_more" if is_known else "marginal_cost"
        for row in shown:
            name = f"{row['product']}, {row['origin']} to {row['market']}"
            costs = figure(row[name_of_cost]), figure(row["average_cost"])
            served = figure(row["served"])
            lines.append(
                SheetLine([f"{name}{self.span(row['period'])}", served, *costs])
            )
        title = "one more costs" if is_known else "marginal cost"
        costs = title, f"average, {self.rate}"
        head = ["Costliest demand", self.units.quantity, *costs]
        parts = self.sheet.table(head, lines, len(lines))
        if not is_known and shown and any(map(_is_base, self.document["rules"])):
            parts += self._note(_HELD)
        if any(_is_below_average(row, name_of_cost) for row in shown):
            parts += self._note(_BELOW)
        return parts

    def _note(self, text: str) -> list[Text]:
        return self.sheet.wrapped(text, 0, "dim")

    def conflict(self) -> list[Text | Table]:
        """List the rules that must give way, and how far."""
        rows = self.document["loosening"]
        lines = [
            (
                self.rule_name(row),
                wording.subject(row),
                wording.limit(row),
                wording.loosened(row),
            )
            for row in rows[: 2 * _MOST_RULES]
        ]
        at = "together at" if len(rows) > 1 else "at"
        head = ["Rules that cannot hold together", "", f"would hold {at}"]
        if self.document["cost"] is not None:
            head = ["Rules that leave demand unmet", "", f"would serve all {at}"]
        short = self.sheet.with_short_values(head, lines)
        parts = self.sheet.table(head, short, len(rows))
        return [*parts, *self.helpful(rows)] if parts else []

    def helpful(self, rows: Sequence[Mapping[str, Any]]) -> list[Text]:
        """Name the rules beside these of which more room alone serves more."""
        named = {_row_of_rule(row) for row in rows}
        told = [
            f"{self.rule_name(row)}, {wording.subject(row)} {wording.limit(row)}: "
            f"{wording.relief(row, 'more')}/{row['price_per']}"
            for row in self.document["rules"]
            if wording.serves_more(row) and _row_of_rule(row) not in named
        ]
        text = f"More room serves more also in {'; '.join(told)}"
        return self.sheet.wrapped(text, 2) if told else []

    def closing(self) -> list[Text | Table]:
        """Seconds by phase."""
        times = dict(self.document["seconds"])
        total = times.pop("total")
        digits = 2 if total < _LONG else 1
        phases = ", ".join(
            f"{name}{_TIED}{value:.{digits}f}"
            for name, value in times.items()
            if name == "verify" or round(value, digits)
        )
        text = f"Time {seconds(total)}" + (f" ({phases})" if phases else "")
        lines = self.sheet.wrapped(text, _TIME_INDENT)
        return [Text(line.plain.replace(_TIED, " "), "dim") for line in lines]


def _limit_name(row: Mapping[str, Any]) -> str:
    """Kind and name of a limit, and the ends of a leg whose name does not say them."""
    name, ends = row["limit"], row.get("ends")
    if ends and ends.replace(" ", "") not in name.replace(" ", ""):
        name = f"{name} {ends}"
    return f"{row['kind']} {name}"


def _cell(row: Mapping[str, Any], name: str) -> str:
    """Figure of a limit, or what it serves in place of a price; a dash for none."""
    if row.get(name) is not None:
        return figure(row[name])
    return wording.relief(row, name.removeprefix("price_")) or "-"


def _is_base(rule: Mapping[str, Any]) -> bool:
    """Whether a rule has a price and counts shares of demand."""
    return rule["of"] == "demand" and bool(rule["price"])


def _is_below_average(row: Mapping[str, Any], name: str) -> bool:
    """Whether one more costs less than a unit of what is carried does."""
    cost, average = row[name], row["average_cost"]
    return None not in (cost, average) and cost < average * (1 - _SAME)


def _row_of_rule(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("rule", "scope", "period", "value", "side"))


def _slackness(row: Mapping[str, Any]) -> tuple[float, float, float]:
    """Sort rows of rules: the dearest to break first, then those that bind most."""
    slack = 1.0 if row["slack"] is None else row["slack"]
    return -(row["penalty"] or 0.0), -row["price"], slack / (row["limit"] or 1.0)
