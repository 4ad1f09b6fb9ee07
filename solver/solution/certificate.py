"""A certificate: the prices that prove a bound, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from solver.solution.keys import CapacityKey, RowKey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.problem.rules import By
    from solver.solution.keys import MovableKey, UnmetKey
    from solver.solution.slopes import Changes, MovedRoute, Relief, Slope


Objective = Literal["rules", "unmet", "cost", "exposure", "movement"]
"""What prices bound."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Prices that bound one objective from below, for every possible plan.

    With routes r of a shipment d of quantity q_d, the bound is

        sum_d q_d min(w_d, v_d) - sum_k price_k K_k - sum_i price_i rhs_i
            - sum_c price_c U_c

    over capacities k, rows of rules i and classes c of firm demand. U_c is what the
    plan leaves unmet in class c. v_d is the least over all simple routes r of

        cost_dr (objective `cost`; 0 otherwise)
            + sum_k price_k a_rk + sum_i price_i g_idr,

    and infinite without a route. w_d, the price of leaving d unmet, is

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
    """Prices of unmet limits."""
    weights: Mapping[RowKey, Mapping[str, float]] = field(default_factory=dict)
    """Weights a_v other than 0 of each priced row that bounds no single share."""

    @property
    def is_curved(self) -> bool:
        """Whether an index of concentration has a price: what it bounds is a curve."""
        return any(key.is_index and price > 0 for key, price in self.rules.items())

    def price_of(self, key: MovableKey) -> float:
        """Price of a capacity or of a row of a rule; 0 of anything else."""
        match key:
            case CapacityKey():
                return self.capacities.get(key, 0.0)
            case RowKey():
                return self.rules.get(key, 0.0)
            case _:
                return 0.0


