"""What each kind of rule measures: its rows, as they are and as linear forms.

A row speaks of a scope: of F_v, the (weighted) quantity that each value v carries in
it, and of the base B, which is all that is carried there or its demand D. Rows that
bound one share are linear. Those that bound all values together (`spreads`) are convex,
and linear by weights a_v, one row for each vector of weights.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.solution.tolerances import RESIDUAL

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.problem.rules import Rule
    from solver.solution.keys import RowKey


HUNDREDTHS = 100.0
"""A penalty on the HHI is per 0.01 of it, a price of a share per point."""


_NOISE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Cargo that one row of a rule speaks of.

    `weight` has shape (shipments,): what a unit of each shipment counts, 0 outside
    the scope; `pairs` are the `for_each` keys with their values; `demand` is D.
    """

    rule: Rule
    pairs: tuple[tuple[str, str], ...]
    period: str
    weight: Floats
    demand: float


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The row ``sum_v values_v F_v + base F <= limit``, F being all that is carried."""

    values: Floats
    base: float
    limit: float


@dataclass(frozen=True, eq=False)
class Row(ABC):
    """One row of a rule.

    Parameters
    ----------
    key : RowKey
        Its name.
    scope : Scope
        Cargo it speaks of.
    values : tuple of str
        Values it knows; an F_v for each, in their order.
    """

    key: RowKey
    scope: Scope
    values: tuple[str, ...]

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
        return RESIDUAL * max(1.0, base)

    def noise(self, base: float) -> float:
        """Excess that calls for nothing while a plan is sought."""
        return _NOISE * max(1.0, base)

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

    def unit_worth(self, base: float) -> float:
        """Money per unit shown, for a price of 1."""
        return base / HUNDREDTHS

    @abstractmethod
    def _form(self, weights: Floats) -> Linear:
        """Linear row over amounts and base."""

    def linear(self, weights: Floats | None = None) -> Linear:
        """Linear row over amounts and all that is carried, at some weights.

        Parameters
        ----------
        weights : ndarray, shape (values,), optional
            The a_v of rows that bound all values together.
        """
        none = np.zeros(len(self.values))
        form = self._form(none if weights is None else weights)
        if not self.of_demand:
            return form
        return Linear(form.values, 0.0, form.limit - form.base * self.scope.demand)
