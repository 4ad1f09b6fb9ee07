"""A program of linear rows and second-order cones, and rules written into it.

Linear programs go to HiGHS, others to Clarabel, an interior-point solver for cones.
A bound on the HHI is the cone

    ||F|| <= sqrt(H) B,

and with an excess e that costs money, sum F^2 <= B (H B + e), the rotated cone

    ||(2 F, B - H B - e)|| <= B + H B + e.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import clarabel  # type: ignore[import-untyped]
import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from tests.counted import Counted, bounds, largest_hhi, reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from solver.problem.rules import ChangeLimit
    from solver.solution.keys import RowKey
    from tests.counted import Move, Scope
    from tests.simple_routes import Case

Line = dict[int, float]
"""Entries by column."""

TOLERANCE = 1e-10
"""What Clarabel is asked for, of quantities and costs scaled to about 1."""

ACCEPTED = 1e-7
"""What is accepted where rounding lets it come no further."""

REGULARISATIONS = (1e-8, 1e-10, 1e-12)
"""What is added to its equations, for numbers that rounding troubles."""

LEAST_NOISE = 1e-9
"""What its answers may miss at least, of quantities and costs so scaled."""


class UnsettledError(Exception):
    """Rounding kept Clarabel from an answer."""


def total(*parts: tuple[float, Line]) -> Line:
    """Sum of lines, each times a factor."""
    result: Line = {}
    for factor, line in parts:
        for column, value in line.items():
            result[column] = result.get(column, 0.0) + factor * value
    return result


@dataclass(frozen=True)
class Found:
    """A least objective, its columns, and the prices of rows, in order.

    `noise` is what columns may miss, of the quantity that is their scale, and `money`
    the dearest of them.
    """

    value: float
    columns: np.ndarray[Any, Any]
    prices: np.ndarray[Any, Any]
    noise: float = 0.0
    money: float = 1.0


class Program:
    """Columns of 0 or more; rows, cones; all in one unit of quantity.

    Parameters
    ----------
    scale : float
        Quantity that is about the size of all columns.
    """

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.penalised: set[int] = set()
        self.costs: list[float] = []
        self.upper: list[tuple[Line, float]] = []
        self.equal: list[tuple[Line, float]] = []
        self.cones: list[list[tuple[Line, float]]] = []
        self.unmet: list[int] = []

    def column(self, cost: float = 0.0) -> int:
        """Add a column."""
        self.costs.append(cost)
        return len(self.costs) - 1

    def excess(self, cost: float) -> Line:
        """Entry, in its row, of a new column for what exceeds a limit."""
        self.penalised.add(self.column(cost))
        return {len(self.costs) - 1: -1.0}

    def at_most(self, line: Line, limit: float) -> None:
        """Add a row."""
        self.upper.append((line, limit))

    def least(self, costs: Iterable[float]) -> Found | None:
        """Least objective; None if nothing is feasible."""
        cost = np.array(list(costs), dtype=float)
        plain = [column for column in range(len(cost)) if column not in self.penalised]
        money = float(np.abs(cost[plain]).max(initial=0.0)) or 1.0
        solve = self._cone_program if self.cones else self._linear_program
        found = solve(cost / money)
        if found is None:
            return None
        return Found(
            found.value * money * self.scale,
            found.columns * self.scale,
            found.prices * money,
            found.noise,
            money,
        )

    def _matrix(
        self, rows: list[tuple[Line, float]]
    ) -> tuple[sparse.csc_array, np.ndarray[Any, Any]]:
        """Entries, and right-hand sides in units of the scale."""
        place = [(r, c) for r, (line, _) in enumerate(rows) for c in line]
        entries = [value for line, _ in rows for value in line.values()]
        index = np.array(place, dtype=int).reshape(-1, 2).T
        shape = (len(rows), len(self.costs))
        matrix = sparse.csc_array((entries, (index[0], index[1])), shape=shape)
        return matrix, np.array([limit for _, limit in rows]) / self.scale

    def _linear_program(self, cost: np.ndarray[Any, Any]) -> Found | None:
        upper, limits = self._matrix(self.upper)
        equal, sides = self._matrix(self.equal)
        found: Any = linprog(  # type: ignore[call-overload]
            cost,
            A_ub=upper if len(limits) else None,
            b_ub=limits if len(limits) else None,
            A_eq=equal,
            b_eq=sides,
            method="highs",
            options={
                "primal_feasibility_tolerance": 1e-10,
                "dual_feasibility_tolerance": 1e-10,
            },
        )
        if found.status == 2:
            return None
        assert found.status == 0, found.message
        return Found(float(found.fun), found.x, -found.ineqlin.marginals)

    def _cone_program(self, cost: np.ndarray[Any, Any]) -> Found | None:
        width = len(cost)
        upper, limits = self._matrix(self.upper)
        equal, sides = self._matrix(self.equal)
        parts = [equal, upper, -sparse.eye_array(width)]
        right = [sides, limits, np.zeros(width)]
        cones: list[Any] = [
            clarabel.ZeroConeT(len(sides)),
            clarabel.NonnegativeConeT(len(limits) + width),
        ]
        for cone in self.cones:
            matrix, constants = self._matrix(cone)
            parts.append(-matrix)
            right.append(constants)
            cones.append(clarabel.SecondOrderConeT(len(cone)))
        data = (
            sparse.csc_matrix((width, width)),
            cost,
            sparse.csc_matrix(sparse.vstack(parts)),
            np.concatenate(right),
            cones,
        )
        best = _solved(data)
        if best is None:
            return None
        solution, noise = best
        prices = np.array(solution.z[len(sides) : len(sides) + len(limits)])
        return Found(float(solution.obj_val), np.array(solution.x), prices, noise)


def _solved(data: tuple[Any, ...]) -> tuple[Any, float] | None:
    """Clarabel's best solution, and what it misses; None if infeasible."""
    best, missed = None, ACCEPTED
    for constant in REGULARISATIONS:
        solution = clarabel.DefaultSolver(*data, _settings(constant)).solve()
        status = str(solution.status)
        if status in {"PrimalInfeasible", "AlmostPrimalInfeasible"}:
            return None
        gap = abs(solution.obj_val - solution.obj_val_dual)
        noise = max(LEAST_NOISE, gap, solution.r_prim, solution.r_dual)
        if noise < missed:
            best, missed = solution, noise
        if status == "Solved":
            break
    if best is None:
        raise UnsettledError(status)
    return best, missed


