"""What is said of rules that must give way adds up, as far as that can be known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from solver.verification.exact.amounts import exactly
from solver.verification.figures.lists.loosening import loosening_faults
from solver.verification.world import World
from tests.build import build_instance
from tests.verification import concentration_cases, rule_cases
from tests.verification.case import YEAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.problem.instance import Instance
    from tests.verification.case import Case


def faults(make: Callable[[], Case], least: float, **changes: Any) -> list[str]:
    """Return what is wrong with one entry about the first row of a case."""
    with exactly():
        world = World.of(make().instance)
        row = world.rules.rows[0]
        entry = {
            "rule": "r",
            "scope": "",
            "period": YEAR,
            "value": row.key.value,
            "side": row.key.side,
            "measure": row.key.measure,
            "limit": float(row.limit),
            **changes,
        }
        return [*loosening_faults(world, least, [entry])]


SOUND = [
    # Of 10 t: an excess, and the level that takes it.
    (concentration_cases.hhi_of_carried, 0.7, 1.2),
    (concentration_cases.hhi_of_carried, 0.7, 0.6),
    (concentration_cases.hhi_of_demand, 0.7, 1.2),
    (concentration_cases.effective_number, 1.25, 1.75),
    (concentration_cases.effective_number, 1.25, 1.0),
    (concentration_cases.largest_alone, 0.8, 2.0),
    (concentration_cases.largest_of_demand, 0.8, 2.0),
    (concentration_cases.change_of_carried, 0.9, 5.0),
    (concentration_cases.change_of_carried, None, 5.0),
    (concentration_cases.change_of_demand, 0.9, 5.0),
    (concentration_cases.change_by_quantity, 6.0, 2.0),
    (concentration_cases.what_is_gone_at_odds, 5.0, 2.0),
    (rule_cases.rules_at_odds, 0.0, 7.0),
    (rule_cases.capped_corridor, 0.75, 2.0),
]


@pytest.mark.parametrize(("make", "level", "excess"), SOUND)
def test_a_level_takes_its_excess(
    make: Callable[[], Case], level: float | None, excess: float
) -> None:
    """Of what is carried, which is not told, it may be less."""
    assert faults(make, excess, level=level, excess=excess) == []


WRONG = [
    (concentration_cases.hhi_of_carried, 0.7, 1.21),
    (concentration_cases.hhi_of_carried, 0.5, 0.1),
    (concentration_cases.hhi_of_carried, None, 1.2),
    (concentration_cases.hhi_of_carried, "0.7", 1.2),
    (concentration_cases.hhi_of_demand, 0.7, 0.6),
    (concentration_cases.effective_number, 1.25, 1.76),
    (concentration_cases.effective_number, 1.7, 0.1),
    (concentration_cases.effective_number, 0.0, 1.0),
    (concentration_cases.largest_alone, 0.8, 2.01),
    (concentration_cases.largest_of_demand, 0.8, 1.99),
    (concentration_cases.change_of_carried, None, 4.0),
    (concentration_cases.change_of_demand, 0.9, 4.9),
    (concentration_cases.change_by_quantity, 6.0, 1.9),
    (concentration_cases.change_by_quantity, None, 5.0),
    (rule_cases.rules_at_odds, 0.1, 7.0),
    (rule_cases.capped_corridor, 0.75, 2.6),
]


@pytest.mark.parametrize(("make", "level", "excess"), WRONG)
def test_a_level_that_does_not(
    make: Callable[[], Case], level: object, excess: float
) -> None:
    """Is told."""
    found = faults(make, excess, level=level, excess=excess)
    assert len(found) == 1
    assert found[0].startswith("summary.json loosening 1 level: says ")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"measure": "hhi"}, "is not a row of a rule"),
        ({"value": "north"}, "is not a row of a rule"),
        ({"side": "min"}, "is not a row of a rule"),
        ({"limit": 0.7}, "limit: says 0.7, is 0.6"),
        ({"excess": 1.9}, "exceeds 1.9 in all, is 2"),
        ({"excess": -2.0}, "says no excess"),
        ({"excess": None}, "says no excess"),
        ({"share": 0.8}, "is not a row of a rule"),
    ],
)
def test_other_faults(changes: dict[str, Any], message: str) -> None:
    """Another row, another limit, another sum."""
    entry = {"level": 0.8, "excess": 2.0, **changes}
    assert message in faults(concentration_cases.largest_alone, 2.0, **entry)[0]


@pytest.mark.parametrize(("least", "is_told"), [(1.0, False), (3.0, True)])
def test_a_sum_of_nothing_but_noise_need_not_be_told(
    least: float, *, is_told: bool
) -> None:
    """Of 1e9 t, a billionth for each of two rows."""
    with exactly():
        world = World.of(halves(1e9, 0.5000000001))
        found = [*loosening_faults(world, least, [])]
    assert bool(found) is is_told


@pytest.mark.parametrize("quantity", [10.0, 1e3, 1e6, 1e9])
@pytest.mark.parametrize("south", [0.500001, 0.5000005, 0.50000001, 0.5000000001])
def test_shares_at_odds_by_a_trifle_bug(quantity: float, south: float) -> None:
    """Half goes north and a trifle more than half south: the excess adds up."""
    instance = halves(quantity, south)
    summary = run(instance, Options(sensitivity="none"), Clock()).result.summary
    assert summary["status"] == "infeasible"
    told = sum(row["excess"] for row in summary["loosening"])
    assert told == pytest.approx((south - 0.5) * quantity, abs=1e-6 + 1e-9 * quantity)


def halves(quantity: float, south: float) -> Instance:
    """Return two corridors of which one must take half, the other a little more."""
    legs = [
        {"leg": name, "from": "A", "to": "B", "cost": 1.0, "corridor": name}
        for name in ("north", "south")
    ]
    demand = [{"product": "p", "origin": "A", "market": "B", "quantity": quantity}]
    rule = {
        "name": "r",
        "by": "corridor",
        "of": "demand",
        "min_share": {"north": 0.5, "south": south},
    }
    return build_instance(legs, demand, diversification=(rule,))
