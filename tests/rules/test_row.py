"""Rows of rules: what they measure, and that every linear form of them is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.problem.rules import Rule
from solver.rules.cargo_scopes import CargoScope
from solver.rules.change import ChangeRow
from solver.rules.concentration import ConcentrationRow
from solver.rules.hhi import HHIRow, largest_hhi
from solver.rules.row import RuleRow
from solver.rules.share import ShareRow
from solver.rules.top import TopRow
from solver.solution.keys import RowKey

if TYPE_CHECKING:
    from solver.solution.keys import Measure

VALUES = ("north", "south", "west", "none")
QUANTITIES = np.array([50.0, 30.0, 20.0, 0.0])


def scope(demand: float = 200.0, **keys: Any) -> CargoScope:
    """One shipment of some demand under a rule with these keys."""
    rule = Rule.model_validate({"name": "r", "by": "corridor", **keys})
    return CargoScope(rule, (), "all", np.ones(1), demand)


def key(measure: Measure, side: Any = "max") -> RowKey:
    """Key of a row that bounds all values."""
    return RowKey("r", (), "all", "", side, measure)


def hhi(limit: float = 0.3, **keys: Any) -> HHIRow:
    """Row of an HHI rule."""
    return HHIRow(key("hhi"), scope(max_hhi=limit, **keys), VALUES, limit)


def top(k: int = 2, share: float = 0.7, **keys: Any) -> TopRow:
    """Row of a rule on the largest together."""
    limit = {"k": k, "share": share}
    return TopRow(key("top"), scope(max_top=limit, **keys), VALUES, k, share)


def change(reference: list[float], **limit: float) -> ChangeRow:
    """Row of a rule on change."""
    rule = {"reference": [], **limit}
    share, quantity = limit.get("share", 0.0), limit.get("quantity", 0.0)
    before = np.array(reference)
    return ChangeRow(
        key("change"), scope(max_change=rule), VALUES, before, share, quantity
    )


def test_levels_of_a_plan_of_100_by_hand() -> None:
    """Shares of 50, 30 and 20 %."""
    assert hhi().level(QUANTITIES, 100.0) == pytest.approx(0.25 + 0.09 + 0.04)
    assert top().level(QUANTITIES, 100.0) == pytest.approx(0.8)
    before = [20.0, 40.0, 20.0, 0.0]
    assert change(before, share=0.1).level(QUANTITIES, 100.0) == pytest.approx(0.2)
    assert change(before, quantity=10.0).level(QUANTITIES, 100.0) == pytest.approx(20.0)
    row = HHIRow(key("effective", "min"), scope(min_effective=3.0), VALUES, 1 / 3)
    assert row.level(QUANTITIES, 100.0) == pytest.approx(1 / 0.38)
    assert row.limit_shown == 3.0


def test_excess_is_in_quantity() -> None:
    """An index counts times the quantity."""
    assert hhi(0.3).excess(QUANTITIES, 100.0) == pytest.approx(0.08 * 100)
    assert top(2, 0.7).excess(QUANTITIES, 100.0) == pytest.approx(10.0)
    row = ShareRow(key("share"), scope(max_share=0.4), VALUES, 0, 0.4)
    assert row.excess(QUANTITIES, 100.0) == pytest.approx(10.0)


def test_nothing_carried_breaks_no_rule_of_what_is_carried() -> None:
    """Only a change can be broken by leaving demand unmet."""
    nothing = np.zeros(4)
    assert hhi().excess(nothing, 0.0) == 0.0
    assert np.isnan(hhi().level(nothing, 0.0))
    assert not hhi().broken_by_nothing
    assert change([300.0, 0.0, 0.0, 0.0], quantity=100.0).broken_by_nothing


def test_a_penalty_on_the_index_is_per_hundredth_whatever_the_size() -> None:
    """All carried, 0.08 above the limit costs eight hundredths."""
    row = hhi(0.3, penalty=7.0)
    whole = row.scope.demand
    amounts = QUANTITIES * whole / 100.0
    paid = row.most_price * row.excess(amounts, whole)
    assert paid == pytest.approx(7.0 * (0.38 - 0.30) / 0.01)
    assert top(penalty=7.0).most_price == 7.0
    assert hhi().most_price == np.inf


def test_a_price_is_per_unit_of_the_rule_s_own_limit() -> None:
    """Points, hundredths, effective corridors, units."""
    assert hhi().limit_unit(500.0) == 5.0
    assert top().limit_unit(500.0) == 5.0
    row = HHIRow(key("effective", "min"), scope(min_effective=2.0), VALUES, 0.5)
    assert row.limit_unit(500.0) == 125.0
    assert change([0.0] * 4, quantity=1.0).limit_unit(500.0) == 1.0
    assert change([0.0] * 4, share=0.1).limit_unit(500.0) == 5.0


def test_limits_of_the_index_on_all_scales() -> None:
    """0 to 1, 0 to 10,000, and the effective number."""

    def limits(**keys: float) -> dict[Measure, float]:
        return largest_hhi(Rule.model_validate({"name": "r", "by": "corridor", **keys}))

    assert limits(max_hhi=0.38) == limits(max_hhi=3800) == {"hhi": 0.38}
    assert limits(max_hhi=1) == {"hhi": 1.0}
    assert limits(min_effective=3) == {"effective": 0.333333333333333}


amounts_lists = st.lists(st.floats(0, 1e6), min_size=4, max_size=4)
weight_lists = st.lists(st.floats(-2, 2), min_size=4, max_size=4)


@given(amounts_lists, weight_lists, amounts_lists, st.booleans())
def test_a_linear_row_never_says_more_than_its_rule(
    amounts: list[float], weights: list[float], before: list[float], of_demand: bool
) -> None:
    """For any amounts, weights and references."""
    carried = np.array(amounts)
    keys = {"of": "demand"} if of_demand else {}
    rows: list[RuleRow] = [
        hhi(0.4, **keys),
        top(2, 0.6, **keys),
        change(before, share=0.2),
    ]
    for row in rows:
        assert isinstance(row, ConcentrationRow)
        total = float(carried.sum())
        base = row.scope.demand if row.of_demand else total
        form = row.linear(row.sound(np.array(weights)))
        left = float(form.values @ carried) + form.base * total - form.limit
        slack = 1e-9 * max(1.0, total, sum(before), abs(row.excess(carried, base)))
        assert left <= row.excess(carried, base) + slack


@given(amounts_lists)
def test_tangents_at_the_shares_found_say_as_much_as_the_rule(
    amounts: list[float],
) -> None:
    """Nothing is lost where weights are the shares themselves."""
    carried = np.array(amounts)
    total = float(carried.sum())
    if total < 1.0:
        return
    row = hhi(0.3)
    form = row.linear(row.sound(carried / total))
    left = float(form.values @ carried) + form.base * total - form.limit
    assert left == pytest.approx(row.excess(carried, total), abs=1e-9 * total)


def test_no_tangent_is_steeper_than_that_at_a_share_of_1() -> None:
    """What a solver leaves of nothing carried may be 1e15 times its sum."""
    row = hhi(0.3)
    cuts = row.cuts(QUANTITIES, 1e-15, row.lifted().parts)
    assert max(part.weight for part in cuts) <= 1.0


def test_cuts_bring_no_tangent_twice_and_halve_the_gaps() -> None:
    """Each round looks closer around the shares it found."""
    row = hhi(0.3)
    first = row.lifted().parts
    cuts = row.cuts(QUANTITIES, 100.0, first)
    places = [(part.value, part.weight) for part in first]
    fresh = [(part.value, part.weight) for part in cuts]
    assert not set(places) & set(fresh)
    assert len(set(fresh)) == len(fresh)
    assert (0, 0.375) in fresh  # halfway from 0.5, which has one, to 0.25
    again = row.cuts(QUANTITIES, 100.0, [*first, *cuts])
    assert not {(p.value, p.weight) for p in again} & {*places, *fresh}
