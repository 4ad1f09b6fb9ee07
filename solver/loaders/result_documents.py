"""The JSON documents of a result folder: read strictly, or else with their faults."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Annotated, Any, Literal, NoReturn, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from solver.errors import DataError, Fault
from solver.loaders.result_tables import REMEDY
from solver.solution import (
    CapacityKey,
    Certificate,
    Measure,
    RowKey,
    Stage,
    UnmetKey,
)
from solver.status import Status

_Model = TypeVar("_Model", bound=BaseModel)

_WEIGHT_DIGITS = 15
"""Digits after the point that a weight has at most."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)


def _short(weight: float) -> float:
    """Weight, if it is one that a run of ours writes."""
    exponent = Decimal(repr(weight)).as_tuple().exponent
    if not weight or not isinstance(exponent, int) or exponent < -_WEIGHT_DIGITS:
        message = f"a weight is not 0 and has at most {_WEIGHT_DIGITS} digits"
        raise ValueError(message)
    return weight


_Price = Annotated[float, Field(ge=0)]
_Weight = Annotated[float, AfterValidator(_short)]
_Priority = Annotated[int, Field(ge=1)] | None


class _Capacity(_Strict):
    kind: Literal["leg", "node", "route", "capacity"]
    name: str
    period: str
    price: _Price


class _Row(_Strict):
    rule: str
    scope: dict[str, str]
    period: str
    value: str
    side: Literal["max", "min"]
    measure: Measure
    price: _Price
    weights: dict[str, _Weight]

    @model_validator(mode="after")
    def _without_weights(self) -> Self:
        """Refuse weights that nothing would look at."""
        if self.measure == "share" and self.weights:
            message = "a row that bounds a share has no weights"
            raise ValueError(message)
        return self

    @property
    def key(self) -> RowKey:
        place = self.rule, tuple(self.scope.items()), self.period, self.value
        return RowKey(*place, self.side, self.measure)


class _Unmet(_Strict):
    priority: _Priority
    price: _Price


class _Stage(_Strict):
    objective: Literal["rules", "unmet", "cost"]
    priority: _Priority
    capacities: list[_Capacity]
    rules: list[_Row]
    unmet: list[_Unmet]


class _Certificate(_Strict):
    stages: list[_Stage]


class _InstanceNote(_Strict):
    name: str
    scenarios: list[str]
    sha256: str


class _UnmetBound(_Strict):
    priority: _Priority
    unmet: float
    bound: float


class _CorridorShare(_Strict):
    quantity: float
    share: float | None


class _Left(_Strict):
    demand: int
    product: str
    origin: str
    market: str
    period: str
    unmet: float
    reason: str


class _Scarce(_Strict):
    kind: str
    limit: str
    period: str
    price: float
    utilisation: float | None


class _Loosening(_Strict):
    rule: str
    scope: str
    period: str
    value: str
    side: Literal["max", "min"]
    measure: Measure
    limit: float
    level: float | None
    excess: float


class _Options(_Strict):
    solver: str
    time_limit: float | None


class _Summary(_Strict):
    """Form of the summary; its figures are for the verification."""

    format: Literal[2]
    status: Literal[tuple(map(str, Status))]  # type: ignore[valid-type]
    cost: float | None
    cost_parts: dict[str, float]
    penalties: float | None
    bound: float | None
    gap: float | None
    unmet_bounds: list[_UnmetBound]
    demand: float
    carried: float | None
    unmet: float | None
    corridors: dict[str, _CorridorShare]
    hhi: float | None
    verified: bool
    unmet_demand: list[_Left]
    scarcest: list[_Scarce]
    loosening: list[_Loosening]
    instance: _InstanceNote
    versions: dict[str, str]
    options: _Options
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
    document = _document(file, content, faults)
    if not faults:
        _checked(_Summary, file, document, faults)
    if faults or not isinstance(document, dict):
        raise DataError(faults)
    return document


def read_certificate(
    file: str, content: bytes, faults: list[Fault]
) -> Certificate | None:
    """Certificate; None if it has no stages or joins `faults`."""
    found = len(faults)
    document = _document(file, content, faults)
    if len(faults) > found:
        return None
    checked = _checked(_Certificate, file, document, faults)
    if checked is None or not checked.stages:
        return None
    return Certificate(tuple(_stage(stage, file, faults) for stage in checked.stages))


def _checked(
    model: type[_Model], file: str, document: object, faults: list[Fault]
) -> _Model | None:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=False):
            place = ".".join(map(str, detail["loc"])) or None
            message = f"{detail['msg']}, found `{str(detail['input'])[:40]}`"
            faults.append(Fault(file, message, REMEDY, column=place))
    return None


def _stage(stage: _Stage, file: str, faults: list[Fault]) -> Stage:
    """Stage; a price given twice joins `faults`."""
    capacities = {
        CapacityKey(item.kind, item.name, item.period): item.price
        for item in stage.capacities
    }
    rules = {item.key: item.price for item in stage.rules}
    weights = {item.key: item.weights for item in stage.rules if item.weights}
    unmet = {UnmetKey(item.priority): item.price for item in stage.unmet}
    given = len(stage.capacities) + len(stage.rules) + len(stage.unmet)
    if given > len(capacities) + len(rules) + len(unmet):
        faults.append(Fault(file, "gives one price twice", REMEDY))
    return Stage(stage.objective, stage.priority, capacities, rules, unmet, weights)


def _document(file: str, content: bytes, faults: list[Fault]) -> object:
    """Document, or None if it joins `faults`."""
    try:
        document: object = json.loads(
            content.decode(),
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        message = f"is no JSON document: {error}"
        faults.append(Fault(file, message, REMEDY))
        return None
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        message = "a key stands twice in one object"
        raise ValueError(message)
    return result


def _refuse(text: str) -> NoReturn:
    message = f"{text} is no number"
    raise ValueError(message)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        _refuse(text)
    return value
