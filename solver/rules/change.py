"""Rules on change against a reference: `max_change`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from solver.messages import listed, shown, suggestion
from solver.problem.rules import ALL
from solver.problem.tables import ABSURD
from solver.rules.concentration import ConcentrationRow
from solver.rules.kind import RuleKind, Words, eased_limit, row_key
from solver.rules.row import Lifted, Linear, Part, WeightChoice
from solver.solution.rounding import exact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.arrays import Floats
    from solver.errors import Fault
    from solver.problem.instance import Instance
    from solver.problem.rules import ChangeLimit, Reference, Rule, RulePlace
    from solver.rules.cargo_scopes import CargoScope
    from solver.rules.kind import RowMaker
    from solver.rules.row import RuleRow
    from solver.solution.keys import Measure, RowKey


_KEY = "max_change"


class ChangeKind(RuleKind):
    """Bounds on half of what all values gain or lose against a reference."""

    keys = (_KEY,)
    words: ClassVar[Mapping[Measure, Words]] = {"change": Words("change")}
    examples: ClassVar[Mapping[str, str]] = {
        _KEY: '{ share = 0.1, from = "../results/2024" }',
        "reference": '[{ period = "2025", value = "northern", quantity = 12.5 }]',
        "scope": '{ group = "metals" }',
    }

    def faults(
        self, instance: Instance, place: RulePlace, values: Sequence[str]
    ) -> Iterator[Fault]:
        """Yield what is wrong with a rule's `max_change`."""
        del values
        change = place.rule.max_change
        if change is None:
            return
        yield from _limit_faults(place, change)
        if not change.from_ and change.reference is None:
            message = "there is nothing to compare with"
            remedy = (
                'give the folder of an earlier result, `from = "..."`, or reference'
            )
            yield place.fault(f"{_KEY}.from", message, remedy, "")
        yield from _reference_faults(instance, place, change.reference or ())

    def rows(self, rule: Rule, values: tuple[str, ...]) -> RowMaker:
        """Return what makes the row of a scope."""
        change = rule.max_change

        def of(scope: CargoScope) -> Iterator[RuleRow]:
            if change is not None:
                key = row_key(rule, scope, "change")
                known, before = _reference(change, scope, values)
                share, quantity = change.share or 0.0, change.quantity or 0.0
                yield ChangeRow(key, scope, known, before, share, quantity)

        return of

    def limit(self, rule: Rule, key: RowKey) -> float | None:
        """Largest change, as a share or a quantity."""
        del key
        change = rule.max_change
        if change is None:
            return None
        return change.quantity if change.share is None else change.share

    def eased(self, value: Any, key: RowKey, level: float) -> Any:  # noqa: ANN401
        """Return the same reference with a share, or a quantity, that a level keeps."""
        name = "quantity" if value.share is None else "share"
        limit = eased_limit(getattr(value, name), key, level)
        return value.model_copy(update={name: limit})

    def is_quantity(self, rule: Rule) -> bool:
        """Whether a rule bounds a quantity, and no share."""
        return rule.max_change is not None and rule.max_change.share is None


def _reference(
    change: ChangeLimit, scope: CargoScope, values: tuple[str, ...]
) -> tuple[tuple[str, ...], Floats]:
    """Values, those that nothing carries now last, and what each carried before."""
    entries = change.reference or ()
    known = tuple(dict.fromkeys([*values, *(entry.value for entry in entries)]))
    before = dict.fromkeys(known, 0.0)
    for entry in entries:
        if entry.scope == dict(scope.pairs) and entry.period == scope.period:
            before[entry.value] = entry.quantity
    return known, np.array([before[value] for value in known], dtype=float)


def _limit_faults(place: RulePlace, change: ChangeLimit) -> Iterator[Fault]:
    """Yield limits that are none, or two."""
    share, quantity = change.share, change.quantity
    if share is None and quantity is None:
        message, remedy = "it bounds no change", "give share, or quantity"
        yield place.fault(f"{_KEY}.share", message, remedy, "")
    if share is not None and quantity is not None:
        message = "it bounds the change both by share and by quantity"
        remedy = "keep one of them, or make two rules of it"
        yield place.fault(f"{_KEY}.quantity", message, remedy, quantity)
    if share is not None and share > 1:
        remedy = "give a share from 0 to 1, such as 0.1; an amount is a `quantity`"
        yield place.fault(f"{_KEY}.share", f"{share:g} is not a share", remedy, share)
    if quantity is not None and quantity >= _most(place.rule):
        message = f"{quantity:g} is too large to be true"
        remedy = f"give a number below {_most(place.rule):g}"
        yield place.fault(f"{_KEY}.quantity", message, remedy, quantity)


def _reference_faults(
    instance: Instance, place: RulePlace, reference: tuple[Reference, ...]
) -> Iterator[Fault]:
    """Yield rows of reference that no scope of the rule could look up, or two could."""
    first: dict[object, int] = {}
    for number, row in enumerate(reference, 1):
        own = f"{_KEY}.reference.{number}"
        yield from _scope_faults(place, row, own)
        yield from _period_faults(instance, place, row, own)
        if row.quantity >= _most(place.rule):
            message = f"{row.quantity:g} is too large to be true"
            remedy = f"give a number below {_most(place.rule):g}"
            yield place.fault(f"{own}.quantity", message, remedy, row.quantity)
        key = (frozenset(row.scope.items()), row.period, row.value)
        earlier = first.setdefault(key, number)
        if earlier != number:
            message = f"reference {number} says what reference {earlier} says already"
            yield place.fault(f"{own}.value", message, "keep one of them", row.value)


