"""Faults of rows and rules: each at its place, with its value; not too many alike."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from solver.errors import Fault
from solver.spelling import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from solver.instance import Rule, Table

_MOST_ALIKE = 100
_MOST_SOUGHT = 20
"""Names for which the nearest known one is sought, which takes its time."""


def row_faults(
    table: Table,
    column: str,
    rows: Iterable[int],
    message: str,
    remedy: str | Callable[[str], str],
    named: Mapping[str, str] | None = None,
) -> Iterator[Fault]:
    """Yield one fault for each row: its cell, then `message`.

    Parameters
    ----------
    table : Table
        Where the rows stand.
    column : str
        Column at fault.
    rows : iterable of int
        Rows at fault.
    message : str
        What is wrong with the cell's value.
    remedy : str or callable
        What to do about it, or a function of the value that says it.
    named : mapping of str to str, optional
        For a cell of several names, the one at fault; default the whole cell.
    """
    left = iter(rows)
    for row in islice(left, _MOST_ALIKE):
        cell = table[column][row]
        cell = cell if named is None else named[cell]
        file, line = table.place(row)
        value = cell if isinstance(cell, str) else f"{float(cell):g}"
        text = shown(cell) if isinstance(cell, str) else value
        todo = remedy if isinstance(remedy, str) else remedy(value)
        yield Fault(file, f"{text} {message}", todo, line, column, value)
    more = sum(1 for _ in left)
    if more:
        text = f"{more} more rows have this fault: {message}"
        yield Fault(table.files[0], text, "correct them all", None, column)


@dataclass(frozen=True, slots=True)
class RulePlace:
    """A rule, and where it stands.

    Parameters
    ----------
    rule : Rule
        The rule.
    file : str
        File that gives it.
    key : str
        Its key there, such as ``diversification.2``.
    """

    rule: Rule
    file: str
    key: str

    def fault(self, key: str, message: str, remedy: str, value: object) -> Fault:
        """Return a fault at a key of the rule, which its message names."""
        place = f"{self.key}.{key}"
        text = f"rule {shown(self.rule.name)}: {message}"
        return Fault(self.file, text, remedy, None, place, str(value))


def rule_places(rules: Iterable[Rule], file: str, key: str = "") -> list[RulePlace]:
    """Return the places of rules that stand in a file, below a key if it is given."""
    prefix = f"{key}." if key else ""
    return [
        RulePlace(rule, file, f"{prefix}diversification.{number}")
        for number, rule in enumerate(rules, 1)
    ]


def place_text(table: Table, row: int) -> str:
    """Return where a row stands, as part of a sentence."""
    file, line = table.place(row)
    return f"{file}:{line}"


class Nearest:
    """Remedy for a name that is not known: the nearest that is."""

    def __init__(self, known: Collection[str], otherwise: str) -> None:
        self._known = known
        self._otherwise = otherwise
        self._found: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """Return what to do about the name."""
        if name not in self._found and len(self._found) < _MOST_SOUGHT:
            self._found[name] = suggestion(name, self._known, self._otherwise)
        return self._found.get(name, self._otherwise)
