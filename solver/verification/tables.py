"""The tables that a result must hold, recomputed from instance, plan and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.instance import NO_CORRIDOR
from solver.verification.comparison import MONEY, SHARE, Column, numbers, text
from solver.verification.costs import PARTS
from solver.verification.dependence import COLUMNS
from solver.verification.ragged import Ragged
from solver.verification.shares import flows_by_value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from numpy.typing import NDArray

    from solver.instance import By
    from solver.verification.evidence import Evidence
    from solver.verification.flows import Flows
    from solver.verification.rows import Row

    Floats = NDArray[np.float64]
    Positions = NDArray[np.int64]

_JOIN = " > "

_BY: tuple[By, ...] = ("corridor", "country", "port", "mode", "tag")
"""What the table of corridors counts shares of, over all cargo."""


_HHI_SCALE = 10_000


def expected_tables(evidence: Evidence) -> dict[str, dict[str, Column]]:
    """Tables of a result, by name."""
    return {
        "allocation": _allocation(evidence),
        "demand": _demand(evidence),
        "capacity": _capacity(evidence),
        "corridors": _corridors(evidence),
        "rules": _rules(evidence),
    }


def empty_tables() -> dict[str, dict[str, Column]]:
    """Tables of a result without a plan: headers only."""
    nothing: list[float] = []
    return {
        name: {title: numbers(nothing, 0) for title in titles}
        for name, titles in _TITLES.items()
    }


_TITLES = {
    "allocation": (
        *("demand", "product", "origin", "market", "period", "quantity", "corridor"),
        *("route", "legs", "cost", *PARTS, "days", "emissions"),
    ),
    "demand": (
        *("demand", "product", "origin", "market", "period", "quantity", "carried"),
        *("unmet", "marginal_cost", "average_cost", "days"),
    ),
    "capacity": (
        *("kind", "limit", "period", "capacity", "used", "utilisation", "price"),
        "relief",
    ),
    "corridors": (
        *("scope", "by", "value", "quantity", "share", "hhi", "hhi_10000"),
        "effective",
    ),
    "rules": (
        *("rule", "scope", "period", "by", "measure", "value", "side", "level"),
        *("limit", "slack", "penalty", "price", "price_tighter", "price_looser"),
    ),
    "dependence": ("by", "value", "quantity", "share", *COLUMNS.values()),
}


def _floats(values: list[Decimal]) -> Floats:
    return np.array([float(value) for value in values], dtype=np.float64)


def _ratio(part: Floats, whole: Floats | float) -> Floats:
    """Quotient; NaN where the whole is 0."""
    whole = np.broadcast_to(np.asarray(whole, dtype=np.float64), part.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole != 0, part / whole, np.nan)


# ---- allocation and demand


def _shipment_columns(evidence: Evidence, shipments: Positions) -> dict[str, Column]:
    """Columns that say which demand a row is about."""
    cargo, instance = evidence.world.cargo, evidence.world.instance
    demand = cargo.demand[shipments]
    periods = np.array(instance.periods, dtype=object)
    return {
        "demand": numbers((demand + 1).astype(np.float64)),
        "product": text(instance.demand["product"][demand]),
        "origin": text(instance.demand["origin"][demand]),
        "market": text(instance.demand["market"][demand]),
        "period": text(periods[cargo.period[shipments]]),
    }


def _allocation(evidence: Evidence) -> dict[str, Column]:
    flows, elements = evidence.flows, evidence.world.elements
    parts = {part: _unit_costs(evidence, part) for part in PARTS}
    cost = np.sum([*parts.values()], axis=0)
    days, emissions = _days_and_emissions(evidence)
    corridors = np.array(elements.corridors, dtype=object)
    nodes = np.array(elements.node_names, dtype=object)
    names = np.array(elements.names, dtype=object)
    return {
        **_shipment_columns(evidence, flows.shipment),
        "quantity": numbers(flows.plan.quantity),
        "corridor": text(corridors[flows.corridor]),
        "route": text(_joined(_with_start(flows), nodes)),
        "legs": text(_joined(flows.chain, names)),
        "cost": numbers(cost, MONEY),
        **{part: numbers(values, MONEY) for part, values in parts.items()},
        "days": numbers(days, MONEY),
        "emissions": numbers(emissions, MONEY),
    }


def _with_start(flows: Flows) -> Ragged:
    """Nodes of each flow, the one it starts at included."""
    visits = flows.visits
    nodes = np.insert(visits.items, visits.starts[:-1], flows.start)
    return Ragged(visits.starts + np.arange(len(visits.starts)), nodes)


def _joined(lists: Ragged, names: NDArray[np.object_]) -> list[str]:
    """Names of each list, as one text: cut out of the text of all lists."""
    whole = _JOIN.join(names[lists.items].tolist())
    length = np.array([len(name) for name in names], dtype=np.int64) + len(_JOIN)
    bounds = np.concatenate([[0], np.cumsum(length[lists.items])])[lists.starts]
    firsts, ends = bounds[:-1].tolist(), (bounds[1:] - len(_JOIN)).tolist()
    return [whole[first:end] for first, end in zip(firsts, ends, strict=True)]


def _unit_costs(evidence: Evidence, part: str) -> Floats:
    """Money per unit of each flow."""
    flows, costs = evidence.flows, evidence.world.costs
    kind = costs.kind[evidence.world.cargo.product[flows.shipment]]
    on_element = np.array([rates.on_element[part].floats() for rates in costs.rates])
    at_start = np.array([rates.at_start[part].floats() for rates in costs.rates])
    found = _chain_sums(evidence, on_element[kind[flows.owner], flows.chain.items])
    return np.asarray(found + at_start[kind, flows.start])


def _chain_sums(evidence: Evidence, values: Floats) -> Floats:
    """Return sums over the elements of each flow."""
    if not len(evidence.flows):
        return np.zeros(0)
    return np.add.reduceat(values, evidence.flows.chain.starts[:-1])


def _days_and_emissions(evidence: Evidence) -> tuple[Floats, Floats]:
    elements, flows = evidence.world.elements, evidence.flows
    dwell = _floats(elements.dwell)
    days = _floats(elements.days) + dwell[elements.heads]
    emissions = _floats(elements.emissions)
    return (
        _chain_sums(evidence, days[flows.chain.items]) + dwell[flows.start],
        _chain_sums(evidence, emissions[flows.chain.items]),
    )


def _demand(evidence: Evidence) -> dict[str, Column]:
    flows, cargo = evidence.flows, evidence.world.cargo
    quantity = flows.quantity.floats()
    days, _ = _days_and_emissions(evidence)
    cost = np.sum([_unit_costs(evidence, part) for part in PARTS], axis=0)
    size = len(cargo)
    marginal_cost, unsure = evidence.marginal_cost
    # What is left of steep prices that cancel out is no finer than they are.
    steepest = max(evidence.cost_stage.rules.values(), default=0.0)
    price_size = np.maximum(np.abs(marginal_cost), steepest)
    carried = _shipment_sums(flows.shipment, quantity, size)
    return {
        **_shipment_columns(evidence, np.arange(size)),
        "quantity": numbers(evidence.world.instance.shipments.quantity),
        "carried": numbers(carried, MONEY),
        "unmet": numbers(flows.plan.unmet),
        "marginal_cost": Column(marginal_cost, SHARE, unsure, price_size),
        "average_cost": numbers(
            _ratio(_shipment_sums(flows.shipment, quantity * cost, size), carried),
            MONEY,
        ),
        "days": numbers(
            _ratio(_shipment_sums(flows.shipment, quantity * days, size), carried),
            MONEY,
        ),
    }


def _shipment_sums(shipment: Positions, values: Floats, size: int) -> Floats:
    return np.bincount(shipment, values, size).astype(np.float64)


# ---- limits


def _capacity(evidence: Evidence) -> dict[str, Column]:
    limits = evidence.world.limits.all
    capacity = _floats([limit.quantity for limit in limits])
    used = _floats(evidence.used)
    prices = evidence.cost_stage.capacities
    relief = [
        sum(stage.capacities.get(limit.key, 0.0) for stage in evidence.unmet_stages)
        if evidence.unmet_stages
        else np.nan
        for limit in limits
    ]
    return {
        "kind": text([limit.key.kind for limit in limits]),
        "limit": text([limit.key.name for limit in limits]),
        "period": text([limit.key.period for limit in limits]),
        "capacity": numbers(capacity),
        "used": numbers(used, MONEY),
        "utilisation": numbers(_ratio(used, capacity), SHARE),
        "price": numbers([prices.get(limit.key, 0.0) for limit in limits]),
        "relief": numbers(relief, SHARE),
    }


# ---- shares and rules


def _corridors(evidence: Evidence) -> dict[str, Column]:
    blocks = [*_share_blocks(evidence)]

    def joined(title: str) -> list[Any]:
        return [cell for block in blocks for cell in block[title]]

    hhi = np.array(joined("hhi"), dtype=np.float64)
    return {
        **{title: text(joined(title)) for title in ("scope", "by", "value")},
        "quantity": numbers(joined("quantity"), MONEY),
        "share": numbers(joined("share"), SHARE),
        "hhi": numbers(hhi, SHARE),
        "hhi_10000": numbers(_HHI_SCALE * hhi, MONEY),
        "effective": numbers(joined("effective"), SHARE),
    }


def _share_blocks(evidence: Evidence) -> Iterator[dict[str, NDArray[np.object_]]]:
    """Yield the rows of each scope and of what its shares are counted of."""
    world = evidence.world
    every = np.ones(len(evidence.flows), dtype=bool)
    for by in _BY:
        if set(world.elements.values(by)) - {NO_CORRIDOR}:
            yield _share_block(evidence, "all", by, every)
    if len(world.elements.corridors) > 1:
        for scope, inside in _parts_of_cargo(evidence):
            yield _share_block(evidence, scope, "corridor", inside)


def _parts_of_cargo(evidence: Evidence) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield product groups, and periods if there are several, with their flows."""
    cargo, instance = evidence.world.cargo, evidence.world.instance
    shipment = evidence.flows.shipment
    groups = instance.products["group"]
    for group in dict.fromkeys(groups):
        if group:
            yield f"group={group}", groups[cargo.product[shipment]] == group
    if len(instance.periods) > 1:
        for number, name in enumerate(instance.periods):
            yield f"period={name}", cargo.period[shipment] == number


