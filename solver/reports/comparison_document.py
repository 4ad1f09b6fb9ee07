"""Results side by side as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solver.problem.tables import NO_CORRIDOR
from solver.reports.shortage import leg_ends
from solver.solution.form import SHARE
from solver.solution.rounding import amount, figure
from solver.studies.cost_bridge import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from solver.problem.rules import By
    from solver.studies.cost_bridge import ComparedPlan

    Table = Mapping[str, NDArray[Any]]
    State = Mapping[str, Any]


_HHI = "corridor"
"""What concentration is counted of."""

_KINDS: tuple[By, ...] = ("corridor", "country", "port", "mode", "tag")
"""What shares are told of."""


_CHANGED = 1e-9
"""Part of its size by which a figure of another plan differs that is not the same."""


_FULL = 1e-9
"""Part of a capacity that is left where it binds."""


def comparison_document(
    names: Sequence[str],
    plans: Sequence[ComparedPlan],
    changes: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Document that `keruen compare --json` prints.

    Parameters
    ----------
    names : sequence of str
        What each result is called.
    plans : sequence of ComparedPlan
        The plans, the first of which the others are compared with.
    changes : sequence of dict
        Bridge from the first to each other plan, and what had to move.
    """
    first, *others = plans
    selected = first.selection.names
    return {
        "units": first.instance.units.model_dump(),
        "selected": {key: list(names) for key, names in selected.items()},
        "results": [
            _result(name, plan) for name, plan in zip(names, plans, strict=True)
        ],
        "comparisons": [
            {"second": name, **found, "limits": [*_limits(first, other)]}
            for name, other, found in zip(names[1:], others, changes, strict=True)
        ],
        "shares": [*_shares(plans)],
    }


def _result(name: str, plan: ComparedPlan) -> dict[str, Any]:
    """Return the figures of one result."""
    summary = plan.result.summary
    corridors = [share for (by, _), (_, share) in _amounts(plan).items() if by == _HHI]
    chosen = plan.shipments
    firm_unmet = np.where(plan.prepared.cargo.firm, plan.plan.unmet, 0.0)
    selected = {
        "cost": amount(plan.total),
        "demand": amount(float(plan.prepared.cargo.quantity[chosen].sum())),
        "served": amount(float(plan.quantity.sum())),
        "unmet": amount(float(plan.plan.unmet[chosen].sum())),
        "firm_unmet": amount(float(firm_unmet[chosen].sum())),
        "hhi": figure(sum(share * share for share in corridors), SHARE) or None,
    }
    return {
        "result": name,
        "name": summary["instance"]["name"],
        "scenarios": summary["instance"]["scenarios"],
        "changes": summary["instance"].get("changes", []),
        "periods": len(plan.instance.periods),
        "status": summary["status"],
        "cost": summary["cost"],
        "cost_parts": summary["cost_parts"],
        "penalties": summary["penalties"],
        "demand": summary["demand"],
        "served": summary["served"],
        "unmet": summary["unmet"],
        "firm_unmet": amount(float(firm_unmet.sum())),
        "hhi": summary["hhi"],
        **({"selected": selected} if plan.selection else {}),
    }


# ---- shares


def _shares(plans: Sequence[ComparedPlan]) -> Iterator[dict[str, Any]]:
    """Yield what each value carries in each plan, and its share."""
    found = [_amounts(plan) for plan in plans]
    for place in dict.fromkeys(place for amounts in found for place in amounts):
        by, value = place
        own = [amounts.get(place, (0.0, 0.0)) for amounts in found]
        if value != NO_CORRIDOR or any(quantity for quantity, _ in own):
            yield {
                "by": by,
                "value": value,
                "quantity": [quantity for quantity, _ in own],
                "share": [share for _, share in own],
            }


def _amounts(plan: ComparedPlan) -> dict[tuple[str, str], tuple[float, float]]:
    """Quantity and share of the cargo that is compared, by kind and value."""
    if plan.selection:
        return dict(_selected_amounts(plan))
    table = plan.result.tables["corridors"]
    chosen = np.flatnonzero(table["scope"] == "all").tolist()
    by, value = table["by"].tolist(), table["value"].tolist()
    quantity, share = table["quantity"].tolist(), table["share"].tolist()
    return {(by[n], value[n]): (quantity[n], share[n]) for n in chosen}


def _selected_amounts(
    plan: ComparedPlan,
) -> Iterator[tuple[tuple[str, str], tuple[float, float]]]:
    """Yield kind and value, with quantity and share of what is selected."""
    rules, total = plan.prepared.rules, float(plan.quantity.sum())
    for by in _KINDS:
        amounts = np.asarray(rules.carried(plan.routes, by).T @ plan.quantity).tolist()
        for value, size in zip(rules.values(by), amounts, strict=True):
            share = figure(size / total, SHARE) if total else 0.0
            yield (by, value), (amount(size), share)


# ---- limits


