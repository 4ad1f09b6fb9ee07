"""A plan and its prices as tables: what ships where, what is full, what rules cost."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.layout import EXACT, TABLES
from solver.reports.dependence import dependence_table
from solver.reports.prices import marginal_costs
from solver.routes import limit_loads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.reports.account import Account
    from solver.routes import Routes
    from solver.solution import RowKey

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Column = NDArray[Any]
    Table = dict[str, Column]

_JOIN = " > "

TEN_THOUSAND = 10_000.0
"""The HHI of a single corridor, on the scale on which shares are per cent."""


def plan_tables(account: Account) -> dict[str, Table]:
    """Every table of a plan, as it is written and read back."""
    tables = {
        "allocation": _allocation(account),
        "demand": _demand(account),
        "capacity": _capacity(account),
        "corridors": _corridors(account),
        "rules": _rules(account),
        "dependence": dependence_table(account),
    }
    return {name: _typed(name, table) for name, table in tables.items()}


def empty_tables() -> dict[str, Table]:
    """Every table, without a row: there is no plan."""
    return {
        name: _typed(name, dict.fromkeys(columns, np.zeros(0)))
        for name, columns in TABLES.items()
    }


def _typed(name: str, table: Table) -> Table:
    """Columns in their order: text as str, numbers rounded to their digits."""
    return {
        column: table[column].astype(object)
        if digits is None
        else _rounded(table[column].astype(float), digits)
        for column, digits in TABLES[name].items()
    }


def _rounded(numbers: Floats, digits: int) -> Floats:
    return numbers if digits == EXACT else np.round(numbers, digits) + 0.0


def _texts(names: list[str]) -> Column:
    """Text as an array of str."""
    result = np.empty(len(names), dtype=object)
    result[:] = names
    return result


def _shipment_columns(account: Account, shipment: NDArray[np.int64]) -> Table:
    instance, cargo = account.instance, account.cargo
    rows = cargo.demand[shipment]
    periods = _texts(list(instance.periods))
    return {
        "demand": rows + 1,
        "product": instance.demand["product"][rows],
        "origin": instance.demand["origin"][rows],
        "market": instance.demand["market"][rows],
        "period": periods[cargo.period[shipment]],
    }


def _allocation(account: Account) -> Table:
    routes, network = account.routes, account.network
    corridors = _texts(list(network.corridor_names))
    route, legs = _route_texts(routes)
    parts = account.cost_parts
    return {
        **_shipment_columns(account, routes.shipment),
        "quantity": account.plan.quantity,
        "corridor": corridors[routes.corridor],
        "route": route,
        "legs": legs,
        "cost": np.sum(list(parts.values()), axis=0),
        **parts,
        "days": routes.total(network.steps.days),
        "emissions": routes.total(network.steps.emissions),
    }


def _route_texts(routes: Routes) -> tuple[Column, Column]:
    """Nodes and elements of each route, as `A > B > C` and `L1 > L2`."""
    network = routes.network
    names = network.node_names
    onward = []
    for element in range(network.num_elements):
        _, nodes = network.passes(element)
        onward.append(_JOIN.join([names[node] for node in nodes]))
    whole = [
        f"{names[tail]}{_JOIN}{nodes}"
        for tail, nodes in zip(network.tail.tolist(), onward, strict=True)
    ]
    tables = network.instance.legs["leg"], network.instance.routes["route"]
    elements = [name for table in tables for name in table.tolist()]
    starts, spans, place = _different_spans(routes)
    # The first element of a route gives its tail too.
    later = np.full(len(spans), network.num_elements)
    later[starts[:-1]] = 0
    passed = _joined([*whole, *onward], spans + later, starts)
    return passed[place], _joined(elements, spans, starts)[place]


def _different_spans(routes: Routes) -> tuple[Ints, Ints, Ints]:
    """Chains of elements, each once: starts and elements, and that of each route."""
    content, size = (
        routes.elements.astype(np.int32).tobytes(),
        np.dtype(np.int32).itemsize,
    )
    number: dict[bytes, int] = {}
    place = [
        number.setdefault(content[a:b], len(number))
        for a, b in pairwise((routes.starts * size).tolist())
    ]
    spans = np.frombuffer(b"".join(number), dtype=np.int32).astype(np.int64)
    lengths = np.fromiter(map(len, number), np.int64, len(number)) // size
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return starts, spans, np.array(place, dtype=np.int64)


def _joined(names: list[str], numbers: Ints, starts: Ints) -> Column:
    """Names of each span as one text: cut out of the text of all."""
    text = _JOIN.join(_texts(names)[numbers].tolist())
    length = np.array(list(map(len, names)), dtype=np.int64) + len(_JOIN)
    bounds = np.concatenate([[0], np.cumsum(length[numbers])])[starts]
    cuts = zip(bounds[:-1].tolist(), (bounds[1:] - len(_JOIN)).tolist(), strict=True)
    return _texts([text[first:last] for first, last in cuts])


def _demand(account: Account) -> Table:
    shipments = np.arange(len(account.plan.unmet))
    cost = np.sum(list(account.cost_parts.values()), axis=0)
    days = account.routes.total(account.network.steps.days)
    carried = np.where(account.carried > 0, account.carried, np.nan)
    return {
        **_shipment_columns(account, shipments),
        "quantity": account.cargo.quantity,
        "carried": account.carried,
        "unmet": account.plan.unmet,
        "marginal_cost": marginal_costs(account),
        "average_cost": account.sum_by_shipment(cost) / carried,
        "days": account.sum_by_shipment(days) / carried,
    }


def _capacity(account: Account) -> Table:
    limits = account.network.limits
    used = limit_loads(account.routes, account.plan.quantity)
    size = np.where(limits.capacity > 0, limits.capacity, np.nan)
    unmet = account.stages("unmet")
    price = account.cost_stage.capacities
    relief = [
        sum(stage.capacities.get(key, 0.0) for stage in unmet) for key in limits.keys
    ]
    return {
        "kind": _texts([key.kind for key in limits.keys]),
        "limit": _texts([key.name for key in limits.keys]),
        "period": _texts([key.period for key in limits.keys]),
        "capacity": limits.capacity,
        "used": used,
        "utilisation": used / size,
        "price": np.array([price.get(key, 0.0) for key in limits.keys], dtype=float),
        "relief": np.array(relief if unmet else [np.nan] * len(limits), dtype=float),
    }


def _corridors(account: Account) -> Table:
    instance, cargo = account.instance, account.cargo
    quantity = account.plan.quantity
    lots = [
        _shares(account, "all", by, quantity)
        for by in ("corridor", "country", "port", "mode", "tag")
    ]
    of_flow = instance.products["group"][cargo.product[account.plan.shipment]]
    for group in dict.fromkeys(name for name in instance.products["group"] if name):
        chosen = np.where(of_flow == group, quantity, 0.0)
        lots.append(_shares(account, f"group={group}", "corridor", chosen))
    if len(instance.periods) > 1:
        period = cargo.period[account.plan.shipment]
        for number, name in enumerate(instance.periods):
            chosen = np.where(period == number, quantity, 0.0)
            lots.append(_shares(account, f"period={name}", "corridor", chosen))
    return {column: np.concatenate([lot[column] for lot in lots]) for column in lots[0]}


def _shares(account: Account, scope: str, by: Any, quantity: Floats) -> Table:  # noqa: ANN401
    """Quantity and share of each value of `by` in a scope."""
    values = account.diversification.values(by)
    if by == "corridor" and len(values) == 1:
        values = ()
    carried = account.diversification.carried(account.routes, by)
    amounts = np.asarray(carried.T @ quantity)[: len(values)]
    total = quantity.sum()
    share = amounts / total if total > 0 else np.full(len(values), np.nan)
    index = np.nan if by != "corridor" else float(share @ share)
    return {
        "scope": _texts([scope] * len(values)),
        "by": _texts([by] * len(values)),
        "value": _texts(list(values)),
        "quantity": amounts,
        "share": share,
        "hhi": np.full(len(values), index),
        "hhi_10000": np.full(len(values), TEN_THOUSAND * index),
        "effective": np.full(len(values), 1 / index if index else np.nan),
    }


def _rules(account: Account) -> Table:
    rows, levels = account.diversification.rows, account.levels
    level = np.array([found.level for found in levels], dtype=float)
    limit = np.array([row.limit_shown for row in rows], dtype=float)
    side = np.array([row.side for row in rows], dtype=float)
    worth = np.array(
        [
            [
                price * row.unit_worth(found.base)
                for price in both_ways(account, row.key)
            ]
            for row, found in zip(rows, levels, strict=True)
        ],
        dtype=float,
    ).reshape(-1, 3)
    return {
        "rule": _texts([row.key.rule for row in rows]),
        "scope": _texts([scope_text(row.key) for row in rows]),
        "period": _texts([row.key.period for row in rows]),
        "by": _texts([row.scope.rule.by for row in rows]),
        "measure": _texts([row.key.measure for row in rows]),
        "value": _texts([row.key.value for row in rows]),
        "side": _texts([row.key.side for row in rows]),
        "level": level,
        "limit": limit,
        "slack": side * (limit - level),
        "penalty": np.array([found.penalty for found in levels], dtype=float),
        "price": worth[:, 0],
        "price_tighter": worth[:, 1],
        "price_looser": worth[:, 2],
    }


def both_ways(account: Account, key: RowKey) -> tuple[float, float, float]:
    """Price of a row, that of making it tighter (NaN: impossible), and looser."""
    price = account.cost_stage.rules.get(key, 0.0)
    certificate = account.certificate
    for sides in certificate.sides if certificate is not None else ():
        if sides.key == key:
            looser = sides.looser.rules.get(key, 0.0)
            tighter = sides.tighter
            return price, tighter.rules.get(key, 0.0) if tighter else np.nan, looser
    return price, price, price


def scope_text(key: RowKey) -> str:
    """Scope of a row of a rule, as `group=metals, market=Poti`; blank for all cargo."""
    return ", ".join(f"{name}={value}" for name, value in key.scope)
