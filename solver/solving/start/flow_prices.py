"""Prices of limits and rules at an optimum of the program over flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.pricing.prices import Prices, line_charges
from solver.rules.concentration import ConcentrationRow

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.rules.rule_set import Diversification
    from solver.solving.start.boxstep import Optimum


def prices_of(found: Optimum, rules: Diversification) -> Prices:
    """Prices of limits and rules at an optimum."""
    first, rows = len(rules.network.limits), rules.rows
    charges = found.prices[first:]
    shares = {
        number: float(charges[lines[0]])
        for number, lines in enumerate(rules.lines_of)
        if not isinstance(rows[number], ConcentrationRow) and charges[lines[0]] > 0.0
    }
    concentrations = {
        number: price for number, (price, _) in found.concentrations.items()
    }
    weights = {number: own for number, (_, own) in found.concentrations.items()}
    return Prices(found.prices[:first], shares | concentrations, weights=weights)


def by_sum(rules: Diversification, prices: Prices) -> Floats:
    """Prices of limits, and behind them those of the lines of rules."""
    return np.concatenate([prices.limits, line_charges(rules, prices)])
