"""What a screen is made of: lines and tables that keep to its width."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from solver.console.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_BAR = 28


_LEAST_NAME = 16


_LEAST_VALUE = 12


_GAP = 2


_HALF = "\N{NULL}"
"""Stands before a letter of two columns while lines are broken; no text holds it."""


_WIDEST = 1000
"""Columns of a table whose numbers alone are wider than the screen."""


_NUMBER = re.compile(r"[-+(]?\d")
"""How a word begins that is a number."""


_TIED = "\N{NO-BREAK SPACE}"
"""Blank at which no line breaks; the caller makes it one that steers nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
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


@dataclass(frozen=True, slots=True, eq=False)
class SheetLine:
    """One row of a table: texts, the first of which may be cut."""

    cells: Sequence[str | Text]


class Sheet:
    """Lines and tables in one style."""

    def __init__(self, style: Style) -> None:
        self.style = style

    def table(
        self,
        head: Sequence[str],
        lines: Sequence[SheetLine],
        total: int,
        left: Iterable[int] = (),
        *,
        whole: bool = False,
    ) -> list[Text | Table]:
        """Rows under a heading; all but the first column and `left` to the right.

        The first cell is cut where it does not fit, or, if `whole`, goes on below. Its
        heading goes on below, and so do the others where they leave the first no room;
        no number is ever cut.
        """
        if not lines:
            return []
        head, lines = self._fitted(head, lines)
        table = Table(box=None, padding=(0, _GAP, 0, 0), header_style="bold")
        room = self._room(head, [line.cells[1:] for line in lines])
        overflow = "ellipsis" if self.style.unicode else "crop"
        titles = [str(self._broken(head[0], room)), *head[1:]]
        for number, title in enumerate(titles):
            to_left = number == 0 or title == "" or number in left
            justify = "left" if to_left else "right"
            table.add_column(title, justify=justify, no_wrap=True, overflow=overflow)  # type: ignore[arg-type]
        for line in lines:
            name = str(line.cells[0])
            first = self._whole(name, room) if whole else self._named(name, room)
            table.add_row(Text(first), *map(_plain, line.cells[1:]))
        more = total - len(lines)
        return [table, *([Text(f"... and {more} more")] if more > 0 else [])]

    def _fitted(
        self, head: Sequence[str], lines: Sequence[SheetLine]
    ) -> tuple[list[str], list[SheetLine]]:
        """Break cells behind the first at blanks, the widest columns first."""
        rows = [head, *(line.cells for line in lines)]
        first, *columns = zip(*rows, strict=True)
        widths = [max(map(_width, own)) for own in columns]
        least = [max(map(_least, own)) for own in columns]
        name = min(max(map(_width, first)), _LEAST_NAME)
        room = self.style.width - name - _GAP * len(head)
        while sum(widths) > room and widths != least:
            spare = [w if w > own else 0 for w, own in zip(widths, least, strict=True)]
            widths[spare.index(max(spare))] -= 1
        titles, *cells = (
            [own, *map(self._broken, others, widths)] for own, *others in rows
        )
        return [*map(str, titles)], [*map(SheetLine, cells)]

    def _broken(self, cell: str | Text, room: int) -> str | Text:
        """Return a cell on as many lines as it takes; a word may be cut, no number."""
        if isinstance(cell, Text) or cell_len(cell) <= room:
            return cell
        lines = [
            word.replace(_TIED, " ")
            for word in wrap(
                cell.replace(" %", f"{_TIED}%"),
                room,
                break_long_words=False,
                break_on_hyphens=False,
            )
        ]
        return "\n".join(
            line if _NUMBER.match(line) else self.cut(line, room) for line in lines
        )

    def with_short_values(
        self, head: Sequence[str], lines: Sequence[Sequence[str]]
    ) -> list[SheetLine]:
        """Lines whose second and third cell are one; the second is cut if need be.

        So there is room for the first.
        """
        if not lines:
            return []
        amounts = max(cell_len(cells[2]) for cells in lines)
        named = max(_LEAST_NAME, cell_len(head[0]))
        left = self._room([*head[:1], *head[2:]], [cells[3:] for cells in lines])
        room = max(left - named - amounts - _GAP - 1, _LEAST_VALUE)
        return [
            SheetLine([name, f"{self.cut(value, room)} {amount}", *others])
            for name, value, amount, *others in lines
        ]

    def _whole(self, text: str, room: int) -> str:
        """Text on as many lines as it takes; only a word that is too long is cut."""
        lines = _wrapped(printable(text), room, "  ", break_long_words=False)
        return "\n".join(self.cut(line, room) for line in lines)

    def _named(self, text: str, room: int) -> str:
        """Text that is cut, if need be, before what stands in brackets at its end."""
        name, opening, scope = printable(text).rpartition(" (")
        left = room - cell_len(f"{opening}{scope}")
        if not name or not scope.endswith(")") or left < _LEAST_NAME // 2:
            return self.cut(text, room)
        return f"{self.cut(name, left)}{opening}{scope}"

    def _room(self, head: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> int:
        """Columns for the first cell, beside the other cells of a table's rows."""
        columns = zip(head[1:], *rows, strict=True)
        used = sum(max(map(_width, column)) for column in columns)
        return max(self.style.width - used - _GAP * len(head), _LEAST_NAME)

    def wrapped(self, text: str, indent: int, style: str = "") -> list[Text]:
        """Lines of a text, all but the first set back."""
        shown = _TIED.join(map(printable, text.split(_TIED)))
        lines = _wrapped(shown, self.style.width, " " * indent)
        return [Text(line, style) for line in lines]

    def bar_room(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
        """Columns for a bar behind the first cell, so that no other cell is cut."""
        columns = list(zip(head, *rows, strict=True))
        first, *others = (max(map(cell_len, column)) for column in columns)
        used = min(first, _LEAST_NAME) + sum(others) + _GAP * (len(head) + 1)
        return max(min(self.style.width - used, _BAR), 1)

    def bar(self, share: float, room: int = _BAR) -> str:
        """Share as a bar, at most `room` long."""
        char = "\N{FULL BLOCK}" if self.style.unicode else "#"
        length = round(room * share)
        return char * (max(length, 1) if share > 0 else 0)

    def cut(self, text: str, room: int) -> str:
        """Text that steers no terminal and fits into so many columns."""
        text = printable(text).replace("\n", " ")
        if cell_len(text) <= room:
            return text
        dots = "\N{HORIZONTAL ELLIPSIS}" if self.style.unicode else "..."
        return set_cell_size(text, room - cell_len(dots)).rstrip() + dots


def rendered(parts: Iterable[Text | Table], style: Style) -> str:
    """Return what parts look like on a screen, one below the other."""
    console = Console(
        file=io.StringIO(),
        width=max(style.width, _WIDEST),
        force_terminal=style.color,
        no_color=not style.color,
        color_system="standard" if style.color else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        for part in parts:
            console.print(part, soft_wrap=isinstance(part, Text))
    lines = (line.rstrip() for line in capture.get().splitlines())
    return "\n".join(lines).rstrip()


def _wrapped(
    text: str, room: int, indent: str, *, break_long_words: bool = True
) -> list[str]:
    """Lines of a text that have so many columns; those of wide letters have two."""
    spread = "".join(f"{_HALF}{c}" if cell_len(c) > 1 else c for c in text)
    lines = wrap(
        spread,
        room - (_HALF in spread),
        subsequent_indent=indent,
        break_long_words=break_long_words,
        break_on_hyphens=False,
    )
    return [line.replace(_HALF, "") for line in lines]


def _plain(cell: str | Text) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)


def _width(cell: str | Text) -> int:
    return max(map(cell_len, str(cell).split("\n")))


def _least(cell: str | Text) -> int:
    """Columns that a cell needs: those of its longest number, and of short words."""
    if isinstance(cell, Text):
        return _width(cell)
    words = cell.replace(" %", f"{_TIED}%").split(" ")
    return max(
        cell_len(word) if _NUMBER.match(word) else min(cell_len(word), _LEAST_VALUE)
        for word in words
    )
