"""The certificate of a result folder: read strictly, or else with its faults."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from solver.errors import Fault
from solver.results.documents import StrictDocument, checked_model, read_json
from solver.results.one_sided import OneSidedDocument
from solver.results.price_documents import (
    Price,
    PricesDocument,
    PricesReader,
    StageDocument,
)
from solver.results.tables import REMEDY
from solver.solution.certificate import (
    Certificate,
    Exposure,
    Movement,
    Question,
)


class _ExposureDocument(PricesDocument):
    by: Literal["corridor", "country", "port"]
    value: str
    kind: Literal["captive", "least", "most"]
    within: float | None
    budget: Price
    service: Price


class _KeptDocument(StrictDocument):
    row: Annotated[int, Field(ge=1)]
    price: Annotated[float, Field(gt=0, le=1)]


class _MovementDocument(PricesDocument):
    budget: Price
    kept: list[_KeptDocument]


class _CertificateDocument(StrictDocument):
    stages: list[StageDocument]
    one_sided: OneSidedDocument
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
        checked.one_sided.read(reader),
        tuple(map(reader.exposure, checked.exposure)),
        None if checked.movement is None else reader.movement(checked.movement),
    )


class _CertificateReader(PricesReader):
    """Parts of a certificate."""

    def exposure(self, found: _ExposureDocument) -> Exposure:
        """Question and its prices; what they prove is not read but recomputed."""
        question = Question(found.by, found.value, found.kind, found.within)
        prices = self.prices(found, "exposure", None)
        return Exposure(question, prices, found.budget, found.service, 0.0)

    def movement(self, found: _MovementDocument) -> Movement:
        """Prices of the movement."""
        kept = {item.row - 1: item.price for item in found.kept}
        if len(kept) < len(found.kept):
            self.faults.append(Fault(self.file, "gives one price twice", REMEDY))
        return Movement(self.prices(found, "movement", None), found.budget, kept)
