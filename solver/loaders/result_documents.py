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
from solver.options import Asked
from solver.solution import (
    CapacityKey,
    Certificate,
    Dependence,
    Measure,
    Objective,
    Question,
    RowKey,
    Sides,
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


class _Key(_Strict):
    rule: str
    scope: dict[str, str]
    period: str
    value: str
    side: Literal["max", "min"]
    measure: Measure

    @property
    def key(self) -> RowKey:
        place = self.rule, tuple(self.scope.items()), self.period, self.value
        return RowKey(*place, self.side, self.measure)


class _Row(_Key):
    price: _Price
    weights: dict[str, _Weight]

    @model_validator(mode="after")
    def _without_weights(self) -> Self:
        """Refuse weights that nothing would look at."""
        if self.measure == "share" and self.weights:
            message = "a row that bounds a share has no weights"
            raise ValueError(message)
        return self


class _Unmet(_Strict):
    priority: _Priority
    price: _Price


class _Prices(_Strict):
    capacities: list[_Capacity]
    rules: list[_Row]
    unmet: list[_Unmet]


class _Stage(_Prices):
    objective: Literal["rules", "unmet", "cost"]
    priority: _Priority


class _Sides(_Key):
    tighter: _Stage | None
    looser: _Stage


class _Dependence(_Prices):
    by: Literal["corridor", "country", "port"]
    value: str
    kind: Literal["unavoidable", "least", "most"]
    within: float | None
    budget: _Price
    service: _Price


class _Certificate(_Strict):
    stages: list[_Stage]
    sides: list[_Sides]
    dependence: list[_Dependence]


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


class _Share(_Strict):
    value: str
    share: float
    unavoidable: float | None


class _Largest(_Strict):
    corridor: _Share | None
    country: _Share | None
    port: _Share | None


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
    dependence: Asked


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
    dependence: _Largest
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
    reader = _Reader(file, faults)
    return Certificate(
        tuple(map(reader.stage, checked.stages)),
        tuple(map(reader.sides, checked.sides)),
        tuple(map(reader.dependence, checked.dependence)),
    )


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


class _Reader:
    """Prices of a certificate; those given twice join `faults`."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.file, self.faults = file, faults

    def stage(self, stage: _Stage) -> Stage:
        """Stage."""
        return self._prices(stage, stage.objective, stage.priority)

    def sides(self, sides: _Sides) -> Sides:
        """Prices in both directions."""
        tighter = None if sides.tighter is None else self.stage(sides.tighter)
        return Sides(sides.key, tighter, self.stage(sides.looser))

    def dependence(self, found: _Dependence) -> Dependence:
        """Question and its prices; what they prove is not read but recomputed."""
        question = Question(found.by, found.value, found.kind, found.within)
        prices = self._prices(found, "dependence", None)
        return Dependence(question, prices, found.budget, found.service, 0.0)

    def _prices(
        self, given: _Prices, objective: Objective, priority: int | None
    ) -> Stage:
        capacities = {
            CapacityKey(item.kind, item.name, item.period): item.price
            for item in given.capacities
        }
        rules = {item.key: item.price for item in given.rules}
        weights = {item.key: item.weights for item in given.rules if item.weights}
        unmet = {UnmetKey(item.priority): item.price for item in given.unmet}
        count = len(given.capacities) + len(given.rules) + len(given.unmet)
        if count > len(capacities) + len(rules) + len(unmet):
            self.faults.append(Fault(self.file, "gives one price twice", REMEDY))
        return Stage(objective, priority, capacities, rules, unmet, weights)


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
