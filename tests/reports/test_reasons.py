"""A reason names what, given more, would carry the cargo, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.loaders.folders import read

if TYPE_CHECKING:
    from pathlib import Path


def reasons(folder: Path, **files: str) -> list[str]:
    """Return the reasons of a folder's unmet demand, as a verified result has them."""
    found = run(read(folder, **files), Options(), Clock())
    return [row["reason"] for row in found.result.summary["unmet_demand"]]


HEAD = "leg,from,to,cost,capacity\n"
DEMAND = "product,origin,market,quantity,unmet_cost\n"


@pytest.mark.parametrize("unmet_cost", ["", "90"])
def test_a_limit_that_others_need_is_not_named(tmp_path: Path, unmet_cost: str) -> None:
    """The store at A is full of cargo for N; more of it opens no way to M.

    M is reached by leg gate alone, which is closed; from A through the store, or from
    B past it at 2 more.
    """
    found = reasons(
        tmp_path,
        nodes=("node,node_group,capacity\nA,plants,70\nB,plants,\nX,,\nM,,\nN,,\n"),
        legs=f"{HEAD},A,X,2,\n,B,X,4,\n,X,N,3,\ngate,X,M,7,0\n",
        demand=f"{DEMAND}rye,plants,N,120,90\nrye,plants,M,15,{unmet_cost}\n",
    )
    assert found == ["limited by leg gate (X > M)"]


def test_what_must_give_way_together_is_named_together(tmp_path: Path) -> None:
    """More of one leg alone carries nothing while the next is as full."""
    found = reasons(
        tmp_path,
        legs=f"{HEAD},A,B,2,80\n,B,C,3,80\n",
        demand="product,origin,market,quantity\noats,A,C,110\n",
    )
    assert len(found) == 1
    assert found[0] in {
        "limited by leg A>B with leg B>C",
        "limited by leg B>C with leg A>B",
    }


def test_a_full_limit_that_others_can_leave_is_not_named(tmp_path: Path) -> None:
    """Oats on the second leg could go round by D, so more of the first is enough."""
    found = reasons(
        tmp_path,
        legs=f"{HEAD},A,B,2,50\n,B,C,3,60\n,B,D,3,\n,D,C,3,\n",
        demand=("product,origin,market,quantity\nrye,A,C,55\noats,B,C,10\n"),
    )
    assert found == ["limited by leg A>B"]


def test_ways_apart_are_named_apart(tmp_path: Path) -> None:
    """Either of two full legs would carry more; a leg is named with its ends."""
    found = reasons(
        tmp_path,
        legs=f"{HEAD}rail,A,C,2,50\nroad,A,C,3,60\n",
        demand="product,origin,market,quantity\nrye,A,C,155\n",
    )
    assert found == ["limited by leg rail (A > C), leg road (A > C)"]
