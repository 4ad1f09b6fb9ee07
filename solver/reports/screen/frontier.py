"""A frontier on one screen: a table of plans, the knee, the largest gap and the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.text import Text

from solver.problem.tables import NO_CORRIDOR
from solver.reports.screen import frontier_words as words
from solver.reports.screen.numbers import figure, percent, seconds, small
from solver.reports.screen.screen_page import ScreenPage
from solver.reports.screen.sheet import Style
from solver.solution.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


_MOST_CORRIDORS = 4


_GAP = 2


_LONGEST, _SHORTEST = 12, 6
"""Columns for the name of a corridor, at most and at least."""


_INDENT = len("Served   ")


_HEADS = 2
"""Lines of the head of the table: what, and of which part or unit."""


_SENTENCES = {
    Status.OPTIMAL: "",
    Status.UNMET: "; firm demand stays unmet",
    Status.LIMIT: "; the time limit ended the curve early",
    Status.APPROXIMATE: "; a point was not proved to the tolerance, which ended it",
}


_STOPPED = (Status.LIMIT, Status.APPROXIMATE)


def frontier_screen(document: Mapping[str, Any], style: Style) -> str:
    """One screen about a frontier, of the document that `--json` prints."""
    return _FrontierPage(document, style).shown()


class _FrontierPage(ScreenPage):
    """The parts of a screen, top to bottom."""

    def __init__(self, document: Mapping[str, Any], style: Style) -> None:
        super().__init__(document, style)
        self.points = document["points"]
        self.money = words.money(document)
        self.rate = f"{document['units']['money']}/{document['units']['quantity']}"

    def parts(self) -> Iterator[Text]:
        """Everything there is to say."""
        yield from self.heading()
        yield Text("")
        yield from self.table()
        yield Text("")
        yield from self.knee()
        yield from self.gap()
        yield from self.end()
        total = self.document["seconds"]["total"]
        yield Text(f"Time     {seconds(total)}", "dim")

    def heading(self) -> Iterator[Text]:
        """Say what varies, for which cargo, and what was found."""
        document = self.document
        status = Status(document["status"])
        gaps = [
            (point["cost"] - point["bound"]) / max(1.0, abs(point["cost"]))
            for point in self.points
        ]
        count = f"{len(self.points)} plans" if self.points[1:] else "one plan"
        each = "each " if self.points[1:] else ""
        proof = f", {each}proved (gap {small(max(0.0, *gaps))})"
        subject = words.subject(document)
        rule = f"Rule     {subject}, of {words.cargo(document)}"
        unit = document["units"]["quantity"]
        carried = f"Served   {figure(document['served'])} {unit} in every plan"
        if document["unmet"]:
            carried = f"{carried}; {figure(document['unmet'])} {unit} stay unmet"
        yield from self.sheet.wrapped(words.title(document), 0, "bold")
        ended = f"{status}: {count} of least cost{proof}{_SENTENCES[status]}"
        lines = self.sheet.wrapped(ended, 0)
        style = "bold green" if not status.exit_code else "bold yellow"
        lines[0].stylize(style, 0, len(str(status)))
        yield from lines
        yield from self.sheet.wrapped(rule, _INDENT)
        yield from self.sheet.wrapped(carried, _INDENT)

    def table(self) -> Iterator[Text]:
        """One row a point, as many corridors as there is room for."""
        names, lines = self._fitting()
        for line in lines[:_HEADS]:
            yield Text(line.rstrip(), "bold")
        for line, point in zip(lines[_HEADS:], self.points, strict=True):
            yield Text(line, "bold" if point["knee"] else "")
        yield from self.sheet.wrapped(f"({'; '.join(self._legend(names))})", 1)

    def _legend(self, names: Sequence[str]) -> Iterator[str]:
        """Say what the columns are."""
        if names:
            only = " (the largest)" if names != self._carriers() else ""
            yield f"corridors{only} in % of the cargo"
        yield f"cost, extra cost and price in {self.money.name}"
        yield "extra: over the unconstrained optimum"
        yield f"price: what the last {words.price_unit(self.document)} costs"

    def _carriers(self) -> list[str]:
        """Corridors that carry anything in any plan, those that carry most first."""
        most = {
            name: max(point["shares"][name] for point in self.points)
            for name in self.points[0]["shares"]
        }
        carriers = sorted(filter(most.get, most), key=lambda name: -most[name])
        return [] if carriers == [NO_CORRIDOR] else carriers

    def _fitting(self) -> tuple[list[str], list[str]]:
        """Corridors that there is room for, and the lines of the table."""
        carriers = self._carriers()[:_MOST_CORRIDORS]
        for count in range(len(carriers), 0, -1):
            # Whole names close together read better than names that are cut.
            narrow = [(longest, 1) for longest in range(_LONGEST, _SHORTEST - 1, -1)]
            for longest, gap in [(_LONGEST, _GAP), *narrow]:
                lines = self._lines(carriers[:count], longest, gap)
                if max(map(cell_len, lines)) <= self.sheet.style.width:
                    return carriers[:count], lines
        return [], self._lines([], _LONGEST, _GAP)

    def _lines(self, names: Sequence[str], longest: int, gap: int) -> list[str]:
        """Lines of the table, its head first, with each name in so many columns."""
        titles = [self.sheet.cut(name, longest) for name in names]
        is_index = words.is_index(self.document)
        index = [] if is_index else ["HHI"]
        limit, last = ("HHI", "0.01 HHI") if is_index else ("%", "1 point")
        head = ["", "limit", *titles, *index, "cost", "extra", "extra", "price"]
        measured = ["", limit, *("%" for _ in titles), *("" for _ in index)]
        measured += ["", "cost", self.rate, last]
        rows = [head, measured, *(self._cells(point, names) for point in self.points)]
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        return [
            (" " * gap).join(
                " " * (width - cell_len(cell)) + cell
                for cell, width in zip(row, widths, strict=True)
            )
            for row in rows
        ]

    def _cells(self, point: Mapping[str, Any], names: Sequence[str]) -> list[str]:
        index = [] if words.is_index(self.document) else [f"{point['hhi']:.3f}"]
        most = max(abs(other["extra_per_unit"]) for other in self.points)
        return [
            "knee" if point["knee"] else str(point["point"]),
            words.limit_text(self.document, point["limit"]).removesuffix(" %"),
            *(f"{100 * point['shares'][name]:.1f}" for name in names),
            *index,
            self.money.text(point["cost"]),
            self.money.text(point["extra_cost"]),
            _evenly(point["extra_per_unit"], most),
            figure(point["price"] / self.money.factor),
        ]

    def knee(self) -> Iterator[Text]:
        """Say where the curve bends most."""
        point = words.knee(self.document)
        if point is None:
            if self.points[1:]:
                yield Text("Knee     none: the curve is a straight line")
            return
        limit = words.limit_text(self.document, point["limit"])
        extra = self._extra(point)
        price = figure(point["price"] / self.money.factor)
        text = (
            f"Knee     point {point['point']}, limit {limit}: {extra} over the "
            f"unconstrained optimum; here the curve bends most, and the last "
            f"{words.price_unit(self.document)} costs {price} {self.money.name}"
        )
        yield from self.sheet.wrapped(text, _INDENT)

    def _extra(self, point: Mapping[str, Any]) -> str:
        share = words.extra_share(self.document, point)
        return f"{self.money.text(point['extra_cost'])} {self.money.name}" + (
            "" if share is None else f" ({percent(share)})"
        )

    def gap(self) -> Iterator[Text]:
        """Say how well the curve is known between points."""
        if self.points[1:]:
            gap = f"{100 * self.document['largest_gap']:.2g} %"
            text = (
                f"Gap      between points the least cost is known within {gap} (chords "
                "above, tangents below)"
            )
            yield from self.sheet.wrapped(text, _INDENT)

    def end(self) -> Iterator[Text]:
        """Say where the curve ends, and why not farther."""
        end, document = self.document["end"], self.document
        if end is None:
            return
        near = f"{document['near_end']:g} HHI"
        if not words.is_index(document):
            near = f"{100 * document['near_end']:g} percentage points"
        text = f"End      no plan goes beyond {words.limit_text(document, end)}"
        if self.points[1:]:
            text = (
                f"{text}; the curve stops {near} before, as the end itself is "
                "ill-conditioned"
            )
        elif Status(document["status"]) in _STOPPED:
            text = f"{text}; the curve did not get there"
        else:
            text = f"{text}, where the unconstrained optimum is already"
        yield from self.sheet.wrapped(text, _INDENT)


def _evenly(value: float, most: float) -> str:
    """Figure with as many decimals as the largest of its column deserves."""
    text = figure(most, 3)
    decimals = len(text.partition(".")[2])
    return f"{value:,.{decimals}f}"
