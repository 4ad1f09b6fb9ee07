"""A frontier, as it is told: its points and what lies between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.problem.instance import Instance
    from solver.solution.solution import Solution
    from solver.solution.status import Status
    from solver.studies.frontier.varied_rule import VariedRule


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The plan of least cost at one limit.

    Parameters
    ----------
    limit, level : float
        What the rule allows, and where the plan stands.
    hhi : float
        Index of concentration of the rule's cargo, by corridor.
    shares : dict of str to float
        Share of each corridor in the rule's cargo.
    cost, bound : float
        Cost of the plan, with penalties and what unmet demand costs, and its proved
        bound.
    price : float
        Shadow price of a unit of the limit.
    instance : Instance
        What was solved: the held instance with the rule.
    solution : Solution
        The plan, its prices and their proof.
    """

    limit: float
    level: float
    hhi: float
    shares: Mapping[str, float]
    cost: float
    bound: float
    price: float
    instance: Instance
    solution: Solution


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """The curve of least cost against one rule.

    Parameters
    ----------
    status : Status
        How the unconstrained optimum ended; `limit` or `approximate` if a later point
        was not
        proved, which ends the curve.
    points : tuple of Point
        From the unconstrained optimum to the most diversified.
    end : float or None
        Level of the most diversified plan possible; None if it was not found in time.
    largest_gap : float
        Largest room between chord and tangents, relative to cost.
    knee : int or None
        The point where the curve bends most; None where it is straight.
    served, unmet, unmet_cost : float
        Quantity carried in every plan, quantity left unmet, and what that costs.
    """

    varied: VariedRule
    status: Status
    points: tuple[Point, ...]
    end: float | None
    largest_gap: float
    knee: int | None
    served: float
    unmet: float
    unmet_cost: float
