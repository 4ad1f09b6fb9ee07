"""The instance at a rate: what selected elements charge the selected cargo.

Above today's rates an amount per unit is added on each selected element. Below them
every selected element takes off the same part of what it charges, down to nothing; of
one element that is an amount per unit as well. Both are tariffs of the instance, so
that whatever is solved is proved like any other instance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from solver.errors import UsageError
from solver.network.network import Network
from solver.network.tariffs import element_rates, node_rates
from solver.problem.edits import joined, with_columns
from solver.studies.break_even.set_apart import SetApart, rows_of, with_tables
from solver.verification.exact.amounts import decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from solver.arrays import Floats
    from solver.problem.instance import Instance
    from solver.studies.break_even.selection import Selection

Side = Literal["added", "cut"]
"""Amount added to today's rates, or part of them that is taken off."""

DIGITS = 9
"""Digits after the point of rates at which the instance is solved."""


@dataclass(frozen=True, slots=True)
class Charged:
    """Elements whose rates change: rows of legs, of nodes and of named routes."""

    legs: tuple[int, ...]
    nodes: tuple[int, ...]
    routes: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.legs) + len(self.nodes) + len(self.routes)


@dataclass(frozen=True, slots=True)
class _Rated:
    """A row of tariffs to come: products (joined), one element, and an amount."""

    products: str
    column: str
    name: str
    amount: float


