"""One iteration of an interior point method: predictor, corrector, further correctors.

References
----------
Mehrotra, S. (1992), On the Implementation of a Primal-Dual Interior Point Method, SIAM
Journal on Optimization 2.
Gondzio, J. (1996), Multiple Centrality Corrections in a Primal-Dual Method for Linear
Programming, Computational Optimization and Applications 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solving.interior.newton import NewtonSystem, Residual

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.solving.interior.newton import Columns, InnerPoint

CORRECTORS = 4
"""Further corrections of a step at most: each costs a fraction of a new system."""

_TO_BORDER = 0.995
"""Part of the way to the border that a step takes."""

_LOW, _HIGH = 0.1, 10.0
"""Products within these multiples of their target are left alone."""

_FURTHER, _BEYOND = 1.1, 0.1
"""How much longer a step a corrector tries for: a factor, and some besides."""

_WORTH = 0.01
"""Least gain in length for which a corrector is kept."""

_LEAST_CENTRING = 1e-4
"""Least part of the mean product that is aimed at."""

_POOR, _CENTRING = 0.1, 0.3
"""Step below which the next target is at least so much of the mean product."""


def stepped(
    columns: Columns, at: InnerPoint, missed: Residual, least: float = 0.0
) -> InnerPoint:
    """Return the next point.

    Parameters
    ----------
    columns, at, missed
        Columns of the program, the point, and what it misses.
    least : float
        Mean product below which nothing is aimed at.

    Raises
    ------
    LinAlgError
        If the system has no solution that floats can tell.
    """
    system = NewtonSystem(columns, at)
    way = system.direction(-at.flow * at.reduced, -at.slack * at.price, missed)
    target = max(least, _target(at, way))
    most = _HIGH * at.mean
    flows = target - np.clip(way.flow * way.reduced, -most, most)
    slacks = target - np.clip(way.slack * way.price, -most, most)
    way = way.moved(system.direction(flows, slacks, missed.nothing))
    way, lengths = _corrected(system, way, target, missed.nothing)
    primal, dual = (min(1.0, _TO_BORDER * length) for length in lengths)
    return at.moved(way, primal, dual)


def _target(at: InnerPoint, way: InnerPoint) -> float:
    """Return the product to aim at, by how far the predictor comes."""
    primal, dual = (min(1.0, length) for length in _lengths(at, way))
    left = at.moved(way, primal, dual).mean / at.mean
    if min(primal, dual) <= _POOR:
        return max(left**2, _CENTRING) * at.mean
    return max(left**3, _LEAST_CENTRING) * at.mean


def _corrected(
    system: NewtonSystem, way: InnerPoint, target: float, nothing: Residual
) -> tuple[InnerPoint, tuple[float, float]]:
    """Return the direction with the corrections that lengthen it, and its lengths."""
    at = system.at
    lengths = _lengths(at, way)
    for _ in range(CORRECTORS):
        if min(lengths) >= 1.0:
            break
        aim = [min(1.0, _FURTHER * length + _BEYOND) for length in lengths]
        trial = at.moved(way, *aim)
        flows = _back(trial.flow * trial.reduced, target)
        slacks = _back(trial.slack * trial.price, target)
        other = way.moved(system.direction(flows, slacks, nothing))
        reached = _lengths(at, other)
        gain = sum(min(1.0, length) for length in reached)
        gain -= sum(min(1.0, length) for length in lengths)
        if gain < _WORTH:
            break
        way, lengths = other, reached
    return way, lengths


def _back(products: Floats, target: float) -> Floats:
    """Return what brings products back to the neighbourhood of their target."""
    change = np.clip(products, _LOW * target, _HIGH * target) - products
    return np.maximum(change, -_HIGH * target)


def _lengths(at: InnerPoint, way: InnerPoint) -> tuple[float, float]:
    """How far a point can move along a direction, in flows and in prices."""
    primal = min(_length(at.flow, way.flow), _length(at.slack, way.slack))
    dual = min(_length(at.reduced, way.reduced), _length(at.price, way.price))
    return primal, dual


def _length(values: Floats, change: Floats) -> float:
    falling = change < 0.0
    if not falling.any():
        return np.inf
    return float(np.min(-values[falling] / change[falling]))
