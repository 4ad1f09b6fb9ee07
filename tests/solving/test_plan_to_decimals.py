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


@pytest.mark.parametrize("seed", range(12))
def test_equal_parts_stay_equal_where_much_of_many_digits_is_unmet(seed: int) -> None:
    """A third of each demand is carried, by the north of one, by the south of another.

    What stays unmet has seventeen digits; few numbers of so many can be told.
    """
    sizes = np.array([13.5, 12.0 + seed]) * 2.0 ** -(22 + seed % 3)
    ways = [(o, corridor) for o in range(2) for corridor in ("north", "south")]
    legs = [
        {"leg": f"{o} {name}", "from": f"O{o}", "to": "M", "corridor": name}
        for o, name in ways
    ]
    demand = [
        {"product": "ore", "origin": f"O{o}", "market": "M", "quantity": size}
        for o, size in enumerate(sizes.tolist())
    ]
    rule = {"name": "half", "by": "corridor", "max_share": 0.5}
    whole = Prepared(build_instance(legs, demand, diversification=(rule,)))
    shipment, starts = np.array([0, 0, 1, 1]), np.arange(5)
    names = whole.instance.legs["leg"].tolist()
    own = np.array([names.index(f"{o} {name}") for o, name in ways])
    routes = Routes(whole.network, whole.cargo, shipment, starts, own)
    part = sizes.min() / 3
    made = published_plan(routes, np.array([part, 0.0, 0.0, part]), whole.rules)
    carried = {name: Decimal(0) for name in ("north", "south")}
    for element, size in zip(made.elements.tolist(), made.quantity, strict=True):
        carried[ways[own.tolist().index(element)][1]] += exactly(size)
    assert carried["north"] == carried["south"]
    served = np.bincount(made.shipment, made.quantity, 2)
    assert served.tolist() == pytest.approx([part, part], rel=1e-12)


@pytest.mark.parametrize("more", range(1, 9))
def test_least_shares_are_served_where_others_make_room_by_a_last_digit(
    more: int,
) -> None:
    """South and east must have 5 and 2.5 %; all corridors together are full with them.

    What is free is less than a digit of theirs that can be told: north leaves one.
    """
    sizes = np.array([8.0 + more, 8.0]) * 2.0 ** -(20 + more % 7)
    ways = [(0, "north"), (1, "south"), (1, "east")]
    legs = [
        {"leg": f"{o} {name}", "from": f"O{o}", "to": "M", "corridor": name}
        for o, name in ways
    ]
    demand = [
        {"product": "ore", "origin": f"O{o}", "market": "M", "quantity": size}
        for o, size in enumerate(sizes.tolist())
    ]
    whole_size = float(sizes.sum())
    most = 0.15 * whole_size
    change = {"quantity": most, "reference": ()}
    rules: tuple[dict[str, Any], ...] = (
        {"name": "all", "by": "corridor", "max_change": change},
        {"name": "some", "by": "corridor", "of": "demand"},
    )
    rules[1]["min_share"] = {"south": 0.05, "east": 0.025}
    whole = Prepared(build_instance(legs, demand, diversification=rules))
    names = whole.instance.legs["leg"].tolist()
    own = np.array([names.index(f"{o} {name}") for o, name in ways])
    owners, starts = np.array([0, 1, 1]), np.arange(4)
    routes = Routes(whole.network, whole.cargo, owners, starts, own)
    wanted = np.array([0.225, 0.05, 0.025]) * whole_size
    made = published_plan(routes, wanted, whole.rules)
    carried = dict(zip(made.elements.tolist(), made.quantity.tolist(), strict=True))
    assert [carried[leg] for leg in own] == pytest.approx(wanted.tolist(), rel=1e-12)
    asked = sum(map(exactly, sizes.tolist()))
    assert exactly(carried[own[1]]) >= asked * Decimal("0.05")
    assert exactly(carried[own[2]]) >= asked * Decimal("0.025")
    assert sum(map(exactly, carried.values())) <= 2 * exactly(most)
