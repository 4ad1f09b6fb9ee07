"""The types of arrays that all rooms share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Numbers."""

Ints = NDArray[np.int64]
"""Indices and counts."""

Mask = NDArray[np.bool_]
"""Which of them."""
