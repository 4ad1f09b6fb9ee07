"""What one more and one less do: by hand, against re-solves, and forged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.loaders.instance_files import load
from solver.options import Options
from solver.results.folder import write
from solver.solution.tolerances import SLOPE
from solver.studies import allowances
from solver.studies.prices.curve import CostTangent, FirstPiece
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from solver.tasks.verify import audit
from solver.verification.slopes.slopes import Slopes
from tests.build import build_instance
from tests.folders import with_one_sided, written_again
from tests.one_sided_campaign import INSTANCES, faults_of
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from solver.problem.instance import Instance
    from solver.solution.solution import Result

SIDES = ("price_more", "price_less", "good_for_more", "good_for_less")
NONE = None

BEFORE = [
    {"period": "all year", "value": value, "quantity": quantity}
    for value, quantity in (("north", 60.0), ("west", 40.0))
]


def solved(instance: Instance) -> Result:
    """Return the verified result of an instance, all questions asked."""
    return run(instance, Options(sensitivity="all"), Clock()).result


def sides(result: Result, table: str = "capacity") -> list[list[float | None]]:
    """Prices and lengths in both directions, row by row; None for a blank."""
    columns = [result.tables[table][name].tolist() for name in SIDES]
    rows = zip(*columns, strict=True)
    return [[None if np.isnan(cell) else cell for cell in row] for row in rows]


def costs(result: Result) -> list[list[float | None]]:
    """Return what one more of each demand costs and one less saves."""
    table = result.tables["demand"]
    pairs = zip(table["cost_more"].tolist(), table["cost_less"].tolist(), strict=True)
    return [[None if np.isnan(cell) else cell for cell in row] for row in pairs]


def test_prices_end_with_the_work_that_some_questions_may_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A spent allowance leaves prices blank; where all are asked, there is none."""
    instance = load(INSTANCES / "quickstart").instance
    monkeypatch.setattr(allowances, "MOST_WORK", 0.0)
    told = {}
    for asked in ("some", "all"):
        result = run(instance, Options(sensitivity=asked), Clock()).result
        told[asked] = not np.isnan(result.tables["capacity"]["price_less"]).all()
    assert told == {"some": False, "all": True}


def test_limits_in_series_save_nothing_alone_and_cost_both() -> None:
    """Two full legs in series: one more of either is of no use, one less costs 8."""
    legs = [
        {"from": "A", "to": "B", "cost": 1.0, "capacity": 100.0, "corridor": "x"},
        {"from": "B", "to": "M", "cost": 1.0, "capacity": 100.0, "corridor": "x"},
        {"from": "A", "to": "M", "cost": 10.0, "corridor": "y"},
    ]
    demand = [{"product": "w", "origin": "A", "market": "M", "quantity": 150.0}]
    result = solved(build_instance(legs, demand))
    assert sides(result) == [[0.0, 8.0, NONE, 100.0]] * 2
    assert costs(result) == [[10.0, 10.0]]


def test_a_full_terminal_is_right_in_both_directions() -> None:
    """Two terminals just enough for all, a dear third way.

    One more at P frees Q's dear route to X: 1 is saved. One less sends a tonne the
    third way, 100, and spares 1. Q is worth nothing more, and its loss costs 95.
    """
    legs = [
        {"from": "P", "to": "X", "cost": 1.0},
        {"from": "P", "to": "Y", "cost": 4.0},
        {"from": "Q", "to": "X", "cost": 10.0},
        {"from": "Q", "to": "Y", "cost": 5.0},
        {"from": "R", "to": "X", "cost": 100.0},
        {"from": "R", "to": "Y", "cost": 100.0},
        {"from": "S", "to": "P", "cost": 0.0, "capacity": 50_000.0},
        {"from": "S", "to": "Q", "cost": 0.0, "capacity": 50_000.0},
        {"from": "S", "to": "R", "cost": 0.0},
    ]
    demand = [
        {"product": "g", "origin": "S", "market": end, "quantity": 50_000.0}
        for end in ("X", "Y")
    ]
    result = solved(build_instance(legs, demand))
    assert result.summary["cost"] == 300_000
    assert sides(result) == [
        [1.0, 99.0, 50_000.0, 50_000.0],
        [0.0, 95.0, NONE, 50_000.0],
    ]
    assert costs(result) == [[100.0, 2.0], [100.0, 5.0]]


