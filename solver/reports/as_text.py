"""A result on one screen: what it costs, who carries it, what is scarce."""

from __future__ import annotations

import io
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from solver.instance import NO_CORRIDOR
from solver.reports.figures import figure, percent, seconds, small
from solver.status import Status
from solver.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from solver.instance import Units

_BAR = 28
_LONG = 10.0
_NAMES = 40
_MOST_CORRIDORS = 8
_MOST_LIMITS = 5
_MOST_RULES = 5
_MOST_UNMET = 4
_MOST_DEMANDS = 3

_SENTENCES = {
    Status.OPTIMAL: "proved and verified; all firm demand is met",
    Status.UNMET: "proved and verified; firm demand stays unmet",
    Status.INFEASIBLE: "proved: the rules cannot hold together",
    Status.LIMIT: "stopped by the time limit; this is the best plan so far",
    Status.APPROXIMATE: "verified, but not proved to the tolerance",
    Status.NONE: "stopped before there was a plan",
}
_STYLES = {Status.OPTIMAL: "bold green", Status.INFEASIBLE: "bold red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a screen looks.

    Parameters
    ----------
    width : int
        Columns.
    color : bool
        Whether colours are used; what they say, words say too.
    unicode : bool
        Whether characters beyond ASCII can be shown.
    """

    width: int = 100
    color: bool = False
    unicode: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: texts, the first of which may be cut."""

    cells: Sequence[str | Text]


def screen(answer: Mapping[str, Any], units: Units, style: Style) -> str:
    """One screen about an answer.

    Parameters
    ----------
    answer : dict
        The document that `--json` prints.
    units : Units
        Units of its figures.
    style : Style
        How it looks.
    """
    page = _Page(answer, units, style)
    console = Console(
        file=io.StringIO(),
        width=style.width,
        force_terminal=style.color,
        no_color=not style.color,
        color_system="standard" if style.color else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        for part in page.parts():
            console.print(part, soft_wrap=isinstance(part, Text))
    lines = (line.rstrip() for line in capture.get().splitlines())
    return "\n".join(lines).rstrip()


class _Page:
    """The parts of a screen, top to bottom."""

    def __init__(self, answer: Mapping[str, Any], units: Units, style: Style) -> None:
        self.answer, self.units, self.style = answer, units, style
        self.status = Status(answer["status"])
        self.rate = f"{units.money}/{units.quantity}"

    def parts(self) -> Iterable[Text | Table | Padding]:
        """Everything there is to say, a blank line between its parts."""
        sections = [self.heading()]
        if self.answer["cost"] is not None:
            sections += [
                self.money(),
                self.corridors(),
                self.limits(),
                self.rules(),
                self.unmet(),
                self.conflict(),
                self.demands(),
            ]
        else:
            sections.append(self.conflict())
        sections.append(self.closing())
        for number, section in enumerate(s for s in sections if s):
            if number:
                yield Text("")
            yield from section

    def heading(self) -> list[Text | Table | Padding]:
        """Say what was solved, and how it ended."""
        instance = self.answer["instance"]
        title = printable(instance["name"] or "instance")
        if instance["scenarios"]:
            title = f"{title} [{printable(' + '.join(instance['scenarios']))}]"
        sentence = f": {_SENTENCES[self.status]}"
        if self.answer["gap"] is not None:
            sentence = f"{sentence} (gap {small(self.answer['gap'])})"
        style = _STYLES.get(self.status, "bold yellow")
        status = Text.assemble((self.status.value, style), sentence)
        return [Text(title, "bold"), status]

    def money(self) -> list[Text | Table | Padding]:
        """Cost and its parts, and what is carried."""
        answer, units = self.answer, self.units
        total = f"{figure(answer['cost'])} {units.money}"
        cost = Text.assemble("Cost     ", (total, "bold"))
        carried = answer["carried"]
        if carried:
            per_unit = (answer["cost"] - answer["cost_parts"]["unmet"]) / carried
            cost.append(f", {figure(per_unit)} {self.rate} carried")
        parts = [
            f"{name} {figure(part)}"
            for name, part in answer["cost_parts"].items()
            if part
        ]
        share = carried / answer["demand"] if answer["demand"] else None
        total = (
            f"Carried  {figure(carried)} of {figure(answer['demand'])} "
            f"{units.quantity} ({percent(share)})"
        )
        indent = " " * len("Cost     ")
        lines = wrap(
            ", ".join(parts),
            self.style.width,
            initial_indent=indent,
            subsequent_indent=indent,
        )
        return [cost, *map(Text, lines), Text(total)]

    def corridors(self) -> list[Text | Table | Padding]:
        """Draw a bar for each corridor, and how concentrated they are."""
        corridors = sorted(
            (
                (name, figures)
                for name, figures in self.answer["corridors"].items()
                if name != NO_CORRIDOR or figures["quantity"]
            ),
            key=lambda item: -item[1]["quantity"],
        )
        lines = []
        for name, figures in corridors[:_MOST_CORRIDORS]:
            bar = Text(self.bar(figures["share"] or 0.0), "cyan")
            amounts = figure(figures["quantity"]), percent(figures["share"])
            lines.append(Line([name, bar, *amounts]))
        head = ["Corridor", "", self.units.quantity, "share"]
        if {name for name, _ in corridors} <= {NO_CORRIDOR}:
            return []
        parts = self.table(head, lines, len(corridors))
        hhi = self.answer["hhi"]
        if hhi:
            text = (
                f"Concentration (HHI) {hhi:.3f}, as much as "
                f"{figure(1 / hhi, 2)} equal corridors"
            )
            parts.append(Text(text))
        return parts

    def bar(self, share: float) -> str:
        """Share as a bar."""
        char = "\N{FULL BLOCK}" if self.style.unicode else "#"
        length = round(_BAR * share)
        return char * (max(length, 1) if share > 0 else 0)

    def limits(self) -> list[Text | Table | Padding]:
        """Limits that are worth most."""
        scarcest = self.answer["scarcest"]
        lines = [
            Line(
                [
                    f"{_limit_name(row)}{self.span(row['period'])}",
                    figure(row["used"]),
                    figure(row["capacity"]),
                    figure(row["price"]),
                ]
            )
            for row in scarcest[:_MOST_LIMITS]
        ]
        head = ["Scarcest limits", "used", f"of {self.units.quantity}", self.rate]
        return self.table(head, lines, len(scarcest))

    def span(self, period: str) -> str:
        """Period of a row, where there are several."""
        return f", {period}" if self.answer["instance"]["periods"] > 1 else ""

    def rules(self) -> list[Text | Table | Padding]:
        """Rules, the tightest first."""
        rules = self.answer["rules"]
        order = sorted(
            range(len(rules)),
            key=lambda row: (
                -rules[row]["price"],
                1.0 if rules[row]["slack"] is None else rules[row]["slack"],
                row,
            ),
        )
        lines = []
        for rule in (rules[row] for row in order[:_MOST_RULES]):
            name = f"{rule['rule']}{self.span(rule['period'])}"
            scope = f" ({rule['scope']})" if rule["scope"] else ""
            bound = f"{rule['side']} {percent(rule['limit'])}"
            value = f"{rule['value']} {percent(rule['level'])}"
            lines.append(Line([f"{name}{scope}", value, bound, figure(rule["price"])]))
        head = ["Rules", "share", "limit", f"{self.units.money}/point"]
        return self.table(head, lines, len(rules))

    def unmet(self) -> list[Text | Table | Padding]:
        """Say what stays behind, and what keeps it."""
        rows = sorted(self.answer["unmet_demand"], key=lambda row: -row["unmet"])
        if not rows:
            return []
        lines = []
        for row in rows[:_MOST_UNMET]:
            name = f"{row['product']}, {row['origin']} to {row['market']}"
            cells = [f"{name}{self.span(row['period'])}", figure(row["unmet"])]
            lines.append(Line([*cells, row["reason"]]))
        used = max(sum(_width(cell) for cell in line.cells[:2]) for line in lines)
        room = max(self.style.width - min(used, _NAMES) - 8, _NAMES)
        lines = [
            Line([*line.cells[:2], self.cut(str(line.cells[2]), room)])
            for line in lines
        ]
        head = ["Unmet demand", self.units.quantity, "why"]
        return self.table(head, lines, len(rows), left={2})

    def demands(self) -> list[Text | Table | Padding]:
        """Demand of which one more unit costs most."""
        lines = []
        for row in self.answer["dearest"][:_MOST_DEMANDS]:
            name = f"{row['product']}, {row['origin']} to {row['market']}"
            costs = figure(row["marginal_cost"]), figure(row["average_cost"])
            carried = figure(row["carried"])
            lines.append(Line([f"{name}{self.span(row['period'])}", carried, *costs]))
        head = ["Dearest demand", self.units.quantity, "one more", f"mean {self.rate}"]
        return self.table(head, lines, len(lines))

    def conflict(self) -> list[Text | Table | Padding]:
        """List the rules that must give way, and how far."""
        rows = self.answer["loosening"]
        lines = []
        for row in rows[: 2 * _MOST_RULES]:
            scope = f" ({row['scope']})" if row["scope"] else ""
            name = f"{row['rule']}{self.span(row['period'])}{scope}"
            bound = f"{row['value']} {row['side']} {percent(row['limit'])}"
            lines.append(Line([name, bound, percent(row["share"], 4)]))
        head = ["Rules that cannot hold together", "", "would hold at"]
        if self.answer["cost"] is not None:
            head = ["Rules that keep cargo at home", "", "would carry all at"]
        return self.table(head, lines, len(rows))

    def closing(self) -> list[Text | Table | Padding]:
        """Seconds by phase."""
        times = dict(self.answer["seconds"])
        total = times.pop("total")
        digits = 2 if total < _LONG else 1
        phases = ", ".join(
            f"{name} {value:.{digits}f}"
            for name, value in times.items()
            if name == "verify" or round(value, digits)
        )
        text = f"Time {seconds(total)}" + (f" ({phases})" if phases else "")
        return [Text(text, "dim")]

    def table(
        self,
        head: Sequence[str],
        lines: Sequence[Line],
        total: int,
        left: Iterable[int] = (),
    ) -> list[Text | Table | Padding]:
        """Rows under a heading; all but the first column and `left` to the right."""
        if not lines:
            return []
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        others = max(sum(map(_width, line.cells[1:])) for line in lines)
        room = max(self.style.width - others - 2 * len(head) - 2, 24)
        for number, title in enumerate(head):
            to_left = number == 0 or title == "" or number in left
            justify = "left" if to_left else "right"
            table.add_column(title, justify=justify, no_wrap=True)  # type: ignore[arg-type]
        for line in lines:
            first = self.cut(str(line.cells[0]), room)
            table.add_row(Text(first), *map(_plain, line.cells[1:]))
        more = total - len(lines)
        return [table, *([Text(f"... and {more} more")] if more > 0 else [])]

    def cut(self, text: str, room: int) -> str:
        """Text that steers no terminal and fits into so many columns."""
        text = printable(text).replace("\n", " ")
        if cell_len(text) <= room:
            return text
        dots = "\N{HORIZONTAL ELLIPSIS}" if self.style.unicode else "..."
        return set_cell_size(text, room - cell_len(dots)).rstrip() + dots


def _limit_name(row: Mapping[str, Any]) -> str:
    """Kind and name of a limit, and the ends of a leg whose name does not say them."""
    name, ends = row["limit"], row.get("ends")
    if ends and ends.replace(" ", "") not in name.replace(" ", ""):
        name = f"{name} {ends}"
    return f"{row['kind']} {name}"


def _plain(cell: str | Text) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)


def _width(cell: str | Text) -> int:
    return cell_len(str(cell))
