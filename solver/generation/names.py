"""Names that could be on a map, each of them once."""

from __future__ import annotations

from itertools import product, zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


_FIRST = (
    "Ak Al Ar Bal Ber Dar Dol El Er Gor Is Jar Kal Kar Kor Mar Mir Nar "
    "Ol Or Pan Ras Sar Sol Tal Tam Tar Ter Tur Ul Ur Var Yal Zar Zel Zor"
)


_MIDDLE = "a e i o u ana ara ela ema ina ira oba ola ora una ura"


_LAST = (
    "bad bek dan dar gan gar kent lan lik man mir nak net rak ran rov "
    "san sk tal tan tau tir tov tu van vel vik yar zan zar"
)


_COMPASS = (
    "eastern north-eastern northern north-western western south-western "
    "southern south-eastern"
)


PRODUCTS = {
    "bulk": "wheat barley coal iron_ore fertiliser oilseeds alumina sulphur",
    "liquids": "diesel fuel_oil gas crude_oil vegetable_oil",
    "metals": "steel copper zinc ferroalloys aluminium",
    "general": "timber paper machinery cement",
    "containers": "textiles electronics",
}
"""Products of each group; after the last, they begin again with a number."""


def place_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` names of places, all different, in random order."""
    parts = product(_FIRST.split(), _MIDDLE.split(), _LAST.split())
    names = list(dict.fromkeys("".join(part) for part in parts))
    order = rng.permutation(len(names)).tolist()
    return _again([names[number] for number in order], count)


def corridor_names(count: int) -> list[str]:
    """Return names of corridors by direction, counter-clockwise from the east."""
    points = _COMPASS.split()
    names = [points[round(8 * number / count) % 8] for number in range(count)]
    return [
        f"{name}_{seen + 1}" if (seen := names[:number].count(name)) else name
        for number, name in enumerate(names)
    ]


def _again(names: list[str], count: int) -> list[str]:
    """Return `count` names; after the last they begin again with a number."""
    known = len(names)
    return [
        f"{names[number % known]}_{number // known + 1}"
        if number >= known
        else names[number]
        for number in range(count)
    ]


def product_names(count: int) -> tuple[list[str], list[str]]:
    """Return names of products, from each group in turn, and their groups."""
    queues = [
        [(name, group) for name in words.split()] for group, words in PRODUCTS.items()
    ]
    known = [pair for rank in zip_longest(*queues) for pair in rank if pair]
    groups = [known[number % len(known)][1] for number in range(count)]
    return _again([name for name, _ in known], count), groups
