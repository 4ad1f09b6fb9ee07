"""Demand that is alike, solved as one.

Rows of demand that differ in nothing but their product, where costs, capacities and
rules treat the products alike, have the same routes at the same costs and count alike
in every scope. Solved together they make a smaller instance with the same prices; its
plan is assigned to the rows afterwards by the north-west corner rule, so that as few
as possible share a route.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.network.routes import Routes, empty_routes, plan_of, routes_of_plan
from solver.network.tariffs import treatments
from solver.problem.instance import Instance
from solver.problem.tables import Table
from solver.rules.kinds import rules_of
from solver.solution.plan import Plan
from solver.solving.prepared import Prepared
from solver.solving.reductions.canonical_order import ranks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike

    from solver.arrays import Floats, Ints, Mask
    from solver.solution.solution import Solution


MOST_AGGREGATES = 0.8
"""Aggregates per row of demand above which rows are solved one by one."""


_ALIKE = ("origin", "market", "period", "unmet_cost", "priority", "max_days")


_NOBODY = -1


_BITS, _DIGITS = 61, 22
"""Bits of an aggregate in whole units, and digits after the point, at most."""

_SPAN = 30
"""Bits by which quantities of an aggregate may differ: all must keep their digits."""


@dataclass(frozen=True, slots=True, eq=False)
class AggregatedDemand:
    """An instance whose rows of demand are aggregates of another's.

    Parameters
    ----------
    reduced : Prepared
        One row of demand for each aggregate.
    whole : Prepared
        The other instance.
    aggregate_of : ndarray of int, shape (shipments,)
        Shipment of `reduced` that each of the other's shipments is part of.
    """

    reduced: Prepared
    whole: Prepared
    aggregate_of: Ints

    def project(self, plan: Plan) -> Plan:
        """Return the plan as one of aggregates."""
        count = len(self.reduced.cargo)
        return Plan(
            shipment=self.aggregate_of[plan.shipment],
            quantity=plan.quantity,
            starts=plan.starts,
            elements=plan.elements,
            unmet=np.asarray(np.bincount(self.aggregate_of, plan.unmet, count), float),
        )

    def invert(self, solution: Solution) -> Solution:
        """Return a solution whose plan has what each shipment takes."""
        plan = solution.plan
        if plan is None:
            return solution
        own = routes_of_plan(self.reduced.network, self.reduced.cargo, plan)
        routes, quantity = self.assigned(own, plan.quantity)
        return replace(solution, plan=plan_of(routes, quantity))

    def assigned(self, routes: Routes, quantity: Floats) -> tuple[Routes, Floats]:
        """Quantities on routes of aggregates, as quantities on routes of shipments.

        North-west corner rule: within an aggregate each shipment in turn takes what is
        left of the routes in turn, so it takes several only where a route ends.
        """
        used = np.flatnonzero(quantity > 0.0)
        if not len(used):
            return empty_routes(self.whole.network, self.whole.cargo), np.zeros(0)
        used = used[np.lexsort((routes.cost[used], routes.shipment[used]))]
        members = np.argsort(self.aggregate_of, kind="stable")
        totals = np.bincount(self.aggregate_of, self.whole.cargo.quantity)
        scale = _scales(np.asarray(totals, dtype=float))
        sizes = self.whole.cargo.quantity[members], quantity[used]
        aggregates = self.aggregate_of[members], routes.shipment[used]
        units = [
            np.rint(size * scale[own]).astype(np.int64)
            for size, own in zip(sizes, aggregates, strict=True)
        ]
        begins = [_begins(*entries) for entries in zip(aggregates, units, strict=True)]
        last = np.flatnonzero(
            np.append(aggregates[1][1:] != aggregates[1][:-1], True)[: len(used)]
        )
        marks = [len(members), len(used), len(last)]
        kind = np.repeat(np.arange(3), marks)
        name = np.concatenate([members, used, np.full(len(last), _NOBODY)])
        aggregate = np.concatenate([*aggregates, aggregates[1][last]])
        at = np.concatenate([*begins, (begins[1] + units[1])[last]])
        line = np.lexsort((kind, at, aggregate))
        kind, name, aggregate, at = kind[line], name[line], aggregate[line], at[line]
        member, route = _latest(name, kind == 0), _latest(name, kind > 0)
        length = np.append(
            np.where(aggregate[1:] == aggregate[:-1], np.diff(at), 0), 0
        )[: len(at)]
        kept = np.flatnonzero((length > 0) & (route != _NOBODY))
        kept = kept[routes.shipment[route[kept]] == aggregate[kept]]
        taken = routes.chosen(route[kept])
        result = Routes(
            self.whole.network,
            self.whole.cargo,
            member[kept],
            taken.starts,
            taken.elements,
        )
        return result, length[kept] / scale[aggregate[kept]]


def aggregated_demand(whole: Prepared) -> AggregatedDemand | None:
    """Return an instance's demand in aggregates; None where they are too many."""
    instance = whole.instance
    if not len(instance.demand):
        return None
    demand = instance.demand
    of_product = treatments(instance).of_product
    position = {name: row for row, name in enumerate(instance.products["product"])}
    product = np.fromiter((position[name] for name in demand["product"]), dtype=int)
    told_apart = [ranks(np.asarray(column)) for column in _told_apart(instance)]
    of_product = _combined([of_product, *told_apart])
    spans = _spans(demand["quantity"].astype(float))
    alike = [of_product[product], spans, *(demand[name] for name in _ALIKE)]
    combined = _combined([ranks(column) for column in alike])
    _, first, aggregate = np.unique(combined, return_index=True, return_inverse=True)
    if len(first) > MOST_AGGREGATES * len(demand):
        return None
    return _aggregated(whole, first, aggregate)