def _limits(first: ComparedPlan, other: ComparedPlan) -> Iterator[dict[str, Any]]:
    """Yield limits whose price differs, or that bind in one plan only.

    The largest change of price times quantity comes first. Those closed in both are
    left out: what opens one in series with others has no price of its own.
    """
    one, two = (_states(plan.result.tables["capacity"]) for plan in (first, other))
    keys = dict.fromkeys([*one, *two])
    ends = {**leg_ends(other.instance), **leg_ends(first.instance)}
    pairs = {key: _as_told(one.get(key), two.get(key)) for key in keys}
    rows = [
        {
            **dict(zip(_KEY, key, strict=True)),
            "ends": ends.get(key[1]) if key[0] == "leg" else None,
            "first": was,
            "second": now,
        }
        for key, (was, now) in pairs.items()
        if _differ(was, now) and not (_is_closed(was) and _is_closed(now))
    ]
    rows.sort(key=_weight)
    yield from rows


def _as_told(*sides: State | None) -> tuple[State | None, ...]:
    """Limits with what one more saves as their price, if both results tell it."""
    known = all(
        side is None or side["relief_more"] or not np.isnan(side["price_more"])
        for side in sides
    )
    return tuple(side and _told(side, known=known) for side in sides)


def _told(side: State, *, known: bool) -> State:
    more = side["price_more"]
    price = more if known and not np.isnan(more) else side["price"]
    names = ("capacity", "used", "binds", "relief_more")
    return {**{name: side[name] for name in names}, "price": price}


def _is_closed(side: State | None) -> bool:
    return side is not None and not side["capacity"]


def _states(table: Table) -> dict[tuple[str, str, str], State]:
    """Capacity, use and price of each limit, and what one more of it does."""
    keys = zip(table["kind"], table["limit"], table["period"], strict=True)
    names = ("capacity", "used", "price", "price_more", "relief_more")
    rows = zip(*(table[name].tolist() for name in names), strict=True)
    return {
        key: {**dict(zip(names, row, strict=True)), "binds": _binds(*row[:3])}
        for key, row in zip(keys, rows, strict=True)
    }


def _binds(capacity: float, used: float, price: float) -> bool:
    return used >= capacity * (1 - _FULL) and (used > 0 or price > 0)


def _differ(was: State | None, now: State | None) -> bool:
    before, after = was or _NO_LIMIT, now or _NO_LIMIT
    change = abs(after["price"] - before["price"])
    size = max(before["price"], after["price"])
    return before["binds"] != after["binds"] or change > _CHANGED * size


_KEY = "kind", "limit", "period"

_NO_LIMIT = {"price": 0.0, "used": 0.0, "binds": False}


def _weight(row: Mapping[str, Any]) -> float:
    was, now = row["first"] or _NO_LIMIT, row["second"] or _NO_LIMIT
    change = abs(now["price"] - was["price"])
    return -float(change * max(now["used"], was["used"]))


# ---- tables


def comparison_tables(
    document: Mapping[str, Any],
) -> dict[str, dict[str, NDArray[Any]]]:
    """Tables of a comparison, as they are written: bridge, moves, limits, shares."""
    return {
        "bridge": _columns(_bridge_rows(document), _BRIDGE),
        "moves": _columns(_move_rows(document), _MOVE),
        "limits": _columns(_limit_rows(document), _LIMIT),
        "shares": _columns(_share_rows(document), _SHARE),
    }


_BRIDGE = {"second": str, "part": str, "money": float}

_MOVE = {
    **dict.fromkeys(("second", "by", "value"), str),
    **dict.fromkeys(("left", "came"), float),
}

_LIMIT = {
    **dict.fromkeys(("second", "kind", "limit", "period"), str),
    **dict.fromkeys(("capacity_first", "capacity_second"), float),
    **dict.fromkeys(("used_first", "used_second"), float),
    **dict.fromkeys(("price_first", "price_second"), float),
}

_SHARE = {
    **dict.fromkeys(("result", "by", "value"), str),
    **dict.fromkeys(("quantity", "share"), float),
}


def _bridge_rows(document: Mapping[str, Any]) -> Iterator[list[Any]]:
    for found in document["comparisons"]:
        own = found["bridge"]
        for part in ("first", *PARTS, "second"):
            yield [found["second"], part, own[part]]


def _move_rows(document: Mapping[str, Any]) -> Iterator[list[Any]]:
    for found in document["comparisons"]:
        for row in (found["moves"] or {}).get("values", ()):
            columns = (row[name] for name in ("by", "value", "left", "came"))
            yield [found["second"], *columns]


def _limit_rows(document: Mapping[str, Any]) -> Iterator[list[Any]]:
    for found in document["comparisons"]:
        for row in found["limits"]:
            pairs = (row["first"] or {}, row["second"] or {})
            figures = [
                side.get(name)
                for name in ("capacity", "used", "price")
                for side in pairs
            ]
            yield [found["second"], row["kind"], row["limit"], row["period"], *figures]


def _share_rows(document: Mapping[str, Any]) -> Iterator[list[Any]]:
    names = [found["result"] for found in document["results"]]
    for number, name in enumerate(names):
        for row in document["shares"]:
            figures = (row[column][number] for column in ("quantity", "share"))
            yield [name, row["by"], row["value"], *figures]


def _columns(
    rows: Iterable[Sequence[Any]], kinds: Mapping[str, type]
) -> dict[str, NDArray[Any]]:
    """Return rows as columns: text, or numbers with NaN for an empty cell."""
    cells = [*zip(*rows, strict=True)] or [()] * len(kinds)
    return {
        name: np.array([np.nan if cell is None else cell for cell in column], float)
        if kind is float
        else np.array(column, dtype=object)
        for (name, kind), column in zip(kinds.items(), cells, strict=True)
    }
