"""Roundings of many full limits are mended together, by moving next to nothing."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from solver.solving.plan_to_decimals import published_plan
from solver.solving.prepared import Prepared
from solver.solving.rounding.plan_repair import Repair
from tests.solving.test_plan_to_decimals import drawn, exactly, full_harbours, ways_of

Sent = dict[tuple[int, int], Decimal]

ORIGINS, FULL = 60, 40

ROUNDINGS = 5e-15
"""Part of a quantity by which a solver misses it."""


def by_three_harbours_and_an_open_one(seed: int) -> tuple[Prepared, Sent]:
    """Return 40 harbours that what 60 origins send just fills, beside an open one."""
    random = np.random.default_rng(seed)
    chosen = [random.choice(FULL, 3, replace=False) for _ in range(ORIGINS)]
    ways = [(o, h) for o, own in enumerate(chosen) for h in [*own.tolist(), FULL]]
    sent = drawn(seed, ways)
    instance = full_harbours(sent)
    is_open = np.array([name == f"sea {FULL}" for name in instance.legs["leg"]])
    instance.legs["capacity"][is_open] *= 2.0
    return Prepared(instance), sent


@pytest.mark.parametrize("seed", range(3))
def test_many_full_limits_are_kept_without_a_search_for_room(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of them are broken by roundings; all flows move a little, none is left."""
    monkeypatch.setattr(Repair, "done", lambda _: False)
    whole, sent = by_three_harbours_and_an_open_one(seed)
    routes = ways_of(whole, sent)
    noise = ROUNDINGS * np.random.default_rng(seed).uniform(-1, 1, len(sent))
    quantity = np.array([float(v) for v in sent.values()]) * (1.0 + noise)
    made = published_plan(routes, quantity, whole.rules)
    assert made.unmet.tolist() == [0.0] * ORIGINS
    loads: dict[int, Decimal] = {}
    for flow, carried in enumerate(made.quantity.tolist()):
        leg = int(made.elements[made.starts[flow + 1] - 1])
        loads[leg] = loads.get(leg, Decimal(0)) + exactly(carried)
    room = whole.instance.legs["capacity"].tolist()
    assert all(load <= exactly(room[leg]) for leg, load in loads.items())
    full = [leg for leg, load in loads.items() if float(load) > 0.999 * room[leg]]
    assert len(full) >= FULL - 3
    assert min(float(loads[leg]) / room[leg] for leg in full) > 1.0 - 1e-12
    assert np.sort(made.quantity) == pytest.approx(np.sort(quantity), rel=1e-9)
