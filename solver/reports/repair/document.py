"""A repair as one document: the one that `--json` prints, and the screen shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.reports.account import Account
from solver.reports.reasons import unmet_reasons
from solver.reports.shortage import cargo_left
from solver.reports.tables.rules import scope_text
from solver.solution.rounding import amount
from solver.solution.status import Status
from solver.studies.repair.additions import AddedCapacity, DroppedDemand

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.keys import CapacityKey
    from solver.studies.repair.additions import Addition
    from solver.studies.repair.clash import Clash
    from solver.studies.repair.repair import FoundRepair, Way
    from solver.studies.repair.shortage import Shortage
    from solver.studies.repair.weights import RepairWeights

_WEIGHT = 9


def repair_document(
    found: FoundRepair, instance: Instance, weights: RepairWeights
) -> dict[str, Any]:
    """Document about a repair.

    Parameters
    ----------
    weights : RepairWeights
        What a unit of each kind of addition counts.
    """
    return {
        "status": str(found.solution.status),
        "instance": {
            "name": instance.name,
            "scenarios": list(instance.scenarios),
            **({"changes": list(instance.changes)} if instance.changes else {}),
            "periods": len(instance.periods),
        },
        "units": instance.units.model_dump(),
        "weights": {
            "capacity": weights.capacity,
            "demand": weights.demand,
            "rule": weights.rule,
        },
        "never": sorted(weights.never),
        "unmet": _unmet(found, instance),
        "without_route": [_part(part, instance) for part in found.without_route],
        "shortages": [_shortage(shortage, instance) for shortage in found.shortages],
        "clashes": [_clash(clash, instance) for clash in found.clashes],
        "first": _way(found.first, instance),
        "second": _way(found.second, instance),
    }


def _unmet(found: FoundRepair, instance: Instance) -> list[dict[str, Any]]:
    """Return cargo that is left unmet, with what keeps it."""
    plan = found.solution.plan
    if plan is None or found.solution.status is not Status.UNMET:
        return []
    account = Account(instance, plan, found.solution.certificate)
    demand, shipments = instance.demand, instance.shipments
    rows = []
    for shipment, reason in unmet_reasons(account).items():
        if not account.cargo.firm[shipment]:
            continue
        row = int(shipments.demand[shipment])
        names = {key: str(demand[key][row]) for key in ("product", "origin", "market")}
        period = instance.periods[int(shipments.period[shipment])]
        left = amount(plan.unmet[shipment])
        rows.append({**names, "period": period, "unmet": left, "reason": reason})
    return rows


def _shortage(shortage: Shortage, instance: Instance) -> dict[str, Any]:
    return {
        "priority": shortage.priority,
        "unmet": amount(shortage.unmet),
        "bound": amount(shortage.bound),
        "cargo": cargo_left(shortage, instance),
        "limits": [
            {
                **_limit(kept.key, instance),
                "capacity": amount(kept.capacity),
                "weight": round(kept.weight, _WEIGHT),
            }
            for kept in shortage.limits
        ],
        "rules": [
            {
                "rule": key.rule,
                "scope": scope_text(key),
                "period": key.period,
                "value": key.value,
                "weight": round(weight, _WEIGHT),
            }
            for key, weight in shortage.rules
        ],
    }


def _clash(clash: Clash, instance: Instance) -> dict[str, Any]:
    return {
        "rules": list(clash.rules),
        "limits": [_limit(key, instance) for key in clash.limits],
    }


def _limit(key: CapacityKey, instance: Instance) -> dict[str, Any]:
    ends = _ends(instance, key.kind, key.name)
    return {"kind": key.kind, "limit": key.name, **ends, "period": key.period}


def _ends(instance: Instance, kind: str, name: str) -> dict[str, str | None]:
    """Return where a leg starts and ends; nothing of what is no leg."""
    if kind != "leg":
        return {"from": None, "to": None}
    legs = instance.legs
    row = legs["leg"].tolist().index(name)
    return {"from": str(legs["from"][row]), "to": str(legs["to"][row])}


def _way(way: Way | None, instance: Instance) -> dict[str, Any] | None:
    if way is None:
        return None
    return {
        "weight": amount(way.weight),
        "bound": amount(min(way.bound, way.weight)),
        "status": str(way.solution.status),
        "cost": amount(way.solution.proved.objective or 0.0),
        "parts": [_part(part, instance) for part in way.additions],
        "set": [str(part.change()) for part in way.additions],
    }


def _part(part: Addition, instance: Instance) -> dict[str, Any]:
    """Return one part of a repair."""
    what: dict[str, Any]
    told = {"quantity": amount(part.quantity), "set": str(part.change())}
    if isinstance(part, AddedCapacity):
        what = {"what": "capacity", "kind": part.kind, "name": part.name}
        ends = _ends(instance, part.kind, part.name)
        return {**what, **ends, "before": part.before, "after": part.after, **told}
    if isinstance(part, DroppedDemand):
        what = {"what": "demand", **part.where}
        route = {"has_route": part.has_route}
        return {**what, "before": part.before, "after": part.after, **route, **told}
    what = {"what": "rule", "rule": part.name, "key": part.key}
    return {**what, "before": part.before, "after": part.after, **told}
