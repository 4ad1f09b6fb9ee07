"""What a unit of each kind of repair counts, and what may not be repaired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.errors import UsageError
from solver.messages import listed, shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.problem.instance import Instance

KINDS = ("capacity", "demand", "rule")
"""What can be repaired: a unit of capacity added, of demand dropped, of excess over a
rule allowed."""


MOST_WEIGHT = 1e6
"""Largest weight; its reciprocal is the smallest above 0."""


@dataclass(frozen=True, slots=True)
class RepairWeights:
    """Weights of a unit of each kind, and names that stay as they are.

    Parameters
    ----------
    capacity, demand, rule : float
        Weight of a unit of quantity: of capacity added, of demand dropped, and of
        excess over a rule.
    never : frozenset of str
        Rules, legs, nodes, named routes and capacities that no repair touches.
    """

    capacity: float = 1.0
    demand: float = 10.0
    rule: float = 1.0
    never: frozenset[str] = frozenset()


def weights_of(
    words: Sequence[str], never: Sequence[str], instance: Instance
) -> RepairWeights:
    """Return the weights that the words of a call give.

    Parameters
    ----------
    words : sequence of str
        ``KIND=NUMBER`` each, the last of a kind counts.
    never : sequence of str
        Names that stay as they are.
    instance : Instance
        Whose names they are.

    Raises
    ------
    UsageError
        A word is no weight, or a name is not known; it says all at once.
    """
    given: dict[str, float] = {}
    faults = []
    for word in words:
        kind, _, text = word.partition("=")
        kind = kind.strip()
        if kind not in KINDS:
            hint = suggestion(kind, KINDS, f"known: {listed(KINDS)}")
            faults.append(f"--weight: unknown kind {shown(kind)}; {hint}")
            continue
        value = _number(text)
        if value is None:
            remedy = f"give a number of 0 or more, up to {MOST_WEIGHT:g}"
            faults.append(f"--weight: {shown(text)} is not a weight; {remedy}")
            continue
        given[kind] = value
    known = dict.fromkeys(_names(instance))
    for name in never:
        if name not in known:
            otherwise = "name a rule, leg, node, route or capacity"
            hint = suggestion(name, known, otherwise)
            faults.append(f"--never: unknown name {shown(name)}; {hint}")
    if faults:
        raise UsageError("\n".join(faults))
    return RepairWeights(**given, never=frozenset(never))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    is_weight = value == 0.0 or 1.0 / MOST_WEIGHT <= value <= MOST_WEIGHT
    return value if is_weight else None


def _names(instance: Instance) -> Iterator[str]:
    yield from (rule.name for rule in instance.diversification)
    for table, key in (
        ("legs", "leg"),
        ("nodes", "node"),
        ("routes", "route"),
        ("capacities", "capacity"),
    ):
        yield from getattr(instance, table)[key].tolist()
