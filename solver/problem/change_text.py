"""A change in one line, such as ``legs[corridor="southern"].cost *= 0.9``.

The grammar, with every value as JSON::

    change   = target operator value
    target   = table [ "[" selector "]" ] "." column
    selector = value | column "=" value { "," column "=" value }
    operator = "=" | "+=" | "*="

A selector without a column is the key of the table: the name of a leg, node, product,
route, capacity or rule. A list selects rows that have one of its values.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from solver.errors import UsageError
from solver.messages import listed, shown, suggestion
from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

Operator = Literal["=", "+=", "*="]

RULES = "rules"
"""What the diversification rules are called; their key is ``name``."""

INSTANCE = "instance"
"""What the keys of ``instance.toml`` are called."""

KEYS = {
    "nodes": "node",
    "legs": "leg",
    "products": "product",
    "routes": "route",
    "capacities": "capacity",
    "demand": "demand",
    RULES: "name",
}
"""Key column of each table that has one."""

TABLES = (*DEFINITIONS, RULES, INSTANCE)
"""Tables that a change may name."""

EXAMPLE = 'legs[corridor="southern", mode="rail"].cost *= 0.9'

_NAME = re.compile(r"\s*([A-Za-z_]\w*)\s*")
_OPERATOR = re.compile(r"\s*(\+=|\*=|=)\s*")


@dataclass(frozen=True, slots=True)
class ChangeText:
    """The parts of a change in one line.

    Parameters
    ----------
    table : str
        One of `TABLES`.
    column : str
        Column of the table, key of the rule or of the instance.
    operator : str
        ``=`` sets, ``+=`` adds, ``*=`` scales.
    value : object
        What JSON says.
    where : mapping of str to object
        Value, or list of values, of each column that selects rows; empty: all rows.
    """

    table: str
    column: str
    operator: Operator
    value: Any
    where: Mapping[str, Any] = field(default_factory=dict)

    def target(self) -> str:
        """Return what is changed, in the grammar, and how."""
        selectors = [f"{column}={_json(value)}" for column, value in self.where.items()]
        rows = f"[{', '.join(selectors)}]" if selectors else ""
        return f"{self.table}{rows}.{self.column} {self.operator}"

    def __str__(self) -> str:
        return f"{self.target()} {_json(self.value)}"


def parse_change(text: str) -> ChangeText:
    """Return the parts of a change.

    Raises
    ------
    UsageError
        It is none: the message says where, and what to write.
    """
    return _Reader(text).change()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Reader:
    """Reads one change from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._decoder = json.JSONDecoder(parse_constant=self._no_number)

    def change(self) -> ChangeText:
        table = self._name("a table")
        if table not in TABLES:
            remedy = suggestion(table, TABLES, f"known: {listed(TABLES)}")
            self._refuse(f"unknown table {shown(table)}", remedy)
        where = self._where(table) if self._next("[") else {}
        if not self._next("."):
            self._refuse("`.` and a column must follow", f"write it as `{EXAMPLE}`")
        column = self._name("a column")
        found = _OPERATOR.match(self._text, self._at)
        if found is None:
            self._refuse("`=`, `+=` or `*=` must follow", f"write it as `{EXAMPLE}`")
        self._at = found.end()
        value = self._value()
        if self._text[self._at :].strip():
            self._refuse("nothing may follow the value", "remove what follows")
        return ChangeText(table, column, cast("Operator", found[1]), value, where)

    def _where(self, table: str) -> dict[str, Any]:
        where: dict[str, Any] = {}
        while True:
            column = self._selected_column(table, where)
            if column in where:
                self._refuse(f"{column} is given twice", "give a list of its values")
            where[column] = self._value()
            if self._next("]"):
                return where
            if not self._next(","):
                self._refuse("`,` or `]` must follow", f"write it as `{EXAMPLE}`")

    def _selected_column(self, table: str, before: Mapping[str, Any]) -> str:
        """Return the column before `=`, or else the key of the table."""
        found = _NAME.match(self._text, self._at)
        if found and self._text.startswith("=", found.end()):
            self._at = found.end() + 1
            return found[1]
        key = KEYS.get(table)
        if key is None or before:
            self._refuse("a column and `=` must follow", f"write it as `{EXAMPLE}`")
        return key

    def _name(self, what: str) -> str:
        found = _NAME.match(self._text, self._at)
        if found is None:
            self._refuse(f"{what} must follow", f"write it as `{EXAMPLE}`")
        self._at = found.end()
        return found[1]

    def _next(self, mark: str) -> bool:
        """Go past a mark if it comes next."""
        rest = self._text[self._at :]
        is_next = rest.lstrip().startswith(mark)
        if is_next:
            self._at += len(rest) - len(rest.lstrip()) + len(mark)
        return is_next

    def _value(self) -> Any:  # noqa: ANN401
        rest = self._text[self._at :]
        start = self._at + len(rest) - len(rest.lstrip())
        try:
            value, self._at = self._decoder.raw_decode(self._text, start)
        except (ValueError, RecursionError):
            remedy = 'give a number, true, null, or a text in quotes such as "rail"'
            self._refuse("a value in JSON must follow", remedy)
        return value

    def _no_number(self, name: str) -> NoReturn:
        self._refuse(f"{name} is not a number", "give a finite number")

    def _refuse(self, message: str, remedy: str) -> NoReturn:
        read = self._text[: self._at].rstrip()
        place = f"after {shown(read)}, " if read else ""
        raise UsageError(f"the change {shown(self._text)}: {place}{message}; {remedy}")
