"""Whether the reasons that a summary gives for unmet demand are so."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.solution.keys import ALL_PERIODS
from solver.verification.exact.margins import least_to_prove, rests
from solver.verification.facts.shipments import PRICED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.solution.keys import CapacityKey
    from solver.verification.evidence import Evidence

_LIMITED = re.compile(r"limited by (?P<names>.+)", re.DOTALL)
_MORE = re.compile(r" and more$")
_JOINTS = re.compile(r"$|, | with ")

_FULL = Decimal("0.999999")
"""Part of a capacity from which it counts as full: crumbs may be left."""

_OPEN = "no plan that serves more was found, or ruled out"
_CRUMB = "within the precision of the proof"
_DEARER = "no route costs less than leaving it"
_ALL_DEARER = "; no route with room costs less than leaving it"


def reason_faults(
    evidence: Evidence, entries: list[dict[str, Any]], *, proved: bool
) -> Iterator[str]:
    """Yield reasons that do not hold.

    Parameters
    ----------
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


class _Reasons:
    """Looks at one reason after the other."""

    def __init__(self, evidence: Evidence, *, proved: bool) -> None:
        self.evidence, self.world = evidence, evidence.world
        self._proved = proved
        legs = self.world.instance.legs
        ends = zip(legs["from"], legs["to"], strict=True)
        self._ends = dict(zip(legs["leg"], ends, strict=True))
        self._labels = sorted(self._priced(), key=len, reverse=True)

    def _priced(self) -> set[str]:
        """Names of everything that is full, or has a price in any stage."""
        limits = zip(self.world.limits.all, self.evidence.used, strict=True)
        full = (own.key for own, used in limits if used >= own.quantity * _FULL)
        names = {*map(self._name, full)}
        for refined in self.evidence.refinements:
            stage = refined.stage
            names |= {
                self._name(key) for key, own in stage.capacities.items() if own > 0
            }
            names |= {f"rule {key.rule}" for key, price in stage.rules.items() if price}
        return names

    def _name(self, key: CapacityKey) -> str:
        """Name of a limit for people: a leg with its ends."""
        name = key.name
        if key.kind == "leg" and name in self._ends:
            start, end = self._ends[name]
            if not name.startswith(f"{start}>{end}"):
                name = f"{name} ({start} > {end})"
        span = " over all periods" if key.period == ALL_PERIODS else ""
        return f"{key.kind} {name}{span}"

    def wrong(self, shipment: int, reason: str) -> str:
        """Say what is wrong with a reason; blank if nothing is."""
        if not self.evidence.with_route[shipment]:
            is_so = self._no_route(shipment)
            return "" if reason == is_so else f"says {reason!r}, is {is_so!r}"
        if reason == _OPEN and not self._proved:
            return ""
        if reason == _CRUMB:
            return "" if self._is_crumb(shipment) else f"says {reason!r}, is more"
        if reason.endswith((_DEARER, _ALL_DEARER)):
            if self.world.cargo.firm_class[shipment] != PRICED:
                return f"says {reason!r} of firm demand"
            if reason == _DEARER:
                return ""
            reason = reason.removesuffix(_ALL_DEARER)
        return self._wrong_names(reason)

    def _is_crumb(self, shipment: int) -> bool:
        """Whether no more of firm demand is left than rounding or proof allows."""
        own = int(self.world.cargo.firm_class[shipment])
        if own == PRICED:
            return False
        number = np.array([shipment])
        crumb, left = self.evidence.flows.unmet.take(number), self._left[own]
        is_rest = rests(crumb, self.world.cargo.quantity.take(number))[0]
        return bool(is_rest or crumb.total() <= left - least_to_prove(left))

    @cached_property
    def _left(self) -> list[Decimal]:
        """What stays unmet of each class of firm demand."""
        firm, unmet = self.world.cargo.firm_class, self.evidence.flows.unmet
        classes = range(len(self.world.cargo.classes))
        return [unmet.take(np.flatnonzero(firm == own)).total() for own in classes]

    def _no_route(self, shipment: int) -> str:
        row = self.world.cargo.demand[shipment]
        longest = self.world.instance.demand["max_days"][row]
        within = "" if np.isnan(longest) else f" within {float(longest):g} days"
        return f"no route{within} from its origin to its market"

    def _wrong_names(self, reason: str) -> str:
        """Everything that a reason names is full or has a price."""
        limited = _LIMITED.fullmatch(reason)
        if limited is None:
            return f"says {reason!r}, which is not a reason"
        rest = _MORE.sub("", limited["names"])
        while rest:
            label = next((name for name in self._labels if rest.startswith(name)), None)
            joint = None if label is None else _JOINTS.match(rest, len(label))
            if joint is None:
                return f"names {rest!r}, which has no price and is not full"
            rest = rest[joint.end() :]
        return ""
