"""How large a generated instance is: what is asked for, and what follows from it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from solver.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


_MOST_ORIGINS, _MOST_MARKETS, _MOST_PRODUCTS = 500, 400, 24
"""Beyond these, more demand means more periods or products, unless asked for."""


RULES = ("none", "idle", "share", "hhi", "country")
"""Rules that an instance may be given; see `solver.generation.rules`."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be generated.

    Parameters
    ----------
    origins, products, markets, corridors, nodes, demands, periods : int
        How many of each.
    legs : int, optional
        How many; none: four for each node, or as many as there is room for.
    seed : int
        Where the random numbers begin.
    tightness : float
        How strongly limits bind, from 0 to 1; above 0.5 the part of the demand that
        stays unmet, plus 0.5; see `solver.generation.capacities`.
    rules : str
        One of `RULES`: which rule the instance has.
    """

    origins: int
    products: int
    markets: int
    corridors: int
    nodes: int
    legs: int | None
    demands: int
    periods: int
    seed: int
    tightness: float
    rules: str = "none"

    def words(self) -> str:
        """Return the command that generates this."""
        told = asdict(self)
        if self.rules == "none":
            del told["rules"]
        options = " ".join(f"--{name} {value}" for name, value in told.items())
        return f"keruen generate DIR {options}"


def order(
    given: Mapping[str, int | None],
    *,
    seed: int = 0,
    tightness: float = 0.5,
    rules: str = "none",
) -> Order:
    """Return an order; what is not given follows from the number of demands.

    Parameters
    ----------
    given : dict of str to int
        Counts by name, as in `Order`; missing or None where they are to follow.
    seed : int
        Where the random numbers begin.
    tightness : float
        How strongly limits bind.
    rules : str
        One of `RULES`.

    Raises
    ------
    UsageError
        The counts cannot be had together, or the tightness is not from 0 to 1.
    """
    if not 0 <= tightness <= 1:
        message = f"--tightness {tightness} is not between 0 and 1"
        raise UsageError(message)
    counts = {name: count for name, count in given.items() if count is not None}
    demands = counts.setdefault("demands", 100)
    periods = counts.setdefault("periods", 1)
    root = math.sqrt(demands / periods)
    if "products" in counts:
        root = max(root, 3 * math.sqrt(demands / periods / counts["products"]))
    origins = counts.setdefault("origins", _within(root / 2, _MOST_ORIGINS, demands))
    markets = counts.setdefault("markets", _within(root / 2.5, _MOST_MARKETS, demands))
    places = origins * markets * periods
    usual = _within(2 * demands**0.25, _MOST_PRODUCTS, demands)
    enough = math.ceil(1.5 * demands / places)
    counts.setdefault("products", min(demands, max(usual, enough)))
    corridors = counts.setdefault("corridors", round(2 + math.log10(demands)))
    between = 2 * corridors + 2
    usual = origins + markets + between + round(1.2 * (origins + markets))
    counts.setdefault("nodes", usual)
    _refuse_small(counts)
    return Order(
        seed=seed,
        tightness=tightness,
        rules=rules,
        legs=counts.pop("legs", None),
        **counts,
    )


def _within(wished: float, most: int, demands: int) -> int:
    return min(max(round(wished), 3), most, demands)


def _refuse_small(counts: Mapping[str, int]) -> None:
    demands, corridors = counts["demands"], counts["corridors"]
    ends = counts["origins"] + counts["markets"]
    needed = ends + 2 * corridors + 2
    if counts["nodes"] < needed:
        message = (
            f"--nodes {counts['nodes']} is too few: {ends} origins and markets, a "
            f"border and a port on each of {corridors} corridors and two junctions "
            f"are {needed}"
        )
        raise UsageError(message)
    kinds = ("origins", "products", "markets", "periods")
    most = math.prod(counts[kind] for kind in kinds)
    if demands > most:
        message = (
            f"--demands {demands} is too many: there are {most} ways to choose a "
            "product, an origin, a market and a period; ask for more of them"
        )
        raise UsageError(message)
    for kind in kinds:
        if demands < counts[kind]:
            message = (
                f"--demands {demands} is too few for --{kind} {counts[kind]}: "
                "each needs one"
            )
            raise UsageError(message)
