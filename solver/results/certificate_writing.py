"""The document ``certificate.json`` of a certificate, as it is written.

What reads it stands in `certificate`; a run that only writes does without.
"""

from __future__ import annotations

from typing import Any

from solver.solution.certificate import Certificate, Movement, OneSided, Stage
from solver.solution.keys import CapacityKey, MovableKey, RowKey, ShipmentKey


def certificate_document(certificate: Certificate | None) -> dict[str, Any]:
    """Document ``certificate.json``; no stages if there is no certificate."""
    if certificate is None:
        return {
            "stages": [],
            "one_sided": _one_sided(OneSided()),
            "exposure": [],
        }
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
    """Return what each direction does as a document."""
    return {
        "slopes": [
            {
                **_moved_key(slope.key),
                "direction": slope.direction,
                "prices": slope.prices,
                "length": slope.length,
                "changes": [list(change) for change in slope.changes],
                "end": slope.end,
                "unmet": list(slope.unmet),
            }
            for slope in given.slopes
        ],
        "reliefs": [
            {
                **_moved_key(relief.key),
                "direction": relief.direction,
                "prices": list(relief.prices),
                "length": relief.length,
                "changes": [list(change) for change in relief.changes],
            }
            for relief in given.reliefs
        ],
        "sets": [_stage(stage) for stage in given.sets],
        "routes": [
            {"shipment": route.shipment, "elements": list(route.elements)}
            for route in given.routes
        ],
    }


def _moved_key(key: MovableKey) -> dict[str, Any]:
    """Name what is moved: one of three names says which kind it is."""
    match key:
        case CapacityKey(kind, name, period):
            return {"limit": {"kind": kind, "name": name, "period": period}}
        case RowKey():
            return {"row": _key(key)}
        case ShipmentKey(row, period):
            return {"demand": {"row": row, "period": period}}


def _stage(stage: Stage) -> dict[str, Any]:
    """Return a stage as a document."""
    return {
        "objective": stage.objective,
        "priority": stage.priority,
        **_prices(stage),
    }


def _prices(stage: Stage) -> dict[str, Any]:
    """Return the prices of a stage as a document."""
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
    """Return the name of a row of a rule as a document."""
    return {
        "rule": key.rule,
        "scope": dict(key.scope),
        "period": key.period,
        "value": key.value,
        "side": key.side,
        "measure": key.measure,
    }
