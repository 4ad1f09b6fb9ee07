"""The registry of the kinds of rules, in the order in which rows are listed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from solver.messages import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from solver.errors import Fault
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule, RulePlace
    from solver.rules.cargo_scopes import CargoScope
    from solver.rules.kind import RuleKind, SpreadLimit, Varied, Words
    from solver.rules.row import RuleRow
    from solver.solution.keys import Measure


OF_TABLES: tuple[Callable[[Instance], Iterator[Rule]], ...] = ()
"""What makes rules of columns of an instance's tables, kind by kind."""


@cache
def kinds() -> tuple[RuleKind, ...]:
    """All kinds, in the order in which rows are listed; loaded with the first rule."""
    from solver.rules.change import ChangeKind
    from solver.rules.hhi import HHIKind
    from solver.rules.share import ShareKind
    from solver.rules.top import TopKind

    return (
        ShareKind(),
        HHIKind(),
        TopKind(),
        ChangeKind(),
    )


def bounding_keys() -> tuple[str, ...]:
    """Keys of a rule that bound something."""
    return tuple(key for kind in kinds() for key in kind.keys)


def key_examples() -> dict[str, str]:
    """Return what the values of their keys may look like."""
    return {key: text for kind in kinds() for key, text in kind.examples.items()}


@cache
def kind_of(measure: Measure) -> RuleKind:
    """Return the kind whose rows have a measure."""
    return next(kind for kind in kinds() if measure in kind.words)


def words_of(measure: Measure) -> Words:
    """Return how rows of a measure are told."""
    return kind_of(measure).words[measure]


@cache
def varied_keys() -> dict[str, Varied]:
    """Keys whose limit a frontier can vary."""
    return {key: kind.varied[key] for kind in kinds() for key in kind.varied}


def rules_of(instance: Instance) -> tuple[Rule, ...]:
    """Rules that an instance states, then those that its tables ask for."""
    asked = (rule for kind in OF_TABLES for rule in kind(instance))
    return (*instance.diversification, *asked)


def kinds_of(rule: Rule) -> list[RuleKind]:
    """Kinds of which a rule sets bounds."""
    return [kind for kind in kinds() if kind.bounds(rule)]


def rows_of(
    rule: Rule, scopes: Iterable[CargoScope], values: tuple[str, ...]
) -> Iterator[RuleRow]:
    """Rows of a rule, scope by scope, in the order reports list them.

    Parameters
    ----------
    values : tuple of str
        Known values of the rule's `by` (corridors: `none` is last).
    """
    makers = [kind.rows(rule, values) for kind in kinds_of(rule)]
    for scope in scopes:
        for maker in makers:
            yield from maker(scope)


def bound_faults(
    instance: Instance, place: RulePlace, values: Sequence[str]
) -> Iterator[Fault]:
    """Yield what is wrong with the bounds of a rule, whose `by` knows some values."""
    for kind in kinds():
        yield from kind.faults(instance, place, values)


def may_never_hold(rule: Rule) -> bool:
    """Whether the number of corridors decides if some bound can hold.

    A rule with a penalty may be broken always; of demand, cargo can be left unmet.
    """
    return rule.of == "carried" and rule.penalty is None and bool(_limits(rule))


def count_faults(place: RulePlace, corridors: Iterable[str]) -> Iterator[Fault]:
    """Yield bounds that no shares of so many corridors keep.

    Parameters
    ----------
    place : RulePlace
        A rule for which `may_never_hold`.
    corridors : iterable of str
        Corridors, `none` included, that can carry any of its cargo; no more are
        looked at than it takes for the bounds to hold.
    """
    limits, found = broken_limits(place.rule, corridors)
    for limit in limits:
        yield place.fault(
            limit.key,
            f"{limit.text} can never hold: {carriers_text(found)}",
            limit.remedy(len(found)),
            limit.value,
        )


def broken_limits(
    rule: Rule, corridors: Iterable[str]
) -> tuple[list[SpreadLimit], list[str]]:
    """Return bounds that no shares of some corridors keep, and those corridors.

    Where no corridor can carry anything no bound is broken.

    Parameters
    ----------
    rule : Rule
        A rule.
    corridors : iterable of str
        As for `count_faults`.
    """
    found: list[str] = []
    left = iter(corridors)
    limits = _limits(rule)
    while not all(limit.holds(len(found)) for limit in limits):
        more = next(left, None)
        if more is None:
            break
        found.append(more)
    broken = [own for own in limits if not own.holds(len(found))]
    return (broken if found else []), found


def carriers_text(found: Sequence[str]) -> str:
    """Which corridors can carry the cargo, as part of a sentence."""
    if len(found) == 1:
        return f"only one corridor can carry this cargo, {listed(found)}"
    return f"only {len(found)} corridors can carry this cargo, {listed(found)}"


def _limits(rule: Rule) -> list[SpreadLimit]:
    """Bounds on all corridors together that are bounds."""
    if rule.by != "corridor":
        return []
    return [limit for kind in kinds() for limit in kind.spread_limits(rule)]
