"""What a row or a column of the model is called, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from solver.network.shipments import Cargo
    from solver.problem.instance import Instance


class Named(NamedTuple):
    """A row or column by its number, the words of its name, and what it means."""

    number: int
    words: tuple[str, ...]
    meaning: str


def period_words(instance: Instance, period: str) -> tuple[str, ...]:
    """Return the period, where there are several."""
    return (period,) if len(instance.periods) > 1 else ()


def demand_words(
    instance: Instance, cargo: Cargo, shipment: int
) -> tuple[tuple[str, ...], str]:
    """Words of a shipment's name, and the shipment in full."""
    table, row = instance.demand, int(cargo.demand[shipment])
    product, origin, market = (
        str(table[column][row]) for column in ("product", "origin", "market")
    )
    period = period_words(instance, instance.periods[int(cargo.period[shipment])])
    said = ", ".join([f"{product}, {origin} to {market}", *period])
    return (product, origin, market, *period), said
