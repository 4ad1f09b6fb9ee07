"""What one unit costs on each element and at each start, part by part, per product."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from solver.instance import ANY, split_names
from solver.verification.amounts import ZERO, Amounts, amounts_of, decimal

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from solver.instance import By, Instance
    from solver.verification.elements import Elements

    Mask = NDArray[np.bool_]

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


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Costs of products that are treated alike.

    The visit of an element's inner nodes and of the node where it ends counts as the
    element's; the visit of the node where a route starts stands apart.

    Parameters
    ----------
    on_element, at_start : dict of str to list of Decimal
        Money per unit by part of the cost, for each element and each node.
    closed, closed_start : ndarray of bool
        Elements that may not be used, nodes where no route may start.
    """

    on_element: dict[str, list[Decimal]]
    at_start: dict[str, list[Decimal]]
    closed: Mask
    closed_start: Mask


@dataclass(slots=True, eq=False)
class _Charges:
    """Costs after tariffs: of elements, or of visits of nodes."""

    cost: list[Decimal]
    surcharge: list[Decimal]
    closed: Mask


class Costs:
    """Costs of all products.

    Parameters
    ----------
    instance : Instance
        A checked instance.
    elements : Elements
        Its legs and named routes.

    Attributes
    ----------
    rates : list of Rates
        One for each kind of product.
    kind : ndarray of int, shape (products,)
        Which of them each product has.
    """

    def __init__(self, instance: Instance, elements: Elements) -> None:
        self._tariffs = instance.tariffs
        self._instance = instance
        self._elements = elements
        self._numbers = {
            key: [None if np.isnan(x) else decimal(x) for x in self._tariffs[key]]
            for key in ("cost_per_km", "factor", "surcharge")
        }
        self._on_nodes = np.array([bool(cell) for cell in self._tariffs["node"]], bool)
        self._matches = [self._match(row) for row in range(len(self._tariffs))]
        self.rates: list[Rates] = []
        self.kind = self._kinds()
        self._sums: dict[int, tuple[Amounts, Amounts]] = {}

    def sums(self, kind: int) -> tuple[Amounts, Amounts]:
        """Generalised cost of each element, and of each start, of a kind of product."""
        if kind not in self._sums:
            rates = self.rates[kind]
            self._sums[kind] = _added(rates.on_element), _added(rates.at_start)
        return self._sums[kind]

    @cached_property
    def alike(self) -> list[int]:
        """For each kind of product the first one that may use the same."""
        first: dict[tuple[bytes, bytes], int] = {}
        return [
            first.setdefault(
                (rates.closed.tobytes(), rates.closed_start.tobytes()), kind
            )
            for kind, rates in enumerate(self.rates)
        ]

    def _kinds(self) -> NDArray[np.int64]:
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
        found = []
        for row in range(len(self._tariffs)):
            products = split_names(self._tariffs["product"][row]) or (product,)
            groups = split_names(self._tariffs["group"][row]) or (group,)
            if product in products and group in groups:
                found.append(row)
        return tuple(found)

    def _match(self, row: int) -> NDArray[np.int64]:
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
        return np.flatnonzero(match)

    def _apply(self, rows: list[int], cost: list[Decimal]) -> _Charges:
        """Apply tariffs to costs: factors, then surcharges; and what they close."""
        surcharge, closed = [ZERO] * len(cost), np.zeros(len(cost), dtype=bool)
        cost = list(cost)
        for row in rows:
            factor = self._numbers["factor"][row]
            extra = self._numbers["surcharge"][row]
            match = self._matches[row]
            if factor is not None:
                for place in match.tolist():
                    cost[place] *= factor
            if extra is not None:
                for place in match.tolist():
                    surcharge[place] += extra
            if self._tariffs["closed"][row]:
                closed[match] = True
        return _Charges(cost, surcharge, closed)

    # ---- costs of legs, named routes and nodes

    def _rates(self, acting: tuple[int, ...], time_value: Decimal) -> Rates:
        elements = self._elements
        on_nodes = [row for row in acting if self._on_nodes[row]]
        on_legs = [row for row in acting if not self._on_nodes[row]]
        visit = self._visits(on_nodes)
        ride, inner = self._rides(on_legs, visit)
        heads = elements.heads.tolist()
        dwell = elements.dwell
        price = decimal(self._instance.emission_price)
        nothing = [ZERO] * elements.num_nodes
        return Rates(
            on_element={
                "tariff": ride.cost,
                "handling": [
                    visit.cost[head] + inside
                    for head, inside in zip(heads, inner, strict=True)
                ],
                "surcharge": [
                    visit.surcharge[head] + own
                    for head, own in zip(heads, ride.surcharge, strict=True)
                ],
                "time": [
                    time_value * (dwell[head] + days)
                    for head, days in zip(heads, elements.days, strict=True)
                ],
                "emission": [price * amount for amount in elements.emissions],
            },
            at_start={
                "tariff": nothing,
                "handling": visit.cost,
                "surcharge": visit.surcharge,
                "time": [time_value * days for days in dwell],
                "emission": nothing,
            },
            closed=ride.closed | visit.closed[elements.heads],
            closed_start=visit.closed,
        )

    def _visits(self, rows: list[int]) -> _Charges:
        """Charge handling at each node."""
        costs = [decimal(cost) for cost in self._instance.nodes["cost"]]
        return self._apply(rows, costs)

    def _rides(
        self, rows: list[int], visit: _Charges
    ) -> tuple[_Charges, list[Decimal]]:
        """Costs of elements, and the handling at their inner nodes."""
        elements = self._elements
        charges = self._apply(rows, self._before_tariffs(rows))
        inner = [ZERO] * len(elements)
        given = self._instance.routes["cost"]
        for place, element in enumerate(elements.all):
            if element.row is None:
                continue
            inside, legs = element.nodes[1:-1], element.legs
            charges.closed[place] |= any(charges.closed[leg] for leg in legs)
            charges.closed[place] |= any(visit.closed[node] for node in inside)
            if np.isnan(given[element.row]):
                inner[place] = sum((visit.cost[node] for node in inside), ZERO)
                extra = sum((visit.surcharge[node] for node in inside), ZERO)
                costs = (charges.cost[leg] for leg in legs)
                charges.cost[place] = sum(costs, ZERO)
                own = (charges.surcharge[leg] for leg in legs)
                charges.surcharge[place] = sum(own, extra)
        return charges, inner

    def _before_tariffs(self, rows: list[int]) -> list[Decimal]:
        """Cost of each leg and through rate before factors and surcharges."""
        legs, routes = self._instance.legs, self._instance.routes
        by_distance = self._by_distance(rows)
        costs = [
            by_distance[leg] if np.isnan(cost) else decimal(cost)
            for leg, cost in enumerate(legs["cost"])
        ]
        rates = (ZERO if np.isnan(cost) else decimal(cost) for cost in routes["cost"])
        return [*costs, *rates]

    def _by_distance(self, rows: list[int]) -> list[Decimal]:
        """Cost per distance of the tariff with most selectors, times distance."""
        num_legs = self._elements.num_legs
        most, rate = [-1] * num_legs, [ZERO] * num_legs
        for row in rows:
            found = self._numbers["cost_per_km"][row]
            if found is None:
                continue
            selectors = sum(bool(self._tariffs[key][row]) for key in _SELECTORS)
            for leg in self._matches[row].tolist():
                if leg < num_legs and selectors > most[leg]:
                    most[leg], rate[leg] = selectors, found
        distances = self._instance.legs["distance"]
        return [
            ZERO if np.isnan(distance) else rate[leg] * decimal(distance)
            for leg, distance in enumerate(distances)
        ]


def _added(parts: dict[str, list[Decimal]]) -> Amounts:
    """Sum all parts of a cost."""
    return amounts_of([sum(each, ZERO) for each in zip(*parts.values(), strict=True)])
