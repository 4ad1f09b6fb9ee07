"""The earlier result that a plan is to be near: verified, and of a like instance."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from solver.errors import DataError, Fault, UnverifiedError
from solver.messages import listed, shown
from solver.results.tables import table_bytes
from solver.solution.earlier import earlier_plan
from solver.solution.form import INSTANCE, SUMMARY
from solver.solution.keys import KEY_TITLES
from solver.tasks.verify import examined

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from solver.problem.instance import Instance
    from solver.solution.earlier import EarlierPlan
    from solver.solution.keys import DemandKey
    from solver.solution.solution import Result


def near_folder(instance: Instance, folder: Path) -> EarlierPlan:
    """Return the plan of a result folder, which an instance's own is to be near.

    Raises
    ------
    InputError
        The folder or a file in it is missing or cannot be read.
    DataError
        It is the result of an instance that has nothing in common with this one.
    UnverifiedError
        It does not verify.
    """
    found = examined(folder)
    if not found.verdict.passed or found.instance is None or found.result is None:
        lines = "\n".join(found.verdict.faults)
        message = f"{folder}: does not verify, so nothing can be near it\n{lines}"
        raise UnverifiedError(message)
    return near_result(instance, found.instance, found.result, f"{folder}/")


def near_result(
    instance: Instance, before: Instance, result: Result, where: str = ""
) -> EarlierPlan:
    """Return the plan of a result, which an instance's own is to be near.

    Parameters
    ----------
    instance : Instance
        What is solved now.
    before : Instance
        What was solved then.
    where : str
        Place of its files, for faults.

    Raises
    ------
    DataError
        It is the result of an instance that has nothing in common with this one.
    """
    faults = [*_faults(instance, before, result, where)]
    if faults:
        raise DataError(faults)
    table = result.tables["allocation"]
    return earlier_plan(table, hashlib.sha256(table_bytes(table)).hexdigest())


def _faults(
    instance: Instance, before: Instance, result: Result, where: str
) -> Iterator[Fault]:
    """Yield why a result is none that a plan of the instance can be near."""
    if result.plan is None:
        message = f"holds no plan (status {result.summary['status']})"
        yield Fault(f"{where}{SUMMARY}", message, "name a result with a plan")
        return
    units = (
        ("quantity", before.units.quantity, instance.units.quantity),
        ("money", before.units.money, instance.units.money),
    )
    for what, then, now in units:
        if then != now:
            message = f"counts {what} in {then}, the instance in {now}"
            remedy = "name a result in the same units and currency"
            yield Fault(f"{where}{INSTANCE}", message, remedy)
    if why := nothing_in_common(instance, before):
        message = f"has no demand that the instance has: {why}"
        yield Fault(f"{where}{INSTANCE}", message, "name a result of a like instance")


def nothing_in_common(instance: Instance, other: Instance) -> str:
    """Say why no demand of an instance is one of another; blank where some is."""
    own, others = _demands(instance), _demands(other)
    if not own or not others or own & others:
        return ""
    cargo, cargoes = ({key[1:4] for key in keys} for keys in (own, others))
    if not cargo & cargoes:
        product, origin, market = (shown(name) for name in min(cargoes))
        such = f"such as {product} from {origin} to {market}"
        return f"none of its {len(cargoes)}, {such}, is there"
    now, then = ({key[-1] for key in keys} for keys in (own, others))
    if not now & then:
        return f"its periods are {listed(sorted(then))}, not {listed(sorted(now))}"
    return "the same cargo has other names in the column `demand`, or other periods"


def _demands(instance: Instance) -> set[DemandKey]:
    """Keys of all demand, in each of its periods."""
    table = instance.demand
    columns = (table[title].tolist() for title in KEY_TITLES[:-1])
    spans = ([own] if own else instance.periods for own in table["period"].tolist())
    rows = zip(*columns, spans, strict=True)
    return {(*row, period) for *row, span in rows for period in span}
