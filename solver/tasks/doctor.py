"""Whether Keruen works here: versions, and a known problem with every solver found."""

from __future__ import annotations

import json
import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from solver.errors import KeruenError
from solver.loaders.instance_files import load_document
from solver.model.backends import available_solvers
from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from solver.tasks.versions import versions

if TYPE_CHECKING:
    from solver.problem.instance import Instance


KNOWN_COST = 1500.0
"""Least cost of the known problem: 50 t at 10 by the north, 50 t at 20 by the south."""


_PROBLEM = {
    "name": "known problem",
    "diversification": [{"name": "half", "by": "corridor", "max_share": 0.5}],
    "legs": [
        {"from": "A", "to": "B", "corridor": "northern", "mode": "rail", "cost": 10},
        {"from": "A", "to": "B", "corridor": "southern", "mode": "sea", "cost": 20},
    ],
    "demand": [{"product": "grain", "origin": "A", "market": "B", "quantity": 100}],
}


_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Trial:
    """How one solver did on the known problem."""

    solver: str
    passed: bool
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was found here."""

    versions: dict[str, str]
    trials: tuple[Trial, ...]

    @property
    def healthy(self) -> bool:
        """Whether every solver found solved the known problem."""
        return bool(self.trials) and all(trial.passed for trial in self.trials)

    def document(self) -> dict[str, Any]:
        """Return the report as a JSON document."""
        return {
            "healthy": self.healthy,
            "versions": self.versions,
            "solvers": [asdict(trial) for trial in self.trials],
        }

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        size = max(map(len, [*self.versions, *(t.solver for t in self.trials)]))
        lines = [
            f"{name:<{size}}  {version}" for name, version in self.versions.items()
        ]
        lines += [
            f"{trial.solver:<{size}}  {'works' if trial.passed else 'FAILS'}: "
            f"{trial.detail} ({trial.seconds:.2f} s)"
            for trial in self.trials
        ]
        return lines


def examine() -> Report:
    """Try every solver that PuLP finds here."""
    problem = known_problem()
    # PuLP 3 lists solvers that PuLP 4 will drop, and warns of each.
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        trials = tuple(_trial(name, problem) for name in available_solvers())
    return Report(versions(), trials)


def known_problem() -> Instance:
    """Return a problem whose least cost is known."""
    return load_document(json.dumps(_PROBLEM).encode(), "known problem")


def _trial(name: str, problem: Instance) -> Trial:
    clock = Clock()
    try:
        summary = run(problem, Options(solver=name), clock).result.summary
    except KeruenError as error:
        return Trial(name, passed=False, detail=str(error), seconds=_total(clock))
    except Exception as error:  # noqa: BLE001 - a solver may fail in any way
        detail = f"{type(error).__name__}: {error}"
        return Trial(name, passed=False, detail=detail, seconds=_total(clock))
    cost, status = summary["cost"], summary["status"]
    right = cost is not None and abs(cost - KNOWN_COST) <= _NEAR * KNOWN_COST
    return Trial(
        name,
        passed=right and status == "optimal",
        detail=f"{status}, cost {cost}, as known"
        if right
        else f"{status}, cost {cost}",
        seconds=_total(clock),
    )


def _total(clock: Clock) -> float:
    return clock.with_total()["total"]