class RatedInstance:
    """An instance whose selected elements charge the selected cargo otherwise.

    Parameters
    ----------
    apart : SetApart
        The instance, with the selected cargo set apart.
    charged : Charged
        Elements whose rates change.
    is_all_cargo : bool
        Whether all cargo is selected.
    """

    def __init__(
        self, apart: SetApart, charged: Charged, *, is_all_cargo: bool
    ) -> None:
        self.instance, self.charged = apart.instance, charged
        self._products = apart.products
        self._cell = "" if is_all_cargo else "|".join(apart.products)

    def added(self, amount: Fraction) -> Instance:
        """Return the instance with an amount per unit added on each element."""
        value = float(amount)
        if not value:
            return self.instance
        rows = [
            _Rated(self._cell, kind, name, value)
            for kind, name, _ in self._elements(self.charged)
        ]
        routes = self.instance.routes["route"]
        rows += [
            _Rated(self._cell, "route", str(routes[row]), times * value)
            for row, times in self._nodes_inside()
        ]
        return self._with(rows)

    def _elements(self, charged: Charged) -> Iterator[tuple[str, str, int]]:
        """Kind, name and row of each element."""
        for kind, table, rows in (
            ("leg", self.instance.legs, charged.legs),
            ("node", self.instance.nodes, charged.nodes),
            ("route", self.instance.routes, charged.routes),
        ):
            for row in rows:
                yield kind, str(table[kind][row]), row

    def _nodes_inside(self) -> Iterator[tuple[int, int]]:
        """Named routes with a through rate, and how many rated nodes stand inside.

        Their handling is part of the through rate, so that tariffs on nodes pass it by.
        """
        nodes = {*self.charged.nodes}
        for row, chain in enumerate(self.network.chains):
            inside = sum(node in nodes for node in chain.nodes[1:-1])
            if inside and not np.isnan(self.instance.routes["cost"][row]):
                yield row, inside

    def cut(self, part: Fraction) -> Instance:
        """Return the instance with a part of today's rates taken off."""
        if not part:
            return self.instance
        kept = decimal(float(part))
        rows = [
            replace(rated, amount=-float(decimal(rated.amount) * kept))
            for rated in self._own_rates
        ]
        return self._with(rows)

    def _with(self, rows: Sequence[_Rated]) -> Instance:
        columns: dict[str, list[Any]] = {
            kind: [row.name if row.column == kind else "" for row in rows]
            for kind in ("leg", "node", "route")
        }
        columns["product"] = [row.products for row in rows]
        columns["surcharge"] = [row.amount for row in rows]
        more = rows_of("tariffs", columns)
        return with_tables(
            self.instance, {"tariffs": joined(self.instance.tariffs, more)}
        )

    def free(self) -> Instance:
        """Return the instance in which nothing costs, but 1 on each element.

        Its least cost is the least that passes the elements, whatever else costs.
        """
        instance = self.added(Fraction(1))
        tariffs = instance.tariffs
        added = np.arange(len(tariffs)) >= len(self.instance.tariffs)
        kept = {
            "factor": np.full(len(tariffs), np.nan),
            "cost_per_km": np.full(len(tariffs), np.nan),
            "surcharge": np.where(added, tariffs["surcharge"], np.nan),
        }
        legs, nodes, demand = instance.legs, instance.nodes, instance.demand
        priced = np.isfinite(demand["unmet_cost"])
        unmet = np.where(priced, 0.0, demand["unmet_cost"])
        routes = instance.routes
        through = np.where(np.isnan(routes["cost"].astype(float)), np.nan, 0.0)
        days = np.zeros(len(instance.products))
        tables: dict[str, Any] = {
            "tariffs": with_columns(tariffs, kept),
            "legs": with_columns(legs, {"cost": np.zeros(len(legs))}),
            "nodes": with_columns(nodes, {"cost": np.zeros(len(nodes))}),
            "routes": with_columns(routes, {"cost": through}),
            "products": with_columns(instance.products, {"time_value": days}),
            "demand": with_columns(demand, {"unmet_cost": unmet}),
            "emission_price": 0.0,
            "diversification": tuple(
                rule for rule in instance.diversification if rule.penalty is None
            ),
        }
        return with_tables(instance, tables)

    @cached_property
    def network(self) -> Network:
        """The instance as arrays, at today's rates."""
        return Network(self.instance)

    def step_charges(self, side: Side) -> Floats:
        """Money per unit that each step charges more for one unit of rate.

        Shape (treatments of the products, steps), by the products of the instance: of
        what is added, or of the whole that is cut.
        """
        moved = self.added(Fraction(1)) if side == "added" else self.cut(Fraction(1))
        after = Network(moved)
        ours, theirs = self.network.treatments, after.treatments
        before = self.network.steps.surcharge[ours.of_product]
        charged = after.steps.surcharge[theirs.of_product] - before
        return np.asarray(np.round(np.nan_to_num(charged), DIGITS))

    @cached_property
    def own_rate(self) -> float | None:
        """What every element charges all selected cargo today, if it is one rate."""
        rates = {rated.amount for rated in self._own_rates}
        count = sum(len(rated.products.split("|")) for rated in self._own_rates)
        whole = self.charged.count * len(self._products)
        return rates.pop() if len(rates) == 1 and count == whole else None

    @property
    def has_rates(self) -> bool:
        """Whether any element charges selected cargo anything today."""
        return bool(self._own_rates)

    @cached_property
    def _own_rates(self) -> list[_Rated]:
        """Today's rate of each element, where it is above 0."""
        kinds, names = self.network.treatments, self.instance.products["product"]
        index = {name: row for row, name in enumerate(names)}
        treatment = [int(kinds.of_product[index[name]]) for name in self._products]
        rates = self._rates_today()
        found: dict[tuple[str, str, float], list[str]] = {}
        for product, kind in zip(self._products, treatment, strict=True):
            for column, name, row in self._elements(self.charged):
                key = (column, name, _floor(rates[column][kind, row]))
                found.setdefault(key, []).append(product)
        return [
            _Rated("|".join(products), column, name, rate)
            for (column, name, rate), products in found.items()
            if rate > 0
        ]

    def _rates_today(self) -> dict[str, Floats]:
        """Return what can be taken off elements, by kind, shape (treatments, rows)."""
        kinds, count = self.network.treatments, len(self.instance.legs)
        elements = element_rates(self.instance, kinds, self.network.chains)
        nodes = _total(node_rates(self.instance, kinds))
        rates = np.nan_to_num(_total(elements))
        for number, chain in enumerate(self.network.chains):
            if np.isnan(self.instance.routes["cost"][number]):
                parts = rates[:, list(chain.legs)].sum(axis=1)
                parts += nodes[:, list(chain.nodes[1:-1])].sum(axis=1)
                own = elements.surcharge[:, count + number]
                rates[:, count + number] = parts + own
        part = self._part_taken(rates)[:, None]
        return {
            "leg": rates[:, :count] * part,
            "node": nodes,
            "route": rates[:, count:] * part,
        }

    def _part_taken(self, rates: Floats) -> Floats:
        """Part of rates that can be taken off, shape (treatments,).

        All of it, unless the parts of a named route charge more than the whole does:
        that must not fall below 0.
        """
        part = np.ones(len(rates))
        own, count = set(self.charged.legs), len(self.instance.legs)
        for number, chain in enumerate(self.network.chains):
            places = [leg for leg in chain.legs if leg in own]
            if number in self.charged.routes:
                places.append(count + number)
            elif np.isnan(self.instance.routes["cost"][number]):
                continue
            taken = rates[:, places].sum(axis=1)
            above = taken > 0
            whole = rates[above, count + number]
            part[above] = np.minimum(part[above], whole / taken[above])
        return part


