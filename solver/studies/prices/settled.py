"""Directions that the final basis settles: its prices are the slope, without a solve.

Where no basic variable at its bound stands in the way, the basis stays optimal for a
while as a right-hand side moves, and the plan changes at a constant rate. Routes that
the model lacks do not end that, since its prices are proved for all of them; rows that
it lacks may.

References
----------
Gal, T. (1995), Postoptimal Analyses, Parametric Programming and Related Topics, 2nd
edition, de Gruyter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from solver.network.routes import limit_loads, limit_usage
from solver.studies.prices.basis_plans import BasisPlans
from solver.studies.prices.moves import moved

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.model.answer import FinalBasis
    from solver.solving.column_generation import LoopResult
    from solver.studies.prices.moved_plans import Changes, Publishing
    from solver.studies.prices.moves import RightHandMove
    from solver.studies.prices.questions import MovedDirection
    from solver.studies.prices.second_model import SecondModel


BLOCKED = 1e-7
"""Part of all cargo up to which a basis does not reach."""


class SettledDirection(NamedTuple):
    """How the plan follows a right-hand side for a while.

    Parameters
    ----------
    move, sign : RightHandMove and int
        What moves, and which way.
    rates : ndarray, shape (columns,)
        What each column changes by.
    longest : float
        How far that holds at least.
    is_all : bool
        Whether its end is of no interest: of demand, and where firm demand is served
        more or less.
    plans : BasisPlans
        Plans that follow the basis.
    """

    move: RightHandMove
    sign: int
    rates: Floats
    longest: float
    is_all: bool
    plans: BasisPlans

    def plan(self, far: float) -> LoopResult | None:
        """Return the plan for a right-hand side moved so far, if it is still known."""
        return self.plans.plan(self.rates, far)

    def changes(self, far: float) -> Changes | None:
        """Return what it changes of the published plan; None if that is not short."""
        return self.plans.changes(self.rates, far)


class SettledDirections:
    """Directions of a model from its last basis.

    Parameters
    ----------
    model : SecondModel
        Its base was just solved.
    basis : FinalBasis
        Its basis.
    publishing : Publishing
        The plan as given, and how plans of the model become such.
    """

    def __init__(
        self, model: SecondModel, basis: FinalBasis, publishing: Publishing
    ) -> None:
        self.model, self.master, self.basis = model, model.master, basis
        self.run = model.base.run
        self._plans = BasisPlans(model, self.run, publishing)
        self.least = BLOCKED * float(self.master.cargo.quantity.sum())
        self._free, self._usage = self._outside()
        cargo, unmet = self.master.cargo, self.master.unmet_column
        self._firm = unmet[cargo.firm & (unmet >= 0)]

    def _outside(self) -> tuple[Floats, sparse.csr_array]:
        """Return what is free of limits without a row, and how columns count there."""
        master = self.master
        limits = np.flatnonzero(master.families.capacity.row < 0)
        free = master.network.limits.capacity[limits]
        places, parts = [], []
        for batch, quantity in zip(
            master.routes.batches, self.run.quantities, strict=True
        ):
            free = free - limit_loads(batch.routes, quantity)[limits]
            held = np.flatnonzero(batch.columns >= 0)
            places.append(batch.columns[held])
            parts.append(limit_usage(batch.routes.chosen(held), limits))
        usage = sparse.coo_array(sparse.vstack(parts))
        shape = len(limits), len(self.run.answer.values)
        entries = usage.data, (usage.col, np.concatenate(places)[usage.row])
        return free, sparse.csr_array(entries, shape=shape)

    def direction(self, own: MovedDirection) -> SettledDirection | None:
        """Return how the plan follows; None where the basis does not settle it."""
        move, sign = own.question.move, own.sign
        found = self.basis.rates(self._rows(move, sign))
        if found is None:
            return None
        rates, longest = found
        used = self._usage @ rates
        filling = used > 0.0
        room = np.maximum(self._free[filling], 0.0) / used[filling]
        longest = min(own.reach, longest, float(np.min(room, initial=np.inf)))
        if longest <= self.least:
            return None
        is_all = own.is_of_demand or bool((np.abs(rates[self._firm]) > 0.0).any())
        if is_all:
            longest = _short(longest)
        known = SettledDirection(move, sign, rates, longest, is_all, self._plans)
        return known if self._keeps_rules(known) else None

    def _rows(self, move: RightHandMove, sign: int) -> dict[int, float]:
        """Return what rows of the model move by."""
        master = self.master
        capacity, rules = master.families.capacity, master.families.rules
        found: dict[int, float] = {}
        for number, rate in move.limits.items():
            found[int(capacity.row[number])] = sign * rate
        for number, rate in move.rows.items():
            found[int(rules.row[number])] = sign * rate
        for shipment, rate in move.demand.items():
            found[int(master.demand_row[shipment])] = sign * rate
        return found

    def _keeps_rules(self, own: SettledDirection) -> bool:
        """Whether rows of rules that the model lacks hold as far as the basis goes."""
        if not self.master.rules.rows:
            return True
        with moved(self.master, own.move, own.sign * own.longest):
            there = own.plan(own.longest)
            rules = self.master.families.rules
            return there is not None and rules.keeps(
                there.answer.values, there.quantities
            )


def _short(far: float) -> float:
    """Return a distance of two digits that is no longer."""
    factor = 10.0 ** (1 - np.floor(np.log10(far)))
    return float(f"{np.floor(far * factor) / factor:.12g}")
