"""The rules of an instance as rows over its routes, and what a plan makes of them.

Every row (see `row`) speaks of what values carry in a scope. A *line* is one sum over
routes that rows are made of: a share row is a line itself; a row that bounds all values
together has a line for each F_v, and one for its base B unless that is the demand, or
the sum of the F_v.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from solver.rules.cargo_scopes import CargoScope, CargoScopes
from solver.rules.kinds import rows_of, rules_of
from solver.solution.rounding import NOISE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from solver.arrays import Floats, Ints
    from solver.network.network import Network
    from solver.network.routes import Routes
    from solver.network.shipments import Cargo
    from solver.problem.rules import By, Rule
    from solver.rules.row import Line, RuleRow


class Level(NamedTuple):
    """Where a plan stands on one row.

    Parameters
    ----------
    base : float
        What the row's shares are of, in (weighted) quantity.
    level : float
        What the row bounds, in the rule's own scale; NaN of nothing.
    excess : float
        By how much the row is broken, in (weighted) quantity (times HHI); 0 or less
        if it is kept.
    is_broken : bool
        Whether that is more than its tolerance, and nothing allows it.
    penalty : float
        Money paid for it; NaN for rows that must hold.
    """

    base: float
    level: float
    excess: float
    is_broken: bool
    penalty: float


class ValueCoefficient(NamedTuple):
    """A value (index among those of `by`) that costs something to carry, per unit."""

    by: By
    value: int
    cost: float


class Terms(NamedTuple):
    """What priced rows add to routes, by group of shipments that they treat alike.

    Parameters
    ----------
    group : ndarray of int, shape (shipments,)
        Group of each shipment.
    corridor : ndarray, shape (groups, corridors + 1)
        Money per unit by corridor of the route (`none` last).
    touches : list by group of dict
        Money per unit, once, for a route that carries a (by, value index).
    """

    group: Ints
    corridor: Floats
    touches: list[dict[tuple[By, int], float]]


class Diversification:
    """The rules of an instance.

    Parameters
    ----------
    network, cargo
        What they speak of.
    rules : iterable of Rule, optional
        Some rules in place of the instance's own.

    Attributes
    ----------
    rows : list of RuleRow
        Every row, in the order reports list them.
    lines : list of RuleLine
        The sums that rows are made of, row by row.
    lines_of : list of ndarray of int
        Numbers of each row's lines.
    """

    def __init__(
        self, network: Network, cargo: Cargo, rules: Iterable[Rule] | None = None
    ) -> None:
        self.network = network
        self.cargo = cargo
        self._scopes = CargoScopes(network.instance, cargo)
        self.rows: list[RuleRow] = [
            row
            for rule in (rules_of(network.instance) if rules is None else rules)
            for row in rows_of(rule, self.scopes(rule), self.values(rule.by))
        ]
        self.lines, self.lines_of = _lines(self.rows)

    def tightened(self, part: float) -> Diversification:
        """Return the same rules, those that must hold with limits tighter by a part."""
        result = copy(self)
        result.rows = [r if r.is_soft else r.tightened(part) for r in self.rows]
        result.lines, result.lines_of = _lines(result.rows)
        return result

    def values(self, by: By) -> tuple[str, ...]:
        """Known values of `by`, in order of first appearance (`none` last)."""
        if by == "corridor":
            return self.network.corridor_names
        return self.network.incidence(by).values

    def scopes(self, rule: Rule) -> Iterator[CargoScope]:
        """Cargo that a rule speaks of, scope by scope."""
        return self._scopes.of(rule)

    def carried(self, routes: Routes, by: By) -> sparse.csc_array:
        """Whether each route counts for each value, shape (routes, values)."""
        if by == "corridor":
            count = len(self.network.corridor_names)
            columns = np.where(routes.corridor < 0, count - 1, routes.corridor)
            entries = (np.ones(len(routes)), (np.arange(len(routes)), columns))
            return sparse.csc_array(entries, shape=(len(routes), count))
        incidence = self.network.incidence(by)
        route, value, _ = routes.of_steps(incidence.of_step)
        of_end = incidence.of_end
        if of_end is not None:
            ends = routes.first_node[route], routes.last_node[route]
            kept = ~(of_end[ends[0], value] | of_end[ends[1], value])
            route, value = route[kept], value[kept]
        # Numbered once: not every scipy adds up what a route passes several times.
        shape = len(routes), incidence.of_step.shape[1]
        route, value = np.divmod(np.unique(route * shape[1] + value), shape[1])
        entries = (np.ones(len(route)), (route, value))
        return sparse.csc_array(entries, shape=shape)

    def levels(self, routes: Routes, quantity: Floats) -> list[Level]:
        """Where a plan stands on every row.

        Parameters
        ----------
        quantity : ndarray, shape (routes,)
            What the routes carry.
        """
        amounts = self.amounts(routes, quantity)
        return [
            level_of(row, *own) for row, own in zip(self.rows, amounts, strict=True)
        ]

    def amounts(self, routes: Routes, quantity: Floats) -> list[tuple[Floats, float]]:
        """Return what each value carries in the scope of each row, and all together."""
        carried = {by: self.carried(routes, by) for by in self._counted_by}
        sums: dict[tuple[int, By], tuple[Floats, float]] = {}
        result = []
        for row in self.rows:
            place = id(row.scope), row.scope.rule.by
            if place not in sums:
                flows = row.scope.weight[routes.shipment] * quantity
                amounts = np.asarray(carried[row.scope.rule.by].T @ flows)
                sums[place] = amounts, float(flows.sum())
            amounts, total = sums[place]
            missing = len(row.values) - len(amounts)
            result.append((np.pad(amounts, (0, missing)), total))
        return result

    def standing(self, number: int, sums: Floats) -> tuple[float, float, Floats]:
        """Excess, base and amounts F_v of a row, by the sums of all lines.

        Of a share row the base is the demand and there are no amounts.
        """
        row, own = self.rows[number], sums[self.lines_of[number]]
        if not row.is_lifted:
            return float(own[0]) - row.linear().limit, row.scope.demand, own[:0]
        amounts = own[: len(row.values)]
        base = row.scope.demand if row.of_demand else float(amounts.sum())
        if len(own) > len(amounts):
            base = float(own[-1])
        return row.excess(amounts, base), base, amounts

    @property
    def _counted_by(self) -> set[By]:
        return {row.scope.rule.by for row in self.rows}

    def terms(
        self,
        priced: Mapping[int, float],
        weights: Mapping[int, Floats],
        coefficient: ValueCoefficient | None = None,
    ) -> Terms:
        """Return what rows with these prices, and a watched value, add to routes.

        Parameters
        ----------
        priced : dict of int to float
            Price by the number of the row.
        weights : dict of int to ndarray, shape (values,)
            Weights of rows that bound all values together.
        coefficient : ValueCoefficient, optional
            Value that costs something to carry, whatever the cargo.
        """
        terms = self._terms(priced, weights)
        if coefficient is None:
            return terms
        if coefficient.by == "corridor":
            terms.corridor[:, coefficient.value] += coefficient.cost
        for touches in terms.touches if coefficient.by != "corridor" else ():
            _add_touch(touches, coefficient.by, coefficient.value, coefficient.cost)
        return terms

    def _terms(
        self, priced: Mapping[int, float], weights: Mapping[int, Floats]
    ) -> Terms:
        count = len(self.network.corridor_names)
        forms = [
            (self.rows[number], price, self.rows[number].linear(weights.get(number)))
            for number, price in priced.items()
        ]
        if not forms:
            group = np.zeros(len(self.cargo), dtype=int)
            return Terms(group, np.zeros((1, count)), [{}])
        scopes = np.column_stack([row.scope.weight for row, _, _ in forms])
        unique, group = np.unique(scopes, axis=0, return_inverse=True)
        corridor = np.zeros((len(unique), count))
        touches: list[dict[tuple[By, int], float]] = [{} for _ in unique]
        for number, counts in enumerate(unique.tolist()):
            for (row, price, form), weight in zip(forms, counts, strict=True):
                if weight:
                    by = row.scope.rule.by
                    known = form.values[: len(self.values(by))]
                    corridor[number] += price * weight * form.base
                    if by == "corridor":
                        corridor[number] += price * weight * known
                    else:
                        _add_touches(touches[number], by, price * weight * known)
        return Terms(group.reshape(-1), corridor, touches)


def _lines(rows: list[RuleRow]) -> tuple[list[Line], list[Ints]]:
    """Lines of rows, one row after the other, and the numbers of each row's own."""
    lines = [line for number, row in enumerate(rows) for line in row.lines(number)]
    owner = np.array([line.row for line in lines], dtype=int)
    return lines, [np.flatnonzero(owner == number) for number in range(len(rows))]


def level_of(row: RuleRow, amounts: Floats, total: float) -> Level:
    """Where a row stands, by what its values carry, and all that is carried."""
    base = row.scope.demand if row.of_demand else total
    excess = row.excess(amounts, base)
    penalty = np.nan
    if row.is_soft:
        is_noise = excess <= NOISE * base
        penalty = 0.0 if is_noise else row.most_price * excess
    is_broken = not row.is_soft and excess > row.tolerance(base)
    return Level(base, row.level(amounts, base), excess, is_broken, penalty)


def _add_touches(touches: dict[tuple[By, int], float], by: By, charges: Floats) -> None:
    for value in np.flatnonzero(charges).tolist():
        _add_touch(touches, by, value, float(charges[value]))


def _add_touch(
    touches: dict[tuple[By, int], float], by: By, value: int, charge: float
) -> None:
    touches[by, value] = touches.get((by, value), 0.0) + charge
