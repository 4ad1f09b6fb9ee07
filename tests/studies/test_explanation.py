"""Explanations add up, and what a route lacks is what another solve says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.loaders.references import load
from solver.network.routes import Routes
from solver.options import Options
from solver.solution.status import Status
from solver.solving.prepared import Prepared
from solver.studies.explanation.cargo import ExplainedRoutes, explained_routes
from solver.studies.explanation.cost_account import cost_account
from solver.studies.explanation.price_face import PriceFace
from solver.studies.explanation.proved_plan import ProvedPlan
from solver.tasks.answer import solve
from tests.build import build_instance
from tests.cone_oracle import RouteForm
from tests.folders import ROOT
from tests.oracle import answer, own_limit
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance
from tests.simple_routes import Case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from solver.problem.instance import Instance

CLOSE = 1e-6
"""What figures may miss, of the dearest route or of all cost."""


@dataclass(frozen=True)
class Told:
    """A proved plan with every route that an explanation of all cargo holds."""

    instance: Instance
    proved: ProvedPlan
    explained: ExplainedRoutes

    @property
    def scale(self) -> float:
        """Money per unit of the dearest route."""
        return float(np.abs(self.explained.pays).max(initial=1.0))


def told(instance: Instance) -> Told | None:
    """Solve an instance and explain all of it; None if nothing is proved."""
    solution = solve(instance, Options(sensitivity="none"))
    if solution.status not in {Status.OPTIMAL, Status.UNMET}:
        return None
    assert solution.plan is not None
    proved = ProvedPlan(Prepared(instance), solution.plan, solution.certificate)
    every = np.ones(len(proved.known.cargo), dtype=bool)
    return Told(instance, proved, explained_routes(proved, every, PriceFace(proved)))


def faults(found: Told) -> Iterator[str]:
    """Yield what does not add up."""
    proved, explained, scale = found.proved, found.explained, found.scale
    account = cost_account(proved)
    if abs(account.difference) > CLOSE * max(1.0, abs(account.cost)):
        yield f"cost {account.cost} is told as {account.paid - account.rents}"
    parts: list[Any] = [*explained.routes.cost_parts.values()]
    parts.append(np.asarray(explained.charges.sum(axis=1)).ravel())
    parts.append(explained.rule_charges.sum(axis=1))
    if np.abs(np.sum(parts, axis=0) - explained.pays).max(initial=0.0) > CLOSE * scale:
        yield "parts do not sum to what a route pays"
    taken = explained.quantity > CLOSE * max(explained.quantity, default=0.0)
    if np.abs(explained.beyond[taken]).max(initial=0.0) > CLOSE * scale:
        yield "a route that is taken pays more than its marginal transport cost"
    if explained.beyond.min(initial=0.0) < -CLOSE * scale:
        yield "a route pays less than the marginal transport cost"
    for beyond, lacks in zip(explained.beyond.tolist(), explained.lacks, strict=True):
        if lacks is not None and lacks.value < beyond - 10 * CLOSE * scale:
            yield f"a route lacks {lacks.value}, less than its reduced cost {beyond}"


def wrongly_lacking(found: Told) -> Iterator[str]:
    """Yield routes that win at another cost than what they are said to lack.

    The cost of one route of one shipment is changed in a program over all simple
    routes: a little less than what it lacks saves nothing, a little more does.
    """
    plan, cargo = found.proved.plan, found.proved.known.cargo
    held = tuple(
        float(plan.unmet[cargo.unmet_class == number].sum())
        for number in range(len(cargo.classes))
    )
    case, routes = Case(found.instance), found.explained.routes
    asked = [n for n, (row, _) in enumerate(case.shipments) if row["quantity"] > 0]
    base = answer(RouteForm(case, own_limit), held)
    noise = CLOSE * max(1.0, abs(base.cost)) + 10 * base.slop
    step = 0.05 * found.scale
    for number, lacks in enumerate(found.explained.lacks):
        if lacks is None or not lacks.is_proved:
            continue
        span = slice(routes.starts[number], routes.starts[number + 1])
        own = tuple(routes.elements[span].tolist()), int(routes.shipment[number])
        saved = partial(_saved, case, (asked[own[1]], own[0]), held, base.cost)
        quantity = cargo.quantity[own[1]]
        if np.isinf(lacks.value):
            if saved(50 * found.scale) > noise + CLOSE * found.scale * quantity:
                yield f"route {number} wins, though it is said never to"
        elif saved(max(0.0, lacks.value - step)) > noise:
            yield f"route {number} wins before {lacks.value}"
        elif base.slop == 0 and saved(lacks.value + step) <= 0:
            yield f"route {number} does not win at {lacks.value}"


def _saved(
    case: Case,
    place: tuple[int, tuple[int, ...]],
    held: tuple[float, ...],
    cost: float,
    less: float,
) -> float:
    """Cost saved where one route of a shipment costs less."""
    changed = Case(case.instance)
    changed.__dict__["columns"] = [
        (shipment, replace(route, cost=route.cost - less))
        if (shipment, route.elements) == place
        else (shipment, route)
        for shipment, route in case.columns
    ]
    return cost - answer(RouteForm(changed, own_limit), held).cost


SHIPPED = [
    ROOT / "instances" / "kazakhstan",
    ROOT / "instances" / "quickstart",
    *sorted(
        path
        for path in (ROOT / "instances" / "textbook").iterdir()
        if (path / "instance.toml").is_file()
    ),
]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_instances_add_up(path: Path) -> None:
    """Each demand's routes sum to its marginal transport cost, all to the cost."""
    found = told(load(path).instance)
    assert found is not None
    assert list(faults(found)) == []


