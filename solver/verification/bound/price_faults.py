"""Dual feasibility: prices of what exists, and with the right signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.solution.keys import UnmetKey
from solver.solution.tolerances import DEAREST
from solver.verification.exact.amounts import ONE, decimal

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from decimal import Decimal

    from solver.solution.certificate import Stage
    from solver.verification.rules.cargo_scopes import Rules
    from solver.verification.world import World


def price_faults(world: World, stage: Stage, money: Decimal = ONE) -> Iterator[str]:
    """Yield what is wrong with the prices of a stage, before any bound.

    Parameters
    ----------
    money : Decimal
        Price of a unit of money, where money counts.
    """
    where = f"certificate.json: stage {stage.objective!r}"
    if stage.objective == "unmet" and stage.priority not in world.cargo.classes:
        yield f"{where}: no firm demand has the priority {stage.priority}"
    yield from _key_faults(where, stage.capacities, world.limits.by_key)
    yield from _key_faults(where, stage.rules, world.rules.by_key)
    yield from _soft_faults(where, stage, world.rules, money)
    yield from _weight_faults(where, stage, world.rules)
    yield from _key_faults(where, stage.unmet, _classes_kept(world, stage))
    if stage.objective == "rules" and any(price > 1 for price in stage.rules.values()):
        yield f"{where}: a price of a rule is above 1"


def _key_faults(
    where: str, prices: Mapping[Any, float], known: Container[object]
) -> Iterator[str]:
    for key, price in prices.items():
        if key not in known:
            yield f"{where}: a price for {key}, which does not exist here"
        if not 0 <= price < DEAREST:
            yield f"{where}: the price {price} for {key} is not a price"


def _soft_faults(
    where: str, stage: Stage, rules: Rules, money: Decimal
) -> Iterator[str]:
    """Prices of soft rules are their penalty at most, and that in money."""
    for row in rules.soft:
        price = stage.rules.get(row.key)
        if price is None or not 0 <= price < DEAREST:
            continue
        if stage.objective not in {"cost", "exposure", "movement"}:
            yield f"{where}: a price for {row.key}, which need not hold"
        elif not row.allows(decimal(price), money):
            yield f"{where}: the price {price} for {row.key} is above its penalty"


def _weight_faults(where: str, stage: Stage, rules: Rules) -> Iterator[str]:
    """Weights belong to priced rows, and are such that the row they make holds."""
    for key, weights in stage.weights.items():
        if key not in stage.rules:
            yield f"{where}: weights for {key}, which has no price"
        elif key in rules.by_key:
            wrong = rules.by_key[key].wrong_weights(weights)
            if wrong:
                yield f"{where}: of the weights for {key}, {wrong}"


def _classes_kept(world: World, stage: Stage) -> set[object]:
    """Classes of which a stage knows what they leave unmet."""
    classes = world.cargo.classes
    match stage.objective:
        case "cost" | "exposure" | "movement":
            kept = classes
        case "unmet" if stage.priority in classes:
            kept = classes[: classes.index(stage.priority)]
        case _:
            kept = ()
    return {UnmetKey(priority) for priority in kept}
