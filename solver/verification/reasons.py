"""Whether the reasons that a summary gives for unmet demand are so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.options import RESIDUAL
from solver.solution import ALL_PERIODS, Stage
from solver.verification.bound import Bound
from solver.verification.cargo import PRICED
from solver.verification.labels import NEVER
from solver.verification.prices import Prices
from solver.verification.refinement import ALL_LABELS, Refinement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.verification.evidence import Evidence

_COSTS = re.compile(
    r"(?P<carry>[\d,]+\.\d\d) to carry, (?P<leave>[\d,]+\.\d\d) to leave"
)
_KEPT = re.compile(r"kept by (?P<names>.+)", re.DOTALL)
_MORE = re.compile(r" and \d+ more$")

_IN_TIME = "no better plan was found in time"

_CENT = 0.01
"""Costs in a reason have two digits after the point."""


def reason_faults(
    evidence: Evidence, entries: list[dict[str, Any]], *, proved: bool
) -> Iterator[str]:
    """Yield reasons that do not hold.

    Parameters
    ----------
    evidence : Evidence
        Plan and prices.
    entries : list of dict
        Unmet demand as the summary lists it, one entry for each shipment.
    proved : bool
        Whether the status says that no plan is better.
    """
    reasons = _Reasons(evidence, proved=proved)
    unmet = np.flatnonzero(evidence.flows.plan.unmet > 0).tolist()
    for number, (shipment, entry) in enumerate(zip(unmet, entries, strict=True)):
        wrong = reasons.wrong(shipment, entry["reason"])
        if wrong:
            yield f"summary.json unmet_demand {number + 1} reason: {wrong}"


def _no_reason(reason: str) -> str:
    return f"says {reason!r}, which is no reason"


class _Reasons:
    """Looks at one reason after the other."""

    def __init__(self, evidence: Evidence, *, proved: bool) -> None:
        self.evidence, self.world = evidence, evidence.world
        self._proved = proved
        self._free = Refinement(Bound(Prices(self.world, Stage("cost"), ())), None)
        self._at_prices = [
            refined
            for refined in evidence.refinements
            if refined.bound.prices.stage.objective == "cost"
        ]
        self._labels = sorted(self._priced(), key=len, reverse=True)

    def _priced(self) -> set[str]:
        """Names of everything that has a price in any stage."""
        names = set()
        for refined in self.evidence.refinements:
            stage = refined.bound.prices.stage
            for key, price in stage.capacities.items():
                span = " over all periods" if key.period == ALL_PERIODS else ""
                if price > 0:
                    names.add(f"{key.kind} {key.name}{span}")
            names |= {
                f"rule {key.rule}" for key, price in stage.shares.items() if price
            }
        return names

    def wrong(self, shipment: int, reason: str) -> str:
        """Say what is wrong with a reason; blank if nothing is."""
        if not self.evidence.with_route[shipment]:
            is_so = self._no_route(shipment)
            return "" if reason == is_so else f"says {reason!r}, is {is_so!r}"
        if reason == _IN_TIME and (not self._proved or self._is_crumb(shipment)):
            return ""
        costs = _COSTS.search(reason)
        if costs is None:
            kept = _KEPT.fullmatch(reason)
            return self._wrong_names(kept["names"]) if kept else _no_reason(reason)
        kept = _KEPT.fullmatch(reason[: costs.start()].removesuffix(" ("))
        if reason not in {costs[0], f"{reason[: costs.start()]}{costs[0]})"}:
            return _no_reason(reason)
        names = kept["names"] if kept else ""
        return self._wrong_costs(shipment, costs) or self._wrong_names(names)

    def _is_crumb(self, shipment: int) -> bool:
        """Whether no more stays unmet than the residual that a plan may have."""
        quantity = float(self.world.instance.shipments.quantity[shipment])
        left = float(self.evidence.flows.plan.unmet[shipment])
        return left <= RESIDUAL * max(1.0, quantity)

    def _no_route(self, shipment: int) -> str:
        longest = self.world.cargo.max_days[self.world.cargo.demand[shipment]]
        within = "" if longest is None else f" within {float(longest):g} days"
        return f"no route{within} from its origin to its market"

    def _wrong_names(self, names: str) -> str:
        """Everything named has a price."""
        rest = _MORE.sub("", names)
        while rest:
            label = next((name for name in self._labels if rest.startswith(name)), None)
            if label is None or rest[len(label) :][:2] not in {"", ", "}:
                return f"names {rest!r}, which has no price"
            rest = rest[len(label) + 2 :]
        return ""

    def _wrong_costs(self, shipment: int, costs: re.Match[str]) -> str:
        """Compare the costs of carrying and of leaving a unit with what they are.

        The route meant is the best at prices: no cheaper than the cheapest without
        them, and no dearer than the prices explain.
        """
        cargo = self.world.cargo
        if cargo.firm_class[shipment] != PRICED:
            return "gives costs for firm demand"
        carry, leave = (
            float(costs[name].replace(",", "")) for name in _COSTS.groupindex
        )
        unmet_cost = cargo.unmet_cost.value(int(cargo.unmet_cost.units[shipment]))
        if abs(leave - float(unmet_cost)) > _CENT:
            return f"says {leave:,.2f} to leave, is {unmet_cost:,.2f}"
        least, most = self._range(shipment)
        if not least - _CENT <= carry <= most + _CENT:
            return f"says {carry:,.2f} to carry, is {least:,.2f} or more"
        return ""

    def _range(self, shipment: int) -> tuple[float, float]:
        """Return what carrying a unit costs at least, and at most on the best route."""
        least, most = 0.0, np.inf
        if self._free.looked_at <= ALL_LABELS:
            least = self._cost(self._free, shipment)
        for refined in self._at_prices:
            if refined.looked_at <= ALL_LABELS:
                terms = refined.bound.terms[int(refined.bound.term[shipment])]
                rewards = sum(-t.charge for t in terms.touches if t.charge < 0)
                most = self._cost(refined, shipment) + float(
                    rewards - min(terms.offset)
                )
        return least, most

    def _cost(self, search: Refinement, shipment: int) -> float:
        units = search.cheapest(shipment, NEVER)
        return float(search.bound.units_value(units))
