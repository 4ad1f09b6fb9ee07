"""Rules that cannot hold together: an irreducible set of them.

Those that have a price in the proof cannot hold together. Each is left out in turn: if
the others still cannot hold, it has no part in the clash. What remains clashes, and
without any one of them the rest holds. Where the other rules of the instance clash
besides, they are asked the same.

References
----------
Chinneck, J. W. and Dravnieks, E. W. (1991), Locating minimal infeasible constraint sets
in linear programs, ORSA Journal on Computing 3(2): the deletion filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.solution.status import Status
from solver.studies.repair.additions import without_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.solution.keys import CapacityKey
    from solver.solution.solution import Solution
    from solver.studies.what_if import WhatIf


@dataclass(frozen=True, slots=True)
class Clash:
    """Rules that cannot hold together, though any all but one of them can.

    Parameters
    ----------
    rules : tuple of str
        Their names, in the order of the instance.
    limits : tuple of CapacityKey
        Capacities within which they cannot.
    """

    rules: tuple[str, ...]
    limits: tuple[CapacityKey, ...]


def clashes(study: WhatIf) -> tuple[Clash, ...]:
    """Return clashes that share no rule, until the other rules can hold together.

    Parameters
    ----------
    study : WhatIf
        A solved instance.
    """
    found: list[Clash] = []
    solution = study.solution
    names = [rule.name for rule in study.instance.diversification]
    left = [*names]
    while solution.status is Status.INFEASIBLE and solution.certificate:
        clash = _clash(study, solution, names)
        if not clash.rules:  # What tables ask for cannot hold by itself.
            break
        found.append(clash)
        left = [name for name in left if name not in clash.rules]
        solution = _solved(study, left, names)
    return tuple(found)


def _clash(study: WhatIf, solution: Solution, names: Sequence[str]) -> Clash:
    """Return an irreducible clash among the rules that a proof prices."""
    kept = _priced(solution, names)
    proof = solution
    for name in tuple(kept):
        others = [other for other in kept if other != name]
        tried = _solved(study, others, names)
        if tried.status is Status.INFEASIBLE:
            kept, proof = others, tried
    stages = proof.certificate.stages if proof.certificate else ()
    limits = dict.fromkeys(key for stage in stages for key in stage.capacities)
    return Clash(tuple(kept), tuple(limits))


def _priced(solution: Solution, names: Sequence[str]) -> list[str]:
    stages = solution.certificate.stages if solution.certificate else ()
    priced = {key.rule for stage in stages for key in stage.rules}
    return [name for name in names if name in priced]


def _solved(study: WhatIf, kept: Sequence[str], names: Sequence[str]) -> Solution:
    """Solve with some of the rules alone."""
    left_out = [name for name in names if name not in kept]
    return study.solve(without_rules(study.instance, left_out))
