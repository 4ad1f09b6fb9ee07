"""What diversification costs: the least cost at every strength of one rule.

What each shipment carries is held at the free optimum's, so that the base of all
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

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from solver.column_generation import StoppedError
from solver.errors import UsageError
from solver.held import Held, held
from solver.instance import Rule
from solver.master import Objective
from solver.routes import joined, routes_of_plan
from solver.solving import prepared, solved
from solver.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from solver.column_generation import ColumnGeneration
    from solver.instance import By, Instance, RuleKey
    from solver.master import Master
    from solver.options import Options
    from solver.solution import Solution

BAND = 1e-3
"""Room between chord and tangents, relative to cost, that calls for no point."""

NEAR_END = 1e-4
"""Distance of the last point from the most diversified plan, in shares or HHI."""

MOST_POINTS = 40
"""Points at most, where their number is not given."""

NAME = "frontier"
"""Name of the rule that varies."""


@dataclass(frozen=True, slots=True)
class Dial:
    """The rule whose limit varies.

    Parameters
    ----------
    measure : str
        ``max_hhi``, ``max_share`` or ``min_share``.
    by, where
        As in a rule.
    value : str
        The value whose share is bounded; blank: all values.
    """

    measure: str
    by: By
    where: Mapping[RuleKey, tuple[str, ...]]
    value: str = ""

    @property
    def side(self) -> float:
        """1 if a smaller limit is stricter, -1 if a larger one is."""
        return -1.0 if self.measure == "min_share" else 1.0

    @property
    def strictest(self) -> float:
        """Limit that no plan can go beyond."""
        return 0.0 if self.side > 0 else 1.0

    def rule(self, limit: float) -> Rule:
        """Return the rule at a limit."""
        given = {self.value: limit} if self.value else limit
        return Rule(
            name=NAME,
            by=self.by,
            where=dict(self.where),
            **{self.measure: given},
        )


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The plan of least cost at one limit.

    Parameters
    ----------
    limit, level : float
        What the rule allows, and where the plan stands.
    hhi : float
        Index of concentration of the rule's scope by the rule's `by`.
    shares : dict of str to float
        Share of each value in the scope.
    cost, bound : float
        Cost of the plan, with what unmet demand costs, and its proved bound.
    price : float
        What a unit of the limit is worth at the margin.
    instance : Instance
        What was solved: the held instance with the rule.
    solution : Solution
        The plan, its prices and their proof.
    """

    limit: float
    level: float
    hhi: float
    shares: Mapping[str, float]
    cost: float
    bound: float
    price: float
    instance: Instance
    solution: Solution


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """The curve of least cost against one rule.

    Parameters
    ----------
    dial : Dial
        The rule.
    points : tuple of Point
        From the free optimum to the most diversified.
    end : float
        Level of the most diversified plan possible.
    band : float
        Largest room between chord and tangents, relative to cost.
    knee : int
        The point where the curve bends most.
    held : float
        Quantity carried in every plan.
    """

    dial: Dial
    points: tuple[Point, ...]
    end: float
    band: float
    knee: int
    held: float


