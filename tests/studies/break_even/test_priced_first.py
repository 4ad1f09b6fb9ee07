"""What is closed is priced at today's prices first: the rate at which anyone comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from solver import Options
from solver.studies.break_even.priced_first import FirstToCome, first_to_come
from solver.studies.break_even.rates import charged_by, opened
from solver.studies.break_even.selection import SelectionWords, selected
from solver.studies.break_even.set_apart import set_apart
from tests.build import build_instance

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from tests.build import Row

COLD = Options(sensitivity="none")
NEW: Row = {"leg": "new", "from": "A", "to": "B", "cost": 5.0, "capacity": 0.0}


def first(instance: Instance, **names: str) -> FirstToCome | None:
    """Return who comes first to a selection, given as ``leg="new"`` and the like."""
    words = {key: (name,) for key, name in names.items()}
    selection = selected(instance, SelectionWords(places=words, cargo=words))
    _, closed = opened(instance, selection, None)
    return first_to_come(
        set_apart(instance, selection.rows),
        charged_by(selection, None),
        closed,
        COLD,
        is_all_cargo=selection.is_all_cargo,
    )


def planned(
    capacity: float | None = None, unmet_cost: float | str = "firm", **new: float
) -> Instance:
    """Return an old leg at 10 and a way around at 18, with a new leg that is closed.

    Steel has 3 of surcharge on what is old.
    """
    old: Row = {"leg": "old", "from": "A", "to": "B", "cost": 10.0, "tags": "old"}
    return build_instance(
        [
            {**old, "capacity": capacity},
            {**old, "leg": "around", "cost": 18.0},
            {**NEW, **new},
        ],
        [
            {"product": name, "origin": "A", "market": "B", "quantity": quantity}
            for name, quantity in (("grain", 30.0), ("steel", 20.0))
        ],
        products=[{"product": "grain"}, {"product": "steel"}],
        tariffs=[{"product": "steel", "tag": "old", "surcharge": 3.0}],
        unmet_cost=unmet_cost,
    )


@pytest.mark.parametrize(
    ("instance", "side", "rate"),
    [
        (planned(), "added", 8.0),  # steel pays 13 today, and 5 on the new leg
        (planned(cost=20.0), "cut", 0.35),  # 13 is 35 % less than 20
        (planned(capacity=40.0), "added", 16.0),  # the last ten pay 18, steel 3 more
        (planned(unmet_cost=11.0), "added", 6.0),  # steel is left at 11
    ],
)
def test_the_highest_rate_at_which_anyone_comes(
    instance: Instance, side: str, rate: float
) -> None:
    """Steel pays most, so it comes first."""
    found = first(instance, leg="new")
    assert found is not None
    assert (found.product, found.quantity) == ("steel", 20.0)
    assert found.side == side
    assert float(found.rate or 0) == pytest.approx(rate)


def test_cargo_that_is_not_selected_does_not_come() -> None:
    """Grain pays 10 today."""
    found = first(planned(), leg="new", product="grain")
    assert found is not None
    assert (found.product, float(found.rate or 0)) == ("grain", 5.0)


def test_firm_demand_that_is_unmet_comes_at_any_rate() -> None:
    """There is no other way."""
    instance = build_instance(
        [NEW], [{"product": "x", "origin": "A", "market": "B", "quantity": 3.0}]
    )
    found = first(instance, leg="new")
    assert found is not None
    assert found.rate is None


def test_nobody_comes_to_a_leg_that_leads_nowhere() -> None:
    """At no rate of 0 or more."""
    instance = build_instance(
        [{**NEW, "to": "C"}, {**NEW, "leg": "old", "capacity": None}],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 3.0}],
    )
    assert first(instance, leg="new") is None


def test_two_planned_legs_in_a_row_share_what_is_left() -> None:
    """The way over both costs 2 today, the old one 10: 4 more on each."""
    instance = build_instance(
        [
            {"from": "A", "to": "M", "cost": 1.0, "capacity": 0.0, "tags": "own"},
            {"from": "M", "to": "B", "cost": 1.0, "capacity": 0.0, "tags": "own"},
            {"from": "A", "to": "B", "cost": 10.0},
        ],
        [{"product": "x", "origin": "A", "market": "B", "quantity": 3.0}],
    )
    found = first(instance, tag="own")
    assert found is not None
    assert float(found.rate or 0) == pytest.approx(4.0)
