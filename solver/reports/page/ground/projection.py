"""Lambert's azimuthal equal-area projection about the middle of the cargo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats


_FAR = 1e-9
"""Least 1 + cos(distance): keeps the point opposite the centre finite."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Equal areas on the globe become equal areas on the page.

    Parameters
    ----------
    latitude, longitude : float
        The centre, in degrees.

    References
    ----------
    Snyder, J. P. (1987). Map projections: a working manual. U.S. Geological Survey
    Professional Paper 1395, pages 182 to 190.
    """

    latitude: float
    longitude: float

    def project(self, points: Floats) -> Floats:
        """Return places on the plane, x to the right and y down, in globe radii.

        Parameters
        ----------
        points : ndarray of float, shape (n, 2)
            Latitude and longitude in degrees.
        """
        phi, lam = np.radians(points).T
        phi0, lam0 = np.radians([self.latitude, self.longitude])
        east = np.cos(phi) * np.sin(lam - lam0)
        along = np.cos(phi) * np.cos(lam - lam0)
        north = np.cos(phi0) * np.sin(phi) - np.sin(phi0) * along
        cosine = np.sin(phi0) * np.sin(phi) + np.cos(phi0) * along
        factor = np.sqrt(2.0 / np.maximum(1.0 + cosine, _FAR))
        return np.column_stack([factor * east, -factor * north])


def middle(points: Floats, weights: Floats) -> Projection:
    """Return the projection about the weighted mean of some places.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
        Latitude and longitude in degrees.
    weights : ndarray of float, shape (n,)
        Their weights.
    """
    phi, lam = np.radians(points).T
    vectors = np.column_stack(
        [np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)]
    )
    x, y, z = weights @ vectors if weights.sum() > 0 else vectors.sum(axis=0)
    latitude = float(np.degrees(np.arctan2(z, np.hypot(x, y))))
    return Projection(round(latitude, 1), round(float(np.degrees(np.arctan2(y, x))), 1))
