"""Results as one page: each is verified first, and then drawn and written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.errors import OutputError
from solver.options import Options
from solver.reports.geojson import geojson
from solver.reports.page.page import render
from solver.reports.page.source import PageSource
from solver.reports.workbook import result_workbook
from solver.storage.files import atomic_write
from solver.storage.workbooks import need_writer
from solver.studies.cost_bridge import ComparedPlan
from solver.tasks.comparison.compare import against_first
from solver.tasks.frontier_reading import read_frontier
from solver.tasks.verify import Verdict, examined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


_MOST_SHIPMENTS = 20_000
"""Shipments of an instance up to which a page holds a bridge."""


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """What is to be shown, and where it goes.

    Parameters
    ----------
    folders : tuple of Path
        Results, one at least.
    frontier : Path, optional
        A frontier whose curve is shown too.
    geojson : Path, optional
        Flows for a geographic information system.
    workbook : Path, optional
        The tables, as a workbook.
    with_borders : bool
        Whether maps show borders beside coasts.
    """

    folders: tuple[Path, ...]
    output: Path
    frontier: Path | None = None
    geojson: Path | None = None
    workbook: Path | None = None
    with_borders: bool = True

    def outputs(self) -> Iterator[Path]:
        """Yield every file that is to be written."""
        yield self.output
        if self.geojson is not None:
            yield self.geojson
        if self.workbook is not None:
            yield self.workbook


@dataclass(frozen=True, slots=True)
class Reported:
    """The verdict on each folder, and the files written.

    Parameters
    ----------
    verdicts : tuple of (Path, Verdict)
        Results, and the plans of the frontier.
    written : dict of Path to int
        Bytes of each file; empty if a verdict is bad.
    """

    verdicts: tuple[tuple[Path, Verdict], ...]
    written: Mapping[Path, int]

    @property
    def passed(self) -> bool:
        """Whether everything shown is verified."""
        return all(verdict.passed for _, verdict in self.verdicts)

    def document(self) -> dict[str, Any]:
        """Return what happened as a JSON document."""
        return {
            "passed": self.passed,
            "results": [
                {"folder": str(folder), **verdict.document()}
                for folder, verdict in self.verdicts
            ],
            "files": [
                {"file": str(path), "bytes": size}
                for path, size in self.written.items()
            ],
        }


def report(order: ReportOrder) -> Reported:
    """Verify results, draw them on one page, and write it.

    Raises
    ------
    UsageError
        A workbook is asked for, and what writes it is not installed.
    InputError
        A folder or a file in it is missing or cannot be read.
    DataError
        The frontier is not as it was written.
    OutputError
        A file would stand in the folder of a result, or cannot be written.
    """
    _refuse_results(order)
    if order.workbook is not None:
        need_writer()
    verdicts, sources = [], []
    for folder in order.folders:
        found = examined(folder)
        verdicts.append((folder, found.verdict))
        if found.instance is None or found.result is None:
            continue
        checks = [(name, detail) for name, _, detail in found.verdict.checks]
        name = folder.resolve().name
        sources.append(PageSource(name, found.instance, found.result, checks))
    curve = None
    if order.frontier is not None:
        curve, of_points = read_frontier(order.frontier)
        verdicts += of_points
    if not all(verdict.passed for _, verdict in verdicts):
        return Reported(tuple(verdicts), {})
    files = _files(order, sources, curve)
    for path, data in files.items():
        atomic_write(path, data)
    sizes = {path: len(data) for path, data in files.items()}
    return Reported(tuple(verdicts), sizes)


def _files(
    order: ReportOrder, sources: list[PageSource], curve: dict[str, Any] | None
) -> dict[Path, bytes]:
    """Return the content of every file that is wanted."""
    compared = _comparisons(sources)
    borders = order.with_borders
    page = render(sources, frontier=curve, comparisons=compared, with_borders=borders)
    files = {order.output: page}
    if order.geojson is not None:
        files[order.geojson] = geojson(sources)
    if order.workbook is not None:
        files[order.workbook] = result_workbook(sources)
    return files


def _comparisons(sources: Sequence[PageSource]) -> list[dict[str, Any]]:
    """Bridge from the first result to each other, where all can be compared.

    Where demand is much, instances are not solved again only to draw a page.
    """
    units = sources[0].instance.units
    for source in sources:
        many = len(source.instance.shipments) > _MOST_SHIPMENTS
        if many or source.result.plan is None or source.instance.units != units:
            return []
    plans = [ComparedPlan(source.instance, source.result) for source in sources]
    options = Options(sensitivity="none")
    return [against_first(plans[0], other, options) for other in plans[1:]]


def _refuse_results(order: ReportOrder) -> None:
    """Refuse to write where a result stands: nothing else may be in its folder."""
    folders = {folder.resolve() for folder in order.folders}
    if order.frontier is not None:
        folders.add(order.frontier.resolve())
    for path in order.outputs():
        if path.resolve().parent in folders:
            message = (
                f"{path}: lies in the folder of a result, which may hold nothing "
                "else; name a file outside"
            )
            raise OutputError(message)
