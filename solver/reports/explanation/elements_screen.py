"""Legs, nodes, routes, capacities, corridors and rules explained on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.reports.explanation.cargo_screen import (
    AT_LEAST,
    is_at_least,
    lacking_amount,
)
from solver.reports.screen import wording
from solver.reports.screen.numbers import figure
from solver.reports.screen.sheet import Sheet, SheetLine
from solver.reports.shortage import limit_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.table import Table

    Row = Mapping[str, Any]


_NEAR = 1e-9
"""Relative difference of prices that counts as none."""

_MOST_FULL = 4
"""Other full limits that are named."""


class ElementsPage:
    """Parts of a screen about elements, corridors and rules.

    Parameters
    ----------
    document : dict
        The document that ``--json`` prints.
    most : int
        How many of each list are shown.
    """

    def __init__(self, document: Row, sheet: Sheet, most: int) -> None:
        self.document, self.sheet, self.most = document, sheet, most
        self.quantity = document["units"]["quantity"]
        self.rate = f"{document['units']['money']}/{self.quantity}"

    def parts(self) -> Iterator[Text | Table]:
        """Everything there is to say, a blank line before each."""
        for row in self.document["elements"]:
            yield Text("")
            yield from self.element(row)
        for row in self.document["corridors"]:
            yield Text("")
            yield from self.corridor(row)
        for row in self.document["rules"]:
            yield Text("")
            yield from self.rule(row)

    # ---- what is limited

    def element(self, row: Row) -> Iterator[Text | Table]:
        """Who uses an element, who would like to, and what one more unit does."""
        ends = next((limit["ends"] for limit in row["limits"]), None)
        title = limit_text({"kind": row["kind"], "limit": row["name"], "ends": ends})
        yield Text(self.sheet.cut(title, self.sheet.style.width), "bold")
        if not row["limits"]:
            text = f"{figure(row['quantity'])} {self.quantity} pass; nothing limits it"
            yield from self.sheet.wrapped(text, 0)
        for limit in row["limits"]:
            yield from self.sheet.wrapped(self._limit(limit), 2)
        yield from self._list(
            row["users"], "Used by", lambda own: [figure(own["quantity"])]
        )
        yield from self._list(
            row["unmet"],
            "Unmet, and would use it",
            lambda own: [figure(own["quantity"])],
        )
        yield from self._list(
            row["would_like"],
            "Would like to use it",
            lambda own: [figure(own["quantity"]), figure(own["saves"])],
            f"saves {self.rate}",
        )
        if remark := _alone(row, row["would_like"][: self.most]):
            yield from self.sheet.wrapped(remark, 2)

    def _limit(self, limit: Row) -> str:
        """Use of a limit, and what one more and one less of it do."""
        used, size = figure(limit["used"]), figure(limit["capacity"])
        span = self._span(limit["period"])
        if limit["capacity"] == 0:
            text = f"closed{span}"
        else:
            text = f"{used} of {size} {self.quantity} used{span}"
        more, less = limit.get("price_more"), limit.get("price_less")
        told = []
        if more is not None:
            ends = _good_for(limit.get("good_for_more"), self.quantity)
            told.append(f"one more saves {figure(more)} {self.rate}{ends}")
        if less is not None and limit["capacity"]:
            ends = _good_for(limit.get("good_for_less"), self.quantity)
            told.append(f"one less costs {figure(less)} {self.rate}{ends}")
        if limit["extra_quantity"]:
            extra = figure(limit["extra_quantity"])
            told.append(f"one more lets {extra} {self.quantity} more through")
        return "; ".join([text, *told])

    def _span(self, period: str) -> str:
        """Period, where there are several."""
        return f" in {period}" if self.document["instance"]["periods"] > 1 else ""

    # ---- corridors and rules

    def corridor(self, row: Row) -> Iterator[Text | Table]:
        """Who uses a corridor, and which cargo comes nearest to it."""
        title = f"corridor {row['corridor']}"
        yield Text(self.sheet.cut(title, self.sheet.style.width), "bold")
        yield Text(f"carries {figure(row['quantity'])} {self.quantity}")
        yield from self._list(
            row["users"], "Used by", lambda own: [figure(own["quantity"])]
        )
        near = row["candidates"]
        lines = [
            SheetLine([self._cargo(own), figure(own["quantity"]), lacking_amount(own)])
            for own in near[: self.most]
        ]
        head = ["Nearest to taking it", self.quantity, f"lacks {self.rate}"]
        yield from self.sheet.table(head, lines, row["num_candidates"])
        if any(map(is_at_least, near[: self.most])):
            yield from self.sheet.wrapped(AT_LEAST, 2)

    def rule(self, row: Row) -> Iterator[Text | Table]:
        """Where a rule stands, and which cargo pays for it or is rewarded."""
        title = f"rule {row['rule']}"
        yield Text(self.sheet.cut(title, self.sheet.style.width), "bold")
        lines = [
            SheetLine(
                [
                    f"{wording.subject(own)}{self._of(own)}",
                    wording.level(own),
                    wording.limit(own),
                    wording.price(own),
                ]
            )
            for own in row["rows"][: self.most]
        ]
        head = ["Rows", "level", "limit", self.document["units"]["money"]]
        yield from self.sheet.table(head, lines, len(row["rows"]))
        yield from self._list(
            row["flows"],
            "Pays (less than 0: is rewarded)",
            lambda own: [
                str(own["corridor"]),
                figure(own["quantity"]),
                figure(own["charge"]),
            ],
            self.rate,
            "by",
        )

    def _of(self, row: Row) -> str:
        scope = f" ({row['scope']})" if row["scope"] else ""
        return f"{scope}{self._span(row['period'])}"

    # ---- lists of cargo

    def _list(
        self,
        rows: list[Row],
        title: str,
        cells: Any,  # noqa: ANN401
        last: str = "",
        between: str = "",
    ) -> Iterable[Text | Table]:
        """Rows of cargo with some figures, as many as are shown."""
        lines = [
            SheetLine([self._cargo(row), *cells(row)]) for row in rows[: self.most]
        ]
        head = [title, *([between] if between else []), self.quantity]
        return self.sheet.table([*head, *([last] if last else [])], lines, len(rows))

    def _cargo(self, row: Row) -> str:
        span = self._span(row["period"]).replace(" in ", ", ")
        return f"{row['product']}, {row['origin']} to {row['market']}{span}"


def _alone(row: Row, shown: Sequence[Row]) -> str:
    """Why one more unit saves less than the cargo that would like to use it would."""
    known = [limit.get("price_more") for limit in row["limits"]]
    if not shown or None in known:
        return ""
    best = max(own["saves"] for own in row["would_like"])
    if max(known) >= best - _NEAR * abs(best):
        return ""
    full = dict.fromkeys(
        limit_text(limit) for own in shown for limit in own["also_full"]
    )
    if not full:
        return (
            "One more of it alone saves less than these would: other limits or rules "
            "bind with it"
        )
    others = ", ".join([*full][:_MOST_FULL])
    rest = f" and {len(full) - _MOST_FULL} more" if len(full) > _MOST_FULL else ""
    return (
        "One more of it alone saves less than these would: their ways also pass what "
        f"is full or closed: {others}{rest}"
    )


def _good_for(quantity: float | None, unit: str) -> str:
    """How far a price holds, where that is known."""
    return "" if quantity is None else f" for {figure(quantity)} {unit}"
