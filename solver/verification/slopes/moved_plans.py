"""Plans for moved right-hand sides, as changes of a plan that is checked already.

Only what changes is looked at: flows that change, limits and rules that these count
for, shipments that they carry.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from solver.verification.exact.amounts import ZERO, decimal
from solver.verification.facts.flows import PlanFlows, malformed, units_on
from solver.verification.facts.shipments import PRICED
from solver.verification.plan import route_faults
from solver.verification.rules.cargo_scopes import OUTSIDE, routes_by_value
from solver.verification.rules.cells import Carried
from solver.verification.slopes.moves import moved_row, weight_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from solver.problem.rules import By
    from solver.solution.plan import Plan
    from solver.solution.slopes import MovedRoute, Relief, Slope
    from solver.verification.plan import ExactPlan
    from solver.verification.slopes.moves import Shift


_BROKEN = True, Fraction(0), False


@dataclass(frozen=True, slots=True, eq=False)
class _MoreUnmet:
    """What priced demand costs more than in a plan, and what more each class leaves."""

    cost: Decimal = ZERO
    by_class: dict[int, Decimal] = field(default_factory=dict)


class MovedPlans:
    """Checks plans that differ from a plan by changes of flows."""

    def __init__(self, plan: ExactPlan, routes: Sequence[MovedRoute]) -> None:
        self.world, self.flows, self.carried = plan.world, plan.flows, plan.carried
        self.unmet_totals, self.routes = plan.unmet, routes
        self._costs: dict[int, Decimal] = {}
        self._usages: dict[int, dict[int, int]] = {}

    # ---- the routes beside the plan's

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with the routes beside those of the plan."""
        broken = malformed(self._plan, self.world.elements, self.world.cargo)
        if broken:
            yield f"certificate.json: one_sided: {broken}"
            return
        for fault in route_faults(self.world, self._more, ""):
            yield f"certificate.json: one_sided: route {fault.removeprefix(':')}"

    @cached_property
    def _plan(self) -> Plan:
        """A unit on each route beside those of the plan."""
        shipments = [route.shipment for route in self.routes]
        chains = [route.elements for route in self.routes]
        return units_on(shipments, chains, len(self.world.cargo))

    @cached_property
    def _more(self) -> PlanFlows:
        return PlanFlows(self._plan, self.world.elements, self.world.cargo)

    def _place(self, number: int) -> tuple[PlanFlows, int]:
        """Flows in which a flow or route stands, and where."""
        count = len(self.flows)
        return (self.flows, number) if number < count else (self._more, number - count)

    def _shipment(self, number: int) -> int:
        flows, place = self._place(number)
        return int(flows.shipment[place])

    def _route(self, number: int) -> int:
        """Route of a flow, or one beside those of the plan, as values are told."""
        flows, place = self._place(number)
        first = 0 if flows is self.flows else len(self.flows.routes)
        return first + int(flows.route[place])

    def _quantity(self, number: int) -> Decimal:
        """Quantity of a flow in the plan."""
        return self.flows.quantity[number] if number < len(self.flows) else ZERO

    def _cost(self, number: int) -> Decimal:
        """Money per unit of a flow or route."""
        if number not in self._costs:
            flows, place = self._place(number)
            costs, shipment = self.world.costs, int(flows.shipment[place])
            kind = int(costs.kind[self.world.cargo.product[shipment]])
            on_element, at_start = costs.sums(kind)
            units = sum(int(on_element.units[e]) for e in flows.chain(place))
            start = int(at_start.units[flows.start(place)])
            self._costs[number] = on_element.value(units) + at_start.value(start)
        return self._costs[number]

    # ---- limits

    @cached_property
    def _counts(self) -> tuple[dict[int, list[tuple[int, int]]], ...]:
        """Limits that count an element, or a start at a node, and how often."""
        elements: dict[int, list[tuple[int, int]]] = defaultdict(list)
        starts: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, limit in enumerate(self.world.limits.all):
            usage = self.world.limits.usage(limit)
            for places, counted in ((elements, usage.elements), (starts, usage.starts)):
                for place, count in counted.items():
                    places[place].append((number, count))
        return elements, starts

    def _usage(self, number: int) -> dict[int, int]:
        """How often a flow or route counts for each limit."""
        if number not in self._usages:
            flows, place = self._place(number)
            elements, starts = self._counts
            lane = int(self.world.cargo.lane[flows.shipment[place]])
            found: dict[int, int] = defaultdict(int)
            entries = [starts.get(flows.start(place), ())]
            entries += (elements.get(e, ()) for e in flows.chain(place))
            limits = self.world.limits
            for limit, count in chain.from_iterable(entries):
                if limits.lanes(limits.all[limit])[lane]:
                    found[limit] += count
            self._usages[number] = found
        return self._usages[number]

    @cached_property
    def _used(self) -> list[Decimal]:
        return self.world.limits.used(self.flows)

    def _breaks_limit(self, changes: Mapping[int, Decimal], shift: Shift) -> bool:
        loads: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for number, more in changes.items():
            for limit, count in self._usage(number).items():
                loads[limit] += more * count
        limits = self.world.limits
        moved = {limits.by_key[key]: far for key, far in shift.limits.items()}
        places = {*loads, *(limits.all.index(limit) for limit in moved)}
        return any(
            self._used[place] + loads[place]
            > limits.all[place].quantity + moved.get(limits.all[place], ZERO)
            for place in places
        )

    # ---- rules

    @cached_property
    def _values(self) -> dict[By, list[list[str]]]:
        """Values that each route carries, by what rules are by.

        Routes of the plan come first, then those beside it.
        """
        found: dict[By, list[list[str]]] = {}
        for coverage in self.world.rules.coverages:
            by = coverage.rule.by
            if by not in found:
                own: list[list[str]] = []
                for routes in (self.flows.routes, self._more.routes):
                    values: list[list[str]] = [[] for _ in range(len(routes))]
                    for value, carry in routes_by_value(routes, by):
                        for number in np.flatnonzero(carry).tolist():
                            values[number].append(value)
                    own += values
                found[by] = own
        return found

    def _carried(self, changes: Mapping[int, Decimal]) -> list[Carried]:
        """Return what rules count of the changed plan."""
        result = []
        for rule, coverage in enumerate(self.world.rules.coverages):
            before = self.carried[rule]
            total = [*before.total]
            by_value = {value: [*own] for value, own in before.by_value.items()}
            for number, more in changes.items():
                shipment = self._shipment(number)
                cell = int(coverage.cell[shipment])
                if cell == OUTSIDE:
                    continue
                weighed = more * weight_of(self.world, rule, shipment)
                total[cell] += weighed
                for value in self._values[coverage.rule.by][self._route(number)]:
                    if value in by_value:
                        by_value[value][cell] += weighed
            result.append(Carried(total, by_value))
        return result

    def _rules(
        self, changes: Mapping[int, Decimal], shift: Shift
    ) -> tuple[bool, Fraction, bool]:
        """Whether a rule is broken, penalties more than before, and bases that stay."""
        more, broken, same = Fraction(0), False, True
        if not self.world.rules.rows:
            return broken, more, same
        carried = self._carried(changes)
        for row in self.world.rules.rows:
            own, before = carried[row.scope.rule], self.carried[row.scope.rule]
            moved, room = moved_row(self.world, row, shift), shift.rows.get(row.key)
            beyond = Fraction(moved.excess(own)) - Fraction(room or ZERO)
            if room is not None:
                same = moved.base(own) == row.base(before)
            if row.scope.penalty is None:
                broken |= beyond > moved.margin(own)
            else:
                more += moved.penalty_of(beyond) - row.penalty(before)
        return broken, more, same

    # ---- a plan

    def changed(self, slope: Slope, shift: Shift) -> tuple[str, Fraction, bool]:
        """Look at the plan of a slope.

        Returns
        -------
        str
            What is wrong with it; blank if nothing is.
        Fraction
            Cost and penalties beyond those of the plan.
        bool
            Whether the base of a moved rule is what it was.
        """
        changes = {number: decimal(more) for number, more in slope.changes}
        fault, unmet = self._fault(slope, changes, shift)
        fault = fault or self._unmet_fault(unmet.by_class)
        broken, penalties, same = self._rules(changes, shift) if not fault else _BROKEN
        if fault or broken:
            return fault or "a rule that is broken", Fraction(0), False
        cost = sum((more * self._cost(n) for n, more in changes.items()), ZERO)
        return "", Fraction(cost + unmet.cost) + penalties, same

    def _unmet_fault(self, by_class: Mapping[int, Decimal]) -> str:
        """Say whether a class leaves more, or less beyond rests of rounding."""
        totals = self.unmet_totals
        for number, change in by_class.items():
            if change > 0:
                return "more unmet of firm demand"
            if totals.by_class[number] + change < totals.beyond_rests[number]:
                return "less unmet of firm demand"
        return ""

    def unmet(self, relief: Relief, shift: Shift) -> tuple[str, dict[int, Decimal]]:
        """Look at the plan of a relief.

        Returns
        -------
        str
            What is wrong with it; blank if nothing is.
        dict of int to Decimal
            What each class of firm demand leaves more than in the plan.
        """
        changes = {number: decimal(more) for number, more in relief.changes}
        fault, unmet = self._fault(relief, changes, shift)
        if not fault and self._rules(changes, shift)[0]:
            fault = "a rule that is broken"
        return fault, unmet.by_class

    def _fault(
        self, own: Slope | Relief, changes: Mapping[int, Decimal], shift: Shift
    ) -> tuple[str, _MoreUnmet]:
        """Say what is wrong with a plan, rules aside, and what it leaves unmet more."""
        count = len(self.flows) + len(self.routes)
        if len(changes) < len(own.changes) or not all(
            0 <= number < count for number in changes
        ):
            return "flows that are not there, or twice", _MoreUnmet()
        if any(self._quantity(n) + more < 0 for n, more in changes.items()):
            return "a flow of less than nothing", _MoreUnmet()
        fault, unmet = self._unmet(changes, shift)
        if not fault and self._breaks_limit(changes, shift):
            fault = "a limit that is exceeded"
        return fault, unmet

    def _unmet(
        self, changes: Mapping[int, Decimal], shift: Shift
    ) -> tuple[str, _MoreUnmet]:
        """Say what is wrong with what stays unmet, and how much more that is."""
        more: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for shipment, far in shift.demand.items():
            more[shipment] += far
        for number, change in changes.items():
            more[self._shipment(number)] -= change
        cargo, cost = self.world.cargo, ZERO
        by_class: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for shipment, change in more.items():
            if self.flows.unmet[shipment] + change < 0:
                return "more carried than there is", _MoreUnmet()
            number = int(cargo.firm_class[shipment])
            if number == PRICED:
                cost += change * cargo.unmet_cost[shipment]
            else:
                by_class[number] += change
        return "", _MoreUnmet(cost, by_class)
