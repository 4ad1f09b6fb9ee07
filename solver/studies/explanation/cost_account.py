"""The cost of a plan told twice: by what its cargo pays, less the rents of limits.

By strong duality, with the prices of the stage `cost` that prove a plan,

    cost + penalties = sum_d q_d m_d - sum_k price_k K_k - sum_i price_i rhs_i
        - sum_c price_c U_c,

where m_d, the marginal cost of a shipment d, is the least of what its cheapest route
pays and of the price of leaving it unmet. The terms taken off are *rents*: of
capacities, of the right-hand sides of rules (cuts of HHI and soft rules included), and
of classes of firm demand of which something stays unmet.

References
----------
Ahuja, R. K., Magnanti, T. L. and Orlin, J. B. (1993), Network Flows, Prentice Hall,
chapter 9: complementary slackness and strong duality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.keys import UnmetKey

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.studies.explanation.proved_plan import ProvedPlan


@dataclass(frozen=True, slots=True, eq=False)
class CostAccount:
    """Both sides of strong duality, in money.

    Parameters
    ----------
    paid : float
        Sum over all demand of quantity times marginal cost.
    capacity_rents : ndarray, shape (priced limits,)
        Price times capacity, in the order of `ProvedPlan.priced_limits`.
    rule_rents : ndarray, shape (priced rows,)
        Price times right-hand side, in the order of `ProvedPlan.priced_rows`.
    unmet_rents : ndarray, shape (classes,)
        Price times what each class of firm demand leaves unmet.
    cost : float
        Cost and penalties of the plan, from its flows.
    """

    paid: float
    capacity_rents: Floats
    rule_rents: Floats
    unmet_rents: Floats
    cost: float

    @property
    def rents(self) -> float:
        """Everything that is taken off."""
        every = (self.capacity_rents, self.rule_rents, self.unmet_rents)
        return float(sum(rents.sum() for rents in every))

    @property
    def difference(self) -> float:
        """Cost less what is paid net of rents: what is not proved of it."""
        return self.cost - (self.paid - self.rents)


def cost_account(proved: ProvedPlan) -> CostAccount:
    """Return the account of a plan at the prices that prove it."""
    cargo, prices = proved.known.cargo, proved.prices
    marginal = np.minimum(proved.least, proved.unmet_price)
    unmet = _unmet_by_class(proved)
    per_class = [proved.stage.unmet.get(UnmetKey(p), 0.0) for p in cargo.classes]
    limits: Ints = proved.priced_limits
    forms = proved.priced_rows.items()
    return CostAccount(
        paid=float(cargo.quantity @ marginal),
        capacity_rents=prices.limits[limits]
        * proved.known.network.limits.capacity[limits],
        rule_rents=np.array([prices.rules[n] * form.limit for n, form in forms]),
        unmet_rents=np.array(per_class, dtype=float) * unmet,
        cost=_cost(proved),
    )


def _unmet_by_class(proved: ProvedPlan) -> Floats:
    cargo = proved.known.cargo
    firm = np.flatnonzero(cargo.firm)
    size = len(cargo.classes)
    weights = proved.plan.unmet[firm]
    return np.bincount(cargo.unmet_class[firm], weights, minlength=size).astype(float)


def _cost(proved: ProvedPlan) -> float:
    """Cost of routes, what unmet priced demand costs, and penalties."""
    cargo, plan = proved.known.cargo, proved.plan
    priced = ~cargo.firm
    unmet = float(plan.unmet[priced] @ cargo.unmet_cost[priced])
    penalties = float(np.nansum([level.penalty for level in proved.levels]))
    return float(plan.quantity @ proved.routes.cost) + unmet + penalties
