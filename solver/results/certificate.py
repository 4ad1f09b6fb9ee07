"""The JSON documents of a result folder: read strictly, or else with their faults."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from solver.errors import Fault
from solver.results.documents import StrictDocument, checked_model, read_json
from solver.results.tables import REMEDY
from solver.solution.certificate import (
    Certificate,
    Exposure,
    MovedRoute,
    Movement,
    Objective,
    OneSided,
    Question,
    Slope,
    Stage,
)
from solver.solution.keys import CapacityKey, Measure, RowKey, ShipmentKey, UnmetKey


def certificate_document(certificate: Certificate | None) -> dict[str, Any]:
    """Document ``certificate.json``; no stages if there is no certificate."""
    if certificate is None:
        return {"stages": [], "one_sided": _one_sided(OneSided()), "exposure": []}
    return {
        "stages": [_stage(stage) for stage in certificate.stages],
        "one_sided": _one_sided(certificate.one_sided),
        "exposure": [
            {
                "by": found.question.by,
                "value": found.question.value,
                "kind": found.question.kind,
                "within": found.question.within,
                "budget": found.budget,
                "service": found.service,
                **_prices(found.prices),
            }
            for found in certificate.exposure
        ],
        **_movement(certificate.movement),
    }


def _movement(movement: Movement | None) -> dict[str, Any]:
    """Prices of the movement, where there are any."""
    if movement is None:
        return {}
    kept = sorted(movement.kept.items())
    return {
        "movement": {
            "budget": movement.budget,
            "kept": [{"row": row + 1, "price": price} for row, price in kept],
            **_prices(movement.prices),
        }
    }


def _one_sided(given: OneSided) -> dict[str, Any]:
    return {
        "slopes": [
            {
                **_moved_key(slope.key),
                "direction": slope.direction,
                "prices": slope.prices,
                "length": slope.length,
                "changes": [list(change) for change in slope.changes],
                "end": slope.end,
            }
            for slope in given.slopes
        ],
        "sets": [_prices(stage) for stage in given.sets],
        "routes": [
            {"shipment": route.shipment, "elements": list(route.elements)}
            for route in given.routes
        ],
    }


def _moved_key(key: CapacityKey | RowKey | ShipmentKey) -> dict[str, Any]:
    """Name what is moved: one of three names says which kind it is."""
    match key:
        case CapacityKey(kind, name, period):
            return {"limit": {"kind": kind, "name": name, "period": period}}
        case RowKey():
            return {"row": _key(key)}
        case ShipmentKey(row, period):
            return {"demand": {"row": row, "period": period}}


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "objective": stage.objective,
        "priority": stage.priority,
        **_prices(stage),
    }


def _prices(stage: Stage) -> dict[str, Any]:
    return {
        "capacities": [
            {"kind": key.kind, "name": key.name, "period": key.period, "price": price}
            for key, price in stage.capacities.items()
        ],
        "rules": [_rule(stage, key) for key in stage.rules],
        "unmet": [
            {"priority": key.priority, "price": price}
            for key, price in stage.unmet.items()
        ],
    }


def _rule(stage: Stage, key: RowKey) -> dict[str, Any]:
    """Price of one row of a rule, and the weights that make the row linear."""
    return {
        **_key(key),
        "price": stage.rules[key],
        "weights": dict(stage.weights.get(key, {})),
    }


def _key(key: RowKey) -> dict[str, Any]:
    return {
        "rule": key.rule,
        "scope": dict(key.scope),
        "period": key.period,
        "value": key.value,
        "side": key.side,
        "measure": key.measure,
    }


_WEIGHT_DIGITS = 15
"""Digits after the point that a weight has at most."""


def _short(weight: float) -> float:
    """Weight, if it is one that a run of Keruen writes."""
    exponent = Decimal(repr(weight)).as_tuple().exponent
    if not weight or not isinstance(exponent, int) or exponent < -_WEIGHT_DIGITS:
        message = f"a weight is not 0 and has at most {_WEIGHT_DIGITS} digits"
        raise ValueError(message)
    return weight


_Price = Annotated[float, Field(ge=0)]


_Number = Annotated[int, Field(ge=0)]


_Weight = Annotated[float, AfterValidator(_short)]


Priority = Annotated[int, Field(ge=1)] | None


class _Capacity(StrictDocument):
    kind: Literal["leg", "node", "route", "capacity"]
    name: str
    period: str
    price: _Price


class _Key(StrictDocument):
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


class _RowDocument(_Key):
    price: _Price
    weights: dict[str, _Weight]

    @model_validator(mode="after")
    def _without_weights(self) -> Self:
        """Refuse weights that nothing would look at."""
        if self.weights and (self.value or self.measure == "share"):
            message = "a row that bounds a share has no weights"
            raise ValueError(message)
        return self


class _UnmetDocument(StrictDocument):
    priority: Priority
    price: _Price


class _PricesDocument(StrictDocument):
    capacities: list[_Capacity]
    rules: list[_RowDocument]
    unmet: list[_UnmetDocument]


class _StageDocument(_PricesDocument):
    objective: Literal["rules", "unmet", "cost"]
    priority: Priority


class _LimitName(StrictDocument):
    kind: Literal["leg", "node", "route", "capacity"]
    name: str
    period: str


class _DemandName(StrictDocument):
    row: Annotated[int, Field(ge=1)]
    period: str


class _SlopeDocument(StrictDocument):
    limit: _LimitName | None = None
    row: _Key | None = None
    demand: _DemandName | None = None
    direction: Literal["more", "less"]
    prices: _Number
    length: _Price | None
    changes: list[Annotated[list[int | float], Field(min_length=2, max_length=2)]]
    end: _Number | None

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        """Refuse a slope of several things, or changes of no flow."""
        if [self.limit, self.row, self.demand].count(None) != 2:  # noqa: PLR2004
            message = "a slope is of one limit, row or demand"
            raise ValueError(message)
        if not all(isinstance(flow, int) for flow, _ in self.changes):
            message = "a change is of a flow's number"
            raise ValueError(message)
        return self

    @property
    def slope(self) -> Slope:
        key: CapacityKey | RowKey | ShipmentKey
        if self.limit is not None:
            key = CapacityKey(self.limit.kind, self.limit.name, self.limit.period)
        elif self.row is not None:
            key = self.row.key
        else:
            named = self.demand or _DemandName(row=1, period="")
            key = ShipmentKey(named.row, named.period)
        changes = tuple((int(flow), float(more)) for flow, more in self.changes)
        place = key, self.direction, self.prices, self.length
        return Slope(*place, changes, self.end)


class _RouteDocument(StrictDocument):
    shipment: _Number
    elements: Annotated[list[_Number], Field(min_length=1)]


class _OneSidedDocument(StrictDocument):
    slopes: list[_SlopeDocument]
    sets: list[_PricesDocument]
    routes: list[_RouteDocument]


class _ExposureDocument(_PricesDocument):
    by: Literal["corridor", "country", "port"]
    value: str
    kind: Literal["captive", "least", "most"]
    within: float | None
    budget: _Price
    service: _Price


class _KeptDocument(StrictDocument):
    row: Annotated[int, Field(ge=1)]
    price: Annotated[float, Field(gt=0, le=1)]


class _MovementDocument(_PricesDocument):
    budget: _Price
    kept: list[_KeptDocument]


class _CertificateDocument(StrictDocument):
    stages: list[_StageDocument]
    one_sided: _OneSidedDocument
    exposure: list[_ExposureDocument]
    movement: _MovementDocument | None = None


def read_certificate(
    file: str, content: bytes, faults: list[Fault]
) -> Certificate | None:
    """Certificate; None if it has no stages or joins `faults`."""
    found = len(faults)
    document = read_json(file, content, faults)
    if len(faults) > found:
        return None
    checked = checked_model(_CertificateDocument, file, document, faults)
    if checked is None or not checked.stages:
        return None
    reader = _CertificateReader(file, faults)
    return Certificate(
        tuple(map(reader.stage, checked.stages)),
        reader.one_sided(checked.one_sided),
        tuple(map(reader.exposure, checked.exposure)),
        None if checked.movement is None else reader.movement(checked.movement),
    )


class _CertificateReader:
    """Prices of a certificate; those given twice join `faults`."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.file, self.faults = file, faults

    def stage(self, stage: _StageDocument) -> Stage:
        """Stage."""
        return self._prices(stage, stage.objective, stage.priority)

    def one_sided(self, given: _OneSidedDocument) -> OneSided:
        """Slopes, and the prices and routes that they share."""
        return OneSided(
            tuple(slope.slope for slope in given.slopes),
            tuple(self._prices(own, "cost", None) for own in given.sets),
            tuple(
                MovedRoute(route.shipment, tuple(route.elements))
                for route in given.routes
            ),
        )

    def exposure(self, found: _ExposureDocument) -> Exposure:
        """Question and its prices; what they prove is not read but recomputed."""
        question = Question(found.by, found.value, found.kind, found.within)
        prices = self._prices(found, "exposure", None)
        return Exposure(question, prices, found.budget, found.service, 0.0)

    def movement(self, found: _MovementDocument) -> Movement:
        """Prices of the movement."""
        kept = {item.row - 1: item.price for item in found.kept}
        if len(kept) < len(found.kept):
            self.faults.append(Fault(self.file, "gives one price twice", REMEDY))
        return Movement(self._prices(found, "movement", None), found.budget, kept)

    def _prices(
        self, given: _PricesDocument, objective: Objective, priority: int | None
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
