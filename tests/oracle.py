"""The least cost of a small instance, by listing every simple route.

Nothing here is shared with the solver: see `simple_routes`, `counted` and
`cone_oracle`. One program over all routes is solved for one objective after the other:
can the rules hold; how little of each class stays unmet; the least cost and penalties.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tests.cone_oracle import Program, RouteForm, UnsettledError
from tests.simple_routes import Case

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule

SLACKS = (1e-10, 1e-9, 1e-8, 1e-7)
"""What a step may give back of the one before, of all demand; more where need be."""

NOTHING = 1e-7
"""Unmet quantity, or excess over rules, that is noise: of all demand."""


@dataclass(frozen=True)
class OracleAnswer:
    """Status, unmet quantity by class of firm demand (first served first), cost.

    The cost is that with penalties. `slop` is what the slack given to the steps before
    can have saved in cost, and `unmet_slop` what it can have moved from class to
    class. `excess` is the least total excess over rules.
    """

    status: str
    unmet: tuple[float, ...]
    cost: float
    slop: float = 0.0
    unmet_slop: float = 0.0
    excess: float = 0.0


class Form(Protocol):
    """A way to write an instance as a program."""

    case: Case

    def program(self, rules: str) -> Program:
        """Program with hard rules (`hard`), those broken (`excess`), or all (`all`)."""


def answer(form: Form, held: tuple[float, ...] | None = None) -> OracleAnswer:
    """Least unmet, class by class; then the least cost.

    Parameters
    ----------
    form : Form
        How the instance is written.
    held : tuple of float, optional
        What each class may leave, instead of as little as possible.
    """
    excess = least_excess(form)
    if excess > NOTHING * form.case.demand:
        return OracleAnswer("infeasible", (), np.nan, excess=excess)
    for slack in SLACKS:
        with suppress(UnsettledError):
            found = _Steps(form, slack).answer(held)
            if found is not None:
                return found
    raise UnsettledError("the objectives contradict each other")


def least_excess(form: Form) -> float:
    """Least total excess over the rules that must hold."""
    if not any(_may_fail(rule) for rule in form.case.instance.diversification):
        return 0.0
    program = form.program("excess")
    found = program.least(program.costs)
    assert found is not None
    return found.value


def _may_fail(rule: Rule) -> bool:
    """Whether a rule may be broken although nothing is carried."""
    least = rule.min_share is not None and rule.of == "demand"
    return rule.penalty is None and (least or rule.max_change is not None)


class _Steps:
    """Objectives, each a limit with a slack for the next."""

    def __init__(self, form: Form, slack: float) -> None:
        self.form, self.slack = form, slack
        rows = [row for row, _ in form.case.shipments]
        unmet_cost = np.array([row["unmet_cost"] for row in rows], dtype=float)
        order = np.array([row["priority"] or np.inf for row in rows])
        firm = np.isinf(unmet_cost)
        self.unmet_cost = np.where(firm, 0.0, unmet_cost)
        levels = sorted(set(order[firm].tolist()))
        self.classes = [np.flatnonzero(firm & (order == level)) for level in levels]
        self.limits: list[float] = []
        self.noise = 0.0

    def answer(self, held: tuple[float, ...] | None) -> OracleAnswer | None:
        """Return the answer; None if rounding makes a step infeasible."""
        unmet: list[float] = []
        for number in range(len(self.classes)):
            least = self._unmet(number) if held is None else held[number]
            if least is None:
                return None
            unmet.append(least)
            self.limits.append(least)
        program = self._program("all")
        costs = np.array(program.costs)
        costs[program.unmet] = self.unmet_cost
        found = program.least(costs)
        if found is None:
            return None
        status = "unmet" if any(unmet) else "optimal"
        self.noise = max(self.noise, found.noise)
        missed = 4 * (self.slack + self.noise) * program.scale
        limited = np.abs(found.prices[len(program.upper) - len(self.limits) :])
        price = float(limited[np.array(self.limits) > 0].sum())
        wide = missed * price + self.noise * found.money * program.scale
        return OracleAnswer(status, tuple(unmet), found.value, wide, missed)

    def _unmet(self, number: int) -> float | None:
        """Least quantity unmet of a class."""
        program = self._program("hard")
        costs = np.zeros(len(program.costs))
        costs[np.array(program.unmet)[self.classes[number]]] = 1.0
        found = program.least(costs)
        if found is None:
            return None
        self.noise = max(self.noise, found.noise)
        return found.value if found.value > NOTHING * program.scale else 0.0

    def _program(self, rules: str) -> Program:
        """Program in which the classes before keep what they leave."""
        program = self.form.program(rules)
        for members, limit in zip(self.classes, self.limits, strict=False):
            columns = [program.unmet[n] for n in members]
            spare = self.slack * program.scale if limit else 0.0
            program.at_most(dict.fromkeys(columns, 1.0), limit + spare)
        return program


def own_limit(_: object, limit: float) -> float:
    """Return a row's limit as it is."""
    return limit


def oracle(instance: Instance) -> OracleAnswer:
    """Return the answer for an instance."""
    return answer(RouteForm(Case(instance), own_limit))
