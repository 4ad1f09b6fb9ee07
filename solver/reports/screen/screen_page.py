"""What every screen is: parts of one document, top to bottom."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from rich.text import Text

from solver.reports.screen.sheet import Sheet, Style, rendered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.table import Table


class ScreenPage(ABC):
    """One screen about a document.

    Parameters
    ----------
    document : dict
        The document that `--json` prints.
    """

    def __init__(self, document: Mapping[str, Any], style: Style) -> None:
        self.document, self.sheet = document, Sheet(style)

    @abstractmethod
    def parts(self) -> Iterable[Text | Table]:
        """Everything there is to say."""

    def shown(self) -> str:
        """Return what it looks like."""
        return rendered(self.parts(), self.sheet.style)


def spaced(sections: Iterable[Iterable[Text | Table]]) -> Iterator[Text | Table]:
    """Yield what sections say, a blank line between those that say anything."""
    for number, section in enumerate(section for section in sections if section):
        if number:
            yield Text("")
        yield from section
