"""Bounds on all corridors together: whether they are bounds, and can hold at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.rules.hhi import effective_limit, hhi_limit, is_effective_number, is_hhi
from solver.rules.spread import carriers_text, is_share
from solver.rules.top import top_limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from solver.errors import Fault
    from solver.problem.rules import Rule, RulePlace
    from solver.rules.spread import SpreadLimit


_BOUNDS = ("max_hhi", "min_effective", "max_top")


def concentration_faults(place: RulePlace) -> Iterator[Fault]:
    """Yield what is wrong with `max_hhi`, `min_effective` and `max_top` of a rule."""
    rule = place.rule
    if rule.by != "corridor":
        yield from _overlap_faults(place)
    hhi, number, top = rule.max_hhi, rule.min_effective, rule.max_top
    if hhi is not None and not is_hhi(hhi):
        remedy = "give a number above 0 and up to 1, or up to 10000 on that scale"
        yield place.fault("max_hhi", f"{hhi:g} is no HHI", remedy, hhi)
    if number is not None and not is_effective_number(number):
        message = f"{number:g} is no effective number of corridors"
        remedy = "give a number of 1 or more, such as 2.5"
        yield place.fault("min_effective", message, remedy, number)
    if top is not None and not is_share(top.share):
        message = f"{top.share:g} is no share"
        remedy = "give a share from 0 to 1, such as 0.9"
        yield place.fault("max_top.share", message, remedy, top.share)


def may_never_hold(rule: Rule) -> bool:
    """Whether the number of corridors decides if some bound can hold.

    A rule with a penalty may be broken always; of demand, cargo can stay behind.
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
    found: list[str] = []
    left = iter(corridors)
    limits = _limits(place.rule)
    while not all(limit.holds(len(found)) for limit in limits):
        more = next(left, None)
        if more is None:
            break
        found.append(more)
    for limit in limits if found else ():
        if not limit.holds(len(found)):
            yield place.fault(
                limit.key,
                f"{limit.text} can never hold: {carriers_text(found)}",
                limit.remedy(len(found)),
                limit.value,
            )


def _overlap_faults(place: RulePlace) -> Iterator[Fault]:
    by = place.rule.by
    for key in _BOUNDS:
        value = getattr(place.rule, key)
        if value is not None:
            message = (
                f'{key} needs `by = "corridor"`: a route is in one corridor, but may '
                f"carry several values of `{by}` at once, so that their shares do not "
                "sum to 1"
            )
            remedy = "bound each with max_share, or count by corridor"
            yield place.fault(key, message, remedy, value)


def _limits(rule: Rule) -> list[SpreadLimit]:
    """Bounds on all corridors together that are bounds."""
    if rule.by != "corridor":
        return []
    hhi, number, top = rule.max_hhi, rule.min_effective, rule.max_top
    limits = []
    if hhi is not None and is_hhi(hhi):
        limits.append(hhi_limit(hhi))
    if number is not None and is_effective_number(number):
        limits.append(effective_limit(number))
    if top is not None and is_share(top.share):
        limits.append(top_limit(top))
    return limits