def _share_block(
    evidence: Evidence, scope: str, by: By, inside: NDArray[np.bool_]
) -> dict[str, NDArray[np.object_]]:
    flows = evidence.flows
    quantity = np.where(inside, flows.quantity.floats(), 0.0)
    found = {value: quantity[at].sum() for value, at in flows_by_value(flows, by)}
    sums = np.array([*found.values()], dtype=np.float64)
    share = _ratio(sums, quantity.sum())
    index = np.full(1, (share**2).sum() if by == "corridor" else np.nan)
    size = len(found)
    return {
        "scope": np.full(size, scope, dtype=object),
        "by": np.full(size, by, dtype=object),
        "value": np.array([*found], dtype=object),
        "quantity": sums,
        "share": share,
        "hhi": np.repeat(index, size),
        "effective": np.repeat(1 / index, size),
    }


def _rules(evidence: Evidence) -> dict[str, Column]:
    rules = evidence.world.rules
    rows = rules.rows
    carried = [evidence.carried[row.scope.rule] for row in rows]
    base = _floats([row.base(sums) for row, sums in zip(rows, carried, strict=True)])
    limit = _floats([row.limit for row in rows])
    level = np.array([row.level(sums) for row, sums in zip(rows, carried, strict=True)])
    sign = np.array([row.sign for row in rows], dtype=np.float64)
    price = np.array(
        [
            [own * row.unit_worth(whole) for own in _row_prices(evidence, row)]
            for row, whole in zip(rows, base.tolist(), strict=True)
        ],
        dtype=np.float64,
    ).reshape(-1, 3)
    scope = [", ".join(f"{key}={name}" for key, name in row.key.scope) for row in rows]
    by = [rules.coverages[row.scope.rule].rule.by for row in rows]
    return {
        "rule": text([row.key.rule for row in rows]),
        "scope": text(scope),
        "period": text([row.key.period for row in rows]),
        "by": text(by),
        "measure": text([row.key.measure for row in rows]),
        "value": text([row.key.value for row in rows]),
        "side": text([row.key.side for row in rows]),
        "level": numbers(level, SHARE),
        "limit": numbers(limit),
        "slack": Column(sign * (limit - level), SHARE, size=np.abs(limit)),
        "penalty": _penalties(evidence, base),
        "price": numbers(price[:, 0], SHARE),
        "price_tighter": numbers(price[:, 1], SHARE),
        "price_looser": numbers(price[:, 2], SHARE),
    }


def _row_prices(evidence: Evidence, row: Row) -> tuple[float, float, float]:
    """Price of a row, of making it tighter, and of making it looser."""
    price = evidence.cost_stage.rules.get(row.key, 0.0)
    sided = evidence.sides.get(row.key)
    if sided is None:
        return price, price, price
    tighter = np.nan
    if sided.tighter is not None:
        tighter = sided.tighter.rules.get(row.key, 0.0)
    return price, tighter, sided.looser.rules.get(row.key, 0.0)


def _penalties(evidence: Evidence, base: Floats) -> Column:
    """Money paid for each row that may be broken; empty for others."""
    rows = evidence.world.rules.rows
    paid, size = np.full((2, len(rows)), np.nan)
    for number, row in enumerate(rows):
        if row.scope.penalty is not None:
            paid[number] = float(row.penalty(evidence.carried[row.scope.rule]))
            size[number] = row.penalty_of_base(base[number])
    return Column(paid, MONEY, size=np.fmax(size, np.abs(paid)))
