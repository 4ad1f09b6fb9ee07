"""Named changes to an instance: each gives a new one and leaves the old as it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import DataError, Fault, UsageError
from solver.messages import listed, shown, similar, suggestion
from solver.problem.columns import column_specs
from solver.problem.completion import Draft, completed, draft_of
from solver.problem.edits import joined, with_columns
from solver.problem.rules import Rule
from solver.problem.tables import ABSURD, TINIEST, split_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from solver.arrays import Floats, Mask
    from solver.problem.draws import Draw
    from solver.problem.instance import Instance
    from solver.problem.tables import Table

    Cell = str | float | bool


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One change to the rows of one table.

    All values are those of the table's columns: numbers in the instance's units, NaN
    for an empty number.

    Parameters
    ----------
    table : str
        Table it changes.
    where : mapping of column to values
        Rows it acts on: in every column named, the cell is the value or one of several
        (or, in a column of several names, holds one); empty: all rows.
    values : mapping of column to value
        New values of the rows.
    factors, terms : mapping of column to number or Draw
        What numbers of the rows are multiplied by, and what is added then.
    rows : Table or None
        Rows to append.
    file, place : str
        File and key where it stands, for faults.

    Raises
    ------
    UsageError
        `where`, `values`, `factors` or `terms` name no columns.
    """

    table: str
    where: Mapping[str, Cell | Sequence[Cell]] = field(default_factory=dict)
    values: Mapping[str, Cell] = field(default_factory=dict)
    factors: Mapping[str, float | Draw] = field(default_factory=dict)
    terms: Mapping[str, float | Draw] = field(default_factory=dict)
    rows: Table | None = None
    file: str = "change"
    place: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no mapping of columns."""
        for key in ("where", "values", "factors", "terms"):
            given = getattr(self, key)
            if not hasattr(given, "items"):
                message = f"Change({shown(self.table)}): `{key}` is {shown(given)}"
                remedy = f'name columns: `{key}={{"COLUMN": VALUE}}`'
                raise UsageError(f"{message}; {remedy}")


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """Changes under one name.

    Parameters
    ----------
    name : str
        What `--scenario` calls it.
    changes : tuple of Change
        In the order they are made.
    rules : tuple of Rule
        Rules it adds.

    Raises
    ------
    UsageError
        The name is no text, or the changes or the rules are no tuple of them.
    """

    name: str
    changes: tuple[Change, ...] = ()
    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no tuple of changes and of rules."""
        _refuse_name(self.name)
        call = f"Scenario({shown(self.name)})"
        _refuse_parts(f"{call}: `changes`", self.changes, Change)
        _refuse_parts(f"{call}: `rules`", self.rules, Rule)


def _refuse_name(name: object) -> None:
    if not isinstance(name, str):
        message = f"the name of a scenario is a text, not {shown(name)}"
        raise UsageError(message)


def _refuse_parts(place: str, parts: object, kind: type) -> None:
    """Refuse what is no tuple of a kind; `place` says where it was given."""
    own = kind.__name__
    if isinstance(parts, kind):
        remedy = f"write a tuple: `({own.lower()},)`"
        raise UsageError(f"{place} is a single {own}; {remedy}")
    if not isinstance(parts, tuple | list):
        message = f"{place} is of type {type(parts).__name__}"
        raise UsageError(f"{message}; give a tuple of {own}")
    for part in parts:
        if not isinstance(part, kind):
            message = f"{place} holds a value of type {type(part).__name__}"
            raise UsageError(f"{message}; each has to be a {own}")


