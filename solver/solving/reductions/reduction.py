"""From the instance as given to the one that is solved, and back.

A reduction makes another instance of one: sorted, smaller, with numbers that are no
decimals. Whoever solves the other has solved the one, as each reduction turns a
solution of the instance that it made into a solution of the instance it made it from.

References
----------
Agrawal, A., Verschueren, R., Diamond, S. and Boyd, S. (2018), A rewriting system for
convex optimization problems, Journal of Control and Decision 5(1): chains of
reductions, each of which can retrieve a solution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from solver.solving.prepared import Prepared
from solver.solving.reductions.aggregation import aggregated_demand
from solver.solving.reductions.canonical_order import canonical_order
from solver.solving.reductions.decimals import Decimals

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.plan import Plan
    from solver.solution.solution import Solution
    from solver.solving.reductions.canonical_order import CanonicalOrder


class Reduction(Protocol):
    """An instance made of another, and the way back."""

    @property
    def reduced(self) -> Prepared:
        """The instance that was made."""

    def project(self, plan: Plan) -> Plan:
        """Return a plan of the other instance as one of the instance made."""

    def invert(self, solution: Solution) -> Solution:
        """Return a solution of the instance made as one of the other."""


@dataclass(frozen=True, slots=True, eq=False)
class ReductionChain:
    """Reductions one after the other, itself a reduction.

    Parameters
    ----------
    given : Prepared
        The instance as given.
    links : tuple of Reduction
        The first was made of the instance given, each other of the one before it.
    """

    given: Prepared
    links: tuple[Reduction, ...]

    @property
    def reduced(self) -> Prepared:
        """The instance that is solved."""
        return self.links[-1].reduced if self.links else self.given

    def project(self, plan: Plan) -> Plan:
        """Return a plan of the instance given as one of the instance solved."""
        for link in self.links:
            plan = link.project(plan)
        return plan

    def invert(self, solution: Solution) -> Solution:
        """Return a solution of the instance solved as one of the instance given."""
        for link in reversed(self.links):
            solution = link.invert(solution)
        return solution


def reductions(
    instance: Prepared | Instance, *, aggregating: bool = True
) -> ReductionChain:
    """Return what an instance is reduced to before it is solved.

    Rows are sorted, the numbers of the solve made decimals afterwards, and demand that
    is alike is aggregated.

    Parameters
    ----------
    instance : Prepared or Instance
        A checked instance, with what is built of it already.
    aggregating : bool
        Whether alike demand is aggregated where that is of use. Not where instances
        share routes of one another that are alike in different rows, nor near an
        earlier plan, in which alike demand had routes of its own.
    """
    given = _prepared(instance)
    chain = of_order(canonical_order(given))
    aggregating = aggregating and given.earlier is None
    aggregated = aggregated_demand(chain.reduced) if aggregating else None
    if aggregated is None:
        return chain
    return ReductionChain(chain.given, (*chain.links, aggregated))


def of_order(order: CanonicalOrder) -> ReductionChain:
    """Return the chain of an instance whose rows are sorted, and no more."""
    return ReductionChain(order.given, (order, Decimals(order.reduced)))


def as_given(instance: Prepared | Instance) -> ReductionChain:
    """Return the chain of an instance solved in the order of its own rows."""
    given = _prepared(instance)
    return ReductionChain(given, (Decimals(given),))


def _prepared(instance: Prepared | Instance) -> Prepared:
    return instance if isinstance(instance, Prepared) else Prepared(instance)