def _scope_faults(place: RulePlace, row: Reference, own: str) -> Iterator[Fault]:
    wanted = place.rule.for_each
    if set(row.scope) == set(wanted):
        return
    found = listed(row.scope) or "nothing"
    if wanted:
        message = f"its scope names {found}, but the rule is for each {listed(wanted)}"
        keys = ", ".join(f'{key} = "..."' for key in wanted)
        remedy = f"give `scope = {{ {keys} }}`"
    else:
        message = f"its scope names {found}, but the rule is for all cargo together"
        remedy = "leave the scope out"
    yield place.fault(f"{own}.scope", message, remedy, row.scope)


def _period_faults(
    instance: Instance, place: RulePlace, row: Reference, own: str
) -> Iterator[Fault]:
    period = row.period
    if place.rule.over == "all":
        if period != ALL:
            message = f"period {shown(period)}, but the rule is over all periods"
            remedy = "give `all`, with the sum over periods"
            yield place.fault(f"{own}.period", message, remedy, period)
    elif period not in instance.periods:
        message = f"unknown period {shown(period)}"
        known = f"known: {listed(instance.periods)}"
        if period == ALL:
            known = f'give the rule `over = "all"`, or one of {known}'
        remedy = suggestion(period, instance.periods, known)
        yield place.fault(f"{own}.period", message, remedy, period)


def _most(rule: Rule) -> float:
    """Quantity that no cargo has; by value it is counted in money."""
    return ABSURD if rule.weight == "quantity" else ABSURD**2


@dataclass(frozen=True, eq=False)
class ChangeRow(ConcentrationRow):
    """Half of what all values gain or lose against a reference.

    Parameters
    ----------
    reference : ndarray, shape (values,)
        What each value carried.
    share, quantity : float
        The limit: share of the base, plus quantity (one of them is 0).
    """

    reference: Floats
    share: float
    quantity: float

    @property
    def _is_share(self) -> bool:
        change = self.scope.rule.max_change
        return change is not None and change.share is not None

    def tightened(self, part: float) -> Self:
        """Return the row with its limit tighter by a part."""
        less = 1.0 - part
        return replace(self, share=less * self.share, quantity=less * self.quantity)

    @property
    def limit_shown(self) -> float:
        """Share or quantity."""
        return self.share if self._is_share else self.quantity

    def _moved(self, amounts: Floats) -> float:
        return float(np.abs(amounts - self.reference).sum()) / 2.0

    def excess(self, amounts: Floats, base: float) -> float:
        """Quantity moved beyond the limit."""
        return self._moved(amounts) - self.share * base - self.quantity

    def level(self, amounts: Floats, base: float) -> float:
        """Quantity moved, or its share."""
        moved = self._moved(amounts)
        if not self._is_share:
            return moved
        return moved / base if base > 0 else np.nan

    def limit_unit(self, base: float) -> float:
        """Money per point of the share, or per unit of quantity."""
        return super().limit_unit(base) if self._is_share else 1.0

    def form(self, weights: Floats) -> Linear:
        """Return the row that follows from changes as weighted."""
        limit = float(weights @ self.reference) / 2.0 + self.quantity
        return Linear(weights / 2.0, -self.share, limit)

    def choice(self, amounts: Floats, base: float, noise: float) -> WeightChoice:
        """Weights 1 of what gains, -1 of what loses, any of what stays as it was."""
        del base
        gained = amounts - self.reference
        stays = np.abs(gained) <= noise
        weights = np.where(stays, 0.0, np.sign(gained))
        return WeightChoice(weights, tuple(np.flatnonzero(stays).tolist()), -1.0)

    def lifted(self) -> Lifted:
        """Return a column d_v >= |F_v - R_v| for each value: sum d_v / 2 <= limit."""
        size = len(self.values)
        before = self.reference.tolist()
        parts = [
            Part(value, sign, 0.0, ((value, -1.0),), sign * before[value], 2.0 * sign)
            for value in range(size)
            for sign in (1.0, -1.0)
        ]
        return Lifted(np.full(size, 0.5), -self.share, self.quantity, parts)

    @property
    def is_exact(self) -> bool:
        """Whether a linear row says exactly as much as it, at given amounts."""
        return True

    def exact_at(self, amounts: Sequence[Fraction]) -> tuple[Floats, Fraction]:
        """Weights 1 of what gains, -1 of what loses."""
        before = [exact(size) for size in self.reference.tolist()]
        more = [own >= was for own, was in zip(amounts, before, strict=True)]
        signs = np.where(more, 1.0, -1.0)
        moved = zip(signs.tolist(), before, strict=True)
        room = sum((int(sign) * was / 2 for sign, was in moved), Fraction(0))
        return signs, exact(self.quantity) + room

    def sound(self, weights: Floats) -> Floats:
        """Weights between -1 and 1."""
        return np.clip(weights, -1.0, 1.0)
