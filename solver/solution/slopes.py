"""What one more and one less of a right-hand side do, as certificates tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from solver.solution.keys import MovableKey


Changes = tuple[tuple[int, float], ...]
"""Numbers of flows, and how much more each carries."""


@dataclass(frozen=True, slots=True, eq=False)
class Slope:
    """What one more, or one less, of a right-hand side does, and how far.

    The right-hand side is moved from b to b + s: a capacity, the room of a row of a
    rule in (weighted) quantity, or the quantity of a demand with all rules that are
    shares of it. What classes of firm demand leave unmet stays: every class that leaves
    anything has prices of objective `unmet` whose bound does not fall as the right-hand
    side moves that way. Of the least cost V(b + s), convex in s, three things are
    proved:

    - prices whose bound proves the plan itself: V(b + s) is never below the line of
      their slope;
    - a plan for the right-hand side moved by `length` on that line: so V is the line
      in between;
    - prices of another slope that prove that plan: so V leaves the line there.

    Parameters
    ----------
    direction : str
        ``more`` or ``less``.
    prices : int
        Which set of prices proves the plan: 0 is the stage `cost`, n the set n - 1 of
        the certificate.
    length : float or None
        How far the plan goes; None where one more saves nothing at all.
    changes : tuple of (int, float)
        That plan, as changes of quantity: number of a flow of the plan or, behind
        those, of a route of the certificate; and by how much it changes.
    end : int or None
        Which set of prices proves that plan with another slope; None: no end is known.
    unmet : tuple of int
        Sets of prices of objective `unmet` that prove, beside the stages of the
        certificate, that no class leaves less there than it does now.
    value, good_for : float
        What is told of it: money per unit, and how far; NaN where no end is known.
        Neither is read back; both are recomputed.
    """

    key: MovableKey
    direction: Literal["more", "less"]
    prices: int
    length: float | None = None
    changes: Changes = ()
    end: int | None = None
    unmet: tuple[int, ...] = ()
    value: float = float("nan")
    good_for: float = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """What one more, or one less, of a right-hand side changes of what stays unmet.

    What class p leaves, U_p(b + s), is the least once those before it leave what they
    must there. From 0 to `length` each changes in proportion to s, by r_p s:

    - prices of objective `unmet` of class p prove what the plan itself leaves of it,
      and their bound changes by r_p s as the right-hand side moves and each class c
      before it leaves r_c s more;
    - a plan for the right-hand side moved by `length` leaves r_p `length` more of every
      class: U_p is convex where those before it are linear, and so is that line.

    A class without prices leaves nothing in either plan.

    Parameters
    ----------
    key : MovableKey
        What is moved, as a `Slope` moves it.
    direction : str
        ``more`` or ``less``.
    prices : tuple of int
        Sets of prices of the certificate, n for the set n - 1: one of each class that
        leaves anything in either plan, in the order of the classes.
    length : float
        How far the plan goes.
    changes : tuple of (int, float)
        That plan, likewise.
    value : tuple of (int or None, float)
        What is told of it: classes whose unmet demand changes, by their priority, and
        what less of each stays unmet for a unit more, or what more for a unit less. It
        is not read back but recomputed.
    """

    key: MovableKey
    direction: Literal["more", "less"]
    prices: tuple[int, ...]
    length: float
    changes: Changes = ()
    value: tuple[tuple[int | None, float], ...] = ()


class MovedRoute(NamedTuple):
    """A route that a plan with a moved right-hand side takes, and the plan does not.

    Parameters
    ----------
    shipment : int
        Index into `Instance.shipments`.
    elements : tuple of int
        Its elements, in order.
    """

    shipment: int
    elements: tuple[int, ...]
