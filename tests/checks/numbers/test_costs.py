from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.folders import only_fault, read

if TYPE_CHECKING:
    from pathlib import Path

LEGS = "from,to,mode,distance,cost\nA,B,rail,100,\nB,C,sea,,5\n"
PRODUCTS = "product,group\ngrain,food\nore,metals\n"


def test_a_leg_without_a_cost_needs_a_tariff(tmp_path: Path) -> None:
    """A leg that gives no cost, and that no cost by distance matches, is a fault."""
    fault = only_fault(tmp_path, legs=LEGS)
    assert (fault.file, fault.row, fault.column) == ("legs.csv", 2, "cost")
    assert fault.message == "leg `A>B` has no cost for `grain`"


def test_a_tariff_for_some_products_leaves_the_others(tmp_path: Path) -> None:
    """Every product needs a cost, not just the one that tariffs name."""
    tariffs = "product,cost_per_km\ngrain,0.02\n"
    fault = only_fault(tmp_path, legs=LEGS, products=PRODUCTS, tariffs=tariffs)
    assert fault.message == "leg `A>B` has no cost for `ore`"


def test_a_closed_leg_needs_no_cost(tmp_path: Path) -> None:
    """Where a product may not pass, it need not have a cost."""
    tariffs = "product,mode,cost_per_km,closed\ngrain,,0.02,\nore,rail,,yes\n"
    read(tmp_path, legs=LEGS, products=PRODUCTS, tariffs=tariffs)


def test_a_cost_by_distance_needs_the_distance(tmp_path: Path) -> None:
    """A leg with neither cost nor distance is told so."""
    legs = LEGS.replace("100", "")
    fault = only_fault(tmp_path, legs=legs, tariffs="mode,cost_per_km\nrail,1\n")
    assert fault.message == "leg `A>B` has no cost for `grain`, and no distance"


def test_most_selectors_win_and_a_tie_is_a_fault(tmp_path: Path) -> None:
    """Two costs by distance with as many selectors leave no winner."""
    head, rail, food = "mode,group,cost_per_km\n", "rail,,0.02\n", ",food,0.03\n"
    fault = only_fault(
        tmp_path, legs=LEGS, products=PRODUCTS, tariffs=head + ",,1\n" + rail + food
    )
    assert (fault.file, fault.row, fault.column) == ("tariffs.csv", 4, "cost_per_km")
    assert fault.message == (
        "0.03 ties with tariffs.csv:3 for `grain` on leg `A>B`: "
        "both match it, with as many selectors"
    )
    winner = head + ",,1\n" + rail + food + "rail,food,0.04\n"
    read(tmp_path, legs=LEGS, products=PRODUCTS, tariffs=winner)


@pytest.mark.parametrize(
    ("files", "place", "message"),
    [
        (
            {
                "legs": LEGS.replace(",\nB", ",3\nB"),
                "tariffs": "mode,surcharge\nsea,-6\n",
            },
            ("legs.csv", 3),
            "leg `B>C` would cost -1 for `grain`",
        ),
        (
            {
                "legs": LEGS.replace(",\nB", ",3\nB"),
                "nodes": "node,cost\nA,1\nB,3\nC,9\n",
                "tariffs": "node,surcharge\nA|B,-2\n",
            },
            ("nodes.csv", 2),
            "handling at `A` would cost -1 for `grain`",
        ),
        (
            {
                "legs": LEGS.replace(",\nB", ",3\nB"),
                "routes": "route,via,cost\nexpress,A > B > C,1\n",
                "tariffs": "mode,surcharge\nrail,-2\n",
            },
            ("routes.csv", 2),
            "route `express` would cost -1 for `grain`",
        ),
    ],
)
def test_no_cost_is_below_zero(
    tmp_path: Path, files: dict[str, str], place: tuple[str, int], message: str
) -> None:
    """Surcharges may be negative, what is paid in the end may not."""
    fault = only_fault(tmp_path, **files)
    assert (fault.file, fault.row) == place
    assert fault.message == message


def test_what_cancels_to_nothing_is_no_fault(tmp_path: Path) -> None:
    """A cost that is 0 but for the rounding of binary fractions is 0."""
    legs = "from,to,mode,cost\nA,C,rail,3\n"
    read(tmp_path, legs=legs, tariffs="factor,surcharge\n1.1,-3.3\n")
