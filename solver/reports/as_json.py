"""A certificate, a summary or an answer as the bytes of a JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.solution import Certificate, RowKey, Stage


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """Content of a JSON file: UTF-8, indented, keys in the order given."""
    return (document_text(document) + "\n").encode()


def document_text(document: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """Text of a JSON document; whole numbers without `.0`, never NaN.

    Parameters
    ----------
    document : dict
        What it holds; NaN is written as null.
    ascii_only : bool
        Whether other characters are escaped.
    """
    return json.dumps(
        plain(document), indent=1, ensure_ascii=ascii_only, allow_nan=False
    )


def certificate_document(certificate: Certificate | None) -> dict[str, Any]:
    """Document ``certificate.json``; no stages if there is no certificate."""
    if certificate is None:
        return {"stages": [], "sides": [], "dependence": []}
    return {
        "stages": [_stage(stage) for stage in certificate.stages],
        "sides": [
            {
                **_key(sides.key),
                "tighter": None if sides.tighter is None else _stage(sides.tighter),
                "looser": _stage(sides.looser),
            }
            for sides in certificate.sides
        ],
        "dependence": [
            {
                "by": found.question.by,
                "value": found.question.value,
                "kind": found.question.kind,
                "within": found.question.within,
                "budget": found.budget,
                "service": found.service,
                **_prices(found.prices),
            }
            for found in certificate.dependence
        ],
    }


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


def plain(value: Any) -> Any:  # noqa: ANN401
    """Value as it is read back: whole numbers as int, NaN as None, lists for tuples."""
    match value:
        case bool() | int() | str() | None:
            return value
        case float():
            return _number(value)
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case _:
            return [plain(item) for item in value]


def _number(value: float) -> float | int | None:
    if value != value:  # noqa: PLR0124 - the fastest test for NaN
        return None
    exact = abs(value) < 2**53 and value.is_integer()
    return int(value) if exact else value
