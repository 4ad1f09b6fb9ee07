"""What ships where, what stays behind, and the prices that prove no plan is better.

An *element* is what a route is made of: element ``e < num_legs`` is row ``e`` of the
instance's legs, element ``num_legs + r`` is row ``r`` of its named routes.

All quantities and prices published here are decimals of few digits (a float whose
shortest text is the exact decimal meant), so that they can be checked in exact
arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from solver.instance import By
    from solver.status import Status

Measure = Literal["share", "hhi", "effective", "top", "change"]
"""What a row of a rule bounds."""

Objective = Literal["rules", "unmet", "cost", "dependence"]
"""What prices bound."""

ALL_PERIODS = "all"
"""Period of a limit or a rule that counts all periods together."""


@dataclass(frozen=True, slots=True)
class CapacityKey:
    """A capacity: of a leg, a node, a named route, or several together.

    `name` is the leg, node, route or capacity; `period` is a period, or `all`.
    """

    kind: Literal["leg", "node", "route", "capacity"]
    name: str
    period: str


@dataclass(frozen=True, slots=True)
class RowKey:
    """One row of a rule.

    `scope` holds (key, value) pairs of the rule's `for_each`, in its order;
    `period` is a period, or `all` for a rule over all periods. Rows that bound a
    `share` name its `value`; those that bound all values together leave it blank.
    `side` is `min` for least shares and effective numbers.
    """

    rule: str
    scope: tuple[tuple[str, str], ...]
    period: str
    value: str
    side: Literal["max", "min"]
    measure: Measure = "share"


@dataclass(frozen=True, slots=True)
class UnmetKey:
    """The last resort: firm demand of one priority class that stays unmet."""

    priority: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Quantities by shipment and route.

    Parameters
    ----------
    shipment : ndarray of int, shape (flows,)
        Index into `Instance.shipments`; ascending.
    quantity : ndarray of float, shape (flows,)
        Positive, in the instance's unit.
    starts : ndarray of int, shape (flows + 1,)
        Flow f takes the elements ``elements[starts[f]:starts[f + 1]]``, in order.
    elements : ndarray of int
        Elements of all flows, one after the other.
    unmet : ndarray of float, shape (shipments,)
        Quantity of each shipment that is not carried.
    """

    shipment: NDArray[np.int64]
    quantity: NDArray[np.float64]
    starts: NDArray[np.int64]
    elements: NDArray[np.int64]
    unmet: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Prices that bound one objective from below, for every possible plan.

    With routes r of a shipment d of quantity q_d, the bound is

        sum_d q_d min(w_d, v_d) - sum_k price_k K_k - sum_i price_i rhs_i
            - sum_c price_c U_c

    over capacities k, rows of rules i and classes c of the last resort. U_c is what the
    plan leaves unmet in class c. v_d is the least over all simple routes r of

        cost_dr (objective `cost`; 0 otherwise)
            + sum_k price_k a_rk + sum_i price_i g_idr,

    and infinite without a route. w_d, the worth of leaving d unmet, is

    - objective `cost`: the unmet cost of a priced d, price_c of a firm d in class c;
    - objective `unmet` of class p: 1 for a firm d in p, price_c for a firm d in a
      class c served before p, 0 otherwise;
    - objective `rules`: 0.

    Rows of rules, with weight w of d (1, or its product's value), [v] = 1 if r
    carries the value v and 0 if not, share s, D the weighted demand of the scope, H
    the largest HHI (1 / N for an effective number N, to 15 digits), R_v what v carried
    before, and weights a_v of the stage:

    ========= ======== ============================== ===========================
    measure   of       g_idr (d in scope)             rhs_i
    ========= ======== ============================== ===========================
    share max carried  w ([v] - s)                    0
    share min carried  w (s - [v])                    0
    share max demand   w [v]                          s D
    share min demand   - w [v]                        - s D
    hhi       carried  w (sum_v 2 a_v [v] - A - H)    0
    hhi       demand   w sum_v 2 a_v [v]              (A + H) D
    top       carried  w (sum_v a_v [v] - s)          0
    top       demand   w sum_v a_v [v]                s D
    change    carried  w (sum_v a_v [v] / 2 - s)      sum_v a_v R_v / 2
    change    demand   w sum_v a_v [v] / 2            sum_v a_v R_v / 2 + s D
    change    quantity w sum_v a_v [v] / 2            sum_v a_v R_v / 2 + Q
    ========= ======== ============================== ===========================

    with A = sum_v a_v^2; `effective` is as `hhi`. Each row follows from its rule for
    any weights (hhi), for 0 <= a_v <= 1 with sum_v a_v <= k (top), and for
    -1 <= a_v <= 1 (change): F_v^2 / F >= 2 a_v F_v - a_v^2 F; no k values carry less
    than so weighted; |F_v - R_v| >= a_v (F_v - R_v). A single row thus says as much
    as any sum of such rows.

    All prices are 0 or more. Rules with a penalty may be broken: objective `cost`
    is cost plus penalties, where a row's price is at most the penalty per unit of
    excess (share, top, change), or 100 / D times it (hhi); the other objectives
    leave these rules aside, at no price. Objective `rules` is the least total excess
    (in weighted quantity) over all rows that must hold, whose prices are at most 1;
    `unmet` is the least quantity unmet in its class once the classes before keep what
    the plan leaves them; `cost` is the least cost once every class keeps that.
    """

    objective: Objective
    priority: int | None = None
    """Class of objective `unmet`."""
    capacities: Mapping[CapacityKey, float] = field(default_factory=dict)
    """Prices other than 0."""
    rules: Mapping[RowKey, float] = field(default_factory=dict)
    """Prices other than 0."""
    unmet: Mapping[UnmetKey, float] = field(default_factory=dict)
    """Prices of the last resort."""
    weights: Mapping[RowKey, Mapping[str, float]] = field(default_factory=dict)
    """Weights a_v other than 0 of each priced row that bounds no single share."""


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """What a rule at its limit is worth in each direction.

    Parameters
    ----------
    key : RowKey
        Row of the rule, at its limit in the plan.
    tighter : Stage or None
        Prices of objective `cost` in which the row's is the highest that still proves
        the plan: what a stricter limit costs, by its unit, at least. None if a
        stricter limit keeps firm demand at home, or cannot hold.
    looser : Stage
        Likewise the lowest price: what a looser limit saves, at most.
    """

    key: RowKey
    tighter: Stage | None
    looser: Stage


@dataclass(frozen=True, slots=True)
class Question:
    """How much, or how little, a value may carry in other plans.

    Parameters
    ----------
    by, value
        What is asked about: a corridor, country or port.
    kind : str
        ``unavoidable``: the least it must carry in any plan that leaves no more
        unmet than this one in each class of firm demand and in priced demand as a
        whole, at any cost, the rules left aside. ``least`` and ``most``: what it may
        carry in plans that keep the rules too, and cost little more.
    within : float or None
        How much more, as a part of this plan's cost and penalties.
    """

    by: By
    value: str
    kind: Literal["unavoidable", "least", "most"]
    within: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Dependence:
    """What prices prove about a question.

    With s = 1 (`unavoidable`, `least`) or -1 (`most`), F the quantity of all cargo
    on routes that carry the value, and C this plan's cost and penalties:

        s F >= sum_d q_d min(w_d, v_d) - sum_k price_k K_k - sum_i price_i rhs_i
            - sum_c price_c U_c - service U_0 - budget (1 + within) C

    in the words of `Stage`, where v_d is the least over all simple routes of

        s [v] + budget cost_dr + sum_k price_k a_rk + sum_i price_i g_idr,

    w_d is budget times the unmet cost plus `service` for a priced d, price_c for a
    firm d in class c, and U_0 is what the plan leaves unmet of priced demand. A soft
    row's price is at most `budget` times what it is in the stage `cost`. Question
    `unavoidable` has no prices of rules and no budget; the others no `service`.

    Parameters
    ----------
    question : Question
        What is asked.
    prices : Stage
        Prices of capacities, rules (with weights) and the last resort.
    budget, service : float
        Further prices, 0 or more.
    bound : float
        What is proved about F: at least so much, or for `most` at most.
    """

    question: Question
    prices: Stage
    budget: float
    service: float
    bound: float


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """One set of prices for each objective, in the order they were met.

    `rules` alone if the rules cannot hold together; otherwise `unmet` for each class
    that leaves something unmet, and `cost` last. Beside them stand the prices that
    prove what rules are worth in each direction and how dependent the plan is.
    """

    stages: tuple[Stage, ...]
    sides: tuple[Sides, ...] = ()
    dependence: tuple[Dependence, ...] = ()


@dataclass(frozen=True, slots=True)
class Loosening:
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
    that questions about dependence took beyond.
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
    `objective` is the plan's cost and penalties.
    """

    bound: float | None = None
    gap: float | None = None
    unmet_bounds: tuple[Mapping[str, float | int | None], ...] = ()
    objective: float | None = None


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
