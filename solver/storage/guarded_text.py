"""Text in a result's tables, guarded so that no spreadsheet takes it for a formula.

A spreadsheet evaluates a cell that begins with `=`, `+`, `-` or `@`, also behind blanks
or line ends and in their full-width forms. Such text is written behind an apostrophe;
text that begins with an apostrophe itself gets one more, so that reading gives back
every text to the letter. Numbers are never guarded.

References
----------
OWASP, "CSV Injection".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


GUARD = "'"
"""What text that a spreadsheet would run is written behind."""


_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def guarded(text: str) -> str:
    """Return a text as a table holds it."""
    risky = (*_RISKY, GUARD)
    if text.startswith(risky) or text.lstrip().startswith(risky):
        return f"{GUARD}{text}"
    return text


def unguarded(texts: Iterable[str]) -> list[str]:
    """Return the texts that a table holds as they were meant."""
    return [text.removeprefix(GUARD) for text in texts]
