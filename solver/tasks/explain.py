"""One explanation, from a result folder and names to a document."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.checks.names import known_names, legs_by_ends
from solver.errors import Fault, NoPlanError, UnverifiedError, UsageError
from solver.messages import listed, shown, suggestion
from solver.problem.tables import NO_CORRIDOR
from solver.reports.explanation.cargo import cargo_rows
from solver.reports.explanation.document import account_row, heading
from solver.reports.explanation.elements import corridor_row, element_row, rule_row
from solver.reports.shortage import shortage_rows, with_sets
from solver.solution.status import Status
from solver.solving.prepared import Prepared
from solver.studies.cargo_selection import CargoSelection, selected_cargo
from solver.studies.explanation.cargo import explained_routes
from solver.studies.explanation.elements import Kind, LimitedElement
from solver.studies.explanation.price_face import PriceFace
from solver.studies.explanation.proved_plan import ProvedPlan
from solver.studies.repair.shortage import shortages
from solver.tasks.verify import examined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from solver.problem.instance import Instance
    from solver.solution.solution import Result


_ELEMENTS: tuple[Kind, ...] = ("leg", "node", "route", "capacity")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainOrder:
    """What is to be explained.

    Parameters
    ----------
    where : sequence of str
        Cargo, as ``KEY=NAME,NAME``.
    names : dict of str to sequence of str
        Names by what they name: ``leg``, ``node``, ``route``, ``capacity``,
        ``corridor`` or ``rule``.
    most : int
        Cargo of which it is worked out what it lacks to take a corridor.
    cargo : int, optional
        How much of the cargo selected is explained, the largest first; all by default.
    own : sequence of str
        Keys of `where` that have an option of their own, as messages name them.
    """

    folder: Path
    where: Sequence[str] = ()
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    most: int = 5
    cargo: int | None = None
    own: Sequence[str] = ()


def explained(order: ExplainOrder) -> dict[str, Any]:
    """Return the explanation of a result as a document.

    Parameters
    ----------
    order : ExplainOrder
        What is to be explained.

    Raises
    ------
    InputError
        The folder holds no result, or a file cannot be read.
    UsageError
        A name is unknown.
    UnverifiedError
        The result does not verify: nothing can be said of it.
    NoPlanError
        The result holds no plan.
    """
    instance, result = _verified(order.folder)
    selection = selected_cargo(order.where, instance, own=order.own)
    legs = legs_by_ends(instance.legs, order.names.get("leg", ()))
    order = replace(order, names={**order.names, "leg": legs})
    _refuse_unknown(instance, order.names)
    if result.plan is None:
        status = Status(result.summary["status"])
        message = f"{order.folder}: there is no plan to explain: the status is {status}"
        raise NoPlanError(message, status.exit_code)
    proved = ProvedPlan(Prepared(instance), result.plan, result.certificate)
    selected, short = _selected(order, selection), shortage_rows(result, instance)
    if short and not selected:
        found = shortages(proved.known, result.plan, result.certificate)
        short = with_sets(short, found, instance)
    return {
        **heading(proved, result.summary),
        "selected": selected,
        "account": account_row(proved),
        "shortage": short,
        "unmet_demand": result.summary["unmet_demand"],
        **_sections(order, selection, proved, result),
    }


def _sections(
    order: ExplainOrder, selection: CargoSelection, proved: ProvedPlan, result: Result
) -> dict[str, Any]:
    """Cargo, elements, corridors and rules that were asked for."""
    named = {kind: names for kind, names in order.names.items() if names}
    chosen = selection.mask(proved.known.instance)
    is_proved = Status(result.summary["status"]) in {Status.OPTIMAL, Status.UNMET}
    face = PriceFace(proved) if is_proved else None
    cargo: list[dict[str, Any]] = []
    if selection and not named:
        quantity = np.where(chosen, proved.known.cargo.quantity, -1.0)
        largest = np.argsort(-quantity, kind="stable")[: int(chosen.sum())]
        largest = largest[: order.cargo]
        told = np.isin(np.arange(len(chosen)), largest)
        routes = explained_routes(proved, told, face)
        cargo = cargo_rows(proved, routes, largest, face, result.tables["demand"])
    return {
        "num_cargo": int(chosen.sum()) if selection and not named else 0,
        "cargo": cargo,
        "elements": [
            element_row(proved, face, result.tables, LimitedElement(kind, name), chosen)
            for kind in _ELEMENTS
            for name in named.get(kind, ())
        ],
        "corridors": [
            corridor_row(proved, face, name, chosen, order.most)
            for name in named.get("corridor", ())
        ],
        "rules": [
            rule_row(proved, result.tables, name, chosen)
            for name in named.get("rule", ())
        ],
    }


def _selected(order: ExplainOrder, selection: CargoSelection) -> dict[str, list[str]]:
    """Names that were asked for, by what they name."""
    cargo = {key: list(names) for key, names in selection.names.items()}
    return cargo | {kind: list(names) for kind, names in order.names.items() if names}


def _refuse_unknown(instance: Instance, names: Mapping[str, Sequence[str]]) -> None:
    """Refuse names that nothing bears, each with the nearest."""
    known: dict[str, list[str]] = {
        "leg": list(instance.legs["leg"]),
        "node": list(instance.nodes["node"]),
        "route": list(instance.routes["route"]),
        "capacity": list(instance.capacities["capacity"]),
        "corridor": [*known_names(instance)["corridors"], NO_CORRIDOR],
        "rule": [rule.name for rule in instance.diversification],
    }
    faults = []
    for kind, given in names.items():
        for name in given:
            if name not in known[kind]:
                remedy = _remedy(name, kind, known, instance)
                faults.append(
                    Fault(f"--{kind}", f"unknown {kind} {shown(name)}", remedy)
                )
    if faults:
        raise UsageError("\n".join(map(str, faults)))


def _remedy(
    name: str, kind: str, known: Mapping[str, Sequence[str]], instance: Instance
) -> str:
    """Return the option for a name that is known as something else, or the nearest."""
    nodes = instance.nodes
    of_group = nodes["node"][nodes["node_group"] == name] if name else ()
    if kind == "node" and len(of_group):
        return f"it is a group of nodes: name {listed(of_group)}"
    for other, names in known.items():
        if other != kind and name in names:
            return f"it is a {other}: write {shown(f'--{other} {name}')}"
    some = f"known: {listed(known[kind])}" if known[kind] else "there is none"
    return suggestion(name, known[kind], some)


def _verified(folder: Path) -> tuple[Instance, Result]:
    """Return a result that passes its verification, with its instance."""
    found = examined(folder)
    if not found.verdict.passed or found.instance is None or found.result is None:
        lines = [f"{folder}: is not a result that verifies", *found.verdict.faults]
        raise UnverifiedError("\n".join(lines))
    return found.instance, found.result
