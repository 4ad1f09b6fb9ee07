"""What each kind of rule is asked: keys, faults, rows, and words for people.

A kind is one module beside this one, registered in `kinds`; its twin for the proof is
the module of the same name in `verification/rules`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from solver.solution.form import SHARE
from solver.solution.keys import RowKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from solver.errors import Fault
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule, RulePlace
    from solver.rules.cargo_scopes import CargoScope
    from solver.rules.row import RuleRow
    from solver.solution.keys import Measure

    RowMaker = Callable[[CargoScope], Iterator[RuleRow]]


@dataclass(frozen=True, slots=True)
class Words:
    """How the rows of a measure are told.

    Parameters
    ----------
    subject : str
        What a row bounds; ``{value}`` and ``{k}`` stand for those of the row.
    counted : str
        How levels are written: as a `share` (in per cent, or with a unit), an `index`
        or a `number`.
    price_per : str
        What a price is for, if levels have no unit.
    """

    subject: str
    counted: Literal["share", "index", "number"] = "share"
    price_per: str = "point"


@dataclass(frozen=True, slots=True)
class Varied:
    """A key whose limit a frontier can vary.

    Parameters
    ----------
    side : float
        1 if a smaller limit is stricter, -1 if a larger one is.
    of_value : bool
        Whether a single value can be bounded.
    is_index : bool
        Whether the limit is of an index, and not of a share.
    subject : str
        What the limit is of; ``{of}`` stands for the value, or for any by `some`.
    some : str
        Word before `by` where no value is named.
    """

    side: float
    of_value: bool
    is_index: bool
    subject: str
    some: str = ""


@dataclass(frozen=True, slots=True)
class SpreadLimit:
    """One bound: whether some shares of a number of corridors keep it."""

    key: str
    value: float
    text: str
    holds: Callable[[int], bool]
    remedy: Callable[[int], str]


class RuleKind(ABC):
    """A kind of rule.

    Attributes
    ----------
    keys : tuple of str
        Keys of a rule that set its bounds.
    words : dict of str to Words
        How its rows are told, by measure.
    examples : dict of str to str
        What the value of a key may look like, as it is written in a file.
    varied : dict of str to Varied
        Keys whose limit a frontier can vary.
    penalty_by_demand : bool
        Whether a penalty is in proportion to the part of the demand that is carried.
    """

    keys: ClassVar[tuple[str, ...]]
    words: ClassVar[Mapping[Measure, Words]]
    examples: ClassVar[Mapping[str, str]] = {}
    varied: ClassVar[Mapping[str, Varied]] = {}
    penalty_by_demand: ClassVar[bool] = False

    def bounds(self, rule: Rule) -> bool:
        """Whether a rule sets a bound of this kind."""
        return any(getattr(rule, key) is not None for key in self.keys)

    @abstractmethod
    def faults(
        self, instance: Instance, place: RulePlace, values: Sequence[str]
    ) -> Iterator[Fault]:
        """Yield what is wrong with the keys of this kind, known `values` being given.

        It is asked for every rule, whether or not the rule sets such a bound.
        """

    @abstractmethod
    def rows(self, rule: Rule, values: tuple[str, ...]) -> RowMaker:
        """Return what makes the rows of a scope, in the order reports list them.

        Parameters
        ----------
        values : tuple of str
            Known values of the rule's `by` (corridors: `none` is last).
        """

    @abstractmethod
    def limit(self, rule: Rule, key: RowKey) -> float | None:
        """Return the limit of a row, in the rule's own scale."""

    def eased(self, value: Any, key: RowKey, level: float) -> Any:  # noqa: ANN401
        """Return what a key of a rule may say so that a row keeps a level too.

        Parameters
        ----------
        value : object
            What it says: a number, unless a kind says otherwise.
        level : float
            In the rule's own scale.
        """
        return eased_limit(value, key, level)

    def spread_limits(self, rule: Rule) -> list[SpreadLimit]:
        """Bounds that no shares of too few corridors keep."""
        del rule
        return []

    def count(self, rule: Rule) -> int | None:
        """Return how many values a row counts together, where it is so told."""
        del rule
        return None

    def is_quantity(self, rule: Rule) -> bool:
        """Whether a rule bounds a quantity, and no share."""
        del rule
        return False


def eased_limit(limit: float, key: RowKey, level: float) -> float:
    """Return a limit, or one of few digits that a level keeps if that is looser."""
    scale = 10.0**SHARE.after_point
    pick, towards = (max, np.ceil) if key.side == "max" else (min, np.floor)
    rounded = float(towards(level * scale) / scale)
    return pick(limit, round(rounded, SHARE.after_point))


def row_key(
    rule: Rule,
    scope: CargoScope,
    measure: Measure,
    side: Literal["max", "min"] = "max",
    value: str = "",
) -> RowKey:
    """Name of a row of a rule."""
    return RowKey(rule.name, scope.pairs, scope.period, value, side, measure)
