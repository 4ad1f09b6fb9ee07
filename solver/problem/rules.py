"""Diversification rules as an instance states them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from solver.errors import Fault
from solver.messages import shown
from solver.problem.tables import StrictModel

if TYPE_CHECKING:
    from collections.abc import Iterable


ALL = "all"
"""Word for all periods together, which no period may have as its name."""


@dataclass(frozen=True, slots=True, eq=False)
class RulePlace:
    """A rule, and where it stands.

    Parameters
    ----------
    file : str
        File that gives it.
    key : str
        Its key there, such as ``diversification.2``.
    """

    rule: Rule
    file: str
    key: str

    def fault(self, key: str, message: str, remedy: str, value: object) -> Fault:
        """Return a fault at a key of the rule, which its message names."""
        place = f"{self.key}.{key}"
        text = f"rule {shown(self.rule.name)}: {message}"
        return Fault(self.file, text, remedy, None, place, str(value))


def rule_places(rules: Iterable[Rule], file: str, key: str = "") -> list[RulePlace]:
    """Return the places of rules that stand in a file, below a key if it is given."""
    prefix = f"{key}." if key else ""
    return [
        RulePlace(rule, file, f"{prefix}diversification.{number}")
        for number, rule in enumerate(rules, 1)
    ]


RuleKey = Literal["product", "group", "origin", "market", "period"]


By = Literal["corridor", "country", "port", "node", "mode", "tag", "leg"]


class TopShare(StrictModel):
    """A bound on what the largest values carry together."""

    k: int = Field(ge=1)
    """How many of the largest."""
    share: float
    """Their largest share together, from 0 to 1."""


class Reference(StrictModel):
    """What a value carried in a scope before, in (weighted) quantity."""

    scope: dict[RuleKey, str] = Field(default_factory=dict)
    """Values of the rule's `for_each` keys."""
    period: str
    """Period, or `all` for a rule over all periods."""
    value: str
    """Value of the rule's `by`."""
    quantity: float = Field(ge=0)
    """Weighted quantity it carried."""


class ChangeLimit(StrictModel):
    """A bound on half the sum of all changes of quantity by value, as cargo moves.

    What each value carries now is compared, scope by scope, with what it carried then.
    The earlier result counts on its own network, with its own product values, in
    today's units. Periods go by name: where they have other names now, give the rule
    `over = "all"`. What no row of `reference` names carried nothing.
    """

    share: float | None = Field(default=None, ge=0)
    """Largest change, as a share of what is carried in the scope or, with
    `of = "demand"`, of its demand."""
    quantity: float | None = Field(default=None, ge=0)
    """Largest change, in (weighted) quantity; this or `share`."""
    from_: str = Field(default="", alias="from")
    """Folder of an earlier result, seen from the folder of the instance (or of its
    document)."""
    reference: tuple[Reference, ...] | None = None
    """What is compared with, row by row; filled from `from` where that is given."""


class Rule(StrictModel):
    """A bound on how much a scope's cargo may depend on single values.

    A route counts for a value once if any of its legs or nodes carries it; for
    `country` the countries of the route's own two ends do not count.
    """

    name: str = Field(min_length=1)
    """Name, unique among rules; blank in a file: `rule 1`, `rule 2`, ..."""
    by: By
    """What shares are counted of: `corridor`, `country`, `port`, `node`, `mode`, `tag`
    or `leg`."""
    where: dict[RuleKey, tuple[str, ...]] = Field(default_factory=dict)
    """Cargo it covers: lists of names by `product`, `group`, `origin`, `market` or
    `period`; empty: all."""
    for_each: tuple[RuleKey, ...] = ()
    """One rule for each combination, found in the demand, of these keys of `where`."""
    max_share: float | dict[str, float] | None = None
    """Largest share, from 0 to 1: one number for every value (`none`, cargo without a
    corridor, included), or one for each named value, `{ northern = 0.5 }`. By corridor,
    shares that the corridors open to the cargo cannot fill are refused, unless it has a
    penalty."""
    min_share: float | dict[str, float] | None = None
    """Least share, likewise; one number is for every value but `none`."""
    max_hhi: float | None = None
    """Largest Herfindahl-Hirschman index, the sum of squared shares: from 0 to 1, or
    above 1 on the scale to 10,000. Only by corridor, as shares must sum to 1. One that
    the corridors open to the cargo are too few for is refused, unless it has a
    penalty."""
    min_effective: float | None = None
    """Least effective number of corridors, 1 / HHI (to 15 digits). Only by corridor."""
    max_top: TopShare | None = None
    """Largest share of the `k` largest together, `{ k = 2, share = 0.9 }`. Only by
    corridor."""
    max_change: ChangeLimit | None = None
    """Largest change against an earlier result, half the sum over values of what they
    gain or lose: `{ share = 0.1, from = "../results/2024" }`, or `quantity`."""
    of: Literal["carried", "demand"] = "carried"
    """Share of what is `carried` in the scope, or of its `demand`."""
    over: Literal["period", "all"] = "period"
    """Each `period` apart, or `all` periods together."""
    weight: Literal["quantity", "value"] = "quantity"
    """What is summed: `quantity`, or `value`: quantity times the product's value."""
    penalty: float | None = Field(default=None, ge=0)
    """Blank: the rule holds. Otherwise it may be broken for money: per unit of
    (weighted) quantity above the limit; for `max_hhi` and `min_effective` per 0.01 of
    HHI above it, in proportion to the part of the scope's demand that is carried."""
