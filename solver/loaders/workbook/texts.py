"""Texts of cells: those that cells share, and those that stand in their cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from solver.loaders.workbook.markup import Handler

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class CellText:
    """The text of a cell, put together of its parts in different fonts.

    How it is read aloud (`rPh`), which some languages add, is no part of it.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._is_open = self._is_reading = False

    def begin(self, name: str) -> None:
        """Take the start of an element."""
        self._is_reading = self._is_reading or name == "rPh"
        self._is_open = name == "t" and not self._is_reading

    def finish(self, name: str) -> None:
        """Take the end of an element."""
        self._is_reading = self._is_reading and name != "rPh"
        self._is_open = self._is_open and name != "t"

    def add(self, text: str) -> int:
        """Take a piece of text; return how many letters of it belong to the cell."""
        if not self._is_open:
            return 0
        self._parts.append(text)
        return len(text)

    def taken(self) -> str:
        """Return the whole text, and begin anew."""
        text = "".join(self._parts)
        self._parts.clear()
        self._is_open = self._is_reading = False
        return unescaped(text)


class SharedTexts(Handler):
    """Texts that cells share: those that are wanted, by number.

    Parameters
    ----------
    wanted : set of int
        Numbers of the texts that are kept.
    """

    def __init__(self, wanted: AbstractSet[int]) -> None:
        super().__init__()
        self._wanted = wanted
        self._number = -1
        self._text = CellText()
        self.found: dict[int, str] = {}

    def begin(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        """Take the start of an element."""
        if name == "si":
            self._number += 1
        elif self._number in self._wanted:
            self._text.begin(name)

    def finish(self, name: str) -> None:
        """Take the end of an element."""
        if self._number not in self._wanted:
            return
        if name == "si":
            self.found[self._number] = self._text.taken()
            self.size = 0
        else:
            self._text.finish(name)

    def text(self, text: str) -> None:
        """Take a piece of text."""
        self.size += self._text.add(text)


def unescaped(text: str) -> str:
    """Return a text with the characters that markup cannot hold."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
