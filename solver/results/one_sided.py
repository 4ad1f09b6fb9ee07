"""What one more and one less do, as a part of ``certificate.json``, read."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from solver.results.documents import StrictDocument
from solver.results.price_documents import (
    KeyDocument,
    Number,
    Price,
    PricesReader,
    StageDocument,
)
from solver.solution.certificate import OneSided
from solver.solution.keys import CapacityKey, MovableKey, ShipmentKey
from solver.solution.slopes import MovedRoute, Relief, Slope


class _LimitName(StrictDocument):
    kind: Literal["leg", "node", "route", "capacity"]
    name: str
    period: str


class _DemandName(StrictDocument):
    row: Annotated[int, Field(ge=1)]
    period: str


class _MovedDocument(StrictDocument):
    limit: _LimitName | None = None
    row: KeyDocument | None = None
    demand: _DemandName | None = None
    direction: Literal["more", "less"]
    changes: list[Annotated[list[int | float], Field(min_length=2, max_length=2)]]

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        """Refuse what is of several things, or changes of no flow."""
        if [self.limit, self.row, self.demand].count(None) != 2:  # noqa: PLR2004
            message = "a direction is of one limit, row or demand"
            raise ValueError(message)
        if not all(isinstance(flow, int) for flow, _ in self.changes):
            message = "a change is of a flow's number"
            raise ValueError(message)
        return self

    @property
    def key(self) -> MovableKey:
        if self.limit is not None:
            return CapacityKey(self.limit.kind, self.limit.name, self.limit.period)
        if self.row is not None:
            return self.row.key
        named = self.demand or _DemandName(row=1, period="")
        return ShipmentKey(named.row, named.period)

    @property
    def changed(self) -> tuple[tuple[int, float], ...]:
        return tuple((int(flow), float(more)) for flow, more in self.changes)


class _SlopeDocument(_MovedDocument):
    prices: Number
    length: Price | None
    end: Number | None
    unmet: list[Number]

    @property
    def slope(self) -> Slope:
        place = self.key, self.direction, self.prices, self.length
        return Slope(*place, self.changed, self.end, tuple(self.unmet))


class _ReliefDocument(_MovedDocument):
    prices: list[Number]
    length: Price

    @property
    def relief(self) -> Relief:
        place = self.key, self.direction, tuple(self.prices), self.length
        return Relief(*place, self.changed)


class _RouteDocument(StrictDocument):
    shipment: Number
    elements: Annotated[list[Number], Field(min_length=1)]


class OneSidedDocument(StrictDocument):
    """What each direction does, with the prices and routes that they share."""

    slopes: list[_SlopeDocument]
    reliefs: list[_ReliefDocument]
    sets: list[StageDocument]
    routes: list[_RouteDocument]

    def read(self, reader: PricesReader) -> OneSided:
        """Return what it says; prices that are given twice join the reader's faults."""
        return OneSided(
            tuple(slope.slope for slope in self.slopes),
            tuple(map(reader.stage, self.sets)),
            tuple(
                MovedRoute(route.shipment, tuple(route.elements))
                for route in self.routes
            ),
            tuple(relief.relief for relief in self.reliefs),
        )
