"""Rules that leave hardly any room: prices are steep, and every figure still is proved.

Each policy was found by drawing rules at random; figures at prices before they were
rounded, ties told one way and the other, or a crumb without a reason had made the
verification refuse the result.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.loaders.instance_files import load
from solver.options import Options
from solver.problem.edits import with_columns
from solver.problem.rules import ChangeLimit, Reference, Rule, TopShare
from solver.tasks.clock import Clock
from solver.tasks.solve import run

if TYPE_CHECKING:
    from solver.problem.instance import Instance

INSTANCES = Path(__file__).parents[2] / "instances"

CORRIDOR: dict[str, Any] = {"by": "corridor"}
EACH_GROUP: dict[str, Any] = {"by": "corridor", "for_each": ("group",)}
POLICIES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "crumb": (
        "kazakhstan",
        [
            {**CORRIDOR, "max_hhi": 0.27},
            {**CORRIDOR, "max_share": {"southern": 0.24}},
        ],
    ),
    "half the questions": (
        "kazakhstan",
        [
            {"by": "country", "max_share": {"RU": 0.05}},
            {**CORRIDOR, "max_top": TopShare(k=2, share=0.6)},
        ],
    ),
    "no room": (
        "kazakhstan",
        [
            {**CORRIDOR, "min_share": {"western": 0.3}},
            {**EACH_GROUP, "max_hhi": 0.3},
        ],
    ),
    "steep index": ("kazakhstan", [{**EACH_GROUP, "max_hhi": 0.2634}]),
    "steep and effective": (
        "kazakhstan",
        [
            {**EACH_GROUP, "max_hhi": 0.3301},
            {**CORRIDOR, "min_effective": 3.766},
            {"by": "country", "max_share": {"TM": 0.131}, "of": "demand"},
        ],
    ),
    "tie of the largest": ("kazakhstan", [{**CORRIDOR, "max_share": 0.356}]),
    "a third": ("quickstart", [{**CORRIDOR, "max_share": 0.3333333333}]),
    "hardly a third": ("quickstart", [{**CORRIDOR, "max_share": 0.33333333}]),
    "a third as an index": ("quickstart", [{**CORRIDOR, "max_hhi": 0.3333333333}]),
    "ports": ("quickstart", [{"by": "port", "max_share": 0.225}]),
    "soft ports": (
        "quickstart",
        [
            {**EACH_GROUP, "min_effective": 3.293, "of": "demand"},
            {"by": "port", "max_share": 0.172, "penalty": 5.0},
        ],
    ),
}


def _instance(name: str, rules: list[dict[str, Any]]) -> Instance:
    instance = load(INSTANCES / name).instance
    named = tuple(
        Rule(name=f"rule {number}", **rule) for number, rule in enumerate(rules, 1)
    )
    return instance.model_copy(update={"diversification": named})


@pytest.mark.parametrize("policy", POLICIES)
def test_every_figure_of_a_tight_policy_is_proved(policy: str) -> None:
    """The run raises where the independent check finds a figure that is not so."""
    made = run(_instance(*POLICIES[policy]), Options(), Clock())
    assert made.result.summary["status"] in {"optimal", "unmet", "approximate"}


@pytest.mark.parametrize("rule", [{"max_share": 0.3333333334}, {"max_hhi": 1 / 3}])
def test_a_third_of_three_corridors_is_met(rule: dict[str, Any]) -> None:
    """A share has room in its tenth digit; an index may be missed by 1e-8."""
    made = run(_instance("quickstart", [{**CORRIDOR, **rule}]), Options(), Clock())
    assert made.result.summary["status"] == "optimal"


@pytest.mark.parametrize("share", [0.3333, 0.33333333, 0.3333333333, 0.333333333333])
def test_less_than_a_third_of_three_corridors_leaves_all_cargo_unmet(
    share: float,
) -> None:
    """Three such shares are less than all that is carried, unless that is nothing.

    At a price of 1 / (1 - 3 share) of each share, no corridor costs less than 1 a tonne
    beside what it earns: so all must stay, and the certificate says so.
    """
    rule = {**CORRIDOR, "max_share": share}
    made = run(_instance("quickstart", [rule]), Options(sensitivity="none"), Clock())
    summary = made.result.summary
    assert (summary["status"], summary["served"], summary["cost"]) == ("unmet", 0, 0)
    (proved,) = summary["unmet_bounds"]
    assert proved["bound"] == proved["unmet"] == 750_000


def test_a_change_of_what_is_not_carried_has_no_level() -> None:
    """Where nothing of the scope can be carried there is no share to loosen to."""
    reference = Reference(period="all year", value="northern", quantity=100.0)
    change = ChangeLimit(share=0.1, reference=(reference,))
    scope = {"product": ("copper",)}
    instance = _instance(
        "quickstart", [{**CORRIDOR, "where": scope, "max_change": change}]
    )
    nodes = instance.nodes
    shut = np.isin(nodes["node"], ["Aktau", "Novorossiysk"])
    capacity = np.where(shut, 0.0, nodes["capacity"].astype(float))
    nodes = with_columns(nodes, {"capacity": capacity})
    made = run(instance.model_copy(update={"nodes": nodes}), Options(), Clock())
    (row,) = made.beside["loosening"] or made.result.summary["loosening"]
    assert row["level"] is None


def test_all_questions_are_answered_where_service_leaves_no_room() -> None:
    """Least and most at little more cost, though firm demand stays unmet."""
    instance = _instance("kazakhstan", [{**CORRIDOR, "max_share": 0.35}])
    made = run(instance, Options(sensitivity="all"), Clock())
    assert made.result.summary["status"] == "unmet"
    table = made.result.tables["exposure"]
    corridors = table["by"] == "corridor"
    for column in ("captive", "least_1", "most_1", "least_5", "most_5"):
        assert np.isfinite(table[column][corridors].astype(float)).all()
