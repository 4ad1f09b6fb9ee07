"""The least additions with which an instance carries everything, and a second way.

What the elastic program finds is made in the instance, which is solved: a repair is one
only if that plan is proved and leaves no firm demand unmet. Then each part is left out
in turn and the instance solved again, so that no part stands that is not needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.status import Status
from solver.solving.prepared import Prepared
from solver.studies.cargo_selection import CargoSelection
from solver.studies.repair.additions import (
    AddedCapacity,
    Addition,
    DroppedDemand,
    applied,
)
from solver.studies.repair.clash import Clash, clashes
from solver.studies.repair.elastic import ElasticProgram
from solver.studies.repair.shortage import Shortage, shortages
from solver.studies.what_if import WhatIf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.options import Options
    from solver.problem.instance import Instance
    from solver.solution.solution import Solution
    from solver.studies.repair.weights import RepairWeights

_MOST_ROUNDS = 4
"""How often what a repair still leaves is repaired in its turn."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One way to carry everything.

    Parameters
    ----------
    additions : tuple of Addition
        What it takes, the largest first; without any one of them something is left.
    weight : float
        Sum of quantities times weights.
    bound : float
        The least that any way weighs.
    solution : Solution
        The plan of the repaired instance, proved.
    """

    additions: tuple[Addition, ...]
    weight: float
    bound: float
    solution: Solution


@dataclass(frozen=True, slots=True, eq=False)
class FoundRepair:
    """What is wrong with an instance, and what mends it.

    Parameters
    ----------
    solution : Solution
        The instance as it is, proved.
    without_route : tuple of DroppedDemand
        Firm demand that no route can carry: every way drops it.
    shortages : tuple of Shortage
        Firm demand that is left, with the limits that keep it, each apart that has
        nothing to do with the others.
    clashes : tuple of Clash
        Rules that cannot hold together.
    first, second : Way or None
        Least additions, and the least without the largest of the first.
    """

    solution: Solution
    without_route: tuple[DroppedDemand, ...]
    shortages: tuple[Shortage, ...]
    clashes: tuple[Clash, ...]
    first: Way | None
    second: Way | None


def repair(instance: Instance, weights: RepairWeights, options: Options) -> FoundRepair:
    """Return what keeps an instance from carrying everything, and what mends it.

    Parameters
    ----------
    instance : Instance
        A checked instance.
    weights : RepairWeights
        What a unit of each kind of addition counts.
    options : Options
        Solver and time limit of every solve.
    """
    study = WhatIf(instance, options)
    status = study.solution.status
    if status not in {Status.UNMET, Status.INFEASIBLE}:
        return FoundRepair(study.solution, (), (), (), None, None)
    search = _WaySearch(study, weights, options)
    first = search.way(())
    largest = None if first is None else search.largest(first)
    second = None if largest is None else search.way((largest,))
    return FoundRepair(
        solution=study.solution,
        without_route=search.without_route,
        shortages=shortages(
            Prepared(instance), study.solution.plan, study.solution.certificate
        ),
        clashes=clashes(study),
        first=first,
        second=second,
    )


class _WaySearch:
    """Finds ways of one instance, and proves them by solves."""

    def __init__(self, study: WhatIf, weights: RepairWeights, options: Options) -> None:
        self.study, self.weights, self.options = study, weights, options
        self.instance = study.instance
        self.without_route = self._program(self.instance).without_route()

    def _program(self, instance: Instance) -> ElasticProgram:
        known = Prepared(of_what_is_carried(instance))
        return ElasticProgram(known, self.weights, self.options)

    def weighed(self, addition: Addition) -> float:
        """Quantity of an addition times its weight."""
        if isinstance(addition, AddedCapacity):
            return addition.quantity * self.weights.capacity
        if isinstance(addition, DroppedDemand):
            return addition.quantity * addition.periods * self.weights.demand
        return addition.quantity * self.weights.rule

    def largest(self, way: Way) -> Addition | None:
        """Return the largest addition of a way, of those that are a choice."""
        chosen = [
            part
            for part in way.additions
            if not isinstance(part, DroppedDemand) or part.has_route
        ]
        return max(chosen, key=lambda part: part.quantity, default=None)

    def way(self, barred: Sequence[Addition]) -> Way | None:
        """Return the least additions without some, proved; None if none are known.

        Where a rule counts shares of demand that is priced in part, dropping some of it
        changes its limits too, so that what is found may not do: then that demand is
        not dropped. The bound is that of the first search, which nothing was kept from.
        """
        stands = [*barred]
        bound = 0.0
        for attempt in range(_MOST_ROUNDS):
            current = applied(self.instance, self.without_route)
            found = self._program(current).least(stands)
            if found is None:
                return None
            if not attempt:
                bound = found.bound
            additions = _merged(self.without_route, found.additions)
            solution = self.study.solve(applied(self.instance, additions))
            if _carries_all(solution):
                return self._pruned(additions, bound, solution)
            dropped = [
                part for part in found.additions if isinstance(part, DroppedDemand)
            ]
            if not dropped:
                return None
            stands += dropped
        return None

    def _pruned(
        self, additions: tuple[Addition, ...], bound: float, solution: Solution
    ) -> Way:
        """Leave out every part without which everything is carried all the same."""
        kept = sorted(additions, key=self.weighed)
        for part in tuple(kept):
            others = [other for other in kept if other is not part]
            found = self.study.solve(applied(self.instance, others))
            if _carries_all(found):
                kept, solution = others, found
        kept.sort(key=lambda part: -part.quantity)
        weight = sum(
            self.weighed(part)
            for part in kept
            if not isinstance(part, DroppedDemand) or part.has_route
        )
        return Way(tuple(kept), weight, bound, solution)


def of_what_is_carried(instance: Instance) -> Instance:
    """Return an instance whose rules count shares of what is carried.

    Once it is repaired, all firm demand that is left is carried: shares of the demand
    are then those of what is carried, and dropping demand changes both. Rules on demand
    that is priced in part, which may stay unmet, are left as they are.
    """
    demand, shipments = instance.demand, instance.shipments
    priced = np.isfinite(demand["unmet_cost"])[shipments.demand]
    rules = tuple(
        rule.model_copy(update={"of": "carried"})
        if rule.of == "demand"
        and not (priced & CargoSelection(rule.where).mask(instance)).any()
        else rule
        for rule in instance.diversification
    )
    return instance.model_copy(update={"diversification": rules})


def _carries_all(solution: Solution) -> bool:
    return solution.status is Status.OPTIMAL


def _merged(
    first: Sequence[Addition], then: Sequence[Addition]
) -> tuple[Addition, ...]:
    """Return additions after which others were found, those of one thing as one."""
    merged: dict[object, Addition] = {_place(part): part for part in first}
    for part in then:
        earlier = merged.get(_place(part))
        if earlier is not None:
            part = replace(part, before=earlier.before)  # noqa: PLW2901
        merged[_place(part)] = part
    return tuple(merged.values())


def _place(addition: Addition) -> object:
    """Return what an addition changes."""
    change = addition.change()
    if isinstance(addition, DroppedDemand):
        return ("demand", addition.row)
    return (change.table, change.column, str(change.where))
