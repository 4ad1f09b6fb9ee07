"""What ships where, what is unmet, and the prices that prove no plan is better.

An *element* is what a route is made of: element ``e < num_legs`` is row ``e`` of the
instance's legs, element ``num_legs + r`` is row ``r`` of its named routes.

All quantities and prices published here are decimals of few digits (a float whose
shortest text is the exact decimal meant), so that they can be checked in exact
arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from solver.solution.certificate import Certificate
    from solver.solution.keys import RowKey
    from solver.solution.plan import Plan
    from solver.solution.status import Status


class Loosening(NamedTuple):
    """How far one row of a rule must give way.

    Parameters
    ----------
    excess : float
        Excess over the row, in (weighted) quantity (times HHI).
    level : float
        The limit that would hold instead, in the plan that exceeds least in all: a
        share, an HHI, an effective number, or a quantity.
    """

    excess: float
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class Counters:
    """How much work a solve took: exact, so that tests can pin them.

    `cut_rounds` are the rounds that called for cuts of HHI, `question_rounds` those
    that questions about exposure took beyond.
    """

    rounds: int = 0
    cut_rounds: int = 0
    columns: int = 0
    rows: int = 0
    iterations: int = 0
    searches: int = 0
    question_rounds: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Proved:
    """What the certificate was found to prove.

    `bound` and `gap` are of cost and penalties, None if nothing is proved;
    `unmet_bounds` holds priority, unmet quantity and its bound for each stage `unmet`;
    `objective` is the plan's cost and penalties; `movement`, what of an earlier plan's
    cargo must move, None without one.
    """

    bound: float | None = None
    gap: float | None = None
    unmet_bounds: tuple[Mapping[str, float | int | None], ...] = ()
    objective: float | None = None
    movement: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """How a solve ended: its plan if there is one, and its certificate.

    `status` is what the solve claims; it becomes `approximate` if the proof falls
    short. `loosening` says which share rows must give way, and how far, for the rules
    to hold together (`infeasible`), or for everything to be carried that the
    capacities let through (`unmet`). `phases` maps the name of a phase to its seconds.
    """

    status: Status
    plan: Plan | None
    certificate: Certificate | None
    proved: Proved = field(default_factory=Proved)
    loosening: Mapping[RowKey, Loosening] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)
    phases: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a run leaves, as tables and documents, as it is written and read back.

    Parameters
    ----------
    tables : dict
        ``allocation``, ``demand``, ``capacity``, ``corridors``, ``rules``: each a
        dict of column name to array; text as str, numbers as float64 with NaN for
        an empty cell.
    plan : Plan or None
        The allocation as arrays (the table's `legs` column parsed).
    certificate : Certificate or None
        The proof.
    summary : dict
        The document ``summary.json``.
    """

    tables: Mapping[str, Mapping[str, NDArray[Any]]]
    plan: Plan | None
    certificate: Certificate | None
    summary: Mapping[str, Any]
