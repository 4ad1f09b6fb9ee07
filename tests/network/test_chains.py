from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from solver.network.chains import chains
from tests.loaders.folders import only_fault, read

if TYPE_CHECKING:
    from pathlib import Path

LEGS = (
    "leg,from,to,mode,corridor,cost\n"
    ",A,B,rail,north,1\n,B,C,rail,,1\n,C,D,rail,south,1\n"
    "L1,D,E,rail,,1\nL2,D,E,road,,1\n,B,A,rail,,1\n"
)


@pytest.mark.parametrize(
    ("via", "legs"),
    [
        ("A > B > C", (0, 1)),
        ("A>B>C", (0, 1)),
        ("B > C", (1,)),
        ("C>D > L1", (2, 3)),
        ("L2", (4,)),
        ("A>B", (0,)),
    ],
)
def test_a_route_names_nodes_or_legs(
    tmp_path: Path, via: str, legs: tuple[int, ...]
) -> None:
    """A `via` is a chain of nodes, or of legs where nodes do not tell them apart."""
    routes = f"route,via\nexpress,{via}\n"
    instance = read(tmp_path, legs=LEGS, routes=routes)
    assert chains(instance)[0].legs == legs


@pytest.mark.parametrize(
    ("via", "message"),
    [
        ("A > C", "no leg goes from `A` to `C`"),
        ("D > E", "parallel legs go from `D` to `E`: `L1`, `L2`"),
        ("A>B > B>C", "node `B` stands there twice in a row"),
        ("A > X", "`X` is neither a leg, nor are all parts nodes"),
        ("L3", "`L3` is neither a leg, nor are all parts nodes"),
        ("L1 > B>C", "`B>C` does not start where `L1` ends"),
        ("A > B > A", "passes a node twice"),
        (">", "a name is missing beside `>`"),
        ("L1 >", "a name is missing beside `>`"),
        ("A > B > C > D", "the route would be in several corridors: `north`, `south`"),
    ],
)
def test_a_route_is_one_chain_in_one_corridor(
    tmp_path: Path, via: str, message: str
) -> None:
    """A `via` that is no simple chain, or leaves a choice, is a fault."""
    fault = only_fault(tmp_path, legs=LEGS, routes=f"route,via\nexpress,{via}\n")
    assert (fault.file, fault.row, fault.column) == ("routes.csv", 2, "via")
    assert fault.value == via
    assert fault.message.startswith(message)


def test_a_corridor_of_its_own_must_be_that_of_its_legs(tmp_path: Path) -> None:
    """A route cannot be said to be in another corridor than its legs."""
    routes = "route,corridor,via\nexpress,south,A > B > C\n"
    fault = only_fault(tmp_path, legs=LEGS, routes=routes)
    assert (fault.column, fault.value) == ("corridor", "south")
