"""Questions on exposure: as few searches as they take, the same answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.loaders.instance_files import load
from solver.network.network import Network
from solver.network.shipments import cargo
from solver.options import Options
from solver.pricing.pricer import Pricer
from solver.pricing.prices import Prices, step_costs
from solver.rules.rule_set import Diversification
from solver.solution.certificate import Exposure
from solver.studies import exposure
from solver.studies.question_model import QuestionModel
from solver.tasks.answer import solve
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.build import build_instance
from tests.random_instances import random_instance

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.pricing.tree_search import Found
    from solver.solution.form import Asked

KAZAKHSTAN = Path(__file__).parents[2] / "instances" / "kazakhstan"
QUICKSTART = KAZAKHSTAN.parent / "quickstart"


def answers(path: Path) -> dict[tuple[str, str, str, float | None], Exposure]:
    """Return the answers on an instance by what is asked."""
    solution = solve(load(path).instance, Options(sensitivity="all"))
    assert solution.certificate is not None
    questions: dict[tuple[str, str, str, float | None], Exposure] = {}
    for found in solution.certificate.exposure:
        asked = found.question
        questions[asked.by, asked.value, asked.kind, asked.within] = found
    return questions


def test_a_range_at_no_price_of_money_is_not_asked_again() -> None:
    """What no budget bounds is the same within 1 % and 5 % of the least cost."""
    found = answers(KAZAKHSTAN)
    one = found["corridor", "western", "least", 0.01]
    five = found["corridor", "western", "least", 0.05]
    assert one.budget == 0.0
    assert five.prices is one.prices
    assert five.bound == one.bound
    dear = found["corridor", "northern", "least", 0.01]
    assert dear.budget > 0.0
    assert found["corridor", "northern", "least", 0.05].bound < dear.bound


def test_a_value_that_a_plan_avoids_is_not_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Answers are what they are when every value is asked about."""
    shared = answers(KAZAKHSTAN)
    monkeypatch.setattr(QuestionModel, "avoided", lambda *_: iter(()))
    single = answers(KAZAKHSTAN)
    assert list(shared) == list(single)
    for place, found in single.items():
        assert shared[place].bound == pytest.approx(found.bound, rel=1e-7)


def test_what_a_plan_within_the_budget_attains_is_not_asked_about() -> None:
    """Prices of what is captive prove the least of a range where a plan carries it."""
    found = answers(KAZAKHSTAN)
    for corridor in ("eastern", "southern", "western"):
        captive = found["corridor", corridor, "captive", None]
        least = found["corridor", corridor, "least", 0.01]
        assert least.prices is captive.prices
        assert least.bound == captive.bound