def test_what_cannot_be_carried_has_no_price() -> None:
    """The one leg is full: one more has no cost, and one less of it no price."""
    legs = [{"from": "A", "to": "B", "capacity": 100.0, "cost": 5.0}]
    demand = [{"product": "g", "origin": "A", "market": "B", "quantity": 100.0}]
    result = solved(build_instance(legs, demand))
    assert sides(result) == [[0.0, NONE, NONE, NONE]]
    assert costs(result) == [[NONE, 5.0]]
    priced = build_instance(legs, [{**demand[0], "unmet_cost": 50.0}])
    assert sides(solved(priced)) == [[0.0, 45.0, NONE, 100.0]]
    assert costs(solved(priced)) == [[50.0, 5.0]]


def test_a_slack_limit_has_no_price_and_its_slack() -> None:
    """Nothing more is saved; nothing is lost as far as there is room."""
    legs = [{"from": "A", "to": "B", "capacity": 130.0, "cost": 5.0}]
    demand = [{"product": "g", "origin": "A", "market": "B", "quantity": 100.0}]
    assert sides(solved(build_instance(legs, demand))) == [[0.0, 0.0, NONE, 30.0]]


def test_a_piece_that_ends_where_nothing_is_left_is_not_sought_beyond_bug() -> None:
    """Rounding sets the corner of a capacity of 2 a little below nothing left."""
    none: Any = None

    def tangent(far: float) -> CostTangent:
        assert far <= 2.0, "a capacity below nothing"
        if far < 2.0:
            return CostTangent(far, far, 1.0, none, none)
        return CostTangent(far, 2.0 - 1e-12, 2.0, none, none)

    base = CostTangent(0.0, 0.0, 1.0, none, none)
    piece = FirstPiece(tangent, base, 1.0, SLOPE).found(2.0)
    assert piece is not None
    assert (piece.line.slope, piece.last.at) == (1.0, 2.0)


def _free(**more: Any) -> dict[str, Any]:
    """Return a row of a leg from A to B that costs nothing."""
    return {"from": "A", "to": "B", "cost": 0.0, **more}


FREE_DEMAND = {"product": "g", "origin": "A", "market": "B", "quantity": 3.0}


def test_free_plans_have_prices_of_nothing_bug() -> None:
    """Two free legs, the smaller one full or not, with and without a rule."""
    legs = [_free(leg="x", capacity=2.0, corridor="c"), _free(leg="y", corridor="d")]
    legs[1] |= {"capacity": 5.0}
    result = solved(build_instance(legs, [FREE_DEMAND]))
    assert [row[:2] for row in sides(result)] == [[0.0, 0.0]] * 2
    assert costs(result) == [[0.0, 0.0]]
    rule = {"name": "r", "by": "corridor", "max_share": 0.6}
    ruled = solved(build_instance(legs, [FREE_DEMAND], diversification=(rule,)))
    assert [row[:2] for row in sides(ruled)] == [[0.0, 0.0]] * 2
    assert costs(ruled) == [[0.0, 0.0]]


def test_what_is_left_for_nothing_has_prices_of_nothing_bug() -> None:
    """A leg at 3 beside demand that may stay unmet at 0: nothing is carried."""
    legs = [_free(leg="x", capacity=2.0) | {"cost": 3.0}]
    result = solved(build_instance(legs, [{**FREE_DEMAND, "unmet_cost": 0.0}]))
    assert result.summary["cost"] == 0.0
    assert sides(result) == [[0.0, 0.0, NONE, 2.0]]
    assert costs(result) == [[0.0, 0.0]]


def test_a_free_leg_beside_a_dear_one_saves_what_that_costs_bug() -> None:
    """The plan is free: one less of the free leg costs 4 for each unit."""
    legs = [_free(leg="x", capacity=3.0), _free(leg="y") | {"cost": 4.0}]
    result = solved(build_instance(legs, [FREE_DEMAND]))
    assert sides(result)[0] == [0.0, 4.0, NONE, 3.0]
    assert costs(result) == [[4.0, 0.0]]


def _shared(**rule: Any) -> Instance:
    legs = [
        {"from": "A", "to": "B", "corridor": "north", "cost": 10.0, "leg": "n"},
        {"from": "A", "to": "B", "corridor": "south", "cost": 20.0, "leg": "s"},
        {"from": "A", "to": "B", "corridor": "south", "cost": 40.0, "leg": "t"},
    ]
    legs[1] |= {"capacity": 30.0}
    demand = [{"product": "g", "origin": "A", "market": "B", "quantity": 100.0}]
    named = {"name": "r", "by": "corridor", **rule}
    return build_instance(legs, demand, diversification=(named,))


