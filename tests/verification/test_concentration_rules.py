"""Rules on all values together: what breaks them, and what is told of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from solver.verification import proof
from solver.verification.exact.amounts import exactly
from solver.verification.figures.tables import expected_tables
from solver.verification.prover import Prover
from solver.verification.rules.hhi import hhi_of_number, largest_hhi
from solver.verification.world import World
from tests.build import build_instance
from tests.verification import concentration_cases
from tests.verification.case import (
    CORRIDORS,
    DEMAND,
    S1,
    S2,
    Case,
    N,
    before,
    plan,
    rule,
    spread,
)
from tests.verification.test_prover import proof_of, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.verification.figures.comparison import FigureColumn

# ---- plans at the edge of what is allowed


def northwards(make: Callable[[], Case], north: str) -> Case:
    """Return a case of 10 t with so much by the north."""
    south = float(Decimal(10) - Decimal(north))
    return make().with_flows((0, float(north), [N]), (0, south, [S1, S2]))


EDGES = [
    # Of 7 + x and 3 - x the HHI is 0.58 + (8 x + 2 x^2) / 100.
    (concentration_cases.hhi_of_carried, "7.0000001249999", "7.000000125"),
    (concentration_cases.hhi_of_demand, "7.0000001249999", "7.000000125"),
    # Of 7.5 + x and 2.5 - x it is 0.625 + (10 x + 2 x^2) / 100.
    (concentration_cases.effective_number, "7.5000000999999", "7.5000001"),
    # Linear rules have no margin.
    (concentration_cases.largest_alone, "6", "6.0000000001"),
    (concentration_cases.largest_of_demand, "6", "6.0000000001"),
    (concentration_cases.change_of_carried, "4", "4.0000000001"),
    (concentration_cases.change_of_demand, "4", "4.0000000001"),
    (concentration_cases.change_by_quantity, "4", "4.0000000001"),
    (concentration_cases.change_of_what_is_gone, "7", "7.0000000001"),
]


@pytest.mark.parametrize(("make", "inside", "outside"), EDGES)
def test_the_margin_of_each_rule_is_exact(
    make: Callable[[], Case], inside: str, outside: str
) -> None:
    """A plan on its edge is no fault, and one digit further it is."""
    assert not proof_of(northwards(make, inside)).faults
    faults = proof_of(northwards(make, outside)).faults
    assert len(faults) == 1
    assert faults[0].startswith("rules.csv:2: 'r' in 'all year': the ")


def test_messages_say_what_is_missed() -> None:
    """In words of the rule."""
    assert "the HHI is 0.68, 0.58 at most" in refused(
        northwards(concentration_cases.hhi_of_carried, "8")
    )
    assert "the limit of 0.6 on the largest together is missed by 2.0 of 10" in refused(
        northwards(concentration_cases.largest_alone, "8")
    )
    assert "the limit of 0.4 on the change is missed by 4.00 of 10" in refused(
        northwards(concentration_cases.change_of_carried, "8")
    )


def test_cargo_without_a_corridor_counts_as_one() -> None:
    """7 and 3 keep an HHI of 0.58 also if the 3 are in no corridor."""
    legs = [CORRIDORS[0], *({**leg, "corridor": ""} for leg in CORRIDORS[1:])]
    case = concentration_cases.hhi_of_carried()
    rules = case.instance.diversification
    bare = replace(case, instance=build_instance(legs, [DEMAND], diversification=rules))
    weights = {spread("hhi"): {"north": 0.7, "none": 0.3}}
    assert proof_of(bare.with_stage(0, weights=weights)).passed
    assert proof_of(northwards(lambda: bare, "8")).faults


def test_a_change_by_share_is_missed_by_leaving_demand_unmet() -> None:
    """Of nothing carried, no change is allowed, and 10 t are missing in the south."""
    case = concentration_cases.change_of_carried().with_flows(unmet=[10.0])
    assert "the limit of 0.4 on the change is missed by 5.00 of 0" in refused(case)


@pytest.mark.parametrize(
    "keys", [{"max_hhi": 0.5}, {"max_top": {"k": 1, "share": 0.5}}]
)
@pytest.mark.parametrize("of", ["carried", "demand"])
def test_nothing_carried_keeps_other_rules(keys: dict[str, Any], of: str) -> None:
    """Nothing is concentrated."""
    rules = (rule(**keys, of=of),)
    instance = build_instance(CORRIDORS, [DEMAND], diversification=rules)
    assert not proof(instance, plan(unmet=[10.0]), None).faults


@pytest.mark.parametrize(
    ("number", "hhi"),
    [
        (2.0, "0.5"),
        (3.0, "0.333333333333333"),
        (1.5, "0.666666666666667"),
        (2.5, "0.4"),
        (1.0, "1"),
    ],
)
def test_an_effective_number_is_an_index_of_15_digits(number: float, hhi: str) -> None:
    """Rounded half up."""
    with exactly():
        assert hhi_of_number(number) == Decimal(hhi)


def test_an_index_above_1_is_on_the_scale_to_10000() -> None:
    """Divided as a decimal."""
    with exactly():
        assert largest_hhi(3333.3) == Decimal("0.33333")
        assert largest_hhi(1.0) == 1


# ---- penalties


@pytest.mark.parametrize("north", ["6", "7"])
def test_a_rule_that_is_kept_earns_nothing(north: str) -> None:
    """An index below its limit is as good as at its limit."""
    found = proof_of(northwards(concentration_cases.soft_hhi, north))
    assert not found.faults
    assert found.penalties == 0


def test_the_gap_is_of_cost_and_penalties() -> None:
    """8 and 2 have an HHI of 0.68: 34 + 10 x 0.125, where 35 is proved."""
    found = proof_of(northwards(concentration_cases.soft_hhi, "8"))
    assert not found.faults
    assert found.cost == 34
    assert found.penalties == Fraction(5, 4)
    assert found.objective == Fraction(141, 4)
    assert found.bound == 35.0
    assert found.gap == pytest.approx(0.25 / 35.25)
    assert found.shortfalls == ("certificate.json: stage 'cost' proves 35.0 only",)


# ---- tables


def rules_table(case: Case) -> dict[str, FigureColumn]:
    """Return what the table of rules of a case must be."""
    with exactly():
        prover = Prover(World.of(case.instance), case.plan, case.certificate)
        prover.proof()
        assert prover.evidence is not None
        return expected_tables(prover.evidence)["rules"]


nan = float("nan")

ROWS = [
    # level, limit, slack, penalty, price per point, 0.01, effective corridor or t
    (concentration_cases.hhi_of_carried, "hhi", (0.58, 0.58, 0.0, nan, 0.25)),
    (concentration_cases.hhi_to_10000, "hhi", (0.58, 0.58, 0.0, nan, 0.25)),
    (concentration_cases.effective_number, "effective", (1.6, 1.6, 0.0, nan, 7.8125)),
    (concentration_cases.largest_two, "top", (0.9, 0.9, 0.0, nan, 0.8)),
    (concentration_cases.change_of_carried, "change", (0.4, 0.4, 0.0, nan, 0.2)),
    (concentration_cases.change_by_quantity, "change", (4.0, 4.0, 0.0, nan, 2.0)),
    (concentration_cases.change_of_what_is_gone, "change", (7.0, 7.0, 0.0, nan, 2.0)),
    (concentration_cases.soft_hhi, "hhi", (0.82, 0.58, -0.24, 3.0, 0.125)),
    (
        concentration_cases.soft_effective_number,
        "effective",
        (1 / 0.82, 1.6, 1 / 0.82 - 1.6, 2.4375, 4.8828125),
    ),
    (concentration_cases.soft_largest, "top", (1.0, 0.6, -0.4, 4.0, 0.1)),
    (concentration_cases.soft_change, "change", (1.0, 0.4, -0.6, 6.0, 0.1)),
    (concentration_cases.soft_least_share, "share", (0.0, 0.7, -0.7, 7.0, 0.1)),
    (concentration_cases.kept_by_the_hhi, "hhi", (nan, 0.58, nan, nan, 0.0)),
]


@pytest.mark.parametrize(("make", "measure", "figures"), ROWS)
def test_rows_of_the_table(
    make: Callable[[], Case], measure: str, figures: tuple[float, ...]
) -> None:
    """Each measure in its own scale, with what one unit of it is worth."""
    table = rules_table(make())
    assert list(table)[:12] == [
        *("rule", "scope", "period", "by", "measure", "value", "side", "level"),
        *("limit", "slack", "penalty", "price"),
    ]
    assert table["measure"].values[0] == measure
    for title, figure in zip(
        ("level", "limit", "slack", "penalty", "price"), figures, strict=True
    ):
        found = table[title].values[0]
        assert found == pytest.approx(figure, abs=1e-12, nan_ok=True), title


def test_rows_of_a_rule_stand_in_order() -> None:
    """In each scope shares, index, number, largest, change."""
    keys: dict[str, Any] = {
        "max_share": 0.9,
        "min_share": {"south": 0.1},
        "max_hhi": 0.9,
        "min_effective": 1.1,
        "max_top": {"k": 1, "share": 0.9},
        "max_change": {"quantity": 9.0, "reference": before(gone=1.0)},
        "for_each": ("product",),
    }
    demand = [DEMAND, {**DEMAND, "product": "q"}]
    instance = build_instance(CORRIDORS, demand, diversification=(rule(**keys),))
    rows = World.of(instance).rules.rows
    of_scope = [
        ("share", "north", "max"),
        ("share", "south", "max"),
        ("share", "south", "min"),
        ("share", "none", "max"),
        ("hhi", "", "max"),
        ("effective", "", "min"),
        ("top", "", "max"),
        ("change", "", "max"),
    ]
    found = [(row.key.measure, row.key.value, row.key.side) for row in rows]
    assert found == 2 * of_scope
    scopes = [row.key.scope for row in rows]
    assert scopes == 8 * [(("product", "p"),)] + 8 * [(("product", "q"),)]


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        ({"max_share": {"none": 0.1}, "min_share": 0.1}, "north south none"),
        ({"max_share": 0.9, "min_share": {"south": 0.1}}, "north south south none"),
        (
            {"max_share": {"south": 0.9}, "min_share": {"north": 0.1, "south": 0.1}},
            "south south north",
        ),
    ],
)
def test_shares_stand_in_the_order_of_values(keys: dict[str, Any], order: str) -> None:
    """As they are known, or as they are named where all are."""
    instance = build_instance(CORRIDORS, [DEMAND], diversification=(rule(**keys),))
    rows = World.of(instance).rules.rows
    assert [row.key.value for row in rows] == order.split()
