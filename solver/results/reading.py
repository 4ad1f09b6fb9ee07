"""A result folder read back, byte for byte what was written or else with its faults."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.errors import DataError, Fault, InputError
from solver.results.certificate import read_certificate
from solver.results.format_2 import ADDED, is_format_2, old_name, translated
from solver.results.summary import read_summary
from solver.results.tables import REMEDY, read_table
from solver.solution.form import (
    CERTIFICATE,
    FILES,
    INSTANCE,
    OPTIONAL,
    OPTIONAL_FILES,
    POINTS,
    SUMMARY,
    TABLES,
)
from solver.solution.plan import Plan
from solver.solution.solution import Result
from solver.storage.files import OURS
from solver.storage.regular import regular_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from solver.problem.instance import Instance

    Table = dict[str, NDArray[Any]]


_SEPARATOR = " > "


@dataclass(frozen=True, slots=True, eq=False)
class ResultFiles:
    """The files of a result folder, checked to be those its summary names.

    Parameters
    ----------
    files : dict of str to bytes
        Content by name, the summary left out.
    summary : dict
        The document ``summary.json``.
    """

    files: Mapping[str, bytes]
    summary: Mapping[str, Any]

    @property
    def document(self) -> bytes:
        """The instance as solved."""
        return self.files[INSTANCE]


def read_files(folder: Path, *, older: bool = False) -> ResultFiles:
    """Files of a result folder.

    Parameters
    ----------
    older : bool
        Whether a result of format 2 is read too, in the form of today.

    Raises
    ------
    InputError
        The folder or one of its files is missing or cannot be read.
    DataError
        A file is not the one that was written, or is none of the result's.
    """
    try:
        content = _content(folder, SUMMARY)
    except InputError:
        _refuse_frontier(folder)
        raise
    is_old = is_format_2(content)
    if is_old and not older:
        message = "this is a result of format 2; this version reads format 3"
        remedy = "solve again, or use the version of Keruen that the summary names"
        raise DataError([Fault(SUMMARY, message, remedy, column="format")])
    name_of = old_name if is_old else str
    summary = read_summary(SUMMARY, translated(SUMMARY, content) if is_old else content)
    absent = ADDED if is_old else ()
    optional = [name for name in OPTIONAL_FILES if name in summary["files"]]
    wanted = [*(name for name in FILES if name not in absent), *optional]
    files = {name: _content(folder, name_of(name)) for name in wanted}
    known = {SUMMARY, *map(name_of, wanted)}
    faults = [*_strangers(folder, known), *_changed(files, summary["files"])]
    if faults:
        raise DataError(faults)
    if is_old:
        files |= dict.fromkeys(absent, b"\n")
        files = {name: translated(name, own) for name, own in files.items()}
    return ResultFiles(files, summary)


def _refuse_frontier(folder: Path) -> None:
    """Say what to name instead if a folder holds a frontier."""
    point = folder / POINTS / "01"
    with suppress(OSError):
        if point.is_dir():
            message = f"{folder}: holds a frontier; name one of its points: {point}"
            raise InputError(message)


def read_result(files: ResultFiles, instance: Instance) -> Result:
    """Return the result that the files of a folder hold.

    Parameters
    ----------
    files : ResultFiles
        The folder's files.
    instance : Instance
        The instance read from `files.document`.

    Raises
    ------
    DataError
        A file holds anything but what a run of Keruen writes.
    """
    faults: list[Fault] = []
    tables = {
        name: read_table(name, files.files[f"{name}.csv"], faults)
        for name in (*TABLES, *OPTIONAL)
        if f"{name}.csv" in files.files
    }
    certificate = read_certificate(CERTIFICATE, files.files[CERTIFICATE], faults)
    plan = None
    if not faults and files.summary["cost"] is not None:
        plan = _plan(tables, instance, faults)
    if faults:
        raise DataError(faults)
    return Result(
        tables=tables, plan=plan, certificate=certificate, summary=files.summary
    )


def _content(folder: Path, name: str) -> bytes:
    try:
        return regular_bytes(folder / name)
    except OSError as error:
        message = f"{folder / name}: cannot be read: {error.strerror or error}"
        if name == SUMMARY:
            message = f"{message}; {folder} holds no complete result"
        raise InputError(message) from error


def _strangers(folder: Path, known: set[str]) -> list[Fault]:
    """Files that no run of Keruen wrote there."""
    found = sorted(path.name for path in folder.iterdir())
    return [
        Fault(name, "is not a file of a result", "move it to another folder")
        for name in found
        if name not in known and not name.startswith(OURS)
    ]


def _changed(files: Mapping[str, bytes], hashes: Mapping[str, str]) -> list[Fault]:
    """Files whose hash is not the one the summary holds."""
    faults = [
        Fault(SUMMARY, f"names no hash of `{name}`", REMEDY, column="files")
        for name in files
        if name not in hashes
    ]
    faults += [
        Fault(SUMMARY, f"names a file `{name}`, unknown to us", REMEDY, column="files")
        for name in hashes
        if name not in files
    ]
    for name, content in files.items():
        if hashes.get(name) not in {None, hashlib.sha256(content).hexdigest()}:
            message = "is not the file that was written (its SHA-256 differs)"
            faults.append(Fault(name, message, "restore it, or solve again"))
    return faults


def _plan(
    tables: Mapping[str, Table], instance: Instance, faults: list[Fault]
) -> Plan | None:
    """Plan that the tables describe."""
    shipment = _shipments("allocation", tables, instance, faults)
    listed = _shipments("demand", tables, instance, faults)
    if not faults and listed != list(range(len(instance.shipments))):
        message = "its rows are not the instance's demand, one after the other"
        faults.append(Fault("demand.csv", message, REMEDY))
    spans = _elements(tables["allocation"]["legs"], instance, faults)
    if faults:
        return None
    return Plan(
        shipment=np.array(shipment, dtype=np.int64),
        quantity=tables["allocation"]["quantity"],
        starts=np.cumsum([0, *map(len, spans)], dtype=np.int64),
        elements=np.array([e for span in spans for e in span], dtype=np.int64),
        unmet=tables["demand"]["unmet"],
    )


def _shipments(
    name: str, tables: Mapping[str, Table], instance: Instance, faults: list[Fault]
) -> list[int]:
    """Shipment of each row of a table, by its demand and period."""
    known = instance.shipments
    periods = [instance.periods[number] for number in known.period.tolist()]
    keys = zip((known.demand + 1).tolist(), periods, strict=True)
    index = {key: number for number, key in enumerate(keys)}
    demand, period = tables[name]["row"].tolist(), tables[name]["period"].tolist()
    found = [index.get(key, -1) for key in zip(demand, period, strict=True)]
    for number, shipment in enumerate(found):
        if shipment < 0:
            named = (
                f"row {demand[number]:g} of demand in period `{period[number][:40]}`"
            )
            message = f"there is no {named}"
            faults.append(Fault(f"{name}.csv", message, REMEDY, number + 2))
    return found


def _elements(
    texts: NDArray[Any], instance: Instance, faults: list[Fault]
) -> list[list[int]]:
    """Elements of each route by the names of its legs and named routes."""
    names = [*instance.legs["leg"], *instance.routes["route"]]
    index = {name: number for number, name in enumerate(names)}
    spans = []
    for number, text in enumerate(texts.tolist()):
        span = [index.get(name, -1) for name in text.split(_SEPARATOR)]
        if min(span) < 0:
            message = f"`{text[:80]}` is not a chain of legs and named routes"
            place = ("allocation.csv", message, REMEDY, number + 2, "legs")
            faults.append(Fault(*place))
        spans.append(span)
    return spans
