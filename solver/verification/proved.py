"""What instance, plan and certificate prove."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from solver.solution.tolerances import BLANK_GAP, GAP
from solver.verification.exact.amounts import decimal
from solver.verification.movement.proved import ProvedMovement

_GAP, _BLANK = Fraction(decimal(GAP)), Fraction(decimal(BLANK_GAP))


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """What is proved about a plan by instance, plan and certificate alone.

    Parameters
    ----------
    faults : tuple of str
        What is wrong with the plan or the certificate.
    shortfalls : tuple of str
        What a sound certificate fails to prove.
    cost : Fraction or None
        Cost of the plan; None without a plan.
    cost_parts : dict of str to Fraction
        Its parts.
    penalties : Fraction or None
        What it pays for rules it breaks, beside its cost; None without a plan.
    unmet : dict of (int or None) to Fraction
        What stays unmet, by priority of firm demand.
    firm : Fraction
        Firm demand of all classes.
    leaves_unmet : bool
        Whether it is proved that firm demand must stay unmet.
    stages : tuple of Fraction
        Bound of each stage of the certificate.
    least_unmet : dict of (int or None) to Fraction
        What is proved to stay unmet of classes that have a stage.
    exact_bound : Fraction or None
        No plan that leaves as little unmet costs less, penalties included; None if
        nothing is proved.
    movement : ProvedMovement
        How much of an earlier plan's cargo moved, and how little could.
    small_cost : Fraction
        Cost below which gaps are parts of it, not of the plan's own cost.
    """

    faults: tuple[str, ...] = ()
    shortfalls: tuple[str, ...] = ()
    cost: Fraction | None = None
    cost_parts: dict[str, Fraction] = field(default_factory=dict)
    penalties: Fraction | None = None
    unmet: dict[int | None, Fraction] = field(default_factory=dict)
    firm: Fraction = Fraction(0)
    leaves_unmet: bool = False
    stages: tuple[Fraction, ...] = ()
    least_unmet: dict[int | None, Fraction] = field(default_factory=dict)
    exact_bound: Fraction | None = None
    movement: ProvedMovement = field(default_factory=ProvedMovement)
    small_cost: Fraction = Fraction(1)

    @property
    def passed(self) -> bool:
        """Whether plan and certificate are sound and prove the plan optimal."""
        return not self.failures

    @property
    def failures(self) -> tuple[str, ...]:
        """Faults and shortfalls."""
        return (*self.faults, *self.shortfalls)

    @property
    def objective(self) -> Fraction | None:
        """Cost and penalties of the plan; None without a plan."""
        if self.cost is None or self.penalties is None:
            return None
        return self.cost + self.penalties

    @property
    def bound(self) -> float | None:
        """The bound on cost and penalties as a float."""
        return None if self.exact_bound is None else float(self.exact_bound)

    @property
    def unmet_bounds(self) -> tuple[dict[str, float | None], ...]:
        """For each stage `unmet`: priority, quantity unmet and its bound."""
        return tuple(
            {
                "priority": priority,
                "unmet": float(self.unmet[priority]),
                "bound": float(bound),
            }
            for priority, bound in self.least_unmet.items()
        )

    @property
    def gap(self) -> float | None:
        """How far cost and penalties are from their bound, relative to them.

        What the plan leaves unmet beyond what is proved adds the part of the firm
        demand that it is, for the bound is one on plans that leave as much. None if
        that makes hardly less than 1, and where nothing is proved.
        """
        if self.objective is None or self.exact_bound is None:
            return None
        missing = max(Fraction(0), self.objective - self.exact_bound)
        gap = missing / max(self.small_cost, abs(self.objective))
        beyond = self._left_beyond
        if beyond <= _GAP:
            return float(gap)
        return float(gap + beyond) if gap + beyond < _BLANK else None

    @property
    def _left_beyond(self) -> Fraction:
        """Part of the firm demand that is left beyond what is proved to stay unmet."""
        nothing = Fraction(0)
        beyond = (
            max(nothing, left - max(nothing, self.least_unmet.get(name, nothing)))
            for name, left in self.unmet.items()
        )
        return sum(beyond, nothing) / (self.firm or 1)
