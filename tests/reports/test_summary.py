"""The account of a run: its sums."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from solver.reports.summary import cost_parts


def account(order: Any) -> Any:
    """Return what is told of 400 flows and 400 shipments, in some order."""
    draw = np.random.default_rng(11)
    quantity, tariff, unmet = draw.lognormal(3, 4, (3, 400))
    return SimpleNamespace(
        plan=SimpleNamespace(quantity=quantity[order], unmet=unmet[order]),
        cost_parts={"tariff": tariff[order]},
        cargo=SimpleNamespace(
            firm=np.zeros(400, dtype=bool), unmet_cost=tariff[order] + 0.1
        ),
    )


def test_sums_of_money_are_the_same_in_any_order_of_rows() -> None:
    """To the last digit: no part of them is lost on the way."""
    orders = [np.random.default_rng(seed).permutation(400) for seed in range(20)]
    found = [cost_parts(cast("Any", account(order))) for order in orders]
    assert all(parts == found[0] for parts in found)