@dataclass(frozen=True, slots=True, eq=False)
class OneSided:
    """What each direction does, with the prices and routes that they share.

    Parameters
    ----------
    slopes : tuple of Slope
        At most one for each right-hand side and direction.
    sets : tuple of Stage
        Sets of prices: of objective `cost`, and `unmet` of what stays unmet.
    routes : tuple of MovedRoute
        Routes beside those of the plan, in the order of their shipments.
    reliefs : tuple of Relief
        Directions that change what firm demand leaves unmet; none has a slope.
    """

    slopes: tuple[Slope, ...] = ()
    sets: tuple[Stage, ...] = ()
    routes: tuple[MovedRoute, ...] = ()
    reliefs: tuple[Relief, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing at all."""
        return not (self.slopes or self.reliefs or self.sets or self.routes)

    @property
    def sets_used(self) -> set[int]:
        """Numbers of all sets that it names; 0 is the stage `cost`."""
        ends = {slope.end for slope in self.slopes if slope.end is not None}
        of_reliefs = {number for relief in self.reliefs for number in relief.prices}
        of_unmet = {number for slope in self.slopes for number in slope.unmet}
        return {slope.prices for slope in self.slopes} | ends | of_reliefs | of_unmet

    @property
    def flows_changed(self) -> set[int]:
        """Numbers of all flows and routes that its plans change."""
        both: tuple[Slope | Relief, ...] = (*self.slopes, *self.reliefs)
        return {number for own in both for number, _ in own.changes}

    def with_fewer_ends(self, proved: OneSided) -> OneSided:
        """Return it without the ends of slopes that are not among those proved.

        A slope may be right as far as its plan goes although its end is not proved.
        """
        told = {(own.key, own.direction) for own in proved.slopes}
        slopes = tuple(
            own if (own.key, own.direction) in told else replace(own, end=None)
            for own in self.slopes
        )
        return replace(self, slopes=slopes)

    def only(
        self, slopes: Sequence[Slope], reliefs: Sequence[Relief], flows: int
    ) -> OneSided:
        """Return some of what it holds, with the prices and routes that they use.

        Parameters
        ----------
        slopes, reliefs : sequence of Slope, of Relief
            Some of its own.
        flows : int
            Flows of the plan.
        """
        own = OneSided(tuple(slopes), reliefs=tuple(reliefs))
        sets = sorted(own.sets_used - {0})
        routes = sorted(number for number in own.flows_changed if number >= flows)
        new_set = {0: 0, **{number: n for n, number in enumerate(sets, 1)}}
        new_route = {number: flows + n for n, number in enumerate(routes)}

        def renumbered(changes: Changes) -> Changes:
            return tuple((new_route.get(n, n), quantity) for n, quantity in changes)

        def with_new_sets(slope: Slope) -> Slope:
            end = None if slope.end is None else new_set[slope.end]
            prices, changes = new_set[slope.prices], renumbered(slope.changes)
            unmet = tuple(new_set[number] for number in slope.unmet)
            return replace(slope, prices=prices, end=end, changes=changes, unmet=unmet)

        def with_own_sets(relief: Relief) -> Relief:
            prices = tuple(new_set[number] for number in relief.prices)
            return replace(relief, prices=prices, changes=renumbered(relief.changes))

        return OneSided(
            tuple(map(with_new_sets, slopes)),
            tuple(self.sets[number - 1] for number in sets),
            tuple(self.routes[number - flows] for number in routes),
            tuple(map(with_own_sets, reliefs)),
        )


Kind = Literal["captive", "least", "most"]
"""What is asked about a value."""


@dataclass(frozen=True, slots=True)
class Question:
    """How much, or how little, a value may carry in other plans.

    Parameters
    ----------
    by, value
        What is asked about: a corridor, country or port.
    kind : str
        ``captive``: the least it must carry in any plan that leaves no more
        unmet than this one in each class of firm demand and in priced demand as a
        whole, at any cost, the rules left aside. ``least`` and ``most``: what it may
        carry in plans that keep the rules too, and cost little more.
    within : float or None
        How much more, as a part of this plan's cost and penalties.
    """

    by: By
    value: str
    kind: Kind
    within: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """What prices prove about a question.

    With s = 1 (`captive`, `least`) or -1 (`most`), F the quantity of all cargo
    on routes that carry the value, and C this plan's cost and penalties:

        s F >= sum_d q_d min(w_d, v_d) - sum_k price_k K_k - sum_i price_i rhs_i
            - sum_c price_c U_c - service U_0 - budget (1 + within) C

    in the words of `Stage`, where v_d is the least over all simple routes of

        s [v] + budget cost_dr + sum_k price_k a_rk + sum_i price_i g_idr,

    w_d is budget times the unmet cost plus `service` for a priced d, price_c for a
    firm d in class c, and U_0 is what the plan leaves unmet of priced demand. A soft
    row's price is at most `budget` times what it is in the stage `cost`. Question
    `captive` has no prices of rules and no budget; the others no `service`.

    Parameters
    ----------
    question : Question
        What is asked.
    prices : Stage
        Prices of capacities, rules (with weights) and unmet limits.
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
class Movement:
    """Prices that bound how much of an earlier plan's cargo must move.

    Rows j of the earlier plan are a demand k and a route, with the quantity e_j; M_k is
    what the demand was served then, or its quantity now if that is less. With x_j what
    the demand has on that route now, the movement is

        sum_k M_k - sum_j min(e_j, x_j),

    over the demand that is there then and now. In the words of `Stage`, with C this
    plan's cost and penalties, no plan that costs no more and leaves no more unmet in
    each class of firm demand moves less than

        sum_k M_k - sum_j (1 - kept_j) e_j + sum_d q_d min(w_d, v_d)
            - sum_k price_k K_k - sum_i price_i rhs_i - sum_c price_c U_c - budget C,

    over rows j whose route the demand can still take. v_d is the least over all simple
    routes r of

        budget cost_dr + sum_k price_k a_rk + sum_i price_i g_idr,

    less kept_j where r is the route of a row j of the demand; w_d is budget times the
    unmet cost of a priced d, price_c for a firm d in class c. A soft row's price is at
    most `budget` times what it is in the stage `cost`.

    Parameters
    ----------
    prices : Stage
        Prices of capacities, rules (with weights) and unmet limits.
    budget : float
        Price of the budget, 0 or more.
    kept : dict of int to float
        Price from 0 to 1 of what stays on the route of a row, by its number; other
        than 0.
    """

    prices: Stage
    budget: float
    kept: Mapping[int, float]


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """One set of prices for each objective, in the order they were met.

    `rules` alone if the rules cannot hold together; otherwise `unmet` for each class
    that leaves something unmet, and `cost` last. Beside them: what proves the prices in
    each direction, the exposure and, if near an earlier plan, that no plan moves less.
    """

    stages: tuple[Stage, ...]
    one_sided: OneSided = field(default_factory=OneSided)
    exposure: tuple[Exposure, ...] = ()
    movement: Movement | None = None
