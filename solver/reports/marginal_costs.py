"""What one more unit of a demand costs, at the shadow prices of limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.pricing.tree_search import Found
from solver.solution.certificate import Stage
from solver.solving.prices_to_decimals import published_prices
from solver.studies.explanation.proved_plan import unmet_prices

if TYPE_CHECKING:
    from solver.arrays import Floats, Mask
    from solver.pricing.prices import Prices
    from solver.reports.account import Account


_DIGITS = 9


def marginal_costs(account: Account) -> Floats:
    """Cost of one more unit of each shipment, money per unit.

    NaN for cargo without a route, for firm cargo of which one more unit could be
    carried only in place of other firm cargo, and for all if there are no prices.
    """
    if not account.stages("cost"):
        return np.full(len(account.cargo), np.nan)
    least = _least(account, account.cost_stage)
    for stage in account.stages("unmet"):
        lost = np.round(_least(account, stage), _DIGITS) > 0
        least[account.cargo.firm & lost] = np.nan
    return np.where(with_route(account), least, np.nan)


def with_route(account: Account) -> Mask:
    """Shipments that have a route at all, within their time."""
    # Only of timed cargo, and where named routes pass nodes unseen, may a walk mislead.
    doubtful = np.isfinite(account.cargo.max_days) | bool(account.network.chains)
    threshold = np.where(doubtful, np.inf, -np.inf)
    prices = stage_prices(account, Stage("rules"))
    return np.isfinite(account.pricer.values(prices, threshold))


def stage_prices(account: Account, stage: Stage) -> Prices:
    """Prices of a stage as a search takes them."""
    return published_prices(stage, account.network, account.diversification)


def cheapest(account: Account, prices: Prices, threshold: Floats) -> Found:
    """Cheapest route of each shipment that has one below its threshold."""
    return account.pricer.search(prices, threshold)


def _least(account: Account, stage: Stage) -> Floats:
    """Least of the unmet price and the cheapest route at a stage's prices."""
    unmet_price = unmet_prices(account.cargo, stage)
    found = account.pricer.values(stage_prices(account, stage), unmet_price)
    return np.minimum(found, unmet_price)
