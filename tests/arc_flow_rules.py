"""The same programs with flows on arcs instead of routes, for networks without cycles.

Every shipment flows through copies of the network, one for each corridor and each set
of values it has touched so far. Where no chain of legs comes back to a node, and no
time limit acts, each flow is a sum of simple routes, so that both programs have the
same optimum; and with cycles this one's is no more. Rules are written otherwise than
over routes: the largest k as one row for each k values, changes as gains and losses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from typing import TYPE_CHECKING

from tests.cone_oracle import Program, total
from tests.counted import Counted, bounds, reference
from tests.simple_routes import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.rules import ChangeLimit
    from tests.cone_oracle import Line
    from tests.counted import Passes, Scope
    from tests.simple_routes import Case, Element

Value = tuple[str, str]


@dataclass(frozen=True)
class State:
    """Where cargo is: a node, the corridor it is in, and what it has touched."""

    node: str
    corridor: str
    touched: frozenset[Value]
    start: str


@dataclass
class _Arcs:
    """Columns of all shipments: what they cost, pass and deliver."""

    costs: list[float] = field(default_factory=list)
    shipment: list[int] = field(default_factory=list)
    passes: list[Passes] = field(default_factory=list)
    balance: dict[tuple[int, State], Line] = field(default_factory=dict)
    delivered: list[tuple[int, int, frozenset[Value]]] = field(default_factory=list)

    def add(self, shipment: int, cost: float, passes: Passes) -> int:
        """Add a column."""
        self.costs.append(cost)
        self.shipment.append(shipment)
        self.passes.append(passes)
        return len(self.costs) - 1


class ArcForm:
    """Flows on arcs as columns, and rules other than on the HHI as rows over them."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.counted = Counted(case)

    @property
    def exact(self) -> bool:
        """Whether it says the same as all simple routes do."""
        curved = any(
            rule.max_hhi is not None or rule.min_effective is not None
            for rule in self.case.instance.diversification
        )
        timed = any(row["max_days"] is not None for row, _ in self.case.shipments)
        order: TopologicalSorter[str] = TopologicalSorter()
        for leg in self.case.legs:
            order.add(leg["to"], leg["from"])
        try:
            order.prepare()
        except CycleError:
            return False
        return not curved and not timed

    def program(self, rules: str) -> Program:
        """Program with hard rules (`hard`), those broken (`excess`), or all (`all`)."""
        arcs = self._arcs
        quantity = [row["quantity"] for row, _ in self.case.shipments]
        program = Program(max(self.case.demand, 1e-3))
        for cost in arcs.costs:
            program.column(0.0 if rules == "excess" else cost)
        program.equal += [(line, 0.0) for line in arcs.balance.values()]
        for number, whole in enumerate(quantity):
            program.unmet.append(program.column())
            line = {c: 1.0 for c, shipment, _ in arcs.delivered if shipment == number}
            program.equal.append(({**line, program.unmet[-1]: 1.0}, whole))
        for line, limit in self.counted.capacity_rows(arcs.passes, arcs.shipment):
            program.at_most(line, limit)
        for scope in self.counted.scopes:
            if rules == "all" or scope.rule.penalty is None:
                self._add_rule(program, scope, broken=rules == "excess")
        return program

    # ---- arcs

    @cached_property
    def _arcs(self) -> _Arcs:
        arcs = _Arcs()
        for number in range(len(self.case.shipments)):
            self._flow(arcs, number)
        return arcs

    def _flow(self, arcs: _Arcs, number: int) -> None:
        """Arcs of one shipment, from every state that it can reach."""
        case, row = self.case, self.case.shipments[number][0]
        product, markets = case.products[row["product"]], case.members(row["market"])
        waiting: list[State] = []
        watched = self._watched(number)
        for start in case.members(row["origin"]):
            visit = case.handling(product, start)
            if visit is not None:
                touched = self._at(start) & watched
                state = State(start, "", touched, start)
                cost = sum(visit) + product["time_value"] * case.nodes[start]["days"]
                column = arcs.add(number, cost, {("node", start): 1})
                arcs.balance[number, state] = {column: 1.0}
                waiting.append(state)
        while waiting:
            state = waiting.pop()
            if state.node in markets:
                column = arcs.add(number, 0.0, {})
                arcs.balance[number, state][column] = -1.0
                arcs.delivered.append((column, number, self._counts(state)))
            for element in case.elements:
                after = self._onward(state, element, watched)
                cost_on = self._cost(number, element) if after is not None else None
                if after is None or cost_on is None:
                    continue
                passes = self.counted.passes(
                    element.nodes[1:], (case.elements.index(element),)
                )
                column = arcs.add(number, cost_on, passes)
                arcs.balance[number, state][column] = -1.0
                if (number, after) not in arcs.balance:
                    arcs.balance[number, after] = {}
                    waiting.append(after)
                arcs.balance[number, after][column] = 1.0

    def _onward(
        self, state: State, element: Element, watched: frozenset[Value]
    ) -> State | None:
        """State behind an element, if it may be taken."""
        other = element.corridor not in ("", state.corridor) and state.corridor
        if element.nodes[0] != state.node or other:
            return None
        touched = state.touched | (self._on(element) & watched)
        corridor = state.corridor or element.corridor
        return State(element.nodes[-1], corridor, touched, state.start)

    def _cost(self, number: int, element: Element) -> float | None:
        """Cost of an element and the visit at its end; None if closed."""
        case = self.case
        product = case.products[case.shipments[number][0]["product"]]
        parts = case.element_cost(product, element)
        visit = case.handling(product, element.nodes[-1])
        if parts is None or visit is None:
            return None
        place = case.elements.index(element)
        days = case.days((place,), element.nodes[0])
        days -= case.nodes[element.nodes[0]]["days"]
        smoke = sum(case.legs[leg]["emissions"] for leg in element.legs)
        smoke *= case.instance.emission_price
        return float(sum(parts) + sum(visit) + smoke + product["time_value"] * days)

    # ---- values

    def _watched(self, number: int) -> frozenset[Value]:
        """Values, other than corridors, that some rule counts this shipment for."""
        scopes = [s for s in self.counted.scopes if s.weight[number]]
        found: set[Value] = set()
        for scope in scopes:
            rule = scope.rule
            values = self.counted.values(rule.by)
            if rule.by != "corridor":
                limited = {value for value, _, _ in bounds(rule, values)}
                limited |= set(values if rule.max_change is not None else ())
                found |= {(rule.by, value) for value in limited}
        return frozenset(found)

    def _at(self, node: str) -> frozenset[Value]:
        """Values of a node."""
        port = self.case.nodes[node]["kind"] == "port"
        return frozenset({("node", node)} | ({("port", node)} if port else set()))

    def _on(self, element: Element) -> frozenset[Value]:
        """Values of an element and of the nodes behind its first."""
        found: set[Value] = set()
        for node in element.nodes[1:]:
            found |= self._at(node)
        for number in element.legs:
            leg = self.case.legs[number]
            found |= {("leg", leg["leg"]), ("mode", leg["mode"])}
            found |= {("tag", tag) for tag in names(leg["tags"])}
            found |= {("country", name) for name in self.case.countries(leg)}
        return frozenset(found)

    def _counts(self, state: State) -> frozenset[Value]:
        """Values that cargo delivered in a state counts for."""
        nodes = self.case.nodes
        ends = (nodes[state.start], nodes[state.node])
        home = {name for end in ends for name in names(end["country"])}
        kept = {v for v in state.touched if v[0] != "country" or v[1] not in home}
        return frozenset(kept | {("corridor", state.corridor or "none")})

    # ---- rules

    def _add_rule(self, program: Program, scope: Scope, *, broken: bool) -> None:
        rule = scope.rule
        weight = scope.weight
        delivered = [entry for entry in self._arcs.delivered if weight[entry[1]]]
        base: Line = {}
        if rule.of == "carried":
            base = {column: weight[shipment] for column, shipment, _ in delivered}
        constant = 0.0 if rule.of == "carried" else scope.demand
        parts: dict[str, Line] = {
            value: {
                c: weight[n] for c, n, kept in delivered if (rule.by, value) in kept
            }
            for value in self.counted.values(rule.by)
        }

        def excess() -> Line:
            if rule.penalty is not None:
                return program.excess(rule.penalty)
            return program.excess(1.0) if broken else {}

        for value, side, share in bounds(rule, list(parts)):
            sign = 1.0 if side == "max" else -1.0
            line = total((sign, parts.get(value, {})), (-sign * share, base))
            program.at_most({**line, **excess()}, sign * share * constant)
        if rule.max_top is not None:
            spare, top = excess(), rule.max_top
            for chosen in combinations(parts.values(), min(top.k, len(parts))):
                line = total(*((1.0, part) for part in chosen), (-top.share, base))
                program.at_most({**line, **spare}, top.share * constant)
        if rule.max_change is not None:
            spare, change = excess(), rule.max_change
            sizes = list(self._sizes(program, parts, reference(scope)))
            line = total(*((0.5, size) for size in sizes), (1.0, spare))
            self._add_change(program, change, line, (base, constant))

    def _sizes(
        self, program: Program, parts: dict[str, Line], before: dict[str, float]
    ) -> Iterator[Line]:
        """Gains and losses of every value."""
        for value in {**parts, **before}:
            gain, loss = program.column(), program.column()
            line = total((1.0, parts.get(value, {})), (1.0, {gain: -1.0, loss: 1.0}))
            program.equal.append((line, before.get(value, 0.0)))
            yield {gain: 1.0, loss: 1.0}

    def _add_change(
        self,
        program: Program,
        change: ChangeLimit,
        line: Line,
        whole: tuple[Line, float],
    ) -> None:
        if change.share is None:
            assert change.quantity is not None
            program.at_most(line, change.quantity)
        else:
            base, constant = whole
            program.at_most(
                total((1.0, line), (-change.share, base)), change.share * constant
            )
