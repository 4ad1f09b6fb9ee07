"""Rules of generated instances: where their limits lie."""

from __future__ import annotations

import numpy as np
import pytest

from solver.generation.free_plan import CorridorUse
from solver.generation.nodes import GeneratedNodes
from solver.generation.rules import rule_text

NODES = GeneratedNodes(
    names=["farm", "west", "east"],
    countries=["Home", "Home|Westia", "Home|Eastia"],
    kind=np.array(["origin", "border", "border"]),
    x=np.zeros(3),
    y=np.zeros(3),
    corridor=np.array([-1, 0, 1]),
    stage=np.array([-1, 0, 0]),
)
USE = CorridorUse(
    share=np.array([0.6, 0.4]),
    entering=np.array([0.9, 0.45]),
    passing=np.array([0.8, 0.45]),
)


@pytest.mark.parametrize(
    ("kind", "bound"),
    [
        ("idle", "max_share = 1.0"),
        # The east takes 0.45 at most, so that the west has 0.55 at least.
        ("share", "max_share = 0.595"),
        # 0.52 without the rule, 0.505 at least.
        ("hhi", "max_hhi = 0.517"),
        ("country", "max_share = { Westia = 0.59 }"),
    ],
)
def test_limits_lie_between_the_free_plan_and_the_least(kind: str, bound: str) -> None:
    """A tenth of the way for shares of corridors, a fifth for others."""
    assert f"{bound}\n" in rule_text(kind, NODES, USE)


def test_a_share_beyond_what_passes_goes_where_there_is_room() -> None:
    """The middle can carry only 0.2 of its 0.5: the rest is shared out by room."""
    most = np.array([0.4, 0.2, 0.8])
    use = CorridorUse(np.array([0.2, 0.5, 0.3]), most, most).fitted()
    assert use.share == pytest.approx([0.2 + 0.3 * 2 / 7, 0.2, 0.3 + 0.3 * 5 / 7])
