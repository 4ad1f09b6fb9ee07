"""Quantities and costs of any size: answers exact to the last digit, worked by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.network.routes import empty_routes, plan_of
from solver.options import Options
from solver.solution.certificate import Certificate, Stage
from solver.solving.prepared import Prepared
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.build import build_instance
from tests.rescaled import difference

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.tasks.solve import Run

pytestmark = pytest.mark.versions


def row(product: str, quantity: float, **columns: Any) -> dict[str, Any]:
    """Return demand from Sary to Tau."""
    own = {"product": product, "origin": "Sary", "market": "Tau", "quantity": quantity}
    return {**own, **columns}


def leg(name: str, cost: float, **columns: Any) -> dict[str, Any]:
    """Return a leg from Sary to Tau."""
    return {"leg": name, "from": "Sary", "to": "Tau", "cost": cost, **columns}


def solved(instance: Instance) -> Run:
    """Return a verified run, without questions."""
    return run(instance, Options(sensitivity="none"), Clock())


def on_legs(done: Run) -> dict[str, Fraction]:
    """Return what each leg carries, exactly."""
    plan, names = done.result.plan, done.instance.legs["leg"]
    assert plan is not None
    found: dict[str, Fraction] = {}
    for flow, quantity in enumerate(plan.quantity.tolist()):
        name = str(names[plan.elements[plan.starts[flow]]])
        size = Fraction(Decimal(repr(quantity)))
        found[name] = found.get(name, Fraction(0)) + size
    return found


def test_a_shortage_below_any_tolerance_pays_its_way() -> None:
    """2,000,000.004 t, room for 2,000,000 at 3; the other 0.004 t at 500,000.

    6,000,000 + 0.004 x 500,000 = 6,002,000; one more costs 500,000.
    """
    legs = [leg("near", 3.0, capacity=2e6), leg("far", 5e5)]
    done = solved(build_instance(legs, [row("ore", 2000000.004)]))
    assert done.result.summary["cost"] == pytest.approx(6_002_000, rel=1e-12)
    assert on_legs(done) == {"near": 2_000_000, "far": Fraction("0.004")}
    assert done.result.tables["demand"]["marginal_cost"][0] == pytest.approx(5e5)


@pytest.mark.parametrize("quantity", [3e-7, 4.25e-12, 6e11])
def test_firm_demand_that_nothing_carries_is_unmet_whatever_its_size(
    quantity: float,
) -> None:
    """The one leg is closed: all of it must stay, and that is proved."""
    legs = [leg("closed", 1.0, capacity=0.0)]
    summary = solved(build_instance(legs, [row("salt", quantity)])).result.summary
    assert (summary["status"], summary["served"]) == ("unmet", 0)
    assert summary["unmet_bounds"][0]["bound"] == pytest.approx(quantity)


def test_a_shortage_of_a_crumb_beside_a_mountain_is_proved() -> None:
    """Two legs take 3e11 and 1e11 t of 4e11 and 0.0000003 t: so much must stay.

    It is the tea: of the coal nothing less than 0.0001 t can be told.
    """
    legs = [leg("near", 2.0, capacity=3e11), leg("far", 5.0, capacity=1e11)]
    done = solved(build_instance(legs, [row("coal", 4e11), row("tea", 3e-7)]))
    summary, plan = done.result.summary, done.result.plan
    assert plan is not None
    assert (summary["status"], plan.unmet.tolist()) == ("unmet", [0.0, 3e-7])
    assert summary["unmet_bounds"][0]["bound"] == pytest.approx(3e-7, rel=1e-6)
    assert summary["cost"] == pytest.approx(1.1e12, rel=1e-12)


def test_a_crumb_beside_a_mountain_is_carried_with_it() -> None:
    """5.5e-12 t beside 91,234,567.7 t on one leg: both arrive, to the last digit."""
    demand = [row("coal", 91234567.7), row("tea", 5.5e-12)]
    done = solved(build_instance([leg("rail", 4.0)], demand))
    assert done.result.summary["status"] == "optimal"
    plan = done.result.plan
    assert plan is not None
    assert sorted(plan.quantity.tolist()) == [5.5e-12, 91234567.7]
    assert plan.unmet.tolist() == [0.0, 0.0]


def test_money_of_a_thousand_billions_in_all_is_ordinary() -> None:
    """3,000,000 t in rial: 2e6 t at 1.5e9, 1e6 t at 2.5e9: 5.5e15 in all."""
    legs = [leg("near", 1.5e9, capacity=2e6), leg("far", 2.5e9)]
    summary = solved(build_instance(legs, [row("ore", 3e6)])).result.summary
    assert (summary["status"], summary["cost"]) == ("optimal", 5.5e15)


def test_a_third_keeps_its_rule_exactly() -> None:
    """At most 1/3 (as 0.333) by north of what is carried, 100 t with room for all."""
    legs = [
        leg("north", 1.0, corridor="north", capacity=1000 / 7),
        leg("south", 2.0, corridor="south", capacity=200 / 3),
    ]
    rule = {"name": "third", "by": "corridor", "max_share": {"north": 0.333}}
    done = solved(build_instance(legs, [row("ore", 100.0)], diversification=(rule,)))
    carried = on_legs(done)
    assert carried["north"] <= Fraction("0.333") * sum(carried.values())
    assert carried["south"] <= Fraction(Decimal(repr(200 / 3)))
    plan = done.result.plan
    assert plan is not None
    left = Fraction(Decimal(repr(float(plan.unmet[0]))))
    assert sum(carried.values()) + left == 100


@pytest.mark.parametrize("lacking", ["4e-7", "4e-9", "7e-10", "3e-11"])
def test_a_promise_that_lacks_less_than_any_tolerance_is_infeasible(
    lacking: str,
) -> None:
    """North promises a quarter of 800 t of demand and takes a trifle less than 200."""
    room = float(Decimal(200) - Decimal(lacking))
    legs = [
        leg("north", 1.0, corridor="north", capacity=room),
        leg("south", 2.0, corridor="south"),
    ]
    promise = {"of": "demand", "by": "corridor", "min_share": {"north": 0.25}}
    rule = {"name": "promise", **promise}
    done = solved(build_instance(legs, [row("ore", 800.0)], diversification=(rule,)))
    assert done.result.summary["status"] == "infeasible"


@pytest.mark.parametrize("room", [150.0000001, 150.0])
def test_a_promise_that_can_just_be_kept_is_kept(room: float) -> None:
    """North takes a quarter of 600 t, or a trifle more."""
    legs = [
        leg("north", 1.0, corridor="north", capacity=room),
        leg("south", 2.0, corridor="south"),
    ]
    promise = {"of": "demand", "by": "corridor", "min_share": {"north": 0.25}}
    rule = {"name": "promise", **promise}
    done = solved(build_instance(legs, [row("ore", 600.0)], diversification=(rule,)))
    assert done.result.summary["status"] == "optimal"


@pytest.mark.parametrize(
    "demand", [[80.0, 20.1, 100 / 7], [666.25, 1e5 / 7], [3.7, 40 / 3, 5e4 / 7]]
)
def test_two_shares_of_a_half_are_equal_to_the_last_digit(demand: list[float]) -> None:
    """Quantities of seventeen digits, halved: what cannot be told of them is a rest."""
    whole = sum(demand)
    legs = [
        leg("north", 1.0, corridor="north", capacity=0.79 * whole),
        leg("south", 3.0, corridor="south"),
    ]
    rows = [row(f"p{number}", size) for number, size in enumerate(demand)]
    rule = {"name": "half", "by": "corridor", "max_share": 0.5}
    done = solved(build_instance(legs, rows, diversification=(rule,)))
    carried, plan = on_legs(done), done.result.plan
    assert carried["north"] == carried["south"]
    assert plan is not None
    assert (plan.unmet <= 1e-12 * np.array(demand)).all()
    assert done.result.summary["status"] == "optimal"


def test_halves_are_equal_where_small_cargo_knows_one_way_only() -> None:
    """Of 0.022666... t no large row makes up: a part of it goes the other way too.

    In the solver's plan all of it goes south, from an origin of its own; the others
    count in units of 1e-10 t and more.
    """
    costs = {"A1": (1.0, 3.0), "A3": (9.0, 2.0)}
    legs = [
        leg(f"{origin} {name}", cost, **{"from": origin}, corridor=name)
        for origin, pair in costs.items()
        for name, cost in zip(("north", "south"), pair, strict=True)
    ]
    sizes = {"A1": [8e4, 89e3 / 3, 2e5 / 3], "A3": [0.068 / 3]}
    rows = [
        row(f"p{number}", size, origin=origin)
        for origin, own in sizes.items()
        for number, size in enumerate(own)
    ]
    rule = {"name": "half", "by": "corridor", "max_share": 0.5}
    done = solved(build_instance(legs, rows, diversification=(rule,)))
    assert done.result.summary["status"] == "optimal"
    carried, plan = on_legs(done), done.result.plan
    north, south = (
        sum(size for name, size in carried.items() if name.endswith(corridor))
        for corridor in ("north", "south")
    )
    assert north == south
    assert plan is not None
    assert (plan.unmet <= 1e-12 * np.array([*sizes["A1"], *sizes["A3"]])).all()


def test_a_change_that_lacks_the_last_digit_of_a_sum_is_infeasible() -> None:
    """Half of 61.3 t must stay on a leg that is closed; 20.1 t and 41.2 t are carried.

    A trifle less of demand, 1e-14 t, is too little for 0.5 of it to be half of 61.3.
    """
    legs = [
        leg("north", 1.0, corridor="north", capacity=0.0),
        leg("south", 2.0, corridor="south", capacity=70.0),
    ]
    before = {"period": "2026", "value": "north", "quantity": 61.3}
    rule = {"name": "slow", "by": "corridor"}
    for lacking, status in ((0.0, "optimal"), (1e-14, "infeasible")):
        change = {"share": 1.0, "reference": [before]}
        rows = [row("ore", 20.1 - lacking), row("salt", 41.2)]
        manifest: dict[str, Any] = {
            "periods": ("2026",),
            "diversification": ({**rule, "max_change": change},),
        }
        done = solved(build_instance(legs, rows, **manifest))
        assert done.result.summary["status"] == status


@pytest.mark.parametrize("size", [2.0**-23, 5 * 2.0**-30, 1e-3 / 7])
def test_a_change_that_all_cargo_counts_in_is_kept_to_the_last_digit(
    size: float,
) -> None:
    """All went south, three tenths must stay: a digit too little there comes over.

    What goes north counts in the row too, though less.
    """
    legs = [leg("north", 1.0, corridor="north"), leg("south", 3.0, corridor="south")]
    before = {"period": "2026", "value": "south", "quantity": 2 * size}
    change = {"share": 0.7, "reference": [before]}
    rule = {"name": "slow", "by": "corridor", "max_change": change}
    rows = [row("ore", size), row("salt", size)]
    manifest: dict[str, Any] = {"periods": ("2026",), "diversification": (rule,)}
    done = solved(build_instance(legs, rows, **manifest))
    assert done.result.summary["status"] == "optimal"
    cost = 2 * size * (0.7 * 1.0 + 0.3 * 3.0)
    assert done.result.summary["cost"] == pytest.approx(cost, rel=1e-5)


def test_rules_of_value_and_of_tonnes_are_told_to_be_at_odds() -> None:
    """Rail takes 0.02 t of 0.09 t, worth 4e7 each: a third of the value is promised."""
    legs = [
        leg("rail", 5.0, mode="rail", capacity=0.02),
        leg("road", 1.0, mode="road"),
    ]
    promise = {"by": "mode", "min_share": {"rail": 0.33}, "of": "demand"}
    rule = {"name": "promise", "weight": "value", **promise}
    products = [{"product": "ore", "value": 4e7}]
    made = build_instance(
        legs, [row("ore", 0.09)], products=products, diversification=(rule,)
    )
    summary = solved(made).result.summary
    assert summary["status"] == "infeasible"
    excess = (0.33 * 0.09 - 0.02) * 4e7
    assert summary["loosening"][0]["excess"] == pytest.approx(excess)


def test_what_stays_is_named_of_tiny_quantities_too() -> None:
    """3e-8 t of 5e-8 t fit the strait; a wide leg is not full for being as small."""
    legs = [
        {"leg": "wide", "from": "Sary", "to": "Port", "cost": 1.0, "capacity": 9e-8},
        {"leg": "strait", "from": "Port", "to": "Tau", "cost": 1.0, "capacity": 3e-8},
    ]
    summary = solved(build_instance(legs, [row("tea", 5e-8)])).result.summary
    assert summary["unmet_demand"][0]["reason"] == "limited by leg strait (Port > Tau)"


def test_a_promise_on_demand_is_kept_by_whoever_has_another_route() -> None:
    """South must carry 0.3 of 666,746.7 t of demand, of seventeen digits."""
    demand = [80.0, 7e-3 / 9, 2e6 / 3]
    legs = [
        leg("north", 1.0, corridor="north"),
        leg("south", 3.0, corridor="south", capacity=sum(demand) / 3),
    ]
    promise = {"of": "demand", "by": "corridor", "min_share": {"south": 0.3}}
    rows = [row(f"p{number}", size) for number, size in enumerate(demand)]
    rule = {"name": "promise", **promise}
    done = solved(build_instance(legs, rows, diversification=(rule,)))
    assert done.result.summary["status"] == "optimal"


def test_seven_parts_of_one_limit_do_not_exceed_it() -> None:
    """Seven rows of 1/3 t each (as floats) share 2 t: decimals sum to 2 at most."""
    legs = [leg("near", 1.0, capacity=2.0), leg("far", 9.0)]
    demand = [row(f"p{number}", 1 / 3) for number in range(7)]
    carried = on_legs(solved(build_instance(legs, demand)))
    assert carried["near"] <= 2
    assert float(carried["near"]) == pytest.approx(2.0, abs=1e-12)


@pytest.mark.parametrize("seed", [*range(16), 467, 1260, 2013])
def test_other_units_change_nothing(seed: int) -> None:
    """Powers of two: what routes carry, bit for bit; of ten: status and cost."""
    assert difference(seed) is None


@pytest.mark.parametrize("penalty", [1e-2, 1e-9, 1e-26])
def test_penalties_count_however_small_where_nothing_else_costs(penalty: float) -> None:
    """From Sary 60 t go north at least, 21 above 30 % of all; then 9 of others as well.

    Of the 30 t of Ores each way may have 9; a ton more in the north is broken twice, at
    1 and 1.5, one in the south at 2. So 9 go north: 60 + 9 - 39 = 30, and 12 x 2 = 24.
    """
    legs = [
        leg("by north", 0.0, corridor="north"),
        leg("by south", 0.0, corridor="south", capacity=40.0),
        leg("on north", 0.0, corridor="north", **{"from": "Ores"}),
        leg("on south", 0.0, corridor="south", **{"from": "Ores"}),
    ]
    rows = [row("ore", 100.0), row("ore", 30.0, origin="Ores")]
    own = {"by": "corridor", "where": {"origin": ("Ores",)}}
    rules: tuple[dict[str, Any], ...] = (
        {"name": "all", "by": "corridor", "max_share": {"north": 0.3}},
        {"name": "south", **own, "max_share": {"south": 0.3}},
        {"name": "north", **own, "max_share": {"north": 0.3}},
    )
    soft = zip(rules, (1.0, 2.0, 1.5), strict=True)
    priced = tuple({**rule, "penalty": times * penalty} for rule, times in soft)
    done = solved(build_instance(legs, rows, diversification=priced))
    carried = {"by north": 60, "by south": 40, "on north": 9, "on south": 21}
    assert done.result.summary["status"] == "optimal"
    assert on_legs(done) == carried


@pytest.mark.parametrize(("cost", "dear"), [(1e-5, 1e3), (1e-28, 4e-28)])
def test_prices_of_a_limit_keep_their_digits_however_small(
    cost: float, dear: float
) -> None:
    """A ton more saves 11/3 of the cost; salt has no way, however dear it may be."""
    legs = [
        leg("near", cost / 3, capacity=5e5 / 3),
        leg("far", 4.0 * cost),
        leg("dear", dear, **{"from": "Kum"}),
        leg("back", 0.0, **{"from": "Tau", "to": "Ores"}),
    ]
    rows = [row("ore", 1e6), row("tin", 1e-9, origin="Kum")]
    rows.append(row("salt", 0.001, origin="Ores"))
    summary = solved(build_instance(legs, rows)).result.summary
    assert summary["status"] == "unmet"
    assert summary["gap"] < 1e-6


@pytest.mark.parametrize("value", [1e4, 1e7])
def test_prices_of_shares_of_value_keep_their_digits(value: float) -> None:
    """Half of the value must go south, for 10/3 more: 1 % of 1,070 t is 10.7 t."""
    legs = [
        leg("north", 1000.0),
        leg("south", 1000.0 + 10 / 3),
        leg("other", 3000.0, **{"from": "Kum"}),
    ]
    rows = [row("ore", 1000.0), row("tin", 10.0, origin="Kum")]
    goods = [{"product": "ore", "value": value}, {"product": "tin", "value": 7 * value}]
    rule = {"name": "half", "by": "leg", "max_share": {"north": 0.5}, "weight": "value"}
    instance = build_instance(legs, rows, products=goods, diversification=(rule,))
    done = run(instance, Options(sensitivity="all"), Clock())
    less = done.result.tables["rules"]["price_less"][0]
    assert less == pytest.approx(10.7 * 10 / 3, rel=1e-9)


@pytest.mark.parametrize("unmet_cost", [1e-9, 1e-20])
def test_leaving_all_is_not_optimal_however_little_it_costs(unmet_cost: float) -> None:
    """The one leg is free; leaving all costs all that there is to pay."""
    cargo = [row("ore", 5.0, unmet_cost=unmet_cost)]
    whole = Prepared(build_instance([leg("free", 0.0)], cargo))
    plan = plan_of(empty_routes(whole.network, whole.cargo), np.zeros(0))
    proof = whole.proof(plan, Certificate((Stage("cost"),)))
    assert (proof.gap, proof.passed) == (1.0, False)


@pytest.mark.parametrize("quantity", [8e-9, 7e-7, 3e-5])
def test_every_question_about_a_crumb_is_answered(quantity: float) -> None:
    """What is carried in all is far less than 1: parts of it count all the same."""
    legs = [
        leg("north", 1.0, corridor="north", capacity=0.6 * quantity),
        leg("south", 3.0, corridor="south"),
    ]
    instance = build_instance(legs, [row("tea", quantity)])
    done = run(instance, Options(sensitivity="all"), Clock())
    assert done.result.summary["status"] == "optimal"


def test_no_number_of_an_instance_ends_in_a_warning() -> None:
    """Sizes from 1e-9 to 1e14 in one instance: an answer, and no overflow."""
    sizes = 10.0 ** np.arange(-9, 15, 4)
    demand = [row(f"p{number}", float(size)) for number, size in enumerate(sizes)]
    legs = [leg("near", 1e-6, capacity=1e13), leg("far", 1e6)]
    assert solved(build_instance(legs, demand)).result.summary["status"] == "optimal"


TONNES_IN_MT = {"tons": 1.0, "grams": 1e-6}
"""Quantities of 5.3 t written in Mt, and those of 5.3 g."""


def a_few_tonnes(size: float) -> Run:
    """Return the answer to 5.3 t and 0.02 t, of which 2.1 t go at 61.25 USD/t.

    The rest, 3.22 t, goes at 85.5 USD/t. In Mt and billions of USD: 128.625 + 275.31
    = 403.935 USD are 4.03935e-7 billion.
    """
    unit = 1e-6 * size
    legs = [
        {**leg("near", 0.06125, capacity=2.1 * unit), "corridor": "north"},
        {**leg("far", 0.0855), "corridor": "south"},
    ]
    demand = [row("ore", 5.3 * unit), row("salt", 0.02 * unit)]
    instance = build_instance(legs, demand)
    return run(instance, Options(sensitivity="all"), Clock())


@pytest.mark.parametrize("size", TONNES_IN_MT.values(), ids=TONNES_IN_MT)
def test_figures_of_a_few_tonnes_in_millions_keep_their_digits(size: float) -> None:
    """What a limit has used is what the flows over it add up to; so are all sums."""
    done, unit = a_few_tonnes(size), 1e-6 * size
    tables, summary = done.result.tables, done.result.summary
    assert summary["cost"] == pytest.approx(4.03935e-7 * size, rel=1e-5)
    assert summary["bound"] == pytest.approx(summary["cost"], rel=1e-5)
    assert tables["capacity"]["used"].tolist() == pytest.approx([2.1 * unit], rel=1e-5)
    served = pytest.approx([5.3 * unit, 0.02 * unit], rel=1e-5)
    assert tables["demand"]["served"].tolist() == served
    carried = pytest.approx([2.1 * unit, 3.22 * unit], rel=1e-5)
    assert tables["flows"]["quantity"][:2].tolist() == carried
    assert tables["corridors"]["quantity"][:2].tolist() == carried
    assert tables["capacity"]["price_more"].tolist() == pytest.approx([0.02425])
    assert tables["exposure"]["captive"].tolist() == pytest.approx(
        [0.0, 3.22 * unit], rel=1e-5
    )


def test_dust_without_a_corridor_is_told_as_nothing_everywhere() -> None:
    """Of 50 Mt of cargo ten milligrams take the road, in no corridor."""
    legs = [
        leg("rail", 1.0, mode="rail", corridor="west"),
        leg("road", 9.0, mode="road"),
    ]
    rows = [row("coal", 50.0), row("tea", 1e-14)]
    closed = {"product": "tea", "mode": "rail", "closed": True}
    summary = solved(build_instance(legs, rows, tariffs=[closed])).result.summary
    assert summary["corridors"]["none"] == {"quantity": 0, "share": 0}