def test_routes_are_searched_for_only_where_nothing_else_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Plans that break rows, or attain what is proved already, need no search."""
    searched = []
    search = Pricer.search

    def counted(self: Pricer, prices: Prices, threshold: Floats) -> Found:
        searched.append(prices.coefficient)
        return search(self, prices, threshold)

    monkeypatch.setattr(Pricer, "search", counted)
    options = Options(sensitivity="all")
    solution = solve(load(KAZAKHSTAN).instance, options, prices="none")
    asked = [coefficient for coefficient in searched if coefficient is not None]
    assert 0 < len(asked) < 0.9 * solution.counters.question_rounds


def test_treatments_that_prices_do_not_tell_apart_are_searched_together() -> None:
    """Where money does not count, one tree from each origin serves all products."""
    network = Network(load(KAZAKHSTAN).instance)
    shipped = cargo(network)
    pricer = Pricer(network, shipped, Diversification(network, shipped))
    never = np.full(len(shipped), np.inf)
    nothing = np.zeros(len(network.limits))
    pricer.search(Prices(nothing, {}), never)
    with_money = pricer.searches
    pricer.search(Prices(nothing, {}, money=0.0), never)
    assert pricer.searches - with_money < 0.7 * with_money


@pytest.mark.parametrize("seed", range(5))
def test_steps_cost_what_each_treatment_pays(seed: int) -> None:
    """Costs of kinds are those of each alone; equal ones are one array."""
    network = Network(random_instance(seed))
    shipped = cargo(network)
    limits = network.limits
    prices = Prices(np.arange(1.0, len(limits) + 1.0), {}, money=0.5)
    kinds = np.unique(np.stack([shipped.treatment, shipped.period]), axis=1)
    found = step_costs(network, prices, *kinds)
    for treatment, period, cost in zip(*kinds.tolist(), found, strict=True):
        counts = (limits.period == period) | (limits.period < 0)
        own = np.where(counts & limits.counted[limits.base, treatment], 1.0, 0.0)
        charge = limits.usage.T[:, limits.base] @ (own * prices.limits)
        alone = 0.5 * network.steps.cost[treatment] + charge
        assert cost == pytest.approx(alone)
    distinct = {cost.tobytes() for cost in found}
    assert len({id(cost) for cost in found}) == len(distinct)


def test_quickstart_answers_every_question() -> None:
    """What is captive is never more than any plan within a budget carries."""
    found = answers(QUICKSTART)
    for (by, value, kind, within), answer in found.items():
        if kind == "least":
            assert answer.bound >= found[by, value, "captive", None].bound - 1e-6
            assert found[by, value, "most", within].bound >= answer.bound - 1e-6


def test_ranges_may_leave_demand_unmet_that_has_a_price() -> None:
    """Each of 100 t costs 10 to carry, 12 to leave: 1 % of 1,000 pays for leaving 5.

    No limit or rule is there that would have asked for a choice before.
    """
    leg = {"from": "A", "to": "M", "cost": 10.0, "corridor": "x"}
    demand = {"product": "g", "origin": "A", "market": "M", "quantity": 100.0}
    instance = build_instance([leg], [{**demand, "unmet_cost": 12.0}])
    table = run(instance, Options(sensitivity="all"), Clock()).result.tables["exposure"]
    assert table["captive"].tolist() == [100.0]
    assert table["least_1"].tolist() == [95.0]
    assert table["least_5"].tolist() == [75.0]


def test_where_work_is_short_nothing_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges take more than what is captive, and are left first; `all` asks all."""

    def told(asked: Asked) -> set[str]:
        options = Options(sensitivity=asked)
        solution = solve(load(QUICKSTART).instance, options, prices="none")
        assert solution.certificate is not None
        return {found.question.kind for found in solution.certificate.exposure}

    assert told("some") == {"captive", "least", "most"}
    monkeypatch.setattr(exposure, "RANGES", np.inf)
    assert told("some") == {"captive"}
    monkeypatch.setattr(exposure, "CAPTIVE", np.inf)
    assert told("some") == set()
    monkeypatch.setattr(exposure, "CAPTIVE", 0.0)
    monkeypatch.setattr(exposure, "MOST_SHIPMENTS", 1)
    assert told("some") == set()
    assert told("all") == {"captive", "least", "most"}


def test_where_no_time_is_left_nothing_is_told() -> None:
    """The plan is the best, found with the first routes; questions have no time."""
    leg = {"from": "A", "to": "M", "cost": 10.0, "corridor": "x"}
    demand = {"product": "g", "origin": "A", "market": "M", "quantity": 100.0}
    options = Options(sensitivity="all", time_limit=1e-9)
    solution = solve(build_instance([leg], [demand]), options)
    assert solution.status == "optimal"
    assert solution.certificate is not None
    assert solution.certificate.exposure == ()


def test_of_next_to_nothing_no_exposure_is_told() -> None:
    """A change limit in tonnes, beside values of 7e8, lets a ten-billionth through.

    What is captive of that was told from sums over all demand, to eight digits.
    """
    legs = [
        {"from": "A", "to": "M", "mode": name, "corridor": name, "cost": cost}
        for name, cost in (("north", 9.0), ("west", 7.0))
    ]
    before = {"period": "all year", "value": "north", "quantity": 500_000.0}
    rule = {
        "name": "r",
        "by": "corridor",
        "min_share": {"north": 0.2},
        "max_change": {"share": 0.2, "reference": [before]},
        "weight": "value",
    }
    instance = build_instance(
        legs,
        [{"product": "g", "origin": "A", "market": "M", "quantity": 5e4}],
        nodes=[{"node": "A"}, {"node": "M", "kind": "port"}],
        products=[{"product": "g", "value": 771_734_000.0}],
        diversification=(rule,),
    )
    result = run(instance, Options(sensitivity="all"), Clock()).result
    assert 0.0 < result.summary["served"] < 1e-2
    assert np.isnan(result.tables["exposure"]["captive"]).all()
