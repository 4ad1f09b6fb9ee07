"""Prices and weights of rules that prove less than they say, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from solver.solution.certificate import Stage
from tests.build import build_instance
from tests.verification import concentration_cases, rule_cases
from tests.verification.case import (
    CORRIDORS,
    DEMAND,
    S1,
    S2,
    Case,
    N,
    rule,
    share,
    spread,
)
from tests.verification.test_prover import proof_of, refused

HHI, TOP, CHANGE = spread("hhi"), spread("top"), spread("change")
HARD, ALONE = concentration_cases.hhi_of_carried(), concentration_cases.largest_alone()
TWO, MOVED = concentration_cases.largest_two(), concentration_cases.change_of_carried()
GONE, SHARE = concentration_cases.change_of_what_is_gone(), rule_cases.capped_corridor()
SOFT = concentration_cases.soft_hhi()


def weighed(case: Case, weights: dict[Any, dict[str, float]]) -> Case:
    """Return a case with other weights in its stage `cost`."""
    return case.with_stage(0, weights=weights)


FORGED_WEIGHTS: dict[str, tuple[Case, str]] = {
    "an unknown corridor": (
        weighed(HARD, {HHI: {"moon": 0.5}}),
        "one is for 'moon', which is not known",
    ),
    "an index above 1": (weighed(HARD, {HHI: {"north": 1.1}}), "out of bounds"),
    "an index below -1": (weighed(HARD, {HHI: {"north": -1.1}}), "out of bounds"),
    "no number": (weighed(HARD, {HHI: {"north": np.nan}}), "out of bounds"),
    "no end": (weighed(HARD, {HHI: {"north": np.inf}}), "out of bounds"),
    "a largest above 1": (weighed(ALONE, {TOP: {"north": 1.5}}), "out of bounds"),
    "a largest below 0": (weighed(ALONE, {TOP: {"south": -0.5}}), "one is below 0"),
    "more than the largest": (
        weighed(ALONE, {TOP: {"north": 1.0, "south": 1e-12}}),
        "they sum to 1.000000000001",
    ),
    "more than the two largest": (
        weighed(TWO, {TOP: {"north": 1.0, "south": 1.0, "west": 5e-324}}),
        "they sum to 2.0",
    ),
    "a change above 1": (weighed(MOVED, {CHANGE: {"north": 1.001}}), "out of bounds"),
    "what was never carried": (
        weighed(MOVED, {CHANGE: {"gone": -1.0}}),
        "one is for 'gone', which is not known",
    ),
    "weights of a share": (
        weighed(SHARE, {share("north"): {"north": 1.0}}),
        "there is nothing to weigh",
    ),
    "no weights of a share": (
        weighed(SHARE, {share("north"): {}}),
        "there is nothing to weigh",
    ),
    "weights without a price": (
        HARD.with_stage(0, rules={}),
        "weights for RowKey(rule='r'",
    ),
    "weights of another rule": (
        weighed(HARD, {replace(HHI, rule="other"): {"north": 0.5}}),
        "which has no price",
    ),
    "another measure": (
        HARD.with_stage(0, rules={TOP: 2.5}, weights={}),
        "does not exist here",
    ),
}


@pytest.mark.parametrize("name", FORGED_WEIGHTS)
def test_forged_weights_are_refused(name: str) -> None:
    """By name, before any bound."""
    case, message = FORGED_WEIGHTS[name]
    assert message in refused(case)
    assert proof_of(case).bound is None


def test_what_is_gone_in_another_scope_may_have_a_weight() -> None:
    """It carried nothing in this one: its weight changes nothing."""
    case = concentration_cases.change_for_each_product_and_period()
    change = case.instance.diversification[0].max_change
    assert change is not None
    assert change.reference is not None
    entry = change.reference[0]
    elsewhere = entry.model_copy(update={"period": "2026", "value": "gone"})
    wider = change.model_copy(update={"reference": (entry, elsewhere)})
    changed = case.instance.diversification[0].model_copy(update={"max_change": wider})
    instance = case.instance.model_copy(update={"diversification": (changed,)})
    (key,) = case.stages[0].weights
    weights = {key: {**concentration_cases.SOUTHWARDS, "gone": -1.0}}
    found = proof_of(weighed(replace(case, instance=instance), weights))
    assert found.passed, found.failures
    assert found.bound == 102.0


WEAK_WEIGHTS: dict[str, tuple[Case, str]] = {
    # 10 x min(3 - 2.5 x 0.58, 5 - ...)
    "none": (weighed(HARD, {}), "proves 15.5 only"),
    # A = 0.5: the north pays 1 - 1.08, the south as much.
    "equal shares": (
        weighed(HARD, {HHI: {"north": 0.5, "south": 0.5}}),
        "proves 28.0 only",
    ),
    "the other way round": (
        weighed(MOVED, {CHANGE: {"north": -1.0, "south": 1.0}}),
        # 10 x (3 - 2 x 0.9) - 2 x 5
        "proves 2.0 only",
    ),
    # The 4 that are gone, at a price of 2, are worth 4.
    "what is gone forgotten": (
        weighed(GONE, {CHANGE: concentration_cases.SOUTHWARDS}),
        "proves 32.0 only",
    ),
    "what is gone twice turned": (
        weighed(GONE, {CHANGE: {**concentration_cases.SOUTHWARDS, "gone": 1.0}}),
        "proves 28.0 only",
    ),
    # 10 x (3 + 2 x 0.4) for the north, 5 - 2 x 0.6 + 2 for both at once.
    "the wrong way": (weighed(ALONE, {TOP: {"south": 1.0}}), "proves 18.0 only"),
}


@pytest.mark.parametrize("name", WEAK_WEIGHTS)
def test_other_weights_prove_less(name: str) -> None:
    """Weights that are allowed, but not the best, are told with what they prove."""
    case, message = WEAK_WEIGHTS[name]
    assert message in refused(case)


FORGED_PRICES: dict[str, tuple[Case, str]] = {
    "an index above its penalty": (
        SOFT.with_stage(0, rules={HHI: 1.2500001}),
        "is above its penalty",
    ),
    "a largest above its penalty": (
        concentration_cases.soft_largest().with_stage(0, rules={TOP: 1.0000001}),
        "is above its penalty",
    ),
    "a change above its penalty": (
        concentration_cases.soft_change().with_stage(0, rules={CHANGE: 1.5}),
        "is above its penalty",
    ),
    "a share above its penalty": (
        concentration_cases.soft_least_share().with_stage(
            0, rules={share("south", "min"): 2.0}
        ),
        "is above its penalty",
    ),
}


@pytest.mark.parametrize("name", FORGED_PRICES)
def test_no_rule_is_priced_above_its_penalty(name: str) -> None:
    """Else a bound could be above what breaking the rule costs."""
    case, message = FORGED_PRICES[name]
    assert message in refused(case)


def test_a_penalty_on_an_index_is_in_parts_of_the_demand() -> None:
    """100 x 0.125 / 3 has no end as a decimal: what is below it passes, exactly."""
    rules = (rule(max_hhi=0.58, penalty=0.125),)
    demand = [{**DEMAND, "quantity": 3.0}]
    instance = build_instance(CORRIDORS, demand, diversification=rules)
    case = replace(SOFT, instance=instance).with_flows(
        (0, 2.7, [N]), (0, 0.3, [S1, S2])
    )
    found = proof_of(case.with_stage(0, rules={HHI: 4.1666666666666}))
    assert not found.faults
    assert found.penalties == 3
    above = case.with_stage(0, rules={HHI: 4.1666666666667})
    assert "is above its penalty" in refused(above)


@pytest.mark.parametrize("objective", ["rules", "unmet"])
def test_soft_rules_have_no_price_but_in_money(objective: Any) -> None:
    """They leave nothing unmet, and never contradict others."""
    stage = Stage(objective, rules={HHI: 0.5}, weights={HHI: {"north": 0.5}})
    stages = (stage,) if objective == "rules" else (stage, *SOFT.stages)
    case = replace(SOFT, stages=stages)
    if objective == "rules":
        case = replace(case, plan=None)
    why = "which need not hold" if objective == "rules" else "leaves nothing unmet"
    assert why in refused(case)


def test_hard_rules_of_all_values_are_priced_1_of_excess_at_most() -> None:
    """As those of shares."""
    case = concentration_cases.what_is_gone_at_odds().with_stage(0, rules={CHANGE: 1.1})
    assert "a price of a rule is above 1" in refused(case)
