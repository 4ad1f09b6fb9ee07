"""Cargo that the words of a call select."""

from __future__ import annotations

import pytest

from solver.errors import UsageError
from solver.problem.instance import Instance
from solver.studies.cargo_selection import CargoSelection, selected_cargo
from tests.build import build_instance


@pytest.fixture
def instance() -> Instance:
    """Return three rows of demand, one of which is in both periods."""
    return build_instance(
        legs=[{"from": "A", "to": "B", "cost": 1}, {"from": "B", "to": "C", "cost": 1}],
        products=[
            {"product": "wheat", "group": "grain"},
            {"product": "rye, milled", "group": "grain"},
            {"product": "steel", "group": "metals"},
        ],
        demand=[
            {"product": "wheat", "origin": "A", "market": "B", "quantity": 1},
            {
                "product": "rye, milled",
                "origin": "A",
                "market": "C",
                "quantity": 1,
                "period": "1",
            },
            {
                "product": "steel",
                "origin": "B",
                "market": "C",
                "quantity": 1,
                "period": "2",
            },
        ],
        periods=("1", "2"),
    )


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ([], [True, True, True, True]),
        (["product=wheat"], [True, True, False, False]),
        (["product=wheat,steel"], [True, True, False, True]),
        (["product=wheat", "product=steel"], [True, True, False, True]),
        (["group=grain", "period=1"], [True, False, True, False]),
        (["market=C", "origin=A"], [False, False, True, False]),
        (["product=rye, milled"], [False, False, True, False]),
    ],
)
def test_names_of_a_key_are_united_and_keys_intersect(
    instance: Instance, words: list[str], chosen: list[bool]
) -> None:
    """Shipments come in their order; a name that holds a comma stands alone."""
    assert selected_cargo(words, instance).mask(instance).tolist() == chosen


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["wheat"], "write key=name,name"),
        (["prodct=wheat"], "unknown key `prodct`; did you mean `product`?"),
        (["product=wheet"], "unknown product `wheet`; did you mean `wheat`?"),
        (["market=A"], "`market=A` selects no demand"),
        (["origin=[red]A[/red]"], "unknown origin `[red]A[/red]`"),
    ],
)
def test_words_that_select_nothing_are_refused(
    instance: Instance, words: list[str], said: str
) -> None:
    """The message names the option, what is wrong and the nearest name."""
    with pytest.raises(UsageError) as caught:
        selected_cargo(words, instance)
    assert said in str(caught.value)
    assert str(caught.value).startswith("--where")


def test_one_of_several_instances_must_know_a_name(instance: Instance) -> None:
    """Cargo that one of two plans has can be asked for of both."""
    legs = [{"from": "A", "to": "B", "cost": 1}]
    demand = [{"product": "coal", "origin": "A", "market": "B", "quantity": 1}]
    other = build_instance(legs=legs, demand=demand)
    selection = selected_cargo(["product=coal"], instance, other)
    assert selection == CargoSelection({"product": ("coal",)})
    assert not selection.mask(instance).any()
    assert selection.mask(other).all()
