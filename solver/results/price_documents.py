"""Prices as JSON: of limits, of rows of rules and of unmet demand, read."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from solver.errors import Fault
from solver.results.documents import StrictDocument
from solver.results.tables import REMEDY
from solver.solution.certificate import Objective, Stage
from solver.solution.keys import CapacityKey, Measure, RowKey, UnmetKey

_WEIGHT_DIGITS = 15
"""Digits after the point that a weight has at most."""


def _short(weight: float) -> float:
    """Weight, if it is one that a run of Keruen writes."""
    exponent = Decimal(repr(weight)).as_tuple().exponent
    if not weight or not isinstance(exponent, int) or exponent < -_WEIGHT_DIGITS:
        message = f"a weight is not 0 and has at most {_WEIGHT_DIGITS} digits"
        raise ValueError(message)
    return weight


Price = Annotated[float, Field(ge=0)]


Number = Annotated[int, Field(ge=0)]


_Weight = Annotated[float, AfterValidator(_short)]


Priority = Annotated[int, Field(ge=1)] | None


class _Capacity(StrictDocument):
    kind: Literal["leg", "node", "route", "capacity"]
    name: str
    period: str
    price: Price


class KeyDocument(StrictDocument):
    """Name of a row of a rule."""

    rule: str
    scope: dict[str, str]
    period: str
    value: str
    side: Literal["max", "min"]
    measure: Measure

    @property
    def key(self) -> RowKey:
        """The row that it names."""
        place = self.rule, tuple(self.scope.items()), self.period, self.value
        return RowKey(*place, self.side, self.measure)


class _RowDocument(KeyDocument):
    price: Price
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
    price: Price


class PricesDocument(StrictDocument):
    """Prices of limits, of rows of rules and of unmet demand."""

    capacities: list[_Capacity]
    rules: list[_RowDocument]
    unmet: list[_UnmetDocument]


class StageDocument(PricesDocument):
    """Prices of one objective."""

    objective: Literal["rules", "unmet", "cost"]
    priority: Priority


class PricesReader:
    """Prices of a certificate; those given twice join `faults`."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.file, self.faults = file, faults

    def stage(self, stage: StageDocument) -> Stage:
        """Stage."""
        return self.prices(stage, stage.objective, stage.priority)

    def prices(
        self, given: PricesDocument, objective: Objective, priority: int | None
    ) -> Stage:
        """Prices, as those of an objective."""
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
