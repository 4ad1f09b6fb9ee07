"""What is built of an instance once, and handed on from step to step of a run."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from solver.network.network import Network
from solver.network.shipments import cargo
from solver.pricing.pricer import Pricer
from solver.rules.rule_set import Diversification
from solver.solution.certificate import OneSided
from solver.verification.exact.amounts import exactly
from solver.verification.prover import Prover
from solver.verification.verify import verify
from solver.verification.world import World

if TYPE_CHECKING:
    from solver.network.shipments import Cargo
    from solver.problem.instance import Instance
    from solver.solution.certificate import Certificate
    from solver.solution.earlier import EarlierPlan
    from solver.solution.plan import Plan
    from solver.solution.solution import Result
    from solver.verification.proved import Proof
    from solver.verification.verify import Verification


class Prepared:
    """An instance with all that a run makes of it, each part built when it is wanted.

    The verifier's world stands beside the solver's network and shares nothing with it.

    Parameters
    ----------
    earlier : EarlierPlan, optional
        The plan that its own is to be near.
    """

    def __init__(self, instance: Instance, earlier: EarlierPlan | None = None) -> None:
        self.instance, self.earlier = instance, earlier
        self._provers: list[Prover] = []

    @cached_property
    def network(self) -> Network:
        """The instance as arrays."""
        return Network(self.instance)

    @cached_property
    def cargo(self) -> Cargo:
        """Its shipments."""
        return cargo(self.network)

    @cached_property
    def rules(self) -> Diversification:
        """Its rules."""
        return Diversification(self.network, self.cargo)

    @cached_property
    def pricer(self) -> Pricer:
        """Searches for its cheapest routes."""
        return Pricer(self.network, self.cargo, self.rules)

    @cached_property
    def world(self) -> World:
        """The instance as the verifier reads it."""
        with exactly():
            return World.of(self.instance)

    def proof(self, plan: Plan | None, certificate: Certificate) -> Proof:
        """Proof that a plan is feasible and that none is better, recomputed exactly."""
        prover = Prover(self.world, plan, certificate, self.earlier)
        self._provers.append(prover)
        with exactly():
            return prover.proof()

    def proved_slopes(self, plan: Plan, certificate: Certificate) -> OneSided:
        """Slopes of a certificate that are proved; others are left out.

        Where the end of one is not proved, it is looked at again without.
        """
        prover = next((p for p in self._provers if p.is_of(plan, certificate)), None)
        if prover is None:
            bare = replace(certificate, one_sided=OneSided())
            self.proof(plan, bare)
            prover = self._provers[-1]
        with exactly():
            if prover.slopes is None:
                return OneSided()
            given = certificate.one_sided
            proved = prover.slopes.proved_part(given)
            if len(proved.slopes) < len(given.slopes):
                given = given.with_fewer_ends(proved)
                proved = prover.slopes.proved_part(given)
            return proved

    def verification(self, result: Result) -> Verification:
        """Verification of a result; what is proved of its plan and prices stands."""
        for prover in self._provers:
            if prover.is_of(result.plan, result.certificate):
                return verify(self.instance, result, prover)
        return verify(self.instance, result, Prover(self.world, None, None))