def _told_apart(instance: Instance) -> Iterator[ArrayLike]:
    """Yield what rules tell products apart by: lists with an entry for each product."""
    products = instance.products
    names = {key: list(products[key]) for key in ("product", "group")}
    for rule in rules_of(instance):
        for key, column in names.items():
            if key in rule.for_each:
                yield column
            if key in rule.where:
                yield [name in rule.where[key] for name in column]
        if rule.weight == "value":
            yield np.nan_to_num(products["value"].astype(float)).tolist()


def _combined(codes: Sequence[Ints]) -> Ints:
    """Return a number for each combination of codes."""
    result = codes[0]
    for code in codes[1:]:
        most = int(code.max(initial=0))
        if most > 0:
            result = ranks(result * (most + 1) + code)
    return result


def _aggregated(whole: Prepared, first: Ints, aggregate: Ints) -> AggregatedDemand:
    instance = whole.instance
    demand = instance.demand
    columns = {name: column[first] for name, column in demand.columns.items()}
    columns["quantity"] = np.bincount(aggregate, demand["quantity"].astype(float))
    places = demand.file_of[first], demand.lines[first]
    kept = {name: getattr(instance, name) for name in Instance.model_fields}
    table = Table(columns, demand.files, *places)
    merged = Instance(**{**kept, "demand": table})
    shipments, own = instance.shipments, merged.shipments
    start = np.searchsorted(own.demand, np.arange(len(first)))
    offset = np.arange(len(shipments)) - np.searchsorted(
        shipments.demand, shipments.demand
    )
    aggregate_of = start[aggregate[shipments.demand]] + offset
    return AggregatedDemand(Prepared(merged), whole, aggregate_of)


def _spans(quantity: Floats) -> Ints:
    """Return a number for each quantity: equal only where they are of similar size."""
    bits = np.frexp(quantity)[1].astype(int)
    return np.where(quantity > 0.0, (bits.max(initial=0) - bits) // _SPAN, 0)


def _scales(total: Floats) -> Floats:
    """Powers of ten by which quantities of each aggregate become integers that fit."""
    room = np.where(total > 0.0, 2.0**_BITS / np.where(total > 0.0, total, 1.0), 1.0)
    return np.asarray(10.0 ** np.clip(np.floor(np.log10(room)), 0, _DIGITS))


def _begins(aggregate: Ints, units: Ints) -> Ints:
    """Where each entry begins in the line of its aggregate, which stands together."""
    before = np.cumsum(units) - units
    border = np.flatnonzero(
        np.append(True, aggregate[1:] != aggregate[:-1])[: len(aggregate)]
    )
    sizes = np.diff(np.append(border, len(aggregate)))
    return np.asarray(before - np.repeat(before[border], sizes))


def _latest(values: Ints, marked: Mask) -> Ints:
    """Carry each marked value on to the next mark; nobody stands before the first."""
    place = np.maximum.accumulate(np.where(marked, np.arange(len(values)), -1))
    return np.where(place >= 0, values[place], _NOBODY) if len(values) else values
