"""The summary of a result, as its file holds it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from solver.errors import DataError, Fault
from solver.results.documents import StrictDocument, checked_model, read_json
from solver.results.price_documents import Priority
from solver.solution.form import Asked
from solver.solution.keys import Measure
from solver.solution.status import Status


class _InstanceNote(StrictDocument):
    name: str
    scenarios: list[str]
    changes: list[str] = Field(default_factory=list)
    sha256: str


class _UnmetBoundDocument(StrictDocument):
    priority: Priority
    unmet: float
    bound: float


class _CorridorShare(StrictDocument):
    quantity: float
    share: float | None


class _Share(StrictDocument):
    value: str
    share: float
    captive: float | None


class _Largest(StrictDocument):
    corridor: _Share | None
    country: _Share | None
    port: _Share | None


class _Left(StrictDocument):
    row: int
    demand: str
    product: str
    origin: str
    market: str
    period: str
    unmet: float
    reason: str


class _BindingDocument(StrictDocument):
    kind: str
    limit: str
    period: str
    price: float
    utilisation: float | None


class _LooseningDocument(StrictDocument):
    rule: str
    scope: str
    period: str
    value: str
    side: Literal["max", "min"]
    measure: Measure
    limit: float
    level: float | None
    excess: float


class _OptionsDocument(StrictDocument):
    solver: str
    time_limit: float | None
    sensitivity: Asked
    near: str | None = None


class _NearDocument(StrictDocument):
    earlier: float
    comparable: float
    movement: float
    rerouted: float
    unmet: float
    bound: float | None
    demand_gone: int
    demand_new: int


class _Summary(StrictDocument):
    """Form of the summary; its figures are for the verification."""

    format: Literal[3]
    status: Literal[tuple(map(str, Status))]  # type: ignore[valid-type]
    cost: float | None
    cost_parts: dict[str, float]
    penalties: float | None
    bound: float | None
    gap: float | None
    unmet_bounds: list[_UnmetBoundDocument]
    demand: float
    served: float | None
    unmet: float | None
    corridors: dict[str, _CorridorShare]
    hhi: float | None
    exposure: _Largest
    near: _NearDocument | None = None
    verified: bool
    unmet_demand: list[_Left]
    binding_capacities: list[_BindingDocument]
    loosening: list[_LooseningDocument]
    instance: _InstanceNote
    versions: dict[str, str]
    options: _OptionsDocument
    files: dict[str, str]
    seconds: dict[str, float]


def read_summary(file: str, content: bytes) -> dict[str, Any]:
    """Document ``summary.json``.

    Raises
    ------
    DataError
        It is not the summary of a result.
    """
    faults: list[Fault] = []
    document = read_json(file, content, faults)
    if not faults:
        checked_model(_Summary, file, document, faults)
    if faults or not isinstance(document, dict):
        raise DataError(faults)
    return document