def ordered_names(
    wanted: Sequence[str], includes: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return scenarios in the order they apply: what one includes comes before it.

    Each applies once, however often it is wanted or included.

    Parameters
    ----------
    wanted : sequence of str
        Scenarios asked for, in order.
    includes : mapping of str to sequence of str
        What each known scenario includes; without unknown names or circles.

    Raises
    ------
    UsageError
        If one that is wanted is not known.
    """
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in order:
            for included in includes[name]:
                visit(included)
            order[name] = None

    for name in wanted:
        if name not in includes:
            known = f"known: {listed(includes)}" if includes else "there are none"
            hint = suggestion(name, includes, known)
            near = [other for other in similar(name, includes) if other not in hint]
            if near:
                hint = f"{hint} Like it too: {listed(near)}"
            message = f"unknown scenario {shown(name)}; {hint}"
            if includes:
                message = f"{message} (`keruen scenarios` lists all)"
            raise UsageError(message)
        visit(name)
    return list(order)


def apply(instance: Instance, scenario: Scenario) -> Instance:
    """Return the instance with the scenario's changes made.

    The result is complete, but not checked as a whole.

    Raises
    ------
    DataError
        If a change selects nothing, or acts on what is not there.
    """
    faults: list[Fault] = []
    draft = draft_of(instance)
    tables = dict(draft.tables)
    for change in scenario.changes:
        tables[change.table] = changed_table(tables[change.table], change, faults)
    if faults:
        raise DataError(faults)
    manifest = dict(draft.manifest)
    manifest["diversification"] = (*instance.diversification, *scenario.rules)
    names = (*instance.scenarios, scenario.name)
    result = completed(Draft(manifest, tables, names, instance.changes), faults)
    if faults:
        raise DataError(faults)
    return result


def changed_table(table: Table, change: Change, faults: list[Fault]) -> Table:
    """Return the table with one change made; what goes wrong is added to `faults`."""
    if change.rows is not None:
        return joined(table, change.rows)
    found = list(_unmatched(table, change))
    selected = _selected(table, change)
    if not selected.any() and not found:
        message, remedy = "selects no row", "correct `where`"
        place = f"{change.place}.where"
        found.append(Fault(change.file, f"the change {message}", remedy, None, place))
    if found:
        faults.extend(found)
        return table
    columns: dict[str, NDArray[Any]] = {}
    for column, value in change.values.items():
        columns[column] = table[column].copy()
        columns[column][selected] = value
    result = with_columns(table, columns)
    for column in {**change.factors, **change.terms}:
        numbers = _Numbers(result, column, change)
        faults.extend(numbers.faults(selected))
        result = with_columns(result, {column: numbers.changed(selected)})
    return result


def _selected(table: Table, change: Change) -> Mask:
    selected = np.ones(len(table), dtype=bool)
    for column, values in change.where.items():
        hits = np.zeros(len(table), dtype=bool)
        for value in _several(values):
            hits |= _matches(table, change.table, column, value)
        selected &= hits
    return selected


def _several(values: Cell | Sequence[Cell]) -> Sequence[Cell]:
    """Return the values of a column in `where`, of which one may stand alone."""
    return (values,) if isinstance(values, str | int | float) else values


def _matches(table: Table, name: str, column: str, value: Cell) -> Mask:
    """Rows whose cell in a column is the value, or holds it among several names."""
    cells = table[column]
    if column_specs(name)[column].split and isinstance(value, str) and value:
        holding = {cell for cell in set(cells) if value in split_names(cell)}
        return np.array([cell in holding for cell in cells], dtype=bool)
    if isinstance(value, float) and np.isnan(value):
        return np.asarray(np.isnan(cells), dtype=bool)
    return np.asarray(cells == value, dtype=bool)


def _unmatched(table: Table, change: Change) -> Iterator[Fault]:
    """Yield a fault for each value of `where` that no row has."""
    for column, values in change.where.items():
        for value in _several(values):
            if not _matches(table, change.table, column, value).any():
                cells = dict.fromkeys(table[column].tolist())
                named = (cell for cell in cells if cell == cell and cell != "")  # noqa: PLR0124
                known = {str(cell): None for cell in named}
                otherwise = _otherwise(table, change, column, value)
                otherwise = otherwise or f"the table has {listed(known)}"
                message = f"no row of {change.table} has the {column} {shown(value)}"
                remedy = suggestion(str(value), known, otherwise)
                place = f"{change.place}.where.{column}"
                yield Fault(change.file, message, remedy, None, place, str(value))


def _otherwise(table: Table, change: Change, column: str, value: Cell) -> str | None:
    """Return how the rows are selected that a name of no row may mean."""
    specs = column_specs(change.table)
    others = [name for name, spec in specs.items() if spec.kind == "text"]
    for other in others:
        if other != column and _matches(table, change.table, other, value).any():
            return f"it is a {other}: select by [{other}={json.dumps(value)}]"
    tail, arrow, head = (part.strip() for part in str(value).partition(">"))
    if change.table == "legs" and arrow:
        rows = np.flatnonzero((table["from"] == tail) & (table["to"] == head))
        names = [str(table[column][row]) for row in rows.tolist()]
        if names:
            return f"the table has {listed(names)} from {tail} to {head}"
    if not any(cell for cell in set(table[column].tolist()) if cell == cell):  # noqa: PLR0124
        return f"no row has any: select by other columns, such as {listed(others[:3])}"
    return None


class _Numbers:
    """A column of numbers that a change scales or adds to."""

    def __init__(self, table: Table, column: str, change: Change) -> None:
        self._table = table
        self._column = column
        self._change = change
        self._factor = self._of_rows(change.factors.get(column, 1.0))
        self._term = self._of_rows(change.terms.get(column, 0.0))

    def _of_rows(self, given: float | Draw) -> Floats:
        """Return one number for each row of the table."""
        if isinstance(given, (int, float)):
            return np.full(len(self._table), float(given))
        return given.of_rows(self._change.table, self._table, self._column)

    def changed(self, selected: Mask) -> Floats:
        """Return the column after the change."""
        values: Floats = self._table[self._column].copy()
        moved = values[selected] * self._factor[selected] + self._term[selected]
        # Fifteen digits are what a decimal input has: no dust of binary fractions.
        values[selected] = [float(f"{value:.15g}") for value in moved.tolist()]
        return values

    def faults(self, selected: Mask) -> Iterator[Fault]:
        """Yield what is wrong with changing the rows, or with what comes out."""
        change, column = self._change, self._column
        verb = "scale" if column in change.factors else "add"
        place = f"{change.place}.{verb}.{column}"
        cells = self._table[column]
        for row in np.flatnonzero(selected & ~np.isfinite(cells)).tolist()[:1]:
            file, line = self._table.place(row)
            what = "is blank" if np.isnan(cells[row]) else "is not a number"
            message = f"{column} in {file}:{line} {what}, so nothing can change it"
            remedy = f"select other rows, or give {column} by `set`"
            yield Fault(change.file, message, remedy, None, place)
            return
        spec = column_specs(change.table)[column]
        after = self.changed(selected)
        low = -ABSURD if spec.lower is None else spec.lower
        high = ABSURD if spec.upper is None else spec.upper
        size = np.abs(after)
        absurd = (size >= ABSURD) | ((size < TINIEST) & (after != 0.0))
        broken = selected & ((after < low) | (after > high) | absurd)
        for row in np.flatnonzero(broken).tolist()[:1]:
            file, line = self._table.place(row)
            message = f"{column} in {file}:{line} would become {after[row]:g}"
            remedy = f"{column} must stay between {low:g} and {high:g}"
            yield Fault(change.file, message, remedy, None, place, f"{after[row]:g}")
