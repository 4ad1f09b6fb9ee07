"""The folder of a frontier read back: its document, and a verdict on each plan."""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from solver.errors import DataError, Fault, InputError
from solver.solution.form import MONEY, POINTS
from solver.storage.regular import regular_bytes
from solver.tasks.frontier_folder import DOCUMENT, TABLE, names
from solver.tasks.verify import examined

if TYPE_CHECKING:
    from pathlib import Path

    from solver.tasks.verify import Verdict

_REMEDY = "draw the frontier again"

_SUMMED = 1e-12
"""Relative difference of one cost that was summed up in two orders."""


class _Read(BaseModel):
    """Keys that a reader needs; others are left alone."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)


class _RuleDocument(_Read):
    measure: str
    by: str
    value: str | None
    where: dict[str, list[str]]


class _PointDocument(_Read):
    point: int
    level: float
    hhi: float
    cost: float
    extra_cost: float
    knee: bool
    shares: dict[str, float]


class _UnitsDocument(_Read):
    quantity: str
    money: str


class _InstanceDocument(_Read):
    name: str


class _FrontierDocument(_Read):
    format: Literal[2]
    rule: _RuleDocument
    units: _UnitsDocument
    instance: _InstanceDocument
    knee: int | None
    points: list[_PointDocument] = Field(min_length=1)
    files: dict[str, str]


def read_frontier(folder: Path) -> tuple[dict[str, Any], list[tuple[Path, Verdict]]]:
    """Return the document of a frontier, and the verdict on each of its plans.

    Raises
    ------
    InputError
        A file is missing or cannot be read.
    DataError
        The document is not a frontier's, or tells of other plans than it holds.
    """
    content = _content(folder / DOCUMENT)
    try:
        document = json.loads(content)
        checked = _FrontierDocument.model_validate(document)
    except (ValueError, ValidationError) as error:
        message = f"is not a frontier's document: {_first(error)}"
        raise DataError([Fault(DOCUMENT, message, _REMEDY)]) from error
    table = hashlib.sha256(_content(folder / TABLE)).hexdigest()
    if checked.files.get(TABLE) != table:
        message = "is not the file that was written (its SHA-256 differs)"
        raise DataError([Fault(TABLE, message, _REMEDY)])
    return document, _verdicts(folder, document, checked)


def _content(path: Path) -> bytes:
    try:
        return regular_bytes(path)
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror or error}"
        raise InputError(message) from error


def _first(error: Exception) -> str:
    """Return the first thing that is wrong, on one line."""
    if isinstance(error, ValidationError):
        found = error.errors()[0]
        place = ".".join(map(str, found["loc"]))
        return f"{place or 'it'}: {found['msg'].lower()}"
    return str(error)


def _verdicts(
    folder: Path, document: dict[str, Any], checked: _FrontierDocument
) -> list[tuple[Path, Verdict]]:
    """Verify every plan, and that it costs what the document says."""
    found = []
    for name, point in zip(names(document), checked.points, strict=True):
        place = folder / POINTS / name
        of_point = examined(place)
        verdict = of_point.verdict
        if of_point.result is not None:
            cost = of_point.result.summary["cost"]
            wrong = [f"{DOCUMENT}: point {point.point} has another cost than its plan"]
            faults = [] if same_cost(cost, point.cost) else wrong
            verdict.add("point of the frontier", faults, f"cost {point.cost:,g}")
        found.append((place, verdict))
    return found


def same_cost(plan: float | None, published: float) -> bool:
    """Whether a plan costs what a frontier says, at the digits that it publishes.

    Above some billions neighbouring numbers are farther apart than the last of these
    digits; the cost of a point and that of its plan are summed up in two orders.
    """
    digits = 10.0**-MONEY.after_point * min(1.0, 10.0 * abs(published))
    return plan is not None and math.isclose(
        plan, published, rel_tol=_SUMMED, abs_tol=digits
    )
