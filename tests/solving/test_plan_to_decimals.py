"""Quantities of a solver become decimals that keep every row and serve all they can."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.network.routes import Routes
from solver.solving.plan_to_decimals import published_plan
from solver.solving.prepared import Prepared
from tests.build import build_instance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from solver.problem.instance import Instance

ORIGINS, HARBOURS = 6, 4

Way = tuple[int, int]


def drawn(seed: int, ways: Iterable[Way], places: int = 7) -> dict[Way, Decimal]:
    """Return what each origin sends by each harbour, all digits of it used."""
    random = np.random.default_rng(seed)
    return {way: Decimal(f"{random.uniform(1, 1e6):.{places}f}") for way in ways}


def every_way() -> list[Way]:
    """Return every origin with every harbour."""
    return [(o, h) for o in range(ORIGINS) for h in range(HARBOURS)]


def full_harbours(sent: dict[Way, Decimal], **manifest: Any) -> Instance:
    """Return an instance whose every harbour is full when all cargo arrives."""
    legs: list[dict[str, Any]] = []
    for harbour in sorted({harbour for _, harbour in sent}):
        room = sum(v for (_, own), v in sent.items() if own == harbour)
        ship = {"leg": f"sea {harbour}", "from": f"H{harbour}", "to": "M"}
        legs.append({**ship, "cost": 1.0 + harbour, "capacity": float(room)})
    for origin, harbour in sent:
        road = {"leg": f"{origin} {harbour}", "from": f"O{origin}"}
        legs.append({**road, "to": f"H{harbour}", "cost": 1.0})
    demand = []
    for origin in sorted({origin for origin, _ in sent}):
        size = sum(v for (own, _), v in sent.items() if own == origin)
        row = {"product": "ore", "origin": f"O{origin}", "market": "M"}
        demand.append({**row, "quantity": float(size)})
    return build_instance(legs, demand, **manifest)


def ways_of(whole: Prepared, sent: dict[Way, Decimal]) -> Routes:
    """Return the route of each origin by each harbour."""
    names = {str(name): n for n, name in enumerate(whole.instance.legs["leg"])}
    legs = [(names[f"{o} {h}"], names[f"sea {h}"]) for o, h in sent]
    origins = sorted({origin for origin, _ in sent})
    shipment = np.array([origins.index(origin) for origin, _ in sent])
    starts = np.arange(0, 2 * len(sent) + 1, 2)
    return Routes(whole.network, whole.cargo, shipment, starts, np.array(legs).ravel())


def exactly(value: float) -> Decimal:
    """Return the decimal that a float stands for."""
    return Decimal(repr(float(value)))


@pytest.mark.parametrize("noise", [2e-15, 3e-14, 5e-13])
@pytest.mark.parametrize("seed", range(4))
def test_what_rounding_takes_finds_a_place(seed: int, noise: float) -> None:
    """All harbours are full: cargo moves on from one to the next until all fits."""
    sent = drawn(seed, every_way())
    whole = Prepared(full_harbours(sent))
    routes = ways_of(whole, sent)
    error = noise * np.random.default_rng(seed).uniform(-1, 1, len(sent))
    quantity = np.array([float(v) for v in sent.values()]) * (1.0 + error)
    made = published_plan(routes, quantity, whole.rules)
    assert made.unmet.tolist() == [0.0] * ORIGINS
    loads: dict[int, Decimal] = {}
    for flow, carried in enumerate(made.quantity.tolist()):
        leg = int(made.elements[made.starts[flow + 1] - 1])
        loads[leg] = loads.get(leg, Decimal(0)) + exactly(carried)
    room = whole.instance.legs["capacity"]
    assert all(load <= exactly(room[leg]) for leg, load in loads.items())


def test_cargo_makes_room_along_a_chain_of_harbours() -> None:
    """Each origin knows two harbours only, side by side: one passes it to the next."""
    ways = [(o, h) for o in range(3) for h in (o, o + 1)]
    sent = drawn(5, ways, places=8)
    whole = Prepared(full_harbours(sent))
    quantity = np.array([float(v) for v in sent.values()])
    quantity[0] += 4e-7
    quantity[1] -= 4e-7
    made = published_plan(ways_of(whole, sent), quantity, whole.rules)
    assert made.unmet.tolist() == [0.0, 0.0, 0.0]


def test_the_last_digit_of_a_sum_leaves_nothing_unmet() -> None:
    """A rule that holds exactly, by quantities whose sums are a digit short of all."""
    sent = {(o, h): Decimal(200_000 + 7 * o + h) / 3 for o in range(2) for h in (0, 1)}
    sent = {way: size.quantize(Decimal("1e-9")) for way, size in sent.items()}
    whole = Prepared(full_harbours(sent))
    quantity = np.array([float(v) for v in sent.values()]) * (1.0 - 4e-15)
    made = published_plan(ways_of(whole, sent), quantity, whole.rules)
    assert made.unmet.tolist() == [0.0, 0.0]
