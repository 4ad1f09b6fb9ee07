"""Prices of limits and rules at an optimum of the program over flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.pricing.prices import Prices, line_charges
from solver.rules.concentration import ConcentrationRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.arrays import Floats
    from solver.rules.rule_set import Diversification


def prices_of(
    found: Floats,
    rules: Diversification,
    concentrations: Mapping[int, tuple[float, Floats]],
) -> Prices:
    """Prices of limits and rules.

    Parameters
    ----------
    found : ndarray, shape (sums,)
        Money per unit of each sum.
    concentrations : dict of int to tuple
        Price and weights of priced rows that bound all values together.
    """
    first, rows = len(rules.network.limits), rules.rows
    charges = found[first:]
    shares = {
        number: float(charges[lines[0]])
        for number, lines in enumerate(rules.lines_of)
        if not isinstance(rows[number], ConcentrationRow) and charges[lines[0]] > 0.0
    }
    dear = {number: price for number, (price, _) in concentrations.items()}
    weights = {number: own for number, (_, own) in concentrations.items()}
    return Prices(found[:first], shares | dear, weights=weights)


def by_sum(rules: Diversification, prices: Prices) -> Floats:
    """Prices of limits, and behind them those of the lines of rules."""
    return np.concatenate([prices.limits, line_charges(rules, prices)])
