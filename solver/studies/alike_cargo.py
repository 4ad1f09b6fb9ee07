"""Shipments that are alike where money does not count, taken as one.

What must be carried somewhere, whatever it costs, does not depend on what is carried:
shipments between the same places, to which the same steps are open and which the same
limits count, are one there. A thousand rows of demand can be two hundred then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.model.master import Master
from solver.model.objective import Objective
from solver.network.routes import Routes
from solver.network.shipments import Cargo
from solver.pricing.pricer import Pricer
from solver.pricing.prices import Prices
from solver.pricing.tree_search import OutOfTimeError
from solver.rules.rule_set import Diversification
from solver.solution.plan import Plan
from solver.solving.column_generation import ColumnGeneration, StoppedError
from solver.solving.reductions.canonical_order import ranks

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.network.network import Network


class AlikeCargo(NamedTuple):
    """Cargo whose shipments are those of another that are alike.

    Parameters
    ----------
    cargo : Cargo
        One shipment for all that are alike: what it costs is that of the first.
    of : ndarray of int, shape (shipments,)
        Shipment that each of the other's is part of.
    """

    cargo: Cargo
    of: Ints

    def plan(self, whole: Plan) -> Plan:
        """Return a plan of the other cargo as one of this."""
        return Plan(
            shipment=self.of[whole.shipment],
            quantity=whole.quantity,
            starts=whole.starts,
            elements=whole.elements,
            unmet=_summed(self.of, whole.unmet),
        )

    def routes(self, whole: Routes) -> Routes:
        """Return routes of the other cargo, each of them once."""
        shipment = self.of[whole.shipment]
        every = Routes(
            whole.network, self.cargo, shipment, whole.starts, whole.elements
        )
        _, first = np.unique(every.fingerprint, return_index=True)
        return every.chosen(np.sort(first))


def alike_cargo(network: Network, cargo: Cargo) -> AlikeCargo:
    """Return shipments that are alike where money does not count, as one."""
    demand = network.instance.demand
    timed = np.isfinite(cargo.max_days)
    closed = np.array(network.closed_alike)[cargo.treatment]
    marks = (
        *(ranks(demand[end])[cargo.demand] for end in ("origin", "market")),
        *(cargo.period, cargo.unmet_class, ranks(cargo.max_days)),
        np.where(timed, cargo.treatment, closed),
        np.array(network.counted_alike)[cargo.treatment],
    )
    _, first, of = np.unique(
        np.column_stack(marks), axis=0, return_index=True, return_inverse=True
    )
    of = of.reshape(-1)
    pairs = np.flatnonzero(np.isin(cargo.pair_shipment, first))
    own = of[cargo.pair_shipment[pairs]]
    order = np.argsort(own, kind="stable")
    pairs = pairs[order]
    merged = Cargo(
        demand=cargo.demand[first],
        product=cargo.product[first],
        period=cargo.period[first],
        treatment=cargo.treatment[first],
        quantity=_summed(of, cargo.quantity),
        unmet_cost=cargo.unmet_cost[first],
        max_days=cargo.max_days[first],
        unmet_class=cargo.unmet_class[first],
        classes=cargo.classes,
        pair_shipment=own[order],
        pair_start=cargo.pair_start[pairs],
        pair_end=cargo.pair_end[pairs],
    )
    return AlikeCargo(merged, of)


def loop_without_money(loop: ColumnGeneration, alike: AlikeCargo) -> ColumnGeneration:
    """Return a loop over a second model, of alike shipments and without any rule.

    It knows the routes of the first and one in each corridor's graph, and has all its
    shipments in the model. Classes may leave unmet what they may there.

    Raises
    ------
    StoppedError
        If the deadline passes.
    """
    first, cargo = loop.master, alike.cargo
    network, nothing = first.network, np.zeros(len(cargo))
    rules = Diversification(network, cargo, rules=())
    own = ColumnGeneration(
        Master(network, cargo, rules, Objective(False, nothing, 0.0)),
        Pricer(network, cargo, rules),
        loop.backend.another(),
        deadline=loop.deadline,
        tell=loop.tell,
    )
    own.begin_with(alike.routes(loop.known.routes))
    free = Prices(np.zeros(len(network.limits)), {}, money=0.0)
    try:
        own.learn(own.pricer.search(free, np.full(len(cargo), np.inf)).routes)
    except OutOfTimeError:
        raise StoppedError(None) from None
    for number, most in first.families.unmet.most.items():
        own.master.families.unmet.limit(number, most)
    return own


def _summed(of: Ints, figures: Floats) -> Floats:
    """Sum figures of the other cargo's shipments by those of this."""
    return np.asarray(np.bincount(of, figures, int(of.max(initial=-1)) + 1), float)