def test_a_rule_at_a_corner_has_two_prices() -> None:
    """South 20 up to 30 t, then 40: a point tighter costs 30, a point looser saves 10.

    The share of 0.7 of what is carried leaves just the 30 t for the south.
    """
    (own,) = sides(solved(_shared(max_share={"north": 0.7})), "rules")
    assert own == [10.0, 30.0, 30.0, 70.0]


def test_demand_counts_for_rules_that_are_shares_of_it() -> None:
    """Of one more, 0.7 goes north and 0.3 south: 7 and 12, or 6 less where it ends."""
    result = solved(_shared(max_share={"north": 0.7}, of="demand"))
    assert costs(result) == [[19.0, 13.0]]


def test_demand_that_is_alike_has_a_cost_row_by_row() -> None:
    """Ten alike rows of 10 t, a cheap leg for 60 t: the next tonne of each costs 9."""
    legs = [
        {"leg": "cheap", "from": "A", "to": "B", "cost": 5.0, "capacity": 60.0},
        {"leg": "dear", "from": "A", "to": "B", "cost": 9.0},
    ]
    names = [f"p{number}" for number in range(10)]
    demand = [
        {"product": name, "origin": "A", "market": "B", "quantity": 10.0}
        for name in names
    ]
    result = solved(build_instance(legs, demand))
    assert costs(result) == [[9.0, 9.0]] * 10
    assert sides(result) == [[4.0, 4.0, 40.0, 60.0]]


def test_nothing_asked_is_blank() -> None:
    """What was not asked is never a dual under another name."""
    instance = _shared(max_share={"north": 0.7})
    result = run(instance, Options(sensitivity="none"), Clock()).result
    assert sides(result, "rules") == [[NONE] * 4]
    assert sides(result) == [[NONE] * 4]
    assert costs(result) == [[NONE] * 2]
    assert result.tables["rules"]["price"].tolist() != [0.0]


@pytest.mark.parametrize("seed", range(14))
@pytest.mark.parametrize("make", [random_instance, random_rules_instance])
def test_slopes_are_those_of_an_independent_program(
    make: Callable[[int], Instance], seed: int
) -> None:
    """Inside a piece, at its end and beyond: see `one_sided_campaign`."""
    assert [*faults_of(make(seed))] == []


def test_a_plan_that_is_older_than_columns_of_the_model_is_read_bug() -> None:
    """Rows that came in while the end of a piece was sought hold nothing before."""
    assert [*faults_of(random_rules_instance(111))] == []


def test_an_index_beside_the_least_possible_has_no_price_bug() -> None:
    """Its cost is all but upright there: within 1e-8 of the index it says nothing."""
    assert [*faults_of(random_rules_instance(307))] == []


def test_a_price_whose_end_is_not_proved_is_told_without_bug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Say that prices beyond its end miss the plan there by more than is allowed."""
    instance = random_instance(128)
    missed = "the prices of its end do not prove its plan"
    monkeypatch.setattr(Slopes, "_end_fault", lambda *_: missed)
    result = run(instance, Options(sensitivity="none"), Clock(), prices="all").result
    table = result.tables["rules"]
    (row,) = np.flatnonzero(table["price"] > 0)
    assert table["price_more"][row] == pytest.approx(table["price"][row])
    assert np.isnan(table["good_for_more"][row])
    assert [*faults_of(instance)] == []


# ---- forgeries


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the result of a plan at a corner of a rule and of limits."""
    folder = tmp_path_factory.mktemp("made") / "result"
    folder.mkdir()
    instance = _shared(max_share={"north": 0.7})
    write(folder, run(instance, Options(sensitivity="all"), Clock()).files)
    return folder


def _prices(one_sided: dict[str, Any]) -> None:
    """Give a slope the prices of another."""
    slope = _ended(one_sided)
    slope["prices"], slope["end"] = slope["end"], slope["prices"]


def _longer(one_sided: dict[str, Any]) -> None:
    _ended(one_sided)["length"] *= 1.01


def _shorter(one_sided: dict[str, Any]) -> None:
    """Let a piece end early, its plan between."""
    slope = _ended(one_sided)
    slope["length"] /= 2
    slope["changes"] = [[flow, more / 2] for flow, more in slope["changes"]]


def _tiny(one_sided: dict[str, Any]) -> None:
    """Move next to nothing, with no plan at all."""
    slope = _ended(one_sided)
    slope["length"], slope["changes"], slope["end"] = 1e-12, [], None


