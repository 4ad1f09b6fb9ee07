"""A second model of a solved instance, in which right-hand sides can be moved.

Firm demand may stay unmet and rules be broken in it at a penalty, so that it always has
a plan. What it says where it pays no more penalties than at first depends on none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.master import Master
from solver.model.objective import Objective
from solver.solving.column_generation import ColumnGeneration
from solver.solving.lexicographic import PENALTY
from solver.studies.prices.curve import CostTangent
from solver.studies.prices.moves import RightHandMove, moved
from solver.studies.prices.remembering import RememberingPricer

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.arrays import Floats
    from solver.model.objective import Duals
    from solver.solving.column_generation import Known, LoopResult


_CLOSE = 1e-15
"""Relative gap at which a run ends: routes are sought until none improves on it."""

_APART = 30.0
"""How much more the penalty is on leaving a class than on leaving the next."""

_STEPS = 4.0
"""Dearest steps that a route which comes in place of a free one may cost."""

_NOISE = 1e-9
"""Part of all cargo by which unmet demand or an excess is no other than before."""


class SecondModel:
    """The least cost over right-hand sides of a solved instance.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop that found the plan.
    known : Known
        Routes and limits of its model.

    Attributes
    ----------
    base : CostTangent
        Where nothing is moved.
    """

    def __init__(self, loop: ColumnGeneration, known: Known) -> None:
        first = loop.master
        cargo = replace(first.cargo, quantity=first.cargo.quantity.copy())
        largest = _largest(first)
        self.penalties = _penalties(first, largest)
        unmet = np.where(cargo.firm, self.penalties[cargo.unmet_class], 0.0)
        unmet = np.where(cargo.firm, unmet, cargo.unmet_cost)
        excess = PENALTY * float(np.max(self.penalties, initial=largest))
        objective = Objective(money=True, unmet=unmet, excess=excess)
        self.master = Master(first.network, cargo, first.rules, objective)
        # Indices are left: far from the plan the planes that cut them are ill-scaled.
        exact = np.array([row.is_exact for row in first.rules.rows], dtype=bool)
        self.master.families.rules.loosen(exact)
        self.loop = ColumnGeneration(
            self.master,
            RememberingPricer(loop.pricer),
            loop.backend,
            deadline=loop.deadline,
        )
        self.loop.start(known)
        self.solves = 0
        self._paid, self.kept = 0.0, np.zeros(len(cargo.classes))
        self.base = self.tangent(RightHandMove(), 1)(0.0)
        self.kept = self._left(self.base.run)
        self._paid = float(self.penalties[: len(self.kept)] @ self.kept)
        self.base = replace(self.base, value=self.base.value - self._paid)

    def solve_base(self) -> None:
        """Solve again with nothing moved: what entered since is in the basis then."""
        self.base = self.tangent(RightHandMove(), 1)(0.0)

    @property
    def is_curved(self) -> bool:
        """Whether an index of concentration has a price: the cost is a curve then."""
        rows, priced = self.master.rules.rows, self.base.duals.prices.rules
        return any(rows[number].key.is_index for number in priced)

    def tangent(self, move: RightHandMove, sign: int) -> Callable[[float], CostTangent]:
        """Return what gives the tangent with right-hand sides moved so far.

        Raises
        ------
        StoppedError
            The time or work allowed is done.
        """

        def at(far: float) -> CostTangent:
            self.solves += 1
            with moved(self.master, move, sign * far):
                run = self.loop.run("prices", _CLOSE)
            value = run.cost - self._paid
            return CostTangent(far, value, sign * move.slope(run.duals), run.duals, run)

        return at

    def published(self, duals: Duals) -> Duals:
        """Prices that prove a plan in which each class leaves what it must."""
        left = np.flatnonzero(self.kept > 0.0).tolist()
        own = {number: float(self.penalties[number]) for number in left}
        return replace(duals, unmet_prices=own)

    def _left(self, run: LoopResult) -> Floats:
        """Quantity of each class that has routes and stays unmet."""
        master = self.master
        firm = master.cargo.firm & ~master.outside.lost
        own = master.cargo.unmet_class[firm]
        left = np.bincount(own, run.unmet[firm], len(self.kept)).astype(float)
        noise = _NOISE * float(master.cargo.quantity.sum())
        return np.where(left > noise, left, 0.0)

    def change(self, run: LoopResult) -> tuple[Floats, bool]:
        """Return what each class leaves more than before, and if rules are broken."""
        noise = _NOISE * float(self.master.cargo.quantity.sum())
        more = self._left(run) - self.kept
        broken = self.master.families.rules.excess(run.answer) > noise
        return np.where(np.abs(more) > noise, more, 0.0), broken


def _largest(master: Master) -> float:
    """Return far more than first routes cost, and more than the dearest step does."""
    costs = master.outside.cost[np.isfinite(master.outside.cost)]
    priced = master.cargo.unmet_cost[np.isfinite(master.cargo.unmet_cost)]
    both = np.concatenate([costs, priced])
    far = PENALTY * float(np.max(both, initial=master.scale.cost))
    steps = master.network.steps.cost
    dearest = _STEPS * float(np.max(steps[np.isfinite(steps)], initial=0.0))
    return float(np.ceil(max(far, dearest)))


def _penalties(master: Master, largest: float) -> Floats:
    """Penalty on leaving a unit of each class; last, none on priced demand."""
    steps = np.arange(len(master.cargo.classes))[::-1]
    return np.asarray(np.append(largest * _APART**steps, 0.0))
