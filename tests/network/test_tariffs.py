"""What the pages say of tariffs is what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from solver.network.chains import chains
from solver.network.tariffs import element_rates, treatments
from tests.loaders.folders import DEMAND, read

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "legs": (
        "from,to,mode,corridor,tags,cost\nA,B,rail,north,,9\nB,C,sea,,strait,8\n"
        "A,C,road,,,70\n"
    ),
    "routes": "route,via,cost\nshuttle,A > B > C,40\n",
    "demand": DEMAND,
}


@pytest.mark.parametrize(
    ("tariff", "tariff_cost", "surcharge"),
    [
        ("mode,factor\nrail,1.5\n", 60.0, 0.0),
        ("mode,tag,surcharge\nrail,strait,3\n", 40.0, 3.0),
        ("mode,factor\nrail|sea,0.5\n", 20.0, 0.0),
        ("corridor,factor,surcharge\nnorth,2,1.5\n", 80.0, 1.5),
        ("mode,factor\nroad,2\n", 40.0, 0.0),
        ("product,factor\ngrain,0\n", 0.0, 0.0),
    ],
)
def test_tariffs_act_once_on_a_through_rate(
    tmp_path: Path, tariff: str, tariff_cost: float, surcharge: float
) -> None:
    """By what any of the route's legs has; legs' own costs of 9 and 8 do not count."""
    instance = read(tmp_path, **FILES, tariffs=tariff)
    rates = element_rates(instance, treatments(instance), chains(instance))
    assert (rates.tariff[0, 3], rates.surcharge[0, 3]) == (tariff_cost, surcharge)
