"""Colours of corridors: apart for every eye, and told by a name as well."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import solver.reports.page

STYLE = (Path(solver.reports.page.__file__).parent / "page.css").read_text()
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", part))
    for part in STYLE.split("prefers-color-scheme:dark")[:2]
)
EYES = {
    "all three cones": np.eye(3),
    "no red cones": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "no green cones": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no blue cones": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""What each sees, in linear light.

Machado, G. M. et al. (2009). A physiologically-based model for simulation of color
vision deficiency. IEEE Transactions on Visualization and Computer Graphics 15(6).
"""
TO_XYZ = np.array(
    [
        [0.4124, 0.3576, 0.1805],
        [0.2126, 0.7152, 0.0722],
        [0.0193, 0.1192, 0.9505],
    ]
)


def linear(colour: str) -> np.ndarray:
    """Return red, green and blue in linear light."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = np.array([int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """Return CIE L*, a*, b*."""
    x, y, z = TO_XYZ @ light.clip(0, 1) / (TO_XYZ @ np.ones(3))
    f = [v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, two: str) -> float:
    """Return the ratio of luminances, as WCAG defines it."""
    dark, light = sorted(float(TO_XYZ[1] @ linear(c)) for c in (one, two))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_first_six_colours_differ_for_every_eye(
    scheme: dict[str, str], eye: str
) -> None:
    """A difference of 10 in CIELAB is seen at a glance; names stand there as well."""
    seen = [lab(EYES[eye] @ linear(scheme[f"k{n}"])) for n in range(6)]
    apart = {
        (a, b): float(np.linalg.norm(seen[a] - seen[b]))
        for a, b in combinations(range(6), 2)
    }
    assert min(apart.values()) > 10, apart


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_and_texts_stand_out(scheme: dict[str, str]) -> None:
    """Texts by 4.5 to 1 against the page, corridors by 2.4 to 1 against the land."""
    for text in ("ink", "quiet", "good", "warn"):
        assert contrast(scheme[text], scheme["paper"]) > 4.5, text
    for number in range(6):
        assert contrast(scheme[f"k{number}"], scheme["land"]) > 2.4, number
