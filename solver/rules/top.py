"""Rules on the largest together: `max_top`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from solver.rules.concentration import (
    ConcentrationRow,
    is_share,
    overlap_faults,
)
from solver.rules.kind import RuleKind, SpreadLimit, Words, eased_limit, row_key
from solver.rules.row import Lifted, Linear, Part, WeightChoice
from solver.rules.share import LIMIT_DIGITS, rounded_up
from solver.solution.rounding import exact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.arrays import Floats
    from solver.errors import Fault
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule, RulePlace, TopShare
    from solver.rules.cargo_scopes import CargoScope
    from solver.rules.kind import RowMaker
    from solver.rules.row import RuleRow
    from solver.solution.keys import Measure, RowKey


class TopKind(RuleKind):
    """Bounds on what the largest carry together."""

    keys = ("max_top",)
    words: ClassVar[Mapping[Measure, Words]] = {"top": Words("top {k}")}
    examples: ClassVar[Mapping[str, str]] = {"max_top": "{ k = 2, share = 0.9 }"}

    def faults(
        self, instance: Instance, place: RulePlace, values: Sequence[str]
    ) -> Iterator[Fault]:
        """Yield what is wrong with a rule's `max_top`."""
        del instance, values
        yield from overlap_faults(place, "max_top")
        top = place.rule.max_top
        if top is not None and not is_share(top.share):
            message = f"{top.share:g} is not a share"
            remedy = "give a share from 0 to 1, such as 0.9"
            yield place.fault("max_top.share", message, remedy, top.share)

    def rows(self, rule: Rule, values: tuple[str, ...]) -> RowMaker:
        """Return what makes the row of a scope."""
        top = rule.max_top

        def of(scope: CargoScope) -> Iterator[RuleRow]:
            if top is not None:
                key, count = row_key(rule, scope, "top"), min(top.k, len(values))
                yield TopRow(key, scope, values, count, top.share)

        return of

    def limit(self, rule: Rule, key: RowKey) -> float | None:
        """Return the largest share of those that are counted together."""
        del key
        return rule.max_top.share if rule.max_top else None

    def eased(self, value: Any, key: RowKey, level: float) -> Any:  # noqa: ANN401
        """Return as many with a share that a level keeps."""
        share = eased_limit(value.share, key, level)
        return value.model_copy(update={"share": share})

    def spread_limits(self, rule: Rule) -> list[SpreadLimit]:
        """Bounds that no shares of too few corridors keep."""
        top = rule.max_top
        return [top_limit(top)] if top is not None and is_share(top.share) else []

    def count(self, rule: Rule) -> int | None:
        """Return how many of the largest are counted together."""
        return rule.max_top.k if rule.max_top else None


def top_limit(top: TopShare) -> SpreadLimit:
    """Return the bound that `max_top` sets."""

    def least(count: int) -> Fraction:
        return Fraction(min(top.k, max(1, count)), max(1, count))

    return SpreadLimit(
        key="max_top.share",
        value=top.share,
        text=f"a share of {top.share!r} for the {top.k} largest together",
        holds=lambda count: least(count) <= exact(top.share),
        remedy=lambda count: f"give {_rounded_up(least(count))} at least",
    )


def _rounded_up(share: Fraction) -> str:
    return rounded_up(float(share), LIMIT_DIGITS)


@dataclass(frozen=True, eq=False)
class TopRow(ConcentrationRow):
    """What the k largest values carry together."""

    count: int
    share: float

    def tightened(self, part: float) -> Self:
        """Return the row with its share tighter by a part."""
        return replace(self, share=self.share * (1.0 - part))

    @property
    def limit_shown(self) -> float:
        """Their largest share."""
        return self.share

    def _largest(self, amounts: Floats) -> float:
        return float(np.sort(amounts)[::-1][: self.count].sum())

    def excess(self, amounts: Floats, base: float) -> float:
        """Quantity above the share."""
        return self._largest(amounts) - self.share * base

    def level(self, amounts: Floats, base: float) -> float:
        """Share of the k largest."""
        return self._largest(amounts) / base if base > 0 else np.nan

    def form(self, weights: Floats) -> Linear:
        """Return the row over what values carry as weighted."""
        return Linear(weights, -self.share, 0.0)

    def choice(self, amounts: Floats, base: float, noise: float) -> WeightChoice:
        """Weights 1 of the largest; those that tie for the last place share the rest.

        Where the last place goes to values of nothing, it may stay empty.
        """
        del base
        last = float(np.sort(amounts)[::-1][: self.count][-1])
        above = amounts > last + noise
        tied = np.flatnonzero(np.abs(amounts - last) <= noise)
        rest = float(self.count - above.sum())
        least = min(rest, float(len(tied))) if last > noise else 0.0
        free = tuple(tied.tolist())
        return WeightChoice(above.astype(float), free, 0.0, (least, rest))

    def lifted(self) -> Lifted:
        """Return columns t and s_v >= F_v - t: k t + sum s_v <= share B."""
        size = len(self.values)
        factors = np.array([float(self.count), *np.ones(size)])
        parts = [
            Part(value, 1.0, 0.0, ((0, -1.0), (value + 1, -1.0)), 0.0, 1.0)
            for value in range(size)
        ]
        return Lifted(factors, -self.share, 0.0, parts)

    @property
    def is_exact(self) -> bool:
        """Whether a linear row says exactly as much as it, at given amounts."""
        return True

    def exact_at(self, amounts: Sequence[Fraction]) -> tuple[Floats, Fraction]:
        """Weights 1 of the largest."""
        order = sorted(range(len(amounts)), key=lambda value: -amounts[value])
        weights = np.zeros(len(self.values))
        weights[order[: self.count]] = 1.0
        return weights, Fraction(0)

    def published(self, weights: Floats) -> Floats:
        """Weights as they are published, which sum to k at most exactly."""
        short = super().published(weights)
        spare = Decimal(self.count) - sum(map(_exact, short.tolist()), Decimal(0))
        if spare < 0:
            largest = int(np.argmax(short))
            short[largest] = float(_exact(float(short[largest])) + spare)
        return short

    def sound(self, weights: Floats) -> Floats:
        """Weights between 0 and 1 that sum to k at most."""
        clipped = np.clip(weights, 0.0, 1.0)
        total = float(clipped.sum())
        return clipped * min(1.0, self.count / total) if total > 0 else clipped


def _exact(weight: float) -> Decimal:
    """Decimal that a weight is written as."""
    return Decimal(repr(weight))
