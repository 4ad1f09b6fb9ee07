"""Rules as rows, and what a plan carries in each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.solution.keys import ALL_PERIODS
from solver.verification.exact.amounts import Amounts, amounts, decimal, group_sums
from solver.verification.facts.marks import WORD, Marks
from solver.verification.rules.cells import Carried, Cell, ExactScope
from solver.verification.rules.rows import row_maker, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from solver.arrays import Ints, Mask
    from solver.problem.instance import Instance
    from solver.problem.rules import By, Rule
    from solver.verification.facts.elements import ExactElements
    from solver.verification.facts.flows import PlanFlows, PlanRoutes
    from solver.verification.facts.shipments import ExactCargo
    from solver.verification.rules.row import ExactRow


OUTSIDE = -1
"""Cell of a shipment that a rule does not cover."""


class Coverage(NamedTuple):
    """What one rule counts.

    Parameters
    ----------
    cells : tuple of Cell
        Its scopes and periods.
    cell : ndarray of int, shape (shipments,)
        Index into `cells`, or `OUTSIDE`.
    weight : Amounts, shape (products,)
        What one unit of a product counts.
    """

    rule: Rule
    cells: tuple[Cell, ...]
    cell: Ints
    weight: Amounts

    def weighed(self, quantity: Amounts, product: Ints) -> Amounts:
        """Weighted quantities of cargo of these products."""
        if self.rule.weight == "quantity":
            return quantity
        return quantity.each_times(self.weight.take(product))


class Rules:
    """All rules of an instance, row by row."""

    def __init__(
        self, instance: Instance, elements: ExactElements, cargo: ExactCargo
    ) -> None:
        self.instance, self.elements, self.cargo = instance, elements, cargo
        self.coverages = [self._coverage(rule) for rule in rules_of(instance)]
        self.rows: tuple[ExactRow, ...] = tuple(
            row for number in range(len(self.coverages)) for row in self._rows(number)
        )
        self.by_key = {row.key: row for row in self.rows}
        self.soft = tuple(row for row in self.rows if row.scope.penalty is not None)
        """Rows that may be broken for money."""

    def told_in(self, table: str) -> list[ExactRow]:
        """Rows that a table of a result tells of."""
        return [row for row in self.rows if row.told_in == table]

    def _coverage(self, rule: Rule) -> Coverage:
        cargo = self.cargo
        covered = np.ones(len(cargo), dtype=bool)
        for key, wanted in rule.where.items():
            covered &= np.isin(cargo.texts(key), np.array(wanted, dtype=object))
        inside = np.flatnonzero(covered)
        scope = np.full(len(cargo), OUTSIDE)
        columns = [cargo.texts(key)[inside].tolist() for key in rule.for_each]
        combined = [*zip(*columns, strict=True)] if columns else [()] * len(inside)
        scopes = {names: number for number, names in enumerate(dict.fromkeys(combined))}
        scope[inside] = [scopes[names] for names in combined]
        cells, cell = self._cells(rule, [*scopes], scope)
        value = np.nan_to_num(self.instance.products["value"].astype(np.float64))
        weight = value if rule.weight == "value" else np.ones(len(value))
        return Coverage(rule, cells, cell, amounts(weight))

    def _cells(
        self, rule: Rule, scopes: list[tuple[str, ...]], scope: Ints
    ) -> tuple[tuple[Cell, ...], Ints]:
        """Split scopes by period, unless the rule is over all of them."""
        named = [tuple(zip(rule.for_each, names, strict=True)) for names in scopes]
        if rule.over == "all":
            return tuple(Cell(names, ALL_PERIODS) for names in named), scope
        periods = self.cargo.num_periods
        code = np.where(scope == OUTSIDE, OUTSIDE, scope * periods + self.cargo.period)
        used = np.unique(code[scope != OUTSIDE])
        cells = tuple(
            Cell(named[number // periods], self.instance.periods[number % periods])
            for number in used.tolist()
        )
        return cells, np.where(scope == OUTSIDE, OUTSIDE, np.searchsorted(used, code))

    def _rows(self, number: int) -> Iterator[ExactRow]:
        coverage = self.coverages[number]
        rule = coverage.rule
        rows = row_maker(rule, dict.fromkeys(self.elements.values(rule.by)))
        penalty = None if rule.penalty is None else decimal(rule.penalty)
        cargo = self.cargo
        weighed = coverage.weighed(cargo.quantity, cargo.product)
        for place, demand in enumerate(_cell_sums(coverage, coverage.cell, weighed)):
            scope = ExactScope(number, place, demand, rule.of == "demand", penalty)
            yield from rows(coverage.cells[place], scope)

    # ---- what a plan carries

    def carried(self, flows: PlanFlows) -> list[Carried]:
        """Weighted quantity that each rule counts, in all and by value."""
        wanted: dict[By, set[str]] = {}
        for row in self.rows:
            by = self.coverages[row.scope.rule].rule.by
            wanted.setdefault(by, set()).update(row.values)
        by_value = {
            by: dict(routes_by_value(flows.routes, by, values))
            for by, values in wanted.items()
        }
        product = self.cargo.product[flows.shipment]
        result = []
        for coverage in self.coverages:
            weighed = coverage.weighed(flows.quantity, product)
            groups = coverage.cell[flows.shipment] - OUTSIDE
            uses = flows.uses(groups, len(coverage.cells) + 1)
            cell = uses.group + OUTSIDE
            used = weighed.summed(uses.place, len(uses.route))
            carriers = by_value.get(coverage.rule.by, {})
            values = {
                value: _cell_sums(coverage, cell[at], used.take(at))
                for value, carry in carriers.items()
                for at in (carry[uses.route],)
            }
            result.append(Carried(_cell_sums(coverage, cell, used), values))
        return result


def _cell_sums(coverage: Coverage, cell: Ints, weighed: Amounts) -> list[Decimal]:
    inside = cell != OUTSIDE
    units = group_sums(cell[inside], weighed.units[inside], len(coverage.cells))
    return [weighed.value(unit) for unit in units.tolist()]


def routes_by_value(
    routes: PlanRoutes, by: By, wanted: set[str] | None = None
) -> Iterator[tuple[str, Mask]]:
    """Yield values, and which routes carry each; without `wanted`, all values.

    The countries of a route's own two ends do not count.
    """
    elements = routes.elements
    values = [v for v in elements.values(by) if wanted is None or v in wanted]
    if by == "corridor":
        for value in values:
            number = elements.corridors.index(value)
            yield value, np.asarray(routes.corridor == number)
        return
    for first in range(0, len(values), WORD):
        chunk = values[first : first + WORD]
        carried = Marks.of(elements, [(by, value) for value in chunk]).carried(routes)
        for bit, value in enumerate(chunk):
            yield value, np.asarray(carried & (1 << bit), dtype=bool)