def _settings(constant: float) -> Any:
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.static_regularization_constant = constant
    for name in ("gap_abs", "gap_rel", "feas"):
        setattr(settings, f"tol_{name}", TOLERANCE)
        setattr(settings, f"reduced_tol_{name}", ACCEPTED)
    return settings


class RouteForm:
    """Simple routes as columns, and rules as rows over them.

    Parameters
    ----------
    case : Case
        The instance with its routes.
    move : callable
        Limit of a row instead of its own.
    nudge : float
        Added to every largest HHI.
    room : dict of RowKey to float, optional
        Weighted quantity by which rows may be exceeded for nothing.
    """

    def __init__(
        self,
        case: Case,
        move: Move,
        nudge: float = 0.0,
        room: Mapping[RowKey, float] | None = None,
    ) -> None:
        self.case, self.move, self.nudge = case, move, nudge
        self.room = room or {}
        self.counted = Counted(case)
        self.shipment = [shipment for shipment, _ in case.columns]
        self.routes = [route for _, route in case.columns]

    def program(self, rules: str) -> Program:
        """Program with hard rules kept (`hard`) or broken (`excess`), or all (`all`).

        Its costs are those of routes and penalties, or of excess over hard rules.
        """
        quantity = [row["quantity"] for row, _ in self.case.shipments]
        program = Program(max(self.case.demand, 1e-3))
        for route in self.routes:
            program.column(0.0 if rules == "excess" else route.cost)
        carried: list[Line] = [{} for _ in quantity]
        for column, shipment in enumerate(self.shipment):
            carried[shipment][column] = 1.0
        for line, whole in zip(carried, quantity, strict=True):
            program.unmet.append(program.column())
            program.equal.append(({**line, program.unmet[-1]: 1.0}, whole))
        passed = [self.counted.passes(r.nodes, r.elements) for r in self.routes]
        for line, limit in self.counted.capacity_rows(passed, self.shipment):
            program.at_most(line, limit)
        for scope in self.counted.scopes:
            if rules == "all" or scope.rule.penalty is None:
                _RuleRows(self, program, scope).add(broken=rules == "excess")
        return program


