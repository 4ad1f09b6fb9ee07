"""The markup of a part, read as a stream: no entities, no depth, no endless text."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

    from solver.loaders.workbook.archive import Archive

MOST_ELEMENTS = 20_000_000
"""Elements that one part may have."""

DEEPEST = 50
"""Elements that may stand inside each other."""

LONGEST_TEXT = 1_000_000
"""Letters that one cell may hold."""

LONGEST_MARK = 1 << 20
"""Bytes that one mark may have."""

_MOST_NAMES = 1000


class Handler:
    """What is told the elements of a part; it passes over what it is not asked for.

    Attributes
    ----------
    depth, count : int
        Elements that are open, and that have been met.
    size : int
        Letters of the text that is being put together.
    """

    def __init__(self) -> None:
        self.depth = self.count = self.size = 0
        self._names: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        self.depth += 1
        self.count += 1
        self.begin(self._local(name), attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self.depth -= 1
        self.finish(self._local(name))

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element, its name without a prefix."""

    def finish(self, name: str) -> None:
        """Take the end of an element, its name without a prefix."""

    def text(self, text: str) -> None:
        """Take a piece of text."""

    def _local(self, name: str) -> str:
        """Return a name without its prefix."""
        local = self._names.get(name)
        if local is None:
            local = name.rpartition(":")[2]
            if len(self._names) < _MOST_NAMES:
                self._names[name] = local
        return local


def parsed(archive: Archive, part: str, handler: Handler) -> Iterator[None]:
    """Tell a handler what a part holds; yield after each piece of it.

    Raises
    ------
    DataError
        The part is no sound markup, or larger than any that a program writes.
    """

    def refuse(*_: object) -> NoReturn:
        message = f"{part} defines entities, which no spreadsheet program does"
        archive.refuse_damaged(message)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        fed = 0
        for piece in archive.pieces(part):
            parser.Parse(piece, False)
            fed += len(piece)
            _check(archive, part, handler, fed - parser.CurrentByteIndex)
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        archive.refuse_damaged(f"{part}, line {error.lineno}")
    yield


def read_through(archive: Archive, part: str, handler: Handler) -> None:
    """Tell a handler all that a part holds."""
    for _ in parsed(archive, part, handler):
        pass


def _check(archive: Archive, part: str, handler: Handler, pending: int) -> None:
    """Refuse what would take ever more memory; asked after every piece."""
    if pending > LONGEST_MARK:
        archive.refuse_damaged(f"a mark in {part} has no end")
    if handler.depth > DEEPEST or handler.count > MOST_ELEMENTS:
        archive.refuse_damaged(f"{part} is not as spreadsheet programs write it")
    if handler.size > LONGEST_TEXT:
        archive.refuse_damaged(f"a cell in {part} holds endless text")
