"""What is built of an instance once in a run, and what is proved once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.loaders.references import load
from solver.network.network import Network
from solver.options import Options
from solver.pricing.pricer import Pricer
from solver.solving.prepared import Prepared
from solver.solving.reductions.canonical_order import canonical_order
from solver.tasks.answer import solve
from solver.tasks.clock import Clock
from solver.tasks.solve import finished
from solver.verification.facts.flows import PlanFlows
from solver.verification.verify import verify
from solver.verification.world import World

if TYPE_CHECKING:
    import pytest

    from solver.problem.instance import Instance

QUICKSTART = Path(__file__).parent.parent.parent / "instances" / "quickstart"


def sorted_quickstart() -> Instance:
    """Return an instance that is in order already."""
    return canonical_order(Prepared(load(QUICKSTART).instance)).reduced.instance


def counted(monkeypatch: pytest.MonkeyPatch, *classes: type[Any]) -> Counter[str]:
    """Return how often each class is made, from now on."""
    made: Counter[str] = Counter()

    def count(owner: type[Any]) -> None:
        before = owner.__init__

        def begin(self: object, *words: object, **more: object) -> None:
            made[owner.__name__] += 1
            before(self, *words, **more)

        monkeypatch.setattr(owner, "__init__", begin)

    for owner in classes:
        count(owner)
    return made


def test_a_run_builds_each_part_once_and_proves_a_plan_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Verified in a run, world and proof are taken over; `verify` repeats both.

    An instance that is sorted first, or aggregated, counts as one of its own.
    """
    instance = sorted_quickstart()
    made = counted(monkeypatch, Network, Pricer, World, PlanFlows)
    whole = Prepared(instance)
    options = Options(sensitivity="none")
    solution = solve(instance, options, whole=whole)
    proved = made["PlanFlows"]
    run = finished(instance, solution, options, Clock(), whole=whole)
    assert (made["Network"], made["Pricer"], made["World"]) == (1, 1, 1)
    assert made["PlanFlows"] == proved == 1
    assert verify(instance, run.result).passed
    assert (made["World"], made["PlanFlows"]) == (2, 2)


def test_an_instance_that_is_sorted_first_is_proved_once_as_it_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sorted one has a network of its own; the verifier never reads it."""
    instance = load(QUICKSTART).instance
    assert canonical_order(Prepared(instance)).reduced.instance is not instance
    made = counted(monkeypatch, Network, World, PlanFlows)
    whole, options = Prepared(instance), Options(sensitivity="none")
    solution = solve(instance, options, whole=whole)
    finished(instance, solution, options, Clock(), whole=whole)
    assert (made["Network"], made["World"], made["PlanFlows"]) == (2, 1, 1)


def test_another_plan_or_price_is_proved_afresh() -> None:
    """Equal or not: what was not proved itself is not taken over."""
    instance = sorted_quickstart()
    whole, options = Prepared(instance), Options(sensitivity="none")
    solution = solve(instance, options, whole=whole)
    result = finished(instance, solution, options, Clock(), whole=whole).result
    assert result.plan is not None
    assert result.certificate is not None
    more = replace(result.plan, quantity=result.plan.quantity * 2.0)
    assert not whole.verification(replace(result, plan=more)).passed
    *others, cost = result.certificate.stages
    dearer = replace(cost, unmet=dict.fromkeys(cost.unmet, 0.0))
    forged = replace(result.certificate, stages=(*others, dearer))
    assert not whole.verification(replace(result, certificate=forged)).passed
    assert whole.verification(result).passed
