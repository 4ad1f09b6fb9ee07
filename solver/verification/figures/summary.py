"""The document that a result's summary must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, SupportsFloat, get_args

import numpy as np

from solver.solution.form import MONEY, PACKAGES, SHARE, Asked, Digits
from solver.solution.rounding import rounded
from solver.verification.figures.comparison import (
    Claim,
    Figure,
    is_number,
)
from solver.verification.figures.exposure import KINDS
from solver.verification.movement.figures import movement_figures
from solver.verification.rules.cargo_scopes import routes_by_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from solver.problem.instance import Instance
    from solver.verification.evidence import Evidence
    from solver.verification.figures.comparison import FigureColumn
    from solver.verification.figures.exposure import Answers
    from solver.verification.proved import Proof


FORMAT = 3
"""Format of results that is understood."""


GAP = Digits(12)
"""Digits of a gap."""


def expected_summary(
    proved: Proof,
    evidence: Evidence,
    answers: Answers,
    tables: Mapping[str, Mapping[str, FigureColumn]],
) -> dict[str, Any]:
    """Figures of the summary of a result with a plan."""
    flows, world = evidence.flows, evidence.world
    return {
        "cost": _money(proved.cost),
        "cost_parts": {name: _money(cost) for name, cost in proved.cost_parts.items()},
        "penalties": _penalties(proved, evidence),
        "bound": _money(proved.bound),
        "gap": None if proved.gap is None else Figure(proved.gap, GAP),
        "unmet_bounds": [
            {**found, **{name: _money(found[name]) for name in ("unmet", "bound")}}
            for found in proved.unmet_bounds
        ],
        "demand": _money(world.cargo.quantity.total()),
        "served": _money(flows.quantity.total()),
        "unmet": _money(flows.unmet.total()),
        **_shares(evidence),
        "exposure": answers.largest(tables["exposure"]),
        **movement_figures(proved.movement),
        "verified": True,
        "unmet_demand": _unmet_demand(tables["demand"]),
    }


def _penalties(proved: Proof, evidence: Evidence) -> Figure:
    """Money paid for rules that are broken."""
    size = 0.0
    for row in evidence.world.rules.soft:
        base = float(row.base(evidence.carried[row.scope.rule]))
        size = max(size, row.penalty_of_base(base))
    return Figure(float(proved.penalties or 0), MONEY, size)


def _shares(evidence: Evidence) -> dict[str, Any]:
    """Quantities and shares of all corridors, and their concentration."""
    flows = evidence.flows
    quantity = {
        value: flows.carried.take(at).total()
        for value, at in routes_by_value(flows.routes, "corridor")
    }
    carried = float(flows.quantity.total())
    share = {
        value: float(found) / carried if carried else None
        for value, found in quantity.items()
    }
    squares = [own * own for own in share.values() if own is not None]
    # As in the table: what is dust beside the largest is told as nothing.
    told = rounded(np.array([float(own) for own in quantity.values()]), MONEY)
    return {
        "corridors": {
            value: {"quantity": _money(own), "share": _share(share[value])}
            for value, own in zip(quantity, told.tolist(), strict=True)
        },
        "hhi": _share(sum(squares)) if squares else None,
    }


def empty_summary(demand: Decimal) -> dict[str, Any]:
    """Figures of the summary of a result without a plan."""
    return {
        "cost": None,
        "cost_parts": {},
        "penalties": None,
        "bound": None,
        "gap": None,
        "unmet_bounds": [],
        "demand": _money(demand),
        "served": None,
        "unmet": None,
        "corridors": {},
        "hhi": None,
        "exposure": dict.fromkeys(KINDS),
        "verified": True,
        "unmet_demand": [],
    }


def _money(value: SupportsFloat | None) -> Figure | None:
    return None if value is None else Figure(float(value), MONEY)


def _share(value: float | None) -> Figure | None:
    if value is None or np.isnan(value):
        return None
    return Figure(float(value), SHARE)


def _unmet_demand(demand: Mapping[str, FigureColumn]) -> list[dict[str, Any]]:
    unmet = demand["unmet"].values
    texts = ("demand", "product", "origin", "market", "period")
    return [
        {
            "row": int(demand["row"].values[row]),
            **{title: demand[title].values[row] for title in texts},
            "unmet": Figure(float(unmet[row]), MONEY),
            "reason": Claim("is to be a reason", _is_text),
        }
        for row in np.flatnonzero(unmet > 0).tolist()
    ]


# ---- what is about the run


def about_the_run(instance: Instance, *, near: bool) -> dict[str, Any]:
    """Return what a summary says about instance, options, work and files.

    Parameters
    ----------
    near : bool
        Whether the plan was to be near an earlier one.
    """
    return {
        "instance": {
            "name": instance.name,
            "scenarios": list(instance.scenarios),
            **({"changes": list(instance.changes)} if instance.changes else {}),
            "sha256": Claim("is to be a hash", _is_text),
        },
        "versions": Claim("is to name versions", _are_versions),
        "options": {
            "solver": Claim("is to be a name", _is_text),
            "time_limit": Claim("is to be seconds or nothing", _is_limit),
            "sensitivity": Claim("is to be none, some or all", _is_asked),
            **({"near": Claim("is to be a hash", _is_text)} if near else {}),
        },
        "files": Claim("is to name hashes", _all(_is_text)),
    }


def seconds() -> Claim:
    """Return what a summary says about time, where it does."""
    return Claim("is to be seconds by phase, and their sum as the total", _are_seconds)


def _all(holds: Callable[[object], bool]) -> Callable[[object], bool]:
    def check(found: object) -> bool:
        return isinstance(found, dict) and all(map(holds, found.values()))

    return check


def _are_versions(found: object) -> bool:
    names = {"keruen", "python", *PACKAGES}
    return _all(_is_text)(found) and isinstance(found, dict) and {*found} == names


def _is_asked(found: object) -> bool:
    return found in get_args(Asked)


def _is_text(found: object) -> bool:
    return isinstance(found, str) and bool(found)


def _is_limit(found: object) -> bool:
    return found is None or (is_number(found) and found >= 0)


_TINY = 1e-9


def _are_seconds(found: object) -> bool:
    """Check that seconds by phase, to the millisecond, add up to the total."""
    if not isinstance(found, dict) or [*found][-1:] != ["total"]:
        return False
    if not all(is_number(value) and value >= 0 for value in found.values()):
        return False
    *phases, total = found.values()
    return bool(abs(total - sum(phases)) < _TINY)
