"""Whether every figure of a result is what instance, plan and prices make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from solver.solution.form import EARLIER
from solver.solution.status import Status
from solver.verification.exact.amounts import exactly
from solver.verification.figures.comparison import document_faults, table_faults
from solver.verification.figures.lists.binding import binding_faults
from solver.verification.figures.lists.loosening import loosening_faults
from solver.verification.figures.lists.reasons import reason_faults
from solver.verification.figures.summary import (
    FORMAT,
    about_the_run,
    empty_summary,
    expected_summary,
    seconds,
)
from solver.verification.figures.tables import columns_of, empty_tables, expected_tables
from solver.verification.movement.figures import earlier_table
from solver.verification.prover import Prover
from solver.verification.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.problem.instance import Instance
    from solver.solution.earlier import EarlierPlan
    from solver.solution.solution import Result
    from solver.verification.figures.comparison import FigureColumn
    from solver.verification.proved import Proof


_SOMETIMES = {"loosening", "seconds"}
"""Keys that a summary need not have."""


class Check(NamedTuple):
    """One thing that was checked: its faults, or that it holds."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """What became of every check of a result.

    Parameters
    ----------
    checks : tuple of Check
        In the order they were made.
    faults : tuple of str
        Everything found wrong; empty if the result passed.
    cost, bound, gap : float or None
        What plan and certificate prove, recomputed.
    """

    checks: tuple[Check, ...]
    faults: tuple[str, ...]
    cost: float | None
    bound: float | None
    gap: float | None

    @property
    def passed(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults


def verify(
    instance: Instance, result: Result, known: Prover | None = None
) -> Verification:
    """Verification of a result: plan, proof, status and every figure, recomputed.

    Parameters
    ----------
    known : Prover, optional
        On the world of this instance: what it has proved of this very plan and these
        very stages is not proved again.
    """
    with exactly():
        if known is None or known.world.instance is not instance:
            known = Prover(World.of(instance), None, None)
        prover = known.taken_over(result.plan, result.certificate, _earlier(result))
        return _Verifier(instance, result, prover).verification()


def _earlier(result: Result) -> EarlierPlan | None:
    """Return the plan that a result's own was to be near, if it was to be."""
    table = result.tables.get(EARLIER)
    if table is None:
        return None
    from solver.solution.earlier import earlier_plan

    return earlier_plan(table, "")


