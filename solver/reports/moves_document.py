"""Cargo that had to move between two plans, as a part of a JSON document."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from solver.solution.keys import KEY_TITLES, demand_keys
from solver.solution.rounding import amount
from solver.studies.moved_cargo import between, demand_moves, left_and_came, net_moves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.problem.rules import By
    from solver.solution.keys import DemandKey
    from solver.studies.cost_bridge import ComparedPlan
    from solver.studies.moved_cargo import DemandMove


_KINDS: tuple[By, ...] = ("corridor", "country", "port")
"""What cargo moves between."""


def moves_document(first: ComparedPlan, nearest: ComparedPlan) -> dict[str, Any]:
    """Return what had to move from one plan to another.

    Parameters
    ----------
    first : ComparedPlan
        The first plan.
    nearest : ComparedPlan
        Of all plans of least cost of the second instance the one nearest it.

    Returns
    -------
    dict
        `movement` and its proved least `bound`, as a summary has them, with what they
        are of; `values`, what left each corridor, country and port and what came to
        it; `corridors`, what moved from one corridor to another; `within_corridors`,
        what moved and stayed in its corridor; `left_unmet`, what each corridor lost to
        demand that is left unmet; `demands`, what moved of each demand.
    """
    moves = demand_moves(first.flows, nearest.flows)
    moved = sum(move.quantity for move in moves)
    nets = {by: _nets(moves, by, first, nearest) for by in _KINDS}
    pairs = sorted(between(nets["corridor"]).items(), key=lambda item: -item[1])
    return {
        **_movement(first, nearest),
        "values": [row for by in _KINDS for row in _values(by, nets[by])],
        "corridors": [
            {"from": start, "to": end, "quantity": amount(size)}
            for (start, end), size in pairs
        ],
        "within_corridors": amount(moved - sum(size for _, size in pairs), moved),
        "left_unmet": [*_left_unmet(moves, first, nearest)],
        "demands": [_demand(move) for move in moves if move.quantity],
    }


def _movement(first: ComparedPlan, nearest: ComparedPlan) -> dict[str, Any]:
    """Return what a summary says of the movement, of the cargo that is selected.

    What must move is proved of all cargo together only.
    """
    if not first.selection:
        whole: dict[str, Any] = nearest.result.summary["near"]
        return whole
    wanted = _wanted(nearest)
    before, now = first.by_route, nearest.by_route
    common = {
        k: min(size, wanted[k]) for k, size in first.served.items() if k in wanted
    }
    comparable = sum(common.values())
    served = nearest.served
    unmet = sum(max(0.0, size - served.get(key, 0.0)) for key, size in common.items())
    kept = sum(min(size, now.get(place, 0.0)) for place, size in before.items())
    figures = {
        "earlier": sum(first.served.values()),
        "comparable": comparable,
        "movement": comparable - kept,
        "rerouted": comparable - kept - unmet,
        "unmet": unmet,
    }
    told: dict[str, Any] = {
        name: amount(size, comparable) for name, size in figures.items()
    }
    gone = sum(key not in wanted for key in first.served)
    new = sum(key not in first.served for key in served)
    return {**told, "bound": None, "demand_gone": gone, "demand_new": new}


def _nets(
    moves: Sequence[DemandMove], by: By, first: ComparedPlan, nearest: ComparedPlan
) -> list[dict[str, float]]:
    """Return what each demand's move took from values and brought to them."""
    before, after = first.values(by), nearest.values(by)
    return [net_moves(move, before, after) for move in moves]


def _values(by: By, nets: Sequence[Mapping[str, float]]) -> Iterator[dict[str, Any]]:
    """Yield what left each value and what came to it, the largest first."""
    left, came = left_and_came(nets)
    names = dict.fromkeys([*left, *came])
    sizes = {name: max(left.get(name, 0.0), came.get(name, 0.0)) for name in names}
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        own = {"left": left.get(name, 0.0), "came": came.get(name, 0.0)}
        sides = {side: amount(size) for side, size in own.items()}
        yield {"by": by, "value": name, **sides}


def _left_unmet(
    moves: Sequence[DemandMove], first: ComparedPlan, nearest: ComparedPlan
) -> Iterator[dict[str, Any]]:
    """Yield what each corridor lost to demand that is left unmet, the most first.

    It is taken from all routes that carry less in proportion.
    """
    wanted, served = _wanted(nearest), nearest.served
    values = first.values("corridor")
    lost: dict[str, float] = defaultdict(float)
    for move in moves:
        before = min(first.served.get(move.key, 0.0), wanted.get(move.key, 0.0))
        unmet = max(0.0, before - served.get(move.key, 0.0))
        total = sum(move.less.values())
        for legs, size in move.less.items() if unmet else ():
            for value in values[legs]:
                lost[value] += unmet * size / total
    for value, size in sorted(lost.items(), key=lambda item: -item[1]):
        yield {"corridor": value, "quantity": amount(size)}


def _wanted(plan: ComparedPlan) -> dict[DemandKey, float]:
    """Quantity of each demand."""
    table = plan.result.tables["demand"]
    wanted: dict[DemandKey, float] = defaultdict(float)
    for key, size in zip(demand_keys(table), table["quantity"].tolist(), strict=True):
        wanted[key] += size
    return wanted


def _demand(move: DemandMove) -> dict[str, Any]:
    return {
        **dict(zip(KEY_TITLES, move.key, strict=True)),
        "quantity": amount(move.quantity),
        "from": {legs: amount(size) for legs, size in move.less.items()},
        "to": {legs: amount(size) for legs, size in move.more.items()},
    }
