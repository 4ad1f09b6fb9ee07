"""The estimate of a plan of least cost, beside the plan that is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.generation import rules
from solver.generation.folder import generate
from solver.generation.order import order
from solver.loaders.references import load
from solver.network.routes import routes_of_plan
from solver.options import Options
from solver.solving.prepared import Prepared
from solver.tasks.answer import solve

if TYPE_CHECKING:
    from pathlib import Path

    from solver.arrays import Floats
    from solver.generation.free_plan import CorridorUse


def solved_shares(folder: Path) -> Floats:
    """Return the shares of the corridors in a plan of least cost."""
    instance = load(folder).instance
    whole = Prepared(instance)
    plan = solve(instance, Options(sensitivity="none"), whole=whole).plan
    assert plan is not None
    corridor = routes_of_plan(whole.network, whole.cargo, plan).corridor
    carried = np.bincount(
        corridor, plan.quantity, len(whole.network.corridor_names) - 1
    )
    return np.asarray(carried / plan.quantity.sum())


@pytest.mark.parametrize("tightness", [0.0, 0.5])
def test_shares_are_near_those_of_the_plan_of_least_cost(
    tightness: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within 0.02, with limits that do not bind and with snug ones."""
    told: list[CorridorUse] = []

    def keep(_kind: str, _nodes: Any, use: CorridorUse) -> str:
        told.append(use)
        return ""

    monkeypatch.setattr(rules, "rule_text", keep)
    generate(
        tmp_path / "free", order({"demands": 300}, tightness=tightness, rules="share")
    )
    assert told[0].share == pytest.approx(solved_shares(tmp_path / "free"), abs=0.02)
    assert (told[0].share <= told[0].passing + 1e-9).all()
