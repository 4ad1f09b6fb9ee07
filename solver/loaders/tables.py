"""Raw columns to a `Table`: headers and their units, then column by column.

Whatever is wrong becomes a `Fault`; the table is built all the same, with empty cells
in place of the wrong ones, so that later checks find what else is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.columns import ColumnSpec, column_specs
from solver.errors import Fault
from solver.instance import Table
from solver.loaders.cells import ColumnReader
from solver.spelling import listed, suggestion
from solver.table_edits import blanks
from solver.units import Conversion, UnitError, conversion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.instance import Units
    from solver.loaders.raw_tables import RawTable

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


def _placed_headers(
    name: str, raw: RawTable, units: Units, faults: list[Fault]
) -> dict[str, tuple[int, Conversion]]:
    """Position and conversion of each known column."""
    specs, line = column_specs(name), raw.header_line
    places: dict[str, tuple[int, Conversion]] = {}
    for position, header in enumerate(raw.headers):
        column, unit = split_header(header)
        if column not in specs:
            remedy = suggestion(column, specs, f"known columns: {listed(specs)}")
            message = f"unknown column `{column}`"
            if not column:
                message = f"column {position + 1} has no name"
            faults.append(
                Fault(raw.file, message, remedy, line, column or None, header)
            )
        elif column in places:
            message = f"column `{column}` stands there twice"
            remedy = "keep one of them"
            faults.append(Fault(raw.file, message, remedy, line, column, header))
        else:
            change = _conversion(specs[column], unit, (raw, header, units), faults)
            places[column] = (position, change)
    for spec in specs.values():
        if spec.required and spec.name not in places:
            message = f"column `{spec.name}` is missing"
            faults.append(Fault(raw.file, message, "add it", line, spec.name))
    return places


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
