"""Stages for what the published plan of a solve leaves unmet, and no others."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.model.objective import Objective
from solver.network.routes import limit_loads, routes_of_plan
from solver.solution.status import Status
from solver.solution.tolerances import REST
from solver.solving.column_generation import Known, StoppedError
from solver.solving.prices_to_decimals import stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Floats
    from solver.network.shipments import Cargo
    from solver.solution.certificate import Stage
    from solver.solution.plan import Plan
    from solver.solution.solution import Solution
    from solver.solving.column_generation import ColumnGeneration


_LITTLE = 2.0**-16
"""Part of every capacity that is left out to see a shortage."""


def with_needed_stages(
    loop: ColumnGeneration, found: Solution, told: Solution, cargo: Cargo
) -> Solution:
    """Return a solution with a stage for each class that its plan leaves unmet.

    Parameters
    ----------
    loop : ColumnGeneration
        The loop that found it.
    found : Solution
        What was found, in floats, of the instance that was solved.
    told : Solution
        The same in decimals, of the instance that was given.
    cargo : Cargo
        Shipments of that instance.
    """
    if found.plan is None or told.plan is None or told.certificate is None:
        return told
    if found.status is Status.LIMIT:
        return told
    routes = routes_of_plan(loop.master.network, loop.master.cargo, found.plan)
    loads = limit_loads(routes, found.plan.quantity)
    *stages, cost = told.certificate.stages
    needed = _needed(loop, stages, told.plan, cargo, loads)
    certificate = replace(told.certificate, stages=(*needed, cost))
    return replace(told, certificate=certificate)


def _needed(
    loop: ColumnGeneration,
    stages: list[Stage],
    published: Plan,
    cargo: Cargo,
    loads: Floats,
) -> Iterator[Stage]:
    """Yield stages of classes of which the published plan leaves anything."""
    count = len(cargo.classes)
    unmet = np.where(cargo.firm, published.unmet, 0.0)
    left = np.bincount(cargo.unmet_class[cargo.firm], unmet[cargo.firm], count)
    short = cargo.unmet_class[unmet > REST * cargo.quantity].tolist()
    known = {stage.priority: stage for stage in stages}
    for number, priority in enumerate(cargo.classes):
        if priority in known and left[number] > 0.0:
            yield known[priority]
        elif number in short:
            with suppress(StoppedError):
                yield _shortage(loop, left[:number].tolist(), loads)


def _shortage(loop: ColumnGeneration, before: list[float], loads: Floats) -> Stage:
    """Prices of a shortage that is less than a solver sees: of a little more of it.

    A second model has a little less of every capacity; its prices are those of the
    instance too, as long as no more than the size of the shortage changes.
    """
    cargo, limits = loop.master.cargo, loop.master.network.limits
    full = np.flatnonzero(loads > (1.0 - _LITTLE) * limits.capacity).tolist()
    keys = frozenset(limits.keys[limit] for limit in full)
    number = len(before)
    unmet = np.where(cargo.unmet_class == number, 1.0, 0.0)
    fresh = loop.afresh(Objective(money=False, unmet=unmet, excess=0.0))
    fresh.start(Known(loop.known.routes, keys))
    families = fresh.master.families
    families.rules.forbid_excess()
    for earlier, most in enumerate(before):
        families.unmet.limit(earlier, most)
    families.capacity.scale(1.0 - _LITTLE)
    return stage(fresh.master, fresh.run("unmet").duals, "unmet", number)
