"""Bridges between random instances of which it is known which part they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver import Options
from solver.problem.edits import with_columns
from solver.solution.status import Status
from solver.solving.prepared import Prepared
from solver.studies.break_even.set_apart import with_tables
from solver.studies.cost_bridge import PARTS, ComparedPlan, bridge
from solver.tasks.clock import Clock
from solver.tasks.comparison.compare import under_first_rules
from solver.tasks.comparison.earlier import near_result
from solver.tasks.solve import run
from tests.reordered import shuffled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance
    from solver.problem.tables import Table
    from solver.solution.solution import Result

COLD = Options(sensitivity="none")
CLOSE = 2e-6
"""Part of the cost that a part may miss: both plans are proved to a millionth."""

_MORE = 1.25


def _scaled(instance: Instance, factor: float, *columns: str) -> Instance:
    """Return an instance with numbers of some columns times a factor; blanks stay."""
    tables: dict[str, Table] = {}
    for place in columns:
        table, column = place.split(".")
        old = tables.get(table, getattr(instance, table))
        values = old[column].astype(float) * factor
        tables[table] = with_columns(old, {column: values})
    return with_tables(instance, tables)


def dearer(instance: Instance) -> Instance:
    """Return an instance in which everything costs a quarter more."""
    rates = ("legs.cost", "nodes.cost", "routes.cost", "products.time_value")
    others = ("demand.unmet_cost", "tariffs.cost_per_km", "tariffs.surcharge")
    found = _scaled(instance, _MORE, *rates, *others)
    price = instance.emission_price * _MORE
    return found.model_copy(update={"emission_price": price})


def without_limits(instance: Instance) -> Instance:
    """Return an instance without capacities and rules."""
    places = "legs.capacity", "nodes.capacity", "routes.capacity"
    found = _scaled(instance, np.nan, *places)
    found = _scaled(found, 1e6, "capacities.quantity")
    return found.model_copy(update={"diversification": ()})


def wider(instance: Instance) -> Instance:
    """Return an instance with half as much capacity again."""
    places = "legs.capacity", "nodes.capacity", "routes.capacity"
    return _scaled(instance, 1.5, *places, "capacities.quantity")


def _solved(instance: Instance, near: ComparedPlan | None = None) -> ComparedPlan:
    earlier = None
    if near is not None:
        earlier = near_result(instance, near.instance, near.result)
    done = run(Prepared(instance, earlier), COLD, Clock())
    return ComparedPlan(done.instance, done.result)


def _proved(*plans: ComparedPlan) -> bool:
    known = {Status.OPTIMAL, Status.UNMET}
    return all(Status(plan.result.summary["status"]) in known for plan in plans)


def _same_unmet(first: Result, second: Result) -> bool:
    assert first.plan is not None
    assert second.plan is not None
    return np.allclose(first.plan.unmet, second.plan.unmet, rtol=0.0, atol=1e-6)


def bridge_faults(instance: Instance, compared: list[str]) -> Iterator[str]:
    """Yield parts of bridges that are not what is known of them.

    Parameters
    ----------
    instance : Instance
        Without penalties, which no part is known of.
    compared : list of str
        Takes the name of each bridge that was compared with what is known of it:
        none is where a plan is not proved, or other demand stays unmet.
    """
    if any(rule.penalty is not None for rule in instance.diversification):
        return
    first = _solved(instance)
    if not _proved(first):
        return
    unmet = float(first.result.summary["cost_parts"]["unmet"])
    cost = float(first.result.summary["cost"])
    more = _MORE - 1.0
    price = {"price": more * (cost - unmet), "unmet": more * unmet}
    yield from _told(compared, "price", first, dearer(instance), price)
    free = instance.model_copy(update={"diversification": ()})
    yield from _told(compared, "rules", first, free, "rules")
    yield from _told(compared, "route", first, wider(instance), "route")
    slack = without_limits(instance)
    grown = _scaled(slack, 1.5, "demand.quantity")
    yield from _told(compared, "volume", _solved(slack), grown, None)
    moved = _solved(shuffled(instance, 1), near=first).result.summary["near"]
    if moved["movement"] > 0:
        yield f"near itself {moved['movement']} moves"


def _told(
    compared: list[str],
    name: str,
    first: ComparedPlan,
    instance: Instance,
    known: dict[str, float] | str | None,
) -> Iterator[str]:
    """Yield what differs where the second plan is as near to the first as it can be.

    Parameters
    ----------
    known : dict, str or None
        Money of each part that is not 0; or the part that is all of it, where as much
        stays unmet; or None: volume and unmet.
    """
    second = _solved(instance, near=first)
    if not _proved(first, second):
        return
    if isinstance(known, str) and not _same_unmet(first.result, second.result):
        return
    compared.append(name)
    found: dict[str, Any] = bridge(
        first, second, under_first_rules(first, second, COLD).money
    )
    whole = found["difference"]
    margin = CLOSE * max(1.0, abs(found["first"]), abs(found["second"]))
    sums = sum(float(found[part] or 0.0) for part in PARTS)
    if abs(sums - whole) > 1e-9 * margin / CLOSE:
        yield f"{name}: parts sum to {sums}, the difference is {whole}"
    if known is None:
        known = {part: float(found[part]) for part in ("volume", "unmet")}
        known["volume"] += whole - sum(known.values())
    elif isinstance(known, str):
        known = {known: whole}
    for part in PARTS:
        is_so, said = known.get(part, 0.0), float(found[part] or 0.0)
        if abs(said - is_so) > margin:
            yield f"{name}: {part} is {said}, not {is_so}"
