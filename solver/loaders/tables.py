"""Raw columns to a `Table`: headers and their units, then column by column.

Whatever is wrong becomes a `Fault`; the table is built all the same, with empty cells
in place of the wrong ones, so that later checks find what else is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import Fault, SheetFile
from solver.loaders.cells import ColumnReader
from solver.messages import listed, nearest, shown, suggestion
from solver.problem.columns import ColumnSpec, column_specs
from solver.problem.edits import blanks
from solver.problem.tables import Table
from solver.problem.units import Conversion, UnitError, conversion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from solver.loaders.raw_tables import RawTable
    from solver.problem.instance import Units


_BRACKETS = "([{,;:"
"""What begins a unit that is not in square brackets, as it seems."""


_BLANKS = " _-/\u00a0"
"""What may stand before one, if a known unit follows."""


_HEADER = re.compile(r"(.*?)\s*\[(.*)\]", re.DOTALL)


def build_table(name: str, raw: RawTable, units: Units, faults: list[Fault]) -> Table:
    """Return table `name` of its raw columns; what is wrong is added to `faults`."""
    places = _placed_headers(name, raw, units, faults)
    columns: dict[str, NDArray[Any]] = {}
    for spec in column_specs(name).values():
        if spec.name in places:
            position, change = places[spec.name]
            reader = ColumnReader(raw, spec, change, faults)
            columns[spec.name] = reader.array(raw.columns[position])
        else:
            columns[spec.name] = blanks(spec, len(raw.lines))
    file_of = np.zeros(len(raw.lines), dtype=np.int64)
    return Table(columns, (raw.file,), file_of, raw.lines)


def unit_warnings(given: Mapping[str, RawTable], units: Units) -> Iterator[Fault]:
    """Yield amounts without a unit where others have one that is not the instance's.

    Parameters
    ----------
    given : dict of str to RawTable
        Tables by name, without faults in their headers.
    """
    found = [*_amounts(given)]
    other = next((own for own in found if _is_converted(own[2], units)), None)
    if other is None:
        return
    own = units.quantity
    for raw, column, unit in found:
        if unit is None:
            message = (
                f"column `{column}` has no unit and so counts in {own}, while "
                f"`{other[1]} [{other[2]}]` in {other[0].file} has one"
            )
            remedy = f"write `{column} [{own}]`, or the unit that it is in"
            yield Fault(raw.file, message, remedy, raw.header_line, column)


def _amounts(
    given: Mapping[str, RawTable],
) -> Iterator[tuple[RawTable, str, str | None]]:
    """Yield columns of quantities that hold any, each with its unit."""
    for name, raw in given.items():
        specs = column_specs(name)
        for header, cells in zip(raw.headers, raw.columns, strict=True):
            column, unit = split_header(header)
            is_amount = column in specs and specs[column].unit == "quantity"
            if is_amount and any(cell not in {"", None} for cell in cells):
                yield raw, column, unit


def _is_converted(unit: str | None, units: Units) -> bool:
    return unit is not None and conversion("quantity", unit, units).changes


def _placed_headers(
    name: str, raw: RawTable, units: Units, faults: list[Fault]
) -> dict[str, tuple[int, Conversion]]:
    """Position and conversion of each known column."""
    specs, line = column_specs(name), raw.header_line
    places: dict[str, tuple[int, Conversion]] = {}
    misnamed: set[str | None] = set()
    pairs = zip(raw.headers, raw.columns, strict=True)
    for position, (header, cells) in enumerate(pairs):
        column, unit = split_header(header)
        if not column and not any(cell not in {"", None} for cell in cells):
            continue
        if column not in specs:
            misnamed.add(_meant(column, specs, units))
            message, remedy = _unknown_column(name, raw, position, units)
            file = raw.file if column else _unnamed(raw.file, position)
            faults.append(Fault(file, message, remedy, line, column or None, header))
        elif column in places:
            message = f"column `{column}` stands there twice"
            remedy = "keep one of them"
            faults.append(Fault(raw.file, message, remedy, line, column, header))
        else:
            change = _conversion(specs[column], unit, (raw, header, units), faults)
            places[column] = (position, change)
    for spec in specs.values():
        if spec.required and spec.name not in {*places, *misnamed}:
            message = f"column `{spec.name}` is missing"
            # No cell of a sheet is at fault, and none of the others is to be named.
            is_sheet = isinstance(raw.file, SheetFile)
            place = None if is_sheet else line
            remedy = f"add it to row {line}" if is_sheet else "add it"
            faults.append(Fault(raw.file, message, remedy, place, spec.name))
    return places


def _unnamed(file: str, position: int) -> str:
    """Return the file as a fault of a column without name has it: with its cell."""
    if not isinstance(file, SheetFile):
        return file
    letter = file.columns.get(f"column {position + 1}", "A")
    return SheetFile(str(file), file.sheet, {"": letter})


def _unknown_column(
    name: str, raw: RawTable, position: int, units: Units
) -> tuple[str, str]:
    """Say what is wrong with a header that names no column, and what to do."""
    specs = column_specs(name)
    column, _ = split_header(raw.headers[position])
    if not column:
        cell = next(cell for cell in raw.columns[position] if cell not in {"", None})
        message = f"column {position + 1} has no name, but holds {shown(cell)}"
        return message, f"name it, or delete it; known columns: {listed(specs)}"
    for spec in specs.values():
        unit = _unit_outside_brackets(column, spec, units)
        if unit is not None:
            return _bracketed(column, spec, unit, units)
    remedy = suggestion(column, specs, f"known columns: {listed(specs)}")
    return f"unknown column {shown(column)}", remedy


def _meant(column: str, specs: Mapping[str, ColumnSpec], units: Units) -> str | None:
    """Return the column that a header means which names none; None: who knows."""
    for spec in specs.values():
        if _unit_outside_brackets(column, spec, units) is not None:
            return spec.name
    return nearest(column, specs)


def _bracketed(
    column: str, spec: ColumnSpec, unit: str, units: Units
) -> tuple[str, str]:
    """Say where the unit of a header goes, and what is wrong with it otherwise."""
    message = f"unknown column {shown(column)}: units stand in square brackets"
    header = shown(f"{spec.name} [{unit}]")
    try:
        conversion(spec.unit, unit, units)
    except UnitError as error:
        return f"{message}, as in {header}, and {error.message}", error.remedy
    return message, f"write it as {header}"


def _unit_outside_brackets(header: str, spec: ColumnSpec, units: Units) -> str | None:
    """Return the unit of a header such as `capacity (kt)`, `capacity, kt` or `_kt`."""
    if not spec.unit or not header.startswith(spec.name):
        return None
    rest = header[len(spec.name) :].strip(_BLANKS)
    unit = rest.strip(_BRACKETS + ")]}" + _BLANKS)
    is_meant = rest[:1] in {*_BRACKETS} or _is_unit(spec, unit, units)
    return unit if unit and is_meant else None


def _is_unit(spec: ColumnSpec, unit: str, units: Units) -> bool:
    try:
        conversion(spec.unit, unit, units)
    except UnitError:
        return False
    return True


def split_header(header: str) -> tuple[str, str | None]:
    """Return column and unit of a header such as `capacity [kt]`."""
    match = _HEADER.fullmatch(header.strip())
    if match is None:
        return header.strip(), None
    return match[1].strip(), match[2].strip()


def _conversion(
    spec: ColumnSpec,
    unit: str | None,
    place: tuple[RawTable, str, Units],
    faults: list[Fault],
) -> Conversion:
    raw, header, units = place
    if unit is None:
        return Conversion()
    try:
        return conversion(spec.unit, unit, units)
    except UnitError as error:
        message, line = error.message, raw.header_line
        faults.append(Fault(raw.file, message, error.remedy, line, spec.name, header))
        return Conversion()
