"""What each kind of rule measures: its rows, as they are and as linear forms.

A row speaks of a scope: of F_v, the (weighted) quantity that each value v carries in
it, and of the base B, which is all that is carried there or its demand D. Rows that
bound one share are linear. Those that bound all values together (`spread`) are convex,
and linear by weights a_v, one row for each vector of weights.

A *line* is one sum over routes that rows are made of: a row that bounds one share is a
line itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np

from solver.solution.tolerances import RESIDUAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.arrays import Floats
    from solver.rules.cargo_scopes import CargoScope
    from solver.solution.keys import RowKey


HUNDREDTHS = 100.0
"""A penalty on the HHI is per 0.01 of it, a price of a share per point."""


_NOISE = 1e-13


_WEIGHT_DIGITS = 15
"""Digits after the point of a published weight."""


ALL_VALUES = -1
"""Value of a line that sums over all that is carried."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The sum over routes of ``weight (on_value [v] + on_all) x``.

    `row` is the number of the row it belongs to, `value` an index into its values or
    `ALL_VALUES`.
    """

    row: int
    value: int
    on_value: float
    on_all: float


@dataclass(frozen=True, slots=True)
class Part:
    """A row ``level F_v + base B + sum column x factor <= limit`` beside a lifted row.

    `columns` pairs the further columns of its row with factors; `weight` is what its
    price adds, per price of the row, to the weight of the value.
    """

    value: int
    level: float
    base: float
    columns: tuple[tuple[int, float], ...]
    limit: float
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Lifted:
    """The row ``sum column x factor + base B <= limit``, with its parts."""

    factors: Floats
    base: float
    limit: float
    parts: list[Part]


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The row ``sum_v values_v F_v + base F <= limit``, F being all that is carried."""

    values: Floats
    base: float
    limit: float


@dataclass(frozen=True, slots=True, eq=False)
class WeightChoice:
    """Weights at which a linear row says as much as its row, at given amounts.

    Parameters
    ----------
    weights : ndarray, shape (values,)
        Those that have to be so; 0 for those that may be chosen.
    free : tuple of int
        Values whose weight may be chosen, of those that amounts put on an edge.
    least : float
        Least of such a weight; the largest is 1.
    sums : (float, float)
        Least and largest sum of them.
    is_all : bool
        Whether there are no others.
    """

    weights: Floats
    free: tuple[int, ...] = ()
    least: float = 0.0
    sums: tuple[float, float] = (-np.inf, np.inf)
    is_all: bool = True


@dataclass(frozen=True, eq=False)
class RuleRow(ABC):
    """One row of a rule.

    Parameters
    ----------
    scope : CargoScope
        Cargo it speaks of.
    values : tuple of str
        Values it knows; an F_v for each, in their order.
    """

    key: RowKey
    scope: CargoScope
    values: tuple[str, ...]

    told_in: ClassVar[Literal["rules", "capacity"]] = "rules"
    """Table of a result that tells of it: that of limits if it bounds a quantity."""

    @property
    def side(self) -> float:
        """1 if the level may not be above its limit, -1 if not below."""
        return 1.0 if self.key.side == "max" else -1.0

    @property
    def of_demand(self) -> bool:
        """Whether the base is the demand of the scope."""
        return self.scope.rule.of == "demand"

    @property
    def is_soft(self) -> bool:
        """Whether the row may be broken for money."""
        return self.scope.rule.penalty is not None

    @property
    def most_price(self) -> float:
        """Money per unit of excess: a price is no more; infinite for a hard row."""
        penalty = self.scope.rule.penalty
        return np.inf if penalty is None else penalty

    @property
    def broken_by_nothing(self) -> bool:
        """Whether a plan that carries nothing breaks the row."""
        base = self.scope.demand if self.of_demand else 0.0
        return self.excess(np.zeros(len(self.values)), base) > 0

    def tolerance(self, base: float) -> float:
        """Excess that a plan may have, for a base of this size."""
        return RESIDUAL * base

    def noise(self, base: float) -> float:
        """Excess that calls for nothing while a plan is sought."""
        return _NOISE * base

    @abstractmethod
    def lines(self, number: int) -> Iterator[Line]:
        """Yield the sums over routes that it is made of, `number` being its own."""

    @property
    def is_lifted(self) -> bool:
        """Whether the model needs further columns to hold it."""
        return False

    def lifted(self) -> Lifted:
        """Return the row with further columns, so that it is linear."""
        return Lifted(np.zeros(0), 0.0, self.linear().limit, [])

    def cuts(self, amounts: Floats, base: float, taken: Sequence[Part]) -> list[Part]:
        """Parts that amounts call for which break the row, beside those taken."""
        del amounts, base, taken
        return []

    def sound(self, weights: Floats) -> Floats:
        """Weights as near as the row allows."""
        return weights

    def published(self, weights: Floats) -> Floats:
        """Weights rounded as they are published, so that the row still allows them."""
        return np.round(weights, _WEIGHT_DIGITS)

    @property
    def is_exact(self) -> bool:
        """Whether a linear row says exactly as much as it, at given amounts."""
        return not self.is_lifted

    def exact_at(self, amounts: Sequence[Fraction]) -> tuple[Floats, Fraction]:
        """Weights and right-hand side of the linear row that says exactly as much.

        Parameters
        ----------
        amounts : list of Fraction
            F_v; empty for a row that is linear itself.
        """
        del amounts
        return np.zeros(len(self.values)), Fraction(0)

    def choice(self, amounts: Floats, base: float, noise: float) -> WeightChoice:
        """Weights at which the linear row is as tight as the row.

        Parameters
        ----------
        amounts : ndarray, shape (values,)
            F_v.
        base : float
            B.
        noise : float
            Difference of amounts that counts as none.
        """
        del amounts, base, noise
        return WeightChoice(np.zeros(len(self.values)))

    def tightened(self, part: float) -> Self:
        """Return the row with its limit tighter by a part; or itself."""
        del part
        return self

    @property
    @abstractmethod
    def limit_shown(self) -> float:
        """The limit in the rule's own scale."""

    @abstractmethod
    def excess(self, amounts: Floats, base: float) -> float:
        """By how much amounts F_v break the row; 0 or less if they keep it."""

    @abstractmethod
    def level(self, amounts: Floats, base: float) -> float:
        """Return what the row bounds, in the rule's own scale; NaN of nothing."""

    def limit_unit(self, base: float) -> float:
        """Money per unit shown, for a price of 1."""
        return base / HUNDREDTHS

    @abstractmethod
    def form(self, weights: Floats) -> Linear:
        """Linear row over amounts and base."""

    def linear(self, weights: Floats | None = None) -> Linear:
        """Linear row over amounts and all that is carried, at some weights.

        Parameters
        ----------
        weights : ndarray, shape (values,), optional
            The a_v of rows that bound all values together.
        """
        none = np.zeros(len(self.values))
        form = self.form(none if weights is None else weights)
        if not self.of_demand:
            return form
        return Linear(form.values, 0.0, form.limit - form.base * self.scope.demand)
