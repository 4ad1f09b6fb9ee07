"""What diversification costs: the least cost at every strength of one rule.

What each shipment carries is held at the unconstrained optimum's, so the base of all
shares is constant. Then the least cost is a convex function of the limit: a plan
between two points is a mixture of theirs and costs no more (the chord), and the price
of the rule at a point bounds the cost everywhere (the tangent). Points are placed
where chord and tangents leave most room.

References
----------
Rote, G. (1992), The convergence rate of the sandwich algorithm for approximating
convex functions, Computing 48.
Satopää, V., Albrecht, J., Irwin, D. and Raghavan, B. (2011), Finding a "Kneedle" in a
haystack, ICDCS Workshops: the knee is where the curve is farthest from its chord.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from solver.errors import NoFrontierError, UsageError
from solver.model.objective import Objective
from solver.network.routes import plan_of, routes_of_plan
from solver.solution.status import Status
from solver.solving.column_generation import Known, StoppedError
from solver.solving.prepared import Prepared
from solver.solving.reductions.canonical_order import canonical_order
from solver.solving.reductions.reduction import of_order, reductions
from solver.solving.solve import prepared, solved
from solver.studies.frontier.fixed_service import FixedService, fixed_service
from solver.studies.frontier.points import Frontier, Point

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.options import Options
    from solver.problem.instance import Instance
    from solver.rules.rule_set import Diversification
    from solver.solution.solution import Solution
    from solver.solving.column_generation import ColumnGeneration
    from solver.solving.reductions.reduction import ReductionChain
    from solver.studies.frontier.varied_rule import VariedRule


LARGEST_GAP = 1e-3
"""Room between chord and tangents, relative to cost, that calls for no point."""


NEAR_END = 1e-4
"""Distance of the last point from the most diversified plan, in shares or HHI."""


MOST_POINTS = 40
"""Points at most, where their number is not given."""


FLAT = 1e-9
"""Room between chord and tangents, relative to cost, that is only noise."""


DEAR = 100.0
"""Price of a unit unmet, or of excess over another rule, in multiples of that of
the smallest scope of the rule whose strictest level is sought."""


BEND = 1e-3
"""Distance of a knee from the chord of the whole curve, of its height, at least."""


DIGITS = 9
"""Digits after the point of limits."""


def frontier(
    instance: Instance,
    varied: VariedRule,
    options: Options,
    *,
    points: int | None = None,
    tell: Callable[[Point], None] | None = None,
) -> Frontier:
    """Frontier of an instance over one rule.

    Parameters
    ----------
    instance : Instance
        A checked instance; its own rules hold at every point.
    varied : VariedRule
        The rule that varies.
    options : Options
        Solver; the time limit is for each point.
    points : int, optional
        How many points, 2 or more; by default as many as bring the largest gap within
        `LARGEST_GAP`.
    tell : callable, optional
        Called with each point as it is found.

    Raises
    ------
    NoCurveError
        The instance has no plan that is proved optimal.
    UsageError
        The rule covers nothing that is carried.
    """
    curve = _FrontierSearch(*_free(instance, options), varied, options, tell)
    curve.draw(points)
    return curve.frontier()


def _free(instance: Instance, options: Options) -> tuple[Status, FixedService, Known]:
    """Hold what the unconstrained optimum carries, and keep the routes found."""
    order = canonical_order(Prepared(instance))
    reduction = of_order(order)
    loop = prepared(reduction.reduced, options)
    solution = solved(loop, reduction)
    status = solution.status
    if solution.plan is None or status not in {Status.OPTIMAL, Status.UNMET}:
        message = (
            f"{_REASONS[status]}: there is no plan that a frontier could start from"
        )
        raise NoFrontierError(message, status.exit_code)
    base = fixed_service(instance, solution.plan)
    known, own = loop.known, reductions(base.reduced, aggregating=False)
    found = plan_of(known.routes, np.zeros(len(known.routes)))
    held = own.project(base.project(order.as_given(found)))
    routes = routes_of_plan(own.reduced.network, own.reduced.cargo, held)
    return status, base, Known(routes, known.limits)


_REASONS = {
    Status.INFEASIBLE: "the rules cannot hold together, as `keruen solve` explains",
    Status.LIMIT: "the time limit is too short",
    Status.NONE: "the time limit is too short",
    Status.APPROXIMATE: "no plan was proved to the tolerance",
}


class _UnprovedPointError(Exception):
    """A point that is not proved, with its status."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status


