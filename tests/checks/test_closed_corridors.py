"""Rules that corridors which are closed keep from holding for all of their cargo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from solver.loaders.instance_files import load
from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.loaders.folders import write_folder

if TYPE_CHECKING:
    from pathlib import Path

LEGS = (
    "leg,from,to,corridor,cost,capacity\n1,A,C,north,1,\n2,A,C,south,2,0\n"
    "3,A,C,east,3,\n4,B,C,north,1,\n5,B,C,west,1,0\n"
)
DEMAND = "product,origin,market,quantity\ngrain,A,C,8\nore,B,C,2\n"


def warnings_of(folder: Path, rule: str) -> list[str]:
    """Return what is odd about a folder whose corridors south and west are closed."""
    toml = f'[[diversification]]\nname = "r"\nby = "corridor"\n{rule}\n'
    write_folder(folder, legs=LEGS, demand=DEMAND, instance_toml=toml)
    return [fault.message for fault in load(folder).warnings]


ORE = "only one corridor can carry this cargo, `north`, so none of it can be carried"
BOTH = "only 2 corridors can carry this cargo, `north`, `east`"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "max_share = 0.4",
            f"a share of 0.4 at most for each cannot hold: {BOTH}, "
            "so none of it can be carried",
        ),
        (
            'max_share = 0.4\nof = "demand"',
            f"a share of 0.4 at most for each cannot hold: {BOTH}, "
            "so some of it stays unmet",
        ),
        (
            "max_share = { north = 0.5, east = 0.4, south = 0.9 }",
            f"largest shares of 0.9 together cannot hold: {BOTH}, "
            "so none of it can be carried",
        ),
        (
            'max_share = 0.6\nfor_each = ["origin"]',
            f"a share of 0.6 at most for each cannot hold: {ORE} (of origin `B`)",
        ),
        (
            'max_hhi = 0.9\nfor_each = ["product"]',
            f"an HHI of 0.9 cannot hold: {ORE} (of product `ore`)",
        ),
        (
            "min_share = { south = 0.1 }",
            f"a share of 0.1 at least for `south` cannot hold: {BOTH}, "
            "so none of it can be carried",
        ),
        (
            'min_share = { south = 0.1 }\nof = "demand"',
            f"a share of 0.1 at least for `south` cannot hold: {BOTH}, "
            "so the rule cannot hold",
        ),
        (
            'min_share = 0.1\nwhere = { product = "grain" }',
            f"a share of 0.1 at least for `south` cannot hold: {BOTH}, "
            "so none of it can be carried, and 1 more likewise",
        ),
    ],
)
def test_a_rule_that_closed_corridors_hinder_is_a_warning(
    tmp_path: Path, rule: str, said: str
) -> None:
    """It is named with the corridors that are left; a solve bears it out."""
    assert warnings_of(tmp_path, rule) == [f"rule `r`: {said}"]
    result = run(load(tmp_path).instance, Options(sensitivity="none"), Clock()).result
    assert result.summary["status"] in {"unmet", "infeasible"}


@pytest.mark.parametrize(
    "rule",
    [
        "max_share = 0.9",
        "max_share = 0.1\npenalty = 3",
        "min_share = { south = 0.1 }\npenalty = 3",
        "min_share = { south = 0.0, north = 0.1 }",
        "max_share = { north = 0.5, south = 0.1 }",
        "max_hhi = 0.9",
    ],
)
def test_a_rule_that_holds_all_the_same_is_none(tmp_path: Path, rule: str) -> None:
    """As one that may be broken, or that open corridors keep."""
    assert warnings_of(tmp_path, rule) == []
    result = run(load(tmp_path).instance, Options(sensitivity="none"), Clock()).result
    assert result.summary["status"] == "optimal"


def test_the_place_is_the_key_of_the_rule(tmp_path: Path) -> None:
    """With the file that gives it, and what would do."""
    warnings_of(tmp_path, "max_share = 0.4")
    (fault,) = load(tmp_path).warnings
    assert (fault.file, fault.column) == (
        "instance.toml",
        "diversification.1.max_share",
    )
    assert fault.remedy == "open a corridor, or give 0.5 at least"