def charged_by(selection: Selection, of: str | None) -> Charged:
    """Return the elements whose rates a break-even moves.

    Parameters
    ----------
    selection : Selection
        What is selected.
    of : str or None
        ``tariff`` (of legs), ``handling`` (at nodes), or None for both.

    Raises
    ------
    UsageError
        The selection has no such element.
    """
    legs = selection.legs if of != "handling" else ()
    routes = selection.routes if of != "handling" else ()
    nodes = selection.nodes if of != "tariff" else ()
    if not legs and not nodes and not routes:
        what = "handling, which nodes have" if of == "handling" else "a tariff"
        wanted = "--node" if of == "handling" else "--leg, --route, --corridor or --tag"
        message = f"--of {of}: nothing selected has {what}; name it by {wanted}"
        raise UsageError(message)
    return Charged(legs, nodes, routes)


def opened(
    instance: Instance, selection: Selection, capacity: float | None
) -> tuple[Instance, tuple[str, ...]]:
    """Return the instance with closed elements of a selection open, and their names.

    An element that is named itself is opened if its capacity is 0. What a corridor or a
    tag selects is opened where a capacity is given, or where all of it is closed.

    Parameters
    ----------
    selection : Selection
        What is selected.
    capacity : float or None
        Their capacity; None: unlimited.
    """
    tables: dict[str, Any] = {}
    names: list[str] = []
    capacities = instance.legs["capacity"][list(selection.legs)]
    every = capacity is not None or bool((capacities == 0).all())
    value = np.nan if capacity is None else capacity
    for table, key, rows in (
        ("legs", "leg", selection.legs),
        ("nodes", "node", selection.nodes),
        ("routes", "route", selection.routes),
    ):
        old = getattr(instance, table)
        column = old["capacity"].astype(float).copy()
        own = selection.places.get(key, ())
        for row in rows:
            if column[row] == 0 and (every or old[key][row] in own):
                column[row] = value
                names.append(f"{key} {old[key][row]}")
        tables[table] = with_columns(old, {"capacity": column})
    return (with_tables(instance, tables) if names else instance), tuple(names)


def _total(rates: Any) -> Floats:  # noqa: ANN401
    return np.asarray(np.where(rates.closed, 0.0, rates.tariff + rates.surcharge))


def _floor(value: float) -> float:
    """Return a rate with so many digits that no more than it can be taken off."""
    scale = 10.0**DIGITS
    nearest = round(float(value), DIGITS)
    if abs(nearest - value) < 1.0 / scale / 1000:
        return max(nearest, 0.0)
    return max(float(np.floor(value * scale) / scale), 0.0)