class _RuleRows:
    """Rows of one scope of a rule."""

    def __init__(self, form: RouteForm, program: Program, scope: Scope) -> None:
        self.form, self.program, self.scope = form, program, scope
        weight = [scope.weight[shipment] for shipment in form.shipment]
        values = form.counted.values(scope.rule.by)
        self.parts: dict[str, Line] = {value: {} for value in values}
        for column, route in enumerate(form.routes):
            if weight[column]:
                for value in form.counted.touched(scope.rule.by, route):
                    self.parts[value][column] = weight[column]
        carried = scope.rule.of == "carried"
        self.base: Line = {c: w for c, w in enumerate(weight) if w} if carried else {}
        self.demand = 0.0 if carried else scope.demand

    def add(self, *, broken: bool) -> None:
        """Add every row; a soft one, or one that may be broken, with its excess."""
        self.broken = broken
        for key, line, limit in self._linear():
            room = self.form.room.get(key, 0.0)
            self.program.at_most({**line, **self._excess()}, limit + room)
        for key, hhi in largest_hhi(self.scope, self.form.move):
            self._hhi(hhi + self.form.nudge, self.form.room.get(key, 0.0))

    def _excess(self, *, hhi: bool = False) -> Line:
        """Entry of a new column for an excess, if there may be one."""
        penalty = self.scope.rule.penalty
        if penalty is not None:
            demand = self.scope.demand
            factor = (100.0 / demand if demand else 0.0) if hhi else 1.0
            return self.program.excess(penalty * factor)
        return self.program.excess(1.0) if self.broken else {}

    def _linear(self) -> Iterator[tuple[RowKey, Line, float]]:
        rule, move = self.scope.rule, self.form.move
        for value, side, share in bounds(rule, list(self.parts)):
            key = self.scope.key("share", side, value)
            level = move(key, share)
            line = total((1.0, self.parts.get(value, {})), (-level, self.base))
            sign = 1.0 if side == "max" else -1.0
            yield key, total((sign, line)), sign * level * self.demand
        if rule.max_top is not None:
            key = self.scope.key("top")
            level = move(key, rule.max_top.share)
            yield key, self._largest(rule.max_top.k, level), level * self.demand
        if rule.max_change is not None:
            yield self.scope.key("change"), *self._change(rule.max_change)

    def _largest(self, k: int, share: float) -> Line:
        """Sum of the k largest (least k t + sum_v max(0, F_v - t)) less share x B."""
        threshold = self.program.column()
        parts = [(float(k), {threshold: 1.0}), (-share, self.base)]
        for line in filter(None, self.parts.values()):
            above = self.program.column()
            less = {threshold: -1.0, above: -1.0}
            self.program.at_most(total((1.0, line), (1.0, less)), 0.0)
            parts.append((1.0, {above: 1.0}))
        return total(*parts)

    def _change(self, change: ChangeLimit) -> tuple[Line, float]:
        """Half the sum of |F_v - R_v|, and what it may be."""
        before = reference(self.scope)
        parts: list[tuple[float, Line]] = []
        for value in dict.fromkeys([*self.parts, *before]):
            line, was = self.parts.get(value, {}), before.get(value, 0.0)
            if line or was:
                size = self.program.column()
                for sign in (1.0, -1.0):
                    row = total((sign, line), (-1.0, {size: 1.0}))
                    self.program.at_most(row, sign * was)
                parts.append((0.5, {size: 1.0}))
        key = self.scope.key("change")
        if change.share is None:
            assert change.quantity is not None
            return total(*parts), self.form.move(key, change.quantity)
        share = self.form.move(key, change.share)
        return total(*parts, (-share, self.base)), share * self.demand

    def _hhi(self, hhi: float, room: float) -> None:
        """One cone; a rotated one if there may be an excess, or there is room."""
        parts = [line for line in self.parts.values() if line]
        excess = self._excess(hhi=True)
        if not excess and not room:
            root = float(np.sqrt(hhi))
            cone = [(total((root, self.base)), root * self.demand)]
            self.program.cones.append([*cone, *((line, 0.0) for line in parts)])
            return
        cone = [
            (
                total((1.0 + hhi, self.base), (-1.0, excess)),
                (1.0 + hhi) * self.demand + room,
            ),
            (
                total((1.0 - hhi, self.base), (1.0, excess)),
                (1.0 - hhi) * self.demand - room,
            ),
        ]
        cone += [(total((2.0, line)), 0.0) for line in parts]
        self.program.cones.append(cone)
