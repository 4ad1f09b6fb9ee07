"""Bounds on all corridors together: whether they are bounds, and can hold at all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.checks.shares import DUST
from solver.instance import ABSURD
from solver.options import HHI_RESIDUAL
from solver.spelling import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from solver.checks.places import RulePlace
    from solver.errors import Fault
    from solver.instance import Rule, TopShare

_BOUNDS = ("max_hhi", "min_effective", "max_top")
_SCALE = 10_000.0
"""What an HHI of 1 is on the scale that values above 1 are on."""

_DIGITS = 4


def concentration_faults(place: RulePlace) -> Iterator[Fault]:
    """Yield what is wrong with `max_hhi`, `min_effective` and `max_top` of a rule."""
    rule = place.rule
    if rule.by != "corridor":
        yield from _overlap_faults(place)
    hhi, number, top = rule.max_hhi, rule.min_effective, rule.max_top
    if hhi is not None and not _is_hhi(hhi):
        remedy = "give a number above 0 and up to 1, or up to 10000 on that scale"
        yield place.fault("max_hhi", f"{hhi:g} is no HHI", remedy, hhi)
    if number is not None and not _is_number(number):
        message = f"{number:g} is no effective number of corridors"
        remedy = "give a number of 1 or more, such as 2.5"
        yield place.fault("min_effective", message, remedy, number)
    if top is not None and not _is_share(top.share):
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
                f"{limit.text} can never hold: {_carriers(found)}",
                limit.remedy(len(found)),
                limit.value,
            )


def _is_hhi(value: float) -> bool:
    return 0 < value <= _SCALE


def _is_number(value: float) -> bool:
    return 1 <= value < ABSURD


def _is_share(value: float) -> bool:
    return 0 <= value <= 1


@dataclass(frozen=True, slots=True)
class _Limit:
    """One bound: whether some shares of a number of corridors keep it."""

    key: str
    value: float
    text: str
    holds: Callable[[int], bool]
    remedy: Callable[[int], str]


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


def _limits(rule: Rule) -> list[_Limit]:
    """Bounds on all corridors together that are bounds."""
    if rule.by != "corridor":
        return []
    hhi, number, top = rule.max_hhi, rule.min_effective, rule.max_top
    limits = []
    if hhi is not None and _is_hhi(hhi):
        limits.append(_hhi_limit(hhi))
    if number is not None and _is_number(number):
        limits.append(_effective_limit(number))
    if top is not None and _is_share(top.share):
        limits.append(_top_limit(top))
    return limits


def _hhi_limit(given: float) -> _Limit:
    scale = _SCALE if given > 1 else 1.0
    digits = 0 if given > 1 else _DIGITS
    return _Limit(
        key="max_hhi",
        value=given,
        text=f"an HHI of {given:g}",
        holds=lambda count: _spread(count) <= given / scale + HHI_RESIDUAL,
        remedy=lambda count: f"give {_up(scale / count, digits)} at least",
    )


def _effective_limit(given: float) -> _Limit:
    return _Limit(
        key="min_effective",
        value=given,
        text=f"an effective number of {given:g}",
        holds=lambda count: _spread(count) <= 1 / given + HHI_RESIDUAL,
        remedy=lambda count: f"give {count} at most",
    )


def _top_limit(top: TopShare) -> _Limit:
    def least(count: int) -> float:
        return min(top.k, max(1, count)) * _spread(count)

    return _Limit(
        key="max_top.share",
        value=top.share,
        text=f"a share of {top.share:g} for the {top.k} largest together",
        holds=lambda count: least(count) <= top.share + DUST,
        remedy=lambda count: f"give {_up(least(count), _DIGITS)} at least",
    )


def _spread(count: int) -> float:
    """HHI, and largest share, of so many equal corridors."""
    return 1.0 / max(1, count)


def _up(value: float, digits: int) -> str:
    """Return a number rounded up, so that what it bounds can hold."""
    scale = 10**digits
    return f"{math.ceil(value * scale - DUST) / scale:g}"


def _carriers(found: Sequence[str]) -> str:
    """Which corridors can carry the cargo, as part of a sentence."""
    if len(found) == 1:
        return f"only one corridor can carry this cargo, {listed(found)}"
    return f"only {len(found)} corridors can carry this cargo, {listed(found)}"
