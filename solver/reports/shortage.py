"""Where firm demand stays unmet: how much, and the set of limits that keeps it.

The prices of a stage `unmet` prove a bound on what a class must leave unmet (see
`solution.certificate.Stage`). Limits and rules without a price there have no part in
it: were all of them lifted, the bound would stand. Those with one are the set that
keeps the demand, each with a weight: what one more unit of it may let through at most.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from solver.reports.screen.numbers import figure
from solver.reports.tables.rules import scope_text
from solver.solution.certificate import Stage
from solver.solution.rounding import amount

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.problem.instance import Instance
    from solver.solution.solution import Result
    from solver.studies.repair.shortage import Shortage

_MOST_CARGO = 3
"""Cargo that is named with a shortage."""

_NO_ROUTE = "no route"
"""How the reason of cargo begins that has no route."""


def shortage_rows(result: Result, instance: Instance) -> list[dict[str, Any]]:
    """Return each class of firm demand that must leave something unmet.

    Parameters
    ----------
    result : Result
        A result that is verified.
    """
    stages = result.certificate.stages if result.certificate else ()
    of_class = {s.priority: s for s in stages if s.objective == "unmet"}
    alone = _without_route(result, instance)
    return [
        {
            "priority": row["priority"],
            "unmet": row["unmet"],
            "bound": row["bound"],
            "without_route": alone.get(row["priority"], 0.0),
            "limits": list(_limits(of_class[row["priority"]], instance)),
            "rules": list(_rules(of_class[row["priority"]])),
        }
        for row in result.summary["unmet_bounds"]
        if row["priority"] in of_class and row["bound"] and row["bound"] > 0
    ]


def _without_route(result: Result, instance: Instance) -> dict[int | None, float]:
    """Quantity that has no route at all, by class."""
    priority = instance.demand["priority"].tolist()
    firm = instance.demand["unmet_cost"].astype(float)
    found: dict[int | None, float] = {}
    for row in result.summary["unmet_demand"]:
        number = int(row["row"]) - 1
        if row["reason"].startswith(_NO_ROUTE) and firm[number] == float("inf"):
            own = priority[number]
            key = None if own != own else int(own)  # noqa: PLR0124 - a blank is NaN
            found[key] = found.get(key, 0.0) + row["unmet"]
    return found


def _limits(stage: Stage, instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield the limits that keep demand unmet, the largest weight first."""
    ends = leg_ends(instance)
    for key, weight in sorted(stage.capacities.items(), key=lambda item: -item[1]):
        if weight > 0:
            yield {
                "kind": key.kind,
                "limit": key.name,
                "ends": ends[key.name] if key.kind == "leg" else None,
                "period": key.period,
                "weight": weight,
            }


def leg_ends(instance: Instance) -> dict[str, str]:
    """Return where each leg starts and ends, as `A > B`, by its name."""
    legs = instance.legs
    columns = (legs[column].tolist() for column in ("leg", "from", "to"))
    return {leg: f"{start} > {end}" for leg, start, end in zip(*columns, strict=True)}


def _rules(stage: Stage) -> Iterator[dict[str, Any]]:
    """Yield the rows of rules that do, likewise."""
    for key, weight in sorted(stage.rules.items(), key=lambda item: -item[1]):
        if weight > 0:
            yield {
                "rule": key.rule,
                "scope": scope_text(key),
                "period": key.period,
                "value": key.value,
                "side": key.side,
                "weight": weight,
            }


def with_sets(
    rows: list[dict[str, Any]], found: Sequence[Shortage], instance: Instance
) -> list[dict[str, Any]]:
    """Return rows with the shortages of each class that stand apart, as `sets`.

    Parameters
    ----------
    rows : list of dict
        Those of `shortage_rows`.
    found : sequence of Shortage
        What keeps the demand.
    """
    return [
        {
            **row,
            "sets": [
                {
                    "unmet": amount(own.unmet),
                    "bound": amount(own.bound),
                    "cargo": cargo_left(own, instance),
                    "limits": list(_limits(_stage(own), instance)),
                    "rules": list(_rules(_stage(own))),
                }
                for own in found
                if own.priority == row["priority"]
            ],
        }
        for row in rows
    ]