@pytest.mark.parametrize("seed", range(12))
def test_random_instances_add_up(seed: int) -> None:
    """With rules, shortages, priorities, periods and ties too."""
    for make in (random_instance, random_rules_instance):
        found = told(make(seed))
        assert found is None or list(faults(found)) == []


@pytest.mark.parametrize("seed", [0, 1, 3, 7, 8, 16, 24])
def test_a_route_wins_once_it_costs_less_by_what_it_lacks(seed: int) -> None:
    """Compared with programs over all simple routes, listed by brute force.

    In the rules of 0, 7 (the largest together), 16 and 24 (change) values tie, so that
    weights may be chosen.
    """
    for make in (random_instance, random_rules_instance):
        found = told(make(seed))
        assert found is None or list(wrongly_lacking(found)) == []


@pytest.mark.parametrize("seed", [2, 4, 19, 28])
def test_the_best_route_not_taken_is_told_of_every_corridor(seed: int) -> None:
    """Compared with all simple routes, listed by brute force, at the same prices."""
    for make in (random_instance, random_rules_instance):
        found = told(make(seed))
        if found is None:
            continue
        proved, explained = found.proved, found.explained
        case, known = Case(found.instance), proved.known
        asked = [n for n, (row, _) in enumerate(case.shipments) if row["quantity"] > 0]
        number = {place: shipment for shipment, place in enumerate(asked)}
        columns = [(n, route.elements) for n, route in case.columns if n in number]
        lengths = [len(elements) for _, elements in columns]
        every = Routes(
            known.network,
            known.cargo,
            np.array([number[place] for place, _ in columns], dtype=int),
            np.concatenate([[0], np.cumsum(lengths)]).astype(int),
            np.array([e for _, elements in columns for e in elements], dtype=int),
        )
        taken = set(proved.routes.fingerprint.tolist())
        best: dict[tuple[int, int], float] = {}
        prints, pays = every.fingerprint.tolist(), proved.pays(every).tolist()
        places = zip(every.shipment.tolist(), every.corridor.tolist(), strict=True)
        for place, own, cost in zip(places, prints, pays, strict=True):
            if own not in taken:
                best[place] = min(cost, best.get(place, np.inf))
        idle = explained.quantity == 0
        routes = explained.routes
        shown = {
            (int(routes.shipment[n]), int(routes.corridor[n])): explained.pays[n]
            for n in np.flatnonzero(idle).tolist()
        }
        assert set(shown) == set(best)
        for place, cost in best.items():
            assert shown[place] == pytest.approx(cost, abs=1e-9 * found.scale)


def test_the_largest_reduced_cost_over_all_prices_is_told() -> None:
    """Two legs in series, both full: A > B > M at 10 pays 18 as the south does.

    Their prices sum to 8. The west costs 14 and passes the second leg: its price is 4
    at least, 8 at most, so that the west lacks 0 to 4. With 4 less it costs as much as
    the way it would take the place of; only then does it win. A closed leg never does.
    """
    second = {"leg": "second", "from": "B", "to": "M", "cost": 5, "capacity": 10}
    instance = build_instance(
        legs=[
            {"leg": "first", "from": "A", "to": "B", "cost": 5, "capacity": 10},
            second,
            {"leg": "west", "from": "A", "to": "B", "cost": 9, "corridor": "west"},
            {"leg": "south", "from": "A", "to": "M", "cost": 18, "corridor": "south"},
            {**second, "leg": "new", "from": "A", "corridor": "new", "capacity": 0},
        ],
        demand=[{"product": "a", "origin": "A", "market": "M", "quantity": 12}],
    )
    found = told(instance)
    assert found is not None
    names = found.proved.known.network.corridor_names
    corridors = [names[corridor] for corridor in found.explained.routes.corridor]
    by = dict(zip(corridors, found.explained.lacks, strict=True))
    assert by["none"] is None
    assert by["south"] is None
    assert by["west"] is not None
    assert by["west"].value == pytest.approx(4)
    assert by["new"] is not None
    assert np.isinf(by["new"].value)
