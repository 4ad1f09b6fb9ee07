"""Random instances against the oracle: any number of them, from the command line.

python -m tests.campaign --count 20000 --jobs 2
python -m tests.campaign --rules --count 20000 --jobs 2
python -m tests.campaign --rules --start 4711 --count 1 --show
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from solver.errors import KeruenError
from solver.options import Options
from solver.solution.status import Status
from solver.solving.solve import prepared, solved
from tests.arc_flow_rules import ArcForm
from tests.cone_oracle import RouteForm, UnsettledError
from tests.oracle import OracleAnswer, answer, own_limit
from tests.plan_judge import HHI, judged
from tests.random_instances import random_instance
from tests.random_rules import describe, random_rules_instance
from tests.simple_routes import Case

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.solution import Solution
    from tests.plan_judge import Judgement

AGREE = 1e-7
"""Largest difference of cost or unmet quantity, relative to max(1, what it is)."""

RULES_AGREE = 1e-6
"""The same for instances with rules of every kind."""

UNSURE = 1e-5
"""Excess over rules, of all demand, within which both answers are right."""


def compared(seed: int) -> tuple[str, str | None]:
    """Return the oracle's status of an instance, and what differs from it, if any.

    The status that a solve gives is that of its proof: an answer that is right but
    not proved differs as well.
    """
    return _compared(seed, random_instance(seed), AGREE)


def compared_rules(seed: int) -> tuple[str, str | None]:
    """Return the same for an instance with rules of every kind."""
    return _compared(seed, random_rules_instance(seed), RULES_AGREE)


def _compared(seed: int, instance: Instance, agree: float) -> tuple[str, str | None]:
    case = Case(instance)
    expected = _expected(case)
    faults = _arc_faults(case, expected)
    try:
        solution = solved(prepared(instance, Options()))
        faults += _faults(case, expected, solution, agree)
    except KeruenError as error:
        faults.append(repr(error))
    told = f"seed {seed}: {'; '.join(faults)}" if faults else None
    return expected.status, told


def _faults(
    case: Case, expected: OracleAnswer, solution: Solution, agree: float
) -> list[str]:
    """Tell what is wrong with a solution."""
    status = str(solution.status)
    if status != expected.status and not _as_proved_as_can_be(case, expected, solution):
        right = _may_be(case, expected, status)
        return [] if right else [f"{status}, should be {expected.status}"]
    if solution.plan is not None:
        found = judged(case, solution.plan)
        return [*found.faults, *differences(case, expected, found, agree)]
    excess = sum(row.excess for row in solution.loosening.values())
    if abs(excess - expected.excess) > UNSURE * max(excess, case.demand):
        return [f"excess {excess}, should be {expected.excess}"]
    return []


def _expected(case: Case) -> OracleAnswer:
    """Answer of the oracle; of one with a little more HHI where only one plan keeps it.

    Interior-point methods need room: plans that keep a rule with something to spare.
    """
    for nudge in (0.0, HHI / 100, HHI / 10):
        with suppress(UnsettledError):
            return answer(RouteForm(case, own_limit, nudge))
    raise UnsettledError("no answer of the oracle")


def _arc_faults(case: Case, expected: OracleAnswer) -> list[str]:
    """Tell how flows on arcs, where they say the same, differ from routes."""
    form = ArcForm(case)
    if not form.exact:
        return []
    other = answer(form)
    if other.status != expected.status:
        return [f"by arcs {other.status}, by routes {expected.status}"]
    within = _Range([expected], AGREE)
    if expected.status != "infeasible" and not within.holds(other.cost, other.unmet):
        return [f"by arcs {other}, by routes {expected}"]
    return []


def _as_proved_as_can_be(
    case: Case, expected: OracleAnswer, solution: Solution
) -> bool:
    """Whether an error of HHI saves as much as a plan may cost above its bound.

    Beside the least HHI possible cost is steep; no prices in floating point prove more.
    """
    if solution.status is not Status.APPROXIMATE or expected.status == "infeasible":
        return False
    bound, objective = solution.proved.bound, solution.proved.objective
    if bound is None or objective is None:
        return False
    with suppress(UnsettledError):
        near = answer(RouteForm(case, own_limit, HHI), expected.unmet)
        return objective - bound <= expected.cost - near.cost
    return False


def _may_be(case: Case, expected: OracleAnswer, status: str) -> bool:
    """Whether an instance is so close to another status that both are right."""
    unsure = 0 < expected.excess < UNSURE * case.demand
    return (unsure and expected.status == "infeasible") or status in {
        near.status for near in _nudged(case)
    }


def _nudged(case: Case) -> list[OracleAnswer]:
    """Answers with every largest HHI a little higher and a little lower."""
    answers = []
    for nudge in (HHI, -HHI):
        with suppress(UnsettledError):
            answers.append(answer(RouteForm(case, own_limit, nudge)))
    return answers


class _Range:
    """What several answers allow cost and unmet quantities to be."""

    def __init__(self, answers: list[OracleAnswer], agree: float) -> None:
        self.cost = self._around([a.cost for a in answers], agree, answers[0].slop)
        slop = 10 * answers[0].unmet_slop
        by_class = zip(*(a.unmet for a in answers), strict=True)
        self.unmet = [self._around(list(amounts), agree, slop) for amounts in by_class]

    @staticmethod
    def _around(values: list[float], agree: float, slop: float) -> tuple[float, float]:
        """Least and largest, wider by what agreement allows."""
        allowed = agree * max(1.0, abs(values[0])) + slop
        return min(values) - allowed, max(values) + allowed

    def holds(self, cost: float, unmet: tuple[float, ...]) -> bool:
        """Whether all figures are in range."""
        ranges = [self.cost, *self.unmet]
        figures = [cost, *unmet]
        return all(
            low <= figure <= high
            for (low, high), figure in zip(ranges, figures, strict=True)
        )


def differences(
    case: Case, expected: OracleAnswer, found: Judgement, agree: float
) -> list[str]:
    """Tell what differs by more than agreement, or an error of HHI, can explain.

    An error of HHI may serve more, or serve as much for less; and as much as it may
    save, it may cost.
    """
    if _Range([expected], agree).holds(found.cost, found.unmet):
        return []
    near = [expected, *_nudged(case)]
    loose = RouteForm(case, own_limit, HHI)
    with suppress(UnsettledError):
        near.append(answer(loose, found.unmet))
    with suppress(UnsettledError):
        cheaper = answer(loose, expected.unmet)
        dearer = replace(cheaper, cost=2 * expected.cost - cheaper.cost)
        near += [cheaper, dearer]
    near = [near for near in near if near.status == expected.status]
    if _Range(near, agree).holds(found.cost, found.unmet):
        return []
    told = f"cost {found.cost}, should be {expected.cost}"
    return [f"{told}; unmet {found.unmet}, should be {expected.unmet}"]


def main() -> int:
    """Compare as many as asked for; return 1 if any differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--rules", action="store_true", help="every kind of rule")
    parser.add_argument("--show", action="store_true", help="print what differs")
    chosen = parser.parse_args()
    compare = compared_rules if chosen.rules else compared
    make = random_rules_instance if chosen.rules else random_instance
    seeds = np.arange(chosen.start, chosen.start + chosen.count).tolist()
    statuses: Counter[str] = Counter()
    faults = 0
    context = get_context("spawn")
    with ProcessPoolExecutor(chosen.jobs, mp_context=context) as pool:
        results = pool.map(compare, seeds, chunksize=50)
        for seed, (status, fault) in zip(seeds, results, strict=True):
            statuses[status] += 1
            if fault is not None:
                faults += 1
                sys.stdout.write(f"{fault}\n")
                sys.stdout.write(f"{describe(make(seed))}\n" if chosen.show else "")
    told = ", ".join(f"{count} {name}" for name, count in sorted(statuses.items()))
    sys.stdout.write(f"{chosen.count} instances ({told}): {faults} differ\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
