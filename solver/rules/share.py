"""Rules on single shares: `max_share` and `min_share`."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Context
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np

from solver.messages import listed, shown, suggestion
from solver.problem.tables import NO_CORRIDOR
from solver.rules.kind import RuleKind, SpreadLimit, Varied, Words, eased_limit, row_key
from solver.rules.row import Line, Linear, RuleRow
from solver.solution.rounding import exact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.arrays import Floats
    from solver.errors import Fault
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule, RulePlace
    from solver.rules.cargo_scopes import CargoScope
    from solver.rules.kind import RowMaker
    from solver.solution.keys import Measure, RowKey

    Side = Literal["max", "min"]
    Bound = float | dict[str, float] | None


DUST = 1e-9
"""An index that misses its limit by this much is within what a plan may miss it by."""

_ALL_DIGITS = Context(prec=400)

LIMIT_DIGITS = 4
"""Digits of a limit that a remedy names."""


def rounded_up(value: float, digits: int) -> str:
    """Return a number rounded up, so that what it bounds can hold."""
    scale = 10**digits
    return f"{math.ceil(value * scale - DUST) / scale:g}"


class ShareKind(RuleKind):
    """Bounds on single shares."""

    keys = ("max_share", "min_share")
    words: ClassVar[Mapping[Measure, Words]] = {"share": Words("{value}")}
    examples: ClassVar[Mapping[str, str]] = {
        "max_share": "0.6` or `{ northern = 0.5 }",
        "min_share": "0.1` or `{ northern = 0.1 }",
    }
    varied: ClassVar[Mapping[str, Varied]] = {
        "max_share": Varied(1.0, True, False, "largest share of {of}", "any"),
        "min_share": Varied(-1.0, True, False, "least share of {of}", "every"),
    }

    def faults(
        self, instance: Instance, place: RulePlace, values: Sequence[str]
    ) -> Iterator[Fault]:
        """Yield what is wrong with a rule's `max_share` and `min_share`."""
        del instance
        yield from _bound_faults(place, "max_share", values)
        yield from _bound_faults(place, "min_share", values)
        yield from _crossing_faults(place, values)
        yield from _sum_faults(place, values)

    def rows(self, rule: Rule, values: tuple[str, ...]) -> RowMaker:
        """Return what makes a row for each bound of each value."""
        bounds = list(_sides(rule, values))
        index = {value: number for number, value in enumerate(values)}

        def of(scope: CargoScope) -> Iterator[RuleRow]:
            for value, side, share in bounds:
                key = row_key(rule, scope, "share", side, value)
                yield ShareRow(key, scope, values, index[value], share)

        return of

    def spread_limits(self, rule: Rule) -> list[SpreadLimit]:
        """One largest share for all: so many of it must make up the whole, exactly."""
        most = rule.max_share
        if not isinstance(most, float) or not 0 <= most <= 1:
            return []
        return [
            SpreadLimit(
                key="max_share",
                value=most,
                text=f"a share of {most!r} at most for each",
                holds=lambda count: max(1, count) * exact(most) >= 1,
                remedy=lambda count: (
                    f"give {rounded_up(1 / count, LIMIT_DIGITS)} at least"
                ),
            )
        ]

    def limit(self, rule: Rule, key: RowKey) -> float | None:
        """Return the share that a value may have."""
        given = rule.max_share if key.side == "max" else rule.min_share
        return given.get(key.value) if isinstance(given, dict) else given

    def eased(self, value: Any, key: RowKey, level: float) -> Any:  # noqa: ANN401
        """Return shares with one that a level keeps: of one value, or of all."""
        if isinstance(value, dict):
            return {**value, key.value: eased_limit(value[key.value], key, level)}
        return super().eased(value, key, level)


def _sides(rule: Rule, values: Sequence[str]) -> Iterator[tuple[str, Side, float]]:
    """Value, side and share of each bound a rule sets in every scope."""
    sides: tuple[tuple[Side, Bound], ...] = (
        ("max", rule.max_share),
        ("min", rule.min_share),
    )
    named = [limit for _, limit in sides if isinstance(limit, dict)]
    order = dict.fromkeys([name for limit in named for name in limit])
    if any(isinstance(limit, float) for _, limit in sides):
        order = dict.fromkeys([*values])
    for value in order:
        for side, limit in sides:
            if isinstance(limit, dict):
                if value in limit:
                    yield value, side, limit[value]
            elif limit is not None and not (
                side == "min" and rule.by == "corridor" and value == values[-1]
            ):
                yield value, side, limit