def _plan(one_sided: dict[str, Any]) -> None:
    _ended(one_sided)["changes"][0][1] *= 0.5


def _flow(one_sided: dict[str, Any]) -> None:
    _ended(one_sided)["changes"][0][0] = 99


def _key(one_sided: dict[str, Any]) -> None:
    one_sided["slopes"][0]["direction"] = "less"


def _set(one_sided: dict[str, Any]) -> None:
    """Raise a price of the rule that is moved."""
    slopes = one_sided["slopes"]
    slope = next(own for own in slopes if "row" in own and own["prices"])
    one_sided["sets"][slope["prices"] - 1]["rules"][0]["price"] *= 1.001


def _idle(one_sided: dict[str, Any]) -> None:
    one_sided["sets"].append(one_sided["sets"][0])


def _route(one_sided: dict[str, Any]) -> None:
    one_sided["routes"].append({"shipment": 0, "elements": [2]})


def _ended(one_sided: dict[str, Any]) -> dict[str, Any]:
    found = (own for own in one_sided["slopes"] if own["end"] is not None)
    return next(found)


def test_unspoiled_slopes_written_again_verify(made: Path, tmp_path: Path) -> None:
    """What is refused below is refused for what was changed."""
    verdict = audit(written_again(made, tmp_path / "again", "slopes"))
    assert verdict.passed, verdict.lines()


@pytest.mark.parametrize(
    "spoil",
    [_prices, _longer, _shorter, _tiny, _plan, _flow, _key, _set, _idle, _route],
)
def test_spoiled_slopes_never_verify(
    made: Path, tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    """Slopes, lengths, moved plans and their prices: whatever a forger changes."""
    folder = with_one_sided(made, tmp_path / "forged", spoil)
    assert not audit(folder).passed


def test_a_bound_on_a_curve_has_prices_to_both_sides() -> None:
    """Two effective numbers of demand that bind: planes cut the cost less closely."""
    instance = random_rules_instance(125)
    result = run(instance, Options(sensitivity="none"), Clock(), prices="all").result
    table = result.tables["rules"]
    assert table["measure"].tolist()[:2] == ["effective", "effective"]
    for side in ("price_more", "price_less"):
        assert table[side][:2] == pytest.approx(table["price"][:2], rel=1e-3)
    assert [*faults_of(instance)] == []


def test_a_demand_is_told_what_published_prices_cost_where_these_are_steep() -> None:
    """All corridors must carry as much by value: prices of 2e9 a tonne cancel out.

    What a solver makes of them has no more digits than they have; the result verified
    only where it is counted again.
    """
    ways = {"north": 240_000, "west": 440_000, "south": 292_500, "east": 500_000}
    legs = [
        {"from": "S", "to": "M", "mode": name, "corridor": name, "cost": float(cost)}
        for name, cost in ways.items()
    ]
    demand = {"product": "g", "origin": "S", "market": "M", "quantity": 5000.0}
    instance = build_instance(
        legs,
        [demand],
        products=[{"product": "g", "value": 24_105_300.0}],
        diversification=[
            {
                "name": "r",
                "by": "corridor",
                "min_effective": 4.0,
                "weight": "value",
            }
        ],
    )
    more, less = costs(solved(instance))[0]
    assert [more, less] == pytest.approx([sum(ways.values()) / 4] * 2, rel=1e-5)


@pytest.mark.parametrize(
    ("bound", "each"),
    [
        ({"max_top": {"k": 1, "share": 0.5}}, 10.5),
        ({"max_change": {"share": 0.1, "reference": BEFORE}}, 10.4),
    ],
)
def test_a_demand_under_a_soft_bound_in_tonnes_has_a_price(
    bound: dict[str, Any], each: float
) -> None:
    """Each tonne north costs 10, and half of one above half of all costs 1 each.

    Of change, 60 and 40 before: a tonne more is half a tonne of gain, less 0.1 allowed.
    """
    rule = {"name": "r", "by": "corridor", "penalty": 1.0, **bound}
    legs = [
        {"from": "S", "to": "M", "mode": name, "corridor": name, "cost": cost}
        for name, cost in (("north", 10.0), ("west", 14.0))
    ]
    demand = {"product": "g", "origin": "S", "market": "M", "quantity": 100.0}
    result = solved(build_instance(legs, [demand], diversification=(rule,)))
    assert costs(result) == [[pytest.approx(each)] * 2]