class _FrontierSearch:
    """Points found so far, from the loosest to the strictest."""

    def __init__(
        self,
        status: Status,
        base: FixedService,
        known: Known,
        varied: VariedRule,
        options: Options,
        tell: Callable[[Point], None] | None,
    ) -> None:
        self.status, self.base, self.varied = status, base, varied
        self.options, self.tell = options, tell
        self.points: list[Point] = []
        self.known = known
        self.end: float | None = None

    def draw(self, count: int | None) -> None:
        """Place points until there are enough, or one is not proved."""
        try:
            self._place(self.varied.loosest)
            self._draw(count)
        except _UnprovedPointError as unproved:
            self.status = unproved.status
        if not self.points:
            message = f"{_REASONS[Status.LIMIT]}: no point was found"
            raise NoFrontierError(message, Status.LIMIT.exit_code)

    def _draw(self, count: int | None) -> None:
        """Place the other end, then points where there is most room."""
        self.end = self._most_diversified()
        near = self.end + self.varied.side * NEAR_END
        if self.varied.side * (self.points[0].limit - near) <= 0:
            return
        self._place(near)
        while len(self.points) < (count or MOST_POINTS):
            limit = self._next(FLAT if count else LARGEST_GAP)
            if limit is None and count:
                limit = self._middle()
            if limit is None:
                break
            self._place(limit)

    def frontier(self) -> Frontier:
        """Return what was found."""
        rooms = [self._room(a, b)[0] for a, b in pairwise(self.points)]
        return Frontier(
            varied=self.varied,
            status=self.status,
            points=tuple(self.points),
            end=self.end,
            largest_gap=max(rooms, default=0.0),
            knee=self._knee(),
            served=float(self.base.instance.demand["quantity"].sum()),
            unmet=self.base.unmet,
            unmet_cost=self.base.unmet_cost,
        )

    def _at(self, limit: float) -> Instance:
        """Return the held instance with the rule at a limit."""
        rules = (*self.base.instance.diversification, self.varied.rule(limit))
        return self.base.instance.model_copy(update={"diversification": rules})

    def _loop(self, limit: float) -> tuple[ColumnGeneration, ReductionChain]:
        """Return a loop that has the rule in its model, and all routes found so far."""
        reduction = reductions(self._at(limit), aggregating=False)
        loop = prepared(reduction.reduced, self.options, known=self.known)
        own = self._own(loop.master.rules)
        if not own:
            message = "nothing is carried that the rule would count; let it cover more"
            raise UsageError(message)
        loop.master.families.rules.add(own)
        return loop, reduction

    def _place(self, limit: float) -> None:
        """Find the plan of least cost at a limit."""
        limit = round(limit, DIGITS)
        loop, reduction = self._loop(limit)
        solution = solved(loop, reduction)
        if solution.status is not Status.OPTIMAL:
            raise _UnprovedPointError(solution.status)
        self.known = loop.known
        point = self._point(reduction.given, limit, solution)
        self.points.append(point)
        self.points.sort(key=lambda found: -self.varied.side * found.limit)
        if self.tell is not None:
            self.tell(point)

    def _point(self, held: Prepared, limit: float, solution: Solution) -> Point:
        """Return what a plan makes of the rule and of the corridors."""
        assert solution.plan is not None  # noqa: S101
        rules, quantity = held.rules, solution.plan.quantity
        routes = routes_of_plan(held.network, held.cargo, solution.plan)
        own = self._own(rules)
        levels = rules.levels(routes, quantity)
        worst = max(self.varied.side * levels[n].level for n in own)
        level = self.varied.side * worst
        scopes = {id(rules.rows[n].scope): rules.rows[n].scope for n in own}
        inside = np.any([scope.weight > 0 for scope in scopes.values()], axis=0)
        flows = np.where(inside[routes.shipment], quantity, 0.0)
        amounts = np.asarray(rules.carried(routes, "corridor").T @ flows)
        shares = amounts / amounts.sum()
        prices = solution.certificate.stages[-1].rules if solution.certificate else {}
        price = sum(prices.get(rules.rows[n].key, 0.0) * levels[n].base for n in own)
        is_free = not self.points
        limit = self.varied.kept_at(level, DIGITS) if is_free else limit
        proved = self.base.invert(solution).proved
        return Point(
            limit=limit,
            level=level,
            hhi=float(shares @ shares),
            shares=dict(zip(rules.values("corridor"), shares.tolist(), strict=True)),
            cost=proved.objective or 0.0,
            bound=proved.bound or 0.0,
            price=price,
            instance=self._at(limit),
            solution=solution,
        )

    def _most_diversified(self) -> float:
        """Return the strictest level that carries everything, at any cost."""
        strictest = self.varied.strictest
        loop, _ = self._loop(strictest)
        master = loop.master
        own = self._own(master.rules)
        whole = master.families.rules.share_excess(own)
        dear = DEAR * whole / min(master.rules.rows[n].scope.demand for n in own)
        dear *= float(master.families.rules.weight[own].max())
        # What is held keeps the instance's rules to a tolerance only: forbidding all
        # that stays unmet could leave the model no plan.
        unmet = np.full(len(master.cargo), dear)
        master.set_objective(Objective(False, unmet, dear))
        try:
            run = loop.run("diversity")
        except StoppedError as stopped:
            raise _UnprovedPointError(Status.LIMIT) from stopped
        self.known = loop.known
        shared = master.families.rules.shared_excess(run.answer)
        return strictest + self.varied.side * shared / whole

    def _own(self, rules: Diversification) -> list[int]:
        """Numbers of the rows of the rule that varies."""
        rows = enumerate(rules.rows)
        return [n for n, row in rows if row.key.rule == self.varied.name]

    def _next(self, enough: float) -> float | None:
        """Limit where there is most room, if that is more than enough."""
        rooms = [self._room(a, b) for a, b in pairwise(self.points)]
        fresh = [room for room in rooms if self._is_new(room[1])]
        room, limit = max(fresh, default=(0.0, 0.0))
        return limit if room > enough else None

    def _middle(self) -> float | None:
        """Limit in the middle of the longest stretch without a point."""
        pairs = pairwise([point.limit for point in self.points])
        _, limit = max((abs(a - b), (a + b) / 2) for a, b in pairs)
        return limit if self._is_new(limit) else None

    def _is_new(self, limit: float) -> bool:
        return round(limit, DIGITS) not in {point.limit for point in self.points}

    def _room(self, loose: Point, strict: Point) -> tuple[float, float]:
        """Room between two points, where their tangents meet."""
        side = self.varied.side
        width = side * (loose.limit - strict.limit)
        if width <= 0:
            return 0.0, strict.limit
        steeper = strict.price - loose.price
        met = width
        if steeper > 0:
            met = (loose.bound - strict.bound + strict.price * width) / steeper
        met = min(max(met, 0.0), width)
        chord = loose.cost + (strict.cost - loose.cost) * met / width
        tangent = max(
            loose.bound + loose.price * met,
            strict.bound - strict.price * (width - met),
        )
        return (chord - tangent) / max(1.0, abs(chord)), loose.limit - side * met

    def _knee(self) -> int | None:
        """Return the point that is farthest below the chord of the whole curve."""
        first, last = self.points[0], self.points[-1]
        width, height = first.limit - last.limit, last.cost - first.cost
        if not (width and height > FLAT * max(1.0, abs(last.cost))):
            return None
        below = [
            (first.limit - point.limit) / width - (point.cost - first.cost) / height
            for point in self.points
        ]
        knee = int(np.argmax(below))
        return knee if below[knee] > BEND else None