def _bound_faults(place: RulePlace, key: str, values: Sequence[str]) -> Iterator[Fault]:
    shares = getattr(place.rule, key)
    given = shares if isinstance(shares, dict) else {"": shares}
    if not given:
        yield place.fault(key, "no value is named", "name one", "{}")
    for name, share in given.items():
        own = f"{key}.{name}" if name else key
        if name and name not in values:
            message = f"no route could carry {place.rule.by} {shown(name)}"
            remedy = suggestion(name, values, f"known: {listed(values)}")
            yield place.fault(own, message, remedy, name)
        if share is not None and not 0 <= share <= 1:
            remedy = "give a share from 0 to 1, such as 0.6"
            yield place.fault(own, f"{share:g} is not a share", remedy, share)


def _bounds(rule: Rule, key: str, values: Sequence[str]) -> dict[str, float]:
    """Bound of each value that has one."""
    shares = getattr(rule, key)
    if shares is None:
        return {}
    if isinstance(shares, dict):
        return dict(shares)
    if key == "min_share":
        values = [value for value in values if value != NO_CORRIDOR]
    return dict.fromkeys(values, float(shares))


def _crossing_faults(place: RulePlace, values: Sequence[str]) -> Iterator[Fault]:
    most = _bounds(place.rule, "max_share", values)
    least = _bounds(place.rule, "min_share", values)
    for name in least:
        if name in most and least[name] > most[name]:
            message = (
                f"{shown(name)} would need a share of {least[name]:g} at least "
                f"and {most[name]:g} at most, which can never hold"
            )
            yield place.fault("min_share", message, "correct one", least[name])
            return


def _sum_faults(place: RulePlace, values: Sequence[str]) -> Iterator[Fault]:
    """Yield bounds whose sum leaves cargo no way, where values exclude others.

    A rule with a penalty may be broken always: its bounds say from where it is paid.
    """
    rule = place.rule
    if rule.by != "corridor" or rule.penalty is not None:
        return
    most = _bounds(rule, "max_share", values)
    least = _bounds(rule, "min_share", values)
    if not all(0 <= share <= 1 for share in [*most.values(), *least.values()]):
        return  # Those are told, each by itself.
    # Of demand, what no corridor may carry can be left unmet.
    is_complete = set(values) <= set(most) and rule.of == "carried"
    total = sum(map(exact, most.values()), Fraction(0))
    if isinstance(rule.max_share, dict) and is_complete and total < 1:
        message = f"all largest shares sum to {_told(total)}, which can never hold"
        remedy = "let them sum to 1 or more, to the last digit"
        yield place.fault("max_share", message, remedy, float(total))
    total = sum(map(exact, least.values()), Fraction(0))
    if total > 1:
        message = f"the least shares sum to {_told(total)}, which can never hold"
        remedy = "let them sum to 1 or less, to the last digit"
        yield place.fault("min_share", message, remedy, float(total))


def _told(total: Fraction) -> str:
    """Return a sum of decimals in all its digits."""
    return f"{_ALL_DIGITS.divide(total.numerator, total.denominator).normalize():f}"


@dataclass(frozen=True, eq=False)
class ShareRow(RuleRow):
    """The share of one value, bounded from one side."""

    value: int
    share: float

    def tightened(self, part: float) -> Self:
        """Return the row with its share tighter by a part."""
        return replace(self, share=self.share * (1.0 - self.side * part))

    @property
    def limit_shown(self) -> float:
        """The share."""
        return self.share

    def excess(self, amounts: Floats, base: float) -> float:
        """Quantity above a largest share, or below a least one."""
        return self.side * (float(amounts[self.value]) - self.share * base)

    def level(self, amounts: Floats, base: float) -> float:
        """Return the share."""
        return float(amounts[self.value]) / base if base > 0 else np.nan

    def lines(self, number: int) -> Iterator[Line]:
        """Yield the row itself."""
        form = self.linear()
        yield Line(number, self.value, float(form.values[self.value]), form.base)

    def form(self, weights: Floats) -> Linear:
        """Return the row itself."""
        values = np.zeros_like(weights)
        values[self.value] = self.side
        return Linear(values, -self.side * self.share, 0.0)
