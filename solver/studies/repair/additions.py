"""Parts of a repair: capacity added, demand dropped, rules loosened.

Each is a change of the instance, and says the ``--set`` that makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from solver.problem.change_text import RULES, ChangeText
from solver.problem.edits import with_columns
from solver.problem.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from solver.problem.rules import Rule

CapacityKind = Literal["leg", "node", "route", "capacity"]

TABLE_OF: dict[CapacityKind, tuple[str, str]] = {
    "leg": ("legs", "capacity"),
    "node": ("nodes", "capacity"),
    "route": ("routes", "capacity"),
    "capacity": ("capacities", "quantity"),
}
"""Table and column of each kind of limit."""


@dataclass(frozen=True, slots=True)
class AddedCapacity:
    """Capacity added to a leg, node, named route or joint capacity.

    Parameters
    ----------
    kind, name : str
        What is widened.
    row : int
        Its row in its table.
    before, after : float
        Capacity in each period.
    """

    kind: CapacityKind
    name: str
    row: int
    before: float
    after: float

    @property
    def quantity(self) -> float:
        """How much is added."""
        return self.after - self.before

    def change(self) -> ChangeText:
        """Return the change that makes it."""
        table, column = TABLE_OF[self.kind]
        return ChangeText(
            table, column, "=", _short(self.after), {self.kind: self.name}
        )

    def apply(self, instance: Instance) -> Instance:
        """Return the instance with it."""
        table, column = TABLE_OF[self.kind]
        return _with_cell(instance, table, column, self.row, self.after)


@dataclass(frozen=True, slots=True)
class DroppedDemand:
    """Demand that is not asked for any more.

    Parameters
    ----------
    row : int
        Its row in the table of demand.
    where : dict of str to str
        What it is known by.
    before, after : float
        Quantity in each period that the row names.
    periods : int
        How many periods those are.
    has_route : bool
        Whether any route could carry it.
    """

    row: int
    where: Mapping[str, Any]
    before: float
    after: float
    periods: int = 1
    has_route: bool = True

    @property
    def quantity(self) -> float:
        """How much is dropped."""
        return self.before - self.after

    def change(self) -> ChangeText:
        """Return the change that makes it."""
        return ChangeText("demand", "quantity", "=", _short(self.after), self.where)

    def apply(self, instance: Instance) -> Instance:
        """Return the instance with it."""
        return _with_cell(instance, "demand", "quantity", self.row, self.after)


@dataclass(frozen=True, slots=True)
class LoosenedRule:
    """A rule with a looser limit.

    Parameters
    ----------
    name, key : str
        The rule, and its key that changes.
    before, after : object
        Value of the key.
    quantity : float
        Excess over its rows, in (weighted) quantity.
    values : dict of str to object
        New values of keys of the rule, as the rule holds them.
    """

    name: str
    key: str
    before: Any
    after: Any
    quantity: float
    values: Mapping[str, Any] = field(default_factory=dict)

    def change(self) -> ChangeText:
        """Return the change that makes it."""
        return ChangeText(RULES, self.key, "=", self.after, {"name": self.name})

    def apply(self, instance: Instance) -> Instance:
        """Return the instance with it."""
        rules = tuple(self._rule(rule) for rule in instance.diversification)
        return instance.model_copy(update={"diversification": rules})

    def _rule(self, rule: Rule) -> Rule:
        return rule.model_copy(update=self.values) if rule.name == self.name else rule


Addition = AddedCapacity | DroppedDemand | LoosenedRule


def applied(instance: Instance, additions: Iterable[Addition]) -> Instance:
    """Return the instance with some additions made."""
    for addition in additions:
        instance = addition.apply(instance)
    return instance


def without_rules(instance: Instance, names: Iterable[str]) -> Instance:
    """Return the instance without some of its rules."""
    left_out = set(names)
    rules = tuple(
        rule for rule in instance.diversification if rule.name not in left_out
    )
    return _with(instance, {"diversification": rules})


def _short(value: float) -> float | int:
    """Return a number as people write it: whole, if it is."""
    return int(value) if value.is_integer() else value


def _with_cell(
    instance: Instance, table: str, column: str, row: int, value: float
) -> Instance:
    old = getattr(instance, table)
    cells = old[column].astype(float).copy()
    cells[row] = value
    return _with(instance, {table: with_columns(old, {column: np.asarray(cells)})})


def _with(instance: Instance, fields: Mapping[str, Any]) -> Instance:
    kept = {name: getattr(instance, name) for name in Instance.model_fields}
    return Instance(**{**kept, **fields})