def frontier(
    instance: Instance,
    dial: Dial,
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
    dial : Dial
        The rule that varies.
    options : Options
        Solver; the time limit is for each point.
    points : int, optional
        How many points, 2 or more; by default as many as bring the band within
        `BAND`.
    tell : callable, optional
        Called with each point as it is found.

    Raises
    ------
    UsageError
        The instance has no plan, or the rule covers nothing that is carried.
    """
    curve = _Curve(_free(instance, options), dial, options, tell)
    curve.draw(points)
    return curve.frontier()


def _free(instance: Instance, options: Options) -> Held:
    """Hold what the free optimum carries."""
    loop = prepared(instance, options)
    solution = solved(loop)
    if solution.plan is None or solution.status not in {Status.OPTIMAL, Status.UNMET}:
        message = f"there is no plan proved optimal to start from: {solution.status}"
        raise UsageError(message)
    known = joined([lot.routes for lot in loop.master.lots])
    return held(instance, solution.plan, known)


class _Curve:
    """Points found so far, from the loosest to the strictest."""

    def __init__(
        self,
        base: Held,
        dial: Dial,
        options: Options,
        tell: Callable[[Point], None] | None,
    ) -> None:
        self.base, self.dial, self.options, self.tell = base, dial, options, tell
        self.points: list[Point] = []
        self.known = base.known
        self.end = dial.strictest

    def draw(self, count: int | None) -> None:
        """Place both ends, then points where chord and tangents leave most room."""
        self._place(1.0 - self.dial.strictest)
        self.end = self._most_diversified()
        near = self.end + self.dial.side * NEAR_END
        if self.dial.side * (self.points[0].limit - near) <= 0:
            return
        self._place(near)
        enough = 0.0 if count else BAND
        while len(self.points) < (count or MOST_POINTS):
            room, limit = self._widest()
            if room <= enough:
                break
            self._place(limit)

    def frontier(self) -> Frontier:
        """Return what was found."""
        return Frontier(
            dial=self.dial,
            points=tuple(self.points),
            end=self.end,
            band=self._widest()[0],
            knee=self._knee(),
            held=float(self.base.instance.demand["quantity"].sum()),
        )

    def _at(self, limit: float) -> Instance:
        """Return the held instance with the rule at a limit."""
        rules = (*self.base.instance.diversification, self.dial.rule(limit))
        return self.base.instance.model_copy(update={"diversification": rules})

    def _loop(self, limit: float) -> ColumnGeneration:
        """Return a loop that has the rule in its model, and all routes found so far."""
        loop = prepared(self._at(limit), self.options, known=self.known)
        rows = enumerate(loop.master.rules.rows)
        loop.master.rows.add([n for n, row in rows if row.key.rule == NAME])
        return loop

    def _place(self, limit: float) -> None:
        """Find the plan of least cost at a limit."""
        loop = self._loop(limit)
        solution = solved(loop)
        if solution.plan is None or solution.status is not Status.OPTIMAL:
            message = f"no plan proved optimal at limit {limit:.9g}: {solution.status}"
            raise UsageError(message)
        self.known = joined([lot.routes for lot in loop.master.lots])
        point = self._point(loop.master, limit, solution)
        self.points.append(point)
        self.points.sort(key=lambda found: -self.dial.side * found.limit)
        if self.tell is not None:
            self.tell(point)

    def _point(self, master: Master, limit: float, solution: Solution) -> Point:
        """Return what a plan makes of the rule and of the corridors."""
        assert solution.plan is not None  # noqa: S101
        rules, quantity = master.rules, solution.plan.quantity
        routes = routes_of_plan(master.network, master.cargo, solution.plan)
        own = [n for n, row in enumerate(rules.rows) if row.key.rule == NAME]
        levels = rules.levels(routes, quantity)
        worst = max(self.dial.side * levels[n].level for n in own)
        level = self.dial.side * worst
        scopes = {id(rules.rows[n].scope): rules.rows[n].scope for n in own}
        inside = np.any([scope.weight > 0 for scope in scopes.values()], axis=0)
        flows = np.where(inside[routes.shipment], quantity, 0.0)
        amounts = np.asarray(rules.carried(routes, "corridor").T @ flows)
        shares = amounts / amounts.sum()
        prices = solution.certificate.stages[-1].rules if solution.certificate else {}
        price = sum(prices.get(rules.rows[n].key, 0.0) * levels[n].base for n in own)
        is_free = not self.points
        limit = level if is_free else limit
        cost, bound = solution.proved.objective or 0.0, solution.proved.bound or 0.0
        return Point(
            limit=limit,
            level=level,
            hhi=float(shares @ shares),
            shares=dict(zip(rules.values("corridor"), shares.tolist(), strict=True)),
            cost=cost + self.base.unmet_cost,
            bound=bound + self.base.unmet_cost,
            price=price,
            instance=self._at(limit),
            solution=solution,
        )

    def _most_diversified(self) -> float:
        """Return the strictest level that carries everything, at any cost."""
        strictest = self.dial.strictest
        loop = self._loop(strictest)
        master = loop.master
        rows = enumerate(master.rules.rows)
        master.rows.forbid_excess()
        for number in range(len(master.cargo.classes)):
            master.limit_unmet(number, 0.0)
        master.rows.share_excess([n for n, row in rows if row.key.rule == NAME])
        nothing = np.zeros(len(master.cargo))
        master.set_objective(Objective(False, nothing, 0.0))
        try:
            run = loop.run("diversity")
            self.known = joined([lot.routes for lot in master.lots])
            return strictest + self.dial.side * run.cost
        except StoppedError as stopped:
            message = "the most diversified plan was not found in time"
            raise UsageError(message) from stopped

    def _widest(self) -> tuple[float, float]:
        """Most room between chord and tangents, relative to cost, and its limit."""
        rooms = [self._room(a, b) for a, b in pairwise(self.points)]
        return max(rooms, default=(0.0, self.end))

    def _room(self, loose: Point, strict: Point) -> tuple[float, float]:
        """Room between two points, where their tangents meet."""
        side = self.dial.side
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

    def _knee(self) -> int:
        """Return the point that is farthest below the chord of the whole curve."""
        first, last = self.points[0], self.points[-1]
        width, height = first.limit - last.limit, last.cost - first.cost
        if not (width and height):
            return 0
        below = [
            (first.limit - point.limit) / width - (point.cost - first.cost) / height
            for point in self.points
        ]
        return int(np.argmax(below))