class _Verifier:
    """Checks one result."""

    def __init__(self, instance: Instance, result: Result, prover: Prover) -> None:
        self.instance, self.result = instance, result
        self.world, self.prover = prover.world, prover
        self.checks: list[Check] = []
        self.faults: list[str] = []

    def verification(self) -> Verification:
        """Make every check that can be made."""
        proved = self.prover.proof()
        cost = None if proved.cost is None else float(proved.cost)
        sound = "plan and prices are sound"
        self._add("plan and certificate", proved.faults, sound)
        self._add("status", [*self._status_faults(proved)], self._status)
        if not proved.faults:
            self._check_figures(proved)
        return Verification(
            checks=tuple(self.checks),
            faults=tuple(self.faults),
            cost=cost,
            bound=proved.bound,
            gap=proved.gap,
        )

    def _add(self, name: str, faults: tuple[str, ...] | list[str], detail: str) -> None:
        self.faults += faults
        self.checks.append(Check(name, not faults, "; ".join(faults) or detail))

    @property
    def _status(self) -> str:
        return str(self.result.summary.get("status"))

    def _status_faults(self, proved: Proof) -> Iterator[str]:
        """Yield what keeps the status from being what is proved."""
        says = f"summary.json status: says {self._status!r}"
        if self._status not in set(Status):
            yield f"{says}, which is none"
            return
        status, plan = Status(self._status), self.result.plan
        if status.has_plan != (plan is not None):
            yield f"{says}, but there is {'no' if plan is None else 'a'} plan"
            return
        if status in {Status.OPTIMAL, Status.UNMET, Status.INFEASIBLE}:
            yield from proved.shortfalls
        elif status in {Status.LIMIT, Status.APPROXIMATE} and proved.passed:
            yield f"{says}, but plan and prices prove more"
        for what, is_so in self._contradictions(status).items():
            if is_so:
                yield f"{says}, but {what}"

    def _contradictions(self, status: Status) -> dict[str, bool]:
        """Say what cannot be so under a status, and whether it is."""
        leaves = self.prover.stages.leaves_unmet
        return {
            "firm demand stays unmet": status is Status.OPTIMAL and leaves,
            "all firm demand is met": status is Status.UNMET and not leaves,
            "there is a certificate": status is Status.NONE
            and self.result.certificate is not None,
            "the options name no time limit": status is Status.LIMIT
            and self._options.get("time_limit") is None,
        }

    @property
    def _options(self) -> dict[str, object]:
        options = self.result.summary.get("options")
        return options if isinstance(options, dict) else {}

    @property
    def _is_near(self) -> bool:
        """Whether the plan was to be near an earlier one; of no plan, as is said."""
        if self.result.plan is not None:
            return EARLIER in self.result.tables
        return "near" in self._options

    # ---- figures

    def _check_figures(self, proved: Proof) -> None:
        evidence, answers = self.prover.evidence, self.prover.answers
        if evidence is None or answers is None:
            tables = empty_tables()
            self._check_tables(tables)
            figures = empty_summary(self.world.cargo.quantity.total())
            self._check_summary(figures, tables["capacity"])
            return
        self._add("one more, one less", [], evidence.slopes.closeness)
        tables = expected_tables(evidence)
        faults = [*answers.faults()]
        self._add("exposure", faults, f"{len(answers.asked)} questions answered")
        if not faults:
            moved = proved.movement.moved
            if moved is not None and self.prover.earlier is not None:
                cells = earlier_table(self.prover.earlier, moved)
                tables[EARLIER] = columns_of(EARLIER, cells)
            claims = self.result.tables.get("exposure", {})
            tables["exposure"] = columns_of("exposure", answers.table(claims))
            idle = [f"certificate.json: exposure: {what}" for what in answers.idle]
            self._add("auxiliary prices", idle, "none proves nothing")
            self._check_tables(tables)
            figures = expected_summary(proved, evidence, answers, tables)
            self._check_summary(figures, tables["capacity"])

    def _least_excess(self) -> float | None:
        """Least excess over rules that cannot hold together; None if they can."""
        if self._status != Status.INFEASIBLE:
            return None
        return self.prover.stages.sharpest()

    def _check_tables(self, tables: Mapping[str, Mapping[str, FigureColumn]]) -> None:
        for name, expected in tables.items():
            found = self.result.tables.get(name, {})
            rows = len(next(iter(expected.values())).values)
            detail = f"{rows} rows recomputed"
            self._add(f"{name}.csv", [*table_faults(name, expected, found)], detail)

    def _check_summary(
        self, figures: dict[str, Any], capacity: Mapping[str, FigureColumn]
    ) -> None:
        summary = self.result.summary
        loosening = summary.get("loosening", [])
        binding = summary.get("binding_capacities")
        expected = {
            "format": FORMAT,
            "status": self._status,
            **figures,
            "binding_capacities": binding,
            "loosening": loosening,
            **about_the_run(self.instance, near=self._is_near),
            "seconds": seconds(),
        }
        for name in _SOMETIMES - set(summary):
            del expected[name]
        faults = [*document_faults("summary.json", expected, dict(summary))]
        faults += binding_faults(capacity, binding)
        if "loosening" in summary:
            faults += loosening_faults(self.world, self._least_excess(), loosening)
        if not faults and self.prover.evidence is not None:
            proved = self._status in {Status.OPTIMAL, Status.UNMET}
            unmet = summary["unmet_demand"]
            faults += reason_faults(self.prover.evidence, unmet, proved=proved)
        self._add("summary.json", faults, "every figure recomputed")