def _stage(shortage: Shortage) -> Stage:
    """Return the prices of a shortage."""
    capacities = {kept.key: kept.weight for kept in shortage.limits}
    return Stage("unmet", capacities=capacities, rules=dict(shortage.rules))


def cargo_left(shortage: Shortage, instance: Instance) -> list[dict[str, Any]]:
    """Return the demand that a shortage leaves, by its names, the most first.

    Parameters
    ----------
    shortage : Shortage
        What keeps it.
    """
    demand, shipments = instance.demand, instance.shipments
    found = []
    for shipment in shortage.shipments.tolist():
        row = int(shipments.demand[shipment])
        names = {key: str(demand[key][row]) for key in ("product", "origin", "market")}
        period = instance.periods[int(shipments.period[shipment])]
        found.append({"row": row + 1, **names, "period": period})
    return found


def cargo_names(cargo: Sequence[Mapping[str, Any]]) -> str:
    """Name the cargo of a shortage, the most of it.

    Parameters
    ----------
    cargo : sequence of dict
        As `cargo_left` returns it.
    """
    told = (f"{row['product']}, {row['origin']} to {row['market']}" for row in cargo)
    names = [*dict.fromkeys(told)]
    rest = f" and {len(names) - _MOST_CARGO} more" if names[_MOST_CARGO:] else ""
    return f"{'; '.join(names[:_MOST_CARGO])}{rest}"


def shortage_text(row: Mapping[str, Any], quantity: str) -> str:
    """Say how much of a class must stay unmet, and what keeps it.

    Parameters
    ----------
    row : dict
        One of `shortage_rows`.
    quantity : str
        Unit of quantities.
    """
    which = "" if row["priority"] is None else f" of priority {row['priority']}"
    bound = figure(row["bound"])
    text = f"{bound} {quantity} of firm demand{which} must stay unmet"
    names = _names(row)
    if not names:
        return f"{text}: no route"
    kept = "it"
    if row["without_route"]:
        alone = figure(row["without_route"])
        text, kept = f"{text}, {alone} for want of a route", "the rest"
    if len(sets := row.get("sets", ())) > 1:
        return f"{text}; {kept} is {len(sets)} shortages apart"
    return f"{text}; {_keeping(names, kept)}"


def set_text(row: Mapping[str, Any], quantity: str) -> str:
    """Say how much one of several shortages leaves, of what, and what keeps it.

    Parameters
    ----------
    row : dict
        One of the `sets` of a class.
    quantity : str
        Unit of quantities.
    """
    text = f"{figure(row['bound'])} {quantity} of {cargo_names(row['cargo'])}"
    return f"{text}; {_keeping(_names(row), 'it')}"


def _names(row: Mapping[str, Any]) -> list[str]:
    """Return limits and rules for people, each once, with how many rows a rule has."""
    names = [limit_text(limit) for limit in row["limits"]]
    rules = Counter(f"rule {rule['rule']}" for rule in row["rules"])
    told = (f"{name} ({n} rows)" if n > 1 else name for name, n in rules.items())
    return [*dict.fromkeys([*names, *told])]


def _keeping(names: Sequence[str], kept: str) -> str:
    whose = "this limit keeps" if len(names) == 1 else f"these {len(names)} limits keep"
    return f"{whose} {kept} whatever else is lifted: {', '.join(names)}"


def limit_text(row: Mapping[str, Any]) -> str:
    """Return kind and name of a limit, and the ends of a leg that it does not say."""
    name, ends = str(row["limit"]), row["ends"]
    if ends and ends.replace(" ", "") not in name.replace(" ", ""):
        name = f"{name} {ends}"
    return f"{row['kind']} {name}"
