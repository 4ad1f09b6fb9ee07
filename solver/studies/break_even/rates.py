"""The instance at a rate: what selected elements charge the selected cargo.

Above today's rates an amount per unit is added on each selected element. Below them
every selected element takes off the same part of what it charges, down to nothing; of
one element that is an amount per unit as well. Both are tariffs of the instance, so
that whatever is solved is proved like any other instance.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """Elements whose rates change: rows of legs and of nodes."""

    legs: tuple[int, ...]
    nodes: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.legs) + len(self.nodes)


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
        legs, nodes = self.instance.legs["leg"], self.instance.nodes["node"]
        rows = [(self._cell, legs[row], "", value) for row in self.charged.legs]
        rows += [(self._cell, "", nodes[row], value) for row in self.charged.nodes]
        return self._with(rows)

    def cut(self, part: Fraction) -> Instance:
        """Return the instance with a part of today's rates taken off."""
        if not part:
            return self.instance
        kept = decimal(float(part))
        rows = [
            (product, leg, node, -float(decimal(rate) * kept))
            for product, leg, node, rate in self._own_rates
        ]
        return self._with(rows)

    def _with(self, rows: list[tuple[str, str, str, float]]) -> Instance:
        cells = [*zip(*rows, strict=True)]
        names = ("product", "leg", "node", "surcharge")
        more = rows_of("tariffs", dict(zip(names, cells, strict=True)))
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
        blank = np.full(len(routes), np.nan)
        days = np.zeros(len(instance.products))
        tables: dict[str, Any] = {
            "tariffs": with_columns(tariffs, kept),
            "legs": with_columns(legs, {"cost": np.zeros(len(legs))}),
            "nodes": with_columns(nodes, {"cost": np.zeros(len(nodes))}),
            "routes": with_columns(routes, {"cost": blank}),
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
        rates = {rate for _, _, _, rate in self._own_rates}
        count = sum(len(product.split("|")) for product, _, _, _ in self._own_rates)
        whole = self.charged.count * len(self._products)
        return rates.pop() if len(rates) == 1 and count == whole else None

    @property
    def has_rates(self) -> bool:
        """Whether any element charges selected cargo anything today."""
        return bool(self._own_rates)

    @cached_property
    def _own_rates(self) -> list[tuple[str, str, str, float]]:
        """Products (joined), leg, node and today's rate, where it is above 0."""
        kinds, names = self.network.treatments, self.instance.products["product"]
        index = {name: row for row, name in enumerate(names)}
        treatment = [int(kinds.of_product[index[name]]) for name in self._products]
        legs = _total(element_rates(self.instance, kinds, self.network.chains))
        legs = legs[:, : len(self.instance.legs)] * self._part_taken(legs)[:, None]
        nodes = _total(node_rates(self.instance, kinds))
        found: dict[tuple[str, str, float], list[str]] = {}
        for product, kind in zip(self._products, treatment, strict=True):
            for row in self.charged.legs:
                key = (self.instance.legs["leg"][row], "", _floor(legs[kind, row]))
                found.setdefault(key, []).append(product)
            for row in self.charged.nodes:
                key = ("", self.instance.nodes["node"][row], _floor(nodes[kind, row]))
                found.setdefault(key, []).append(product)
        return [
            ("|".join(products), leg, node, rate)
            for (leg, node, rate), products in found.items()
            if rate > 0
        ]

    def _part_taken(self, rates: Floats) -> Floats:
        """Part of legs' rates that can be taken off, shape (treatments,).

        All of it, unless the parts of a through rate charge more than the whole does:
        that must not fall below 0.
        """
        part = np.ones(len(rates))
        own, count = set(self.charged.legs), len(self.instance.legs)
        for number, chain in enumerate(self.network.chains):
            legs = [leg for leg in chain.legs if leg in own]
            given = self.instance.routes["cost"][number]
            if legs and not np.isnan(given):
                parts = np.nan_to_num(rates[:, legs]).sum(axis=1)
                above = parts > 0
                through = rates[above, count + number]
                part[above] = np.minimum(part[above], through / parts[above])
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
    nodes = selection.nodes if of != "tariff" else ()
    if not legs and not nodes:
        what = "handling, which nodes have" if of == "handling" else "a tariff"
        wanted = "--node" if of == "handling" else "--leg, --corridor or --tag"
        message = f"--of {of}: nothing selected has {what}; name it by {wanted}"
        raise UsageError(message)
    return Charged(legs, nodes)


def opened(
    instance: Instance, selection: Selection, capacity: float | None
) -> tuple[Instance, tuple[str, ...]]:
    """Return the instance with closed elements of a selection open, and their names.

    An element that is named itself is opened if its capacity is 0. What a corridor or a
    tag selects is opened where a capacity is given, or where all of it is closed.

    Parameters
    ----------
    instance : Instance
        The instance.
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
