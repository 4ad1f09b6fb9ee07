"""What one unit costs on each element and at each start, part by part, per product."""

from __future__ import annotations

from functools import cached_property, partial, reduce
from operator import add, mul
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.problem.tables import ANY, split_names
from solver.verification.exact.amounts import (
    ONE,
    ZERO,
    Amounts,
    amounts,
    amounts_of,
    decimal,
    joined,
    nothing,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from solver.arrays import Ints, Mask
    from solver.problem.instance import Instance
    from solver.problem.rules import By
    from solver.verification.facts.elements import ExactElements


PARTS = ("tariff", "handling", "surcharge", "time", "emission")
"""Parts of the generalised cost of a route."""


_ON_LEGS: dict[str, By] = {
    "mode": "mode",
    "country": "country",
    "corridor": "corridor",
    "tag": "tag",
    "leg": "leg",
}
"""Selectors of legs, and what a leg must carry to match them."""


_SELECTORS = ("product", "group", *_ON_LEGS)


class ExactRates(NamedTuple):
    """Costs of products that are treated alike.

    The visit of an element's inner nodes and of the node where it ends counts as the
    element's; the visit of the node where a route starts stands apart.

    Parameters
    ----------
    on_element, at_start : dict of str to Amounts
        Money per unit by part of the cost, for each element and each node.
    closed, closed_start : ndarray of bool
        Elements that may not be used, nodes where no route may start.
    """

    on_element: dict[str, Amounts]
    at_start: dict[str, Amounts]
    closed: Mask
    closed_start: Mask


class _ElementCharges(NamedTuple):
    """Costs after tariffs: of elements, or of visits of nodes."""

    cost: Amounts
    surcharge: Amounts
    closed: Mask


class Costs:
    """Costs of all products.

    Attributes
    ----------
    rates : list of ExactRates
        One for each kind of product.
    kind : ndarray of int, shape (products,)
        Which of them each product has.
    """

    def __init__(self, instance: Instance, elements: ExactElements) -> None:
        self._tariffs = instance.tariffs
        self._instance = instance
        self._elements = elements
        self._numbers = {
            key: [None if np.isnan(x) else decimal(x) for x in self._tariffs[key]]
            for key in ("cost_per_km", "factor", "surcharge")
        }
        self._through = np.zeros(len(elements), dtype=bool)
        self._through[elements.num_legs :] = ~np.isnan(instance.routes["cost"])
        self._charged: dict[
            tuple[int, ...], tuple[_ElementCharges, _ElementCharges, Amounts]
        ] = {}
        self._on_nodes = np.array([bool(cell) for cell in self._tariffs["node"]], bool)
        self._matches = [self._match(row) for row in range(len(self._tariffs))]
        self.rates: list[ExactRates] = []
        self.kind = self._kinds()
        self._sums: dict[int, tuple[Amounts, Amounts]] = {}

    def sums(self, kind: int) -> tuple[Amounts, Amounts]:
        """Generalised cost of each element, and of each start, of a kind of product."""
        if kind not in self._sums:
            rates = self.rates[kind]
            both = rates.on_element.values(), rates.at_start.values()
            on_element, at_start = (reduce(Amounts.plus, own) for own in both)
            self._sums[kind] = on_element, at_start
        return self._sums[kind]

    @cached_property
    def alike(self) -> list[int]:
        """For each kind of product the first one that may use the same."""
        first: dict[tuple[bytes, bytes], int] = {}
        closed = ((r.closed.tobytes(), r.closed_start.tobytes()) for r in self.rates)
        return [first.setdefault(key, kind) for kind, key in enumerate(closed)]

    def _kinds(self) -> Ints:
        table = self._instance.products
        known: dict[tuple[tuple[int, ...], float], int] = {}
        kinds = []
        for row in range(len(table)):
            acting = self._acting(table["product"][row], table["group"][row])
            key = acting, float(table["time_value"][row])
            if key not in known:
                known[key] = len(known)
                self.rates.append(self._rates(acting, decimal(key[1])))
            kinds.append(known[key])
        return np.array(kinds, dtype=np.int64)

    # ---- which tariffs act

    def _acting(self, product: str, group: str) -> tuple[int, ...]:
        """Rows of the tariffs whose selectors of products match."""
        return tuple(
            row
            for row, (products, groups) in enumerate(self._selected)
            if product in (products or (product,)) and group in (groups or (group,))
        )

    @cached_property
    def _selected(self) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Products and groups that each tariff is for; none for all."""
        cells = self._tariffs["product"], self._tariffs["group"]
        return [
            (split_names(product), split_names(group))
            for product, group in zip(*cells, strict=True)
        ]

    def _match(self, row: int) -> Ints:
        """Elements, or nodes, that the other selectors of a tariff match."""
        elements = self._elements
        if self._on_nodes[row]:
            names = split_names(self._tariffs["node"][row])
            every = ANY in names
            wanted = set(split_names(self._tariffs["country"][row]))
            found = [
                (every or name in names) and (not wanted or bool(wanted & {*countries}))
                for name, countries in zip(
                    elements.node_names, elements.node_countries, strict=True
                )
            ]
            return np.flatnonzero(found)
        match = np.ones(len(elements), dtype=bool)
        for key, by in _ON_LEGS.items():
            values = split_names(self._tariffs[key][row])
            if values:
                carriers = elements.carriers(by)
                mask = np.zeros(len(elements), dtype=bool)
                for value in values:
                    mask[carriers.get(value, [])] = True
                match &= mask
        names = split_names(self._tariffs["route"][row])
        if names:
            match &= self._named_routes(names)
        return np.flatnonzero(match)

    def _named_routes(self, names: tuple[str, ...]) -> Mask:
        """Elements that are named routes of these names."""
        mask = np.zeros(len(self._elements), dtype=bool)
        known = self._instance.routes["route"].tolist()
        mask[self._elements.num_legs :] = [name in names for name in known]
        return mask

    def _apply(self, rows: list[int], cost: Amounts) -> _ElementCharges:
        """Apply tariffs to costs: factors, then surcharges; and what they close."""
        factors, extras = _VariedCost(len(cost), ONE), _VariedCost(len(cost), ZERO)
        closed = np.zeros(len(cost), dtype=bool)
        for row in rows:
            factor = self._numbers["factor"][row]
            extra = self._numbers["surcharge"][row]
            match = self._matches[row]
            if factor is not None:
                factors.change(match, partial(mul, factor))
            if extra is not None:
                extras.change(match, partial(add, extra))
            if self._tariffs["closed"][row]:
                closed[match] = True
        return _ElementCharges(cost.each_times(factors.amounts), extras.amounts, closed)

    # ---- costs of legs, named routes and nodes

    def _rates(self, acting: tuple[int, ...], time_value: Decimal) -> ExactRates:
        elements = self._elements
        if acting not in self._charged:
            self._charged[acting] = self._charges(acting)
        visit, ride, inner = self._charged[acting]
        heads, none = elements.heads, nothing(elements.num_nodes)
        days, dwell = elements.times
        return ExactRates(
            on_element={
                "tariff": ride.cost,
                "handling": visit.cost.take(heads).plus(inner),
                "surcharge": visit.surcharge.take(heads).plus(ride.surcharge),
                "time": days.times(time_value),
                "emission": self._emission,
            },
            at_start={
                "tariff": none,
                "handling": visit.cost,
                "surcharge": visit.surcharge,
                "time": dwell.times(time_value),
                "emission": none,
            },
            closed=ride.closed | visit.closed[heads],
            closed_start=visit.closed,
        )

    @cached_property
    def _emission(self) -> Amounts:
        """Price of the emissions of each element."""
        price = decimal(self._instance.emission_price)
        return amounts_of(self._elements.emissions).times(price)

    def _charges(
        self, acting: tuple[int, ...]
    ) -> tuple[_ElementCharges, _ElementCharges, Amounts]:
        """Charges of visits and of elements, and the handling inside named routes."""
        on_nodes = [row for row in acting if self._on_nodes[row]]
        on_legs = [row for row in acting if not self._on_nodes[row]]
        visit = self._apply(on_nodes, amounts(self._instance.nodes["cost"]))
        ride = self._apply(on_legs, self._before_tariffs(on_legs))
        elements, through = self._elements, self._through
        legs, size = elements.legs, len(elements)
        place, node = elements.inner_visits
        closed = ride.closed.copy()
        closed[legs.owners[ride.closed[legs.items]]] = True
        closed[place[visit.closed[node]]] = True
        # A through rate says all of a named route; others cost what their parts do.
        place, node = place[~through[place]], node[~through[place]]
        cost, surcharge = (
            own.take(legs.items).summed(legs.owners, size)
            for own in (ride.cost, ride.surcharge)
        )
        whole = [row for row in on_legs if self._tariffs["route"][row]]
        extra = self._apply(whole, nothing(size)).surcharge
        extra = extra.plus(visit.surcharge.take(node).summed(place, size))
        charges = _ElementCharges(
            cost=joined(through, ride.cost, cost),
            surcharge=joined(through, ride.surcharge, surcharge.plus(extra)),
            closed=closed,
        )
        return visit, charges, visit.cost.take(node).summed(place, size)

    def _before_tariffs(self, rows: list[int]) -> Amounts:
        """Cost of each leg and through rate before factors and surcharges."""
        legs, routes = self._instance.legs, self._instance.routes
        given = np.concatenate([legs["cost"], routes["cost"]])
        none = np.isnan(given)
        own = amounts(np.where(none, 0.0, given))
        if not none[: self._elements.num_legs].any():
            return own
        return joined(none, self._by_distance(rows), own)

    def _by_distance(self, rows: list[int]) -> Amounts:
        """Cost per distance of the tariff with most selectors, times distance."""
        size, num_legs = len(self._elements), self._elements.num_legs
        most, rate = np.full(size, -1), [ZERO] * size
        for row in rows:
            found = self._numbers["cost_per_km"][row]
            if found is None:
                continue
            selectors = sum(bool(self._tariffs[key][row]) for key in _SELECTORS)
            match = self._matches[row]
            for place in match[most[match] < selectors].tolist():
                most[place], rate[place] = selectors, found
        rate[num_legs:] = [ZERO] * (size - num_legs)
        distance = np.zeros(size)
        distance[:num_legs] = np.nan_to_num(self._instance.legs["distance"])
        return amounts(distance).each_times(amounts_of(rate))


class _VariedCost:
    """One decimal for each place: few different ones, and which one each place has."""

    def __init__(self, size: int, value: Decimal) -> None:
        self._values = [value]
        self._number = np.zeros(size, dtype=np.int64)

    def change(self, places: Ints, by: Callable[[Decimal], Decimal]) -> None:
        """Change the decimals of some places."""
        code = 2 * self._number
        code[places] += 1
        codes, self._number = np.unique(code, return_inverse=True)
        old = self._values
        self._values = [
            by(old[code // 2]) if code % 2 else old[code // 2]
            for code in codes.tolist()
        ]

    @property
    def amounts(self) -> Amounts:
        """All of them."""
        return amounts_of(self._values).take(self._number)
