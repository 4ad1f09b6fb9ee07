"""Nodes told apart by the corridor that cargo is in, as far as that makes a difference.

A route uses at most one corridor. Cargo that has used a leg of one may not use a leg
of another; a leg of none is open to all. A node is met in a *state*: free (no corridor
used yet), in a corridor, or done, which is what all states are from where no leg of a
corridor can be reached any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order

if TYPE_CHECKING:
    from solver.arrays import Ints, Mask


@dataclass(frozen=True, eq=False)
class States:
    """The network of states.

    Parameters
    ----------
    node : ndarray of int, shape (states,)
        Node of each.
    tail, head, leg : ndarray of int, shape (arcs,)
        States that an arc joins, and the leg it is.
    start : ndarray of int, shape (nodes,)
        State of cargo that starts at a node.
    entered : ndarray of int, shape (arcs,)
        Corridor that cargo enters by an arc, where entries are kept apart; or -1.
    """

    node: Ints
    tail: Ints
    head: Ints
    leg: Ints
    start: Ints
    entered: Ints


def states(
    num_nodes: int,
    origins: Ints,
    tail: Ints,
    head: Ints,
    corridor: Ints,
    *,
    entries_apart: bool = False,
) -> States:
    """Return the states that cargo may be in, of legs with the corridors given.

    Parameters
    ----------
    num_nodes : int
        Nodes.
    origins : ndarray of int
        Nodes where cargo starts.
    tail, head, corridor : ndarray of int, shape (legs,)
        Ends of each leg, and its corridor from 0; -1 for none.
    entries_apart : bool
        Whether cargo that has used no corridor yet is told apart even where one is all
        that is ahead, so that each arc shows what is entered.
    """
    count = int(corridor.max(initial=-1)) + 1
    free = count
    merged = _merged(num_nodes, tail, head, corridor, entries_apart)
    nodes = np.arange(num_nodes)
    parts = []
    for state in range(count + 2):
        allowed = (corridor < 0) | (corridor == state) | (state == free)
        allowed &= merged[state, tail] == state
        legs = np.flatnonzero(allowed)
        beyond = np.where(corridor[legs] >= 0, corridor[legs], state)
        after = merged[beyond, head[legs]]
        parts.append(
            (state * num_nodes + tail[legs], after * num_nodes + head[legs], legs)
        )
    before, behind, leg = (np.concatenate(part) for part in zip(*parts, strict=True))
    start = merged[free] * num_nodes + nodes
    size = (count + 2) * num_nodes
    met = _leads_to(size, behind, before, before >= 0, start[origins])[before]
    before, behind, leg = before[met], behind[met], leg[met]
    entered = np.where(before // num_nodes == free, corridor[leg], -1)
    both = np.concatenate([start, before, behind])
    used, renumbered = np.unique(both, return_inverse=True)
    start, before, behind = np.split(renumbered, [num_nodes, num_nodes + len(leg)])
    return States(used % num_nodes, before, behind, leg, start, entered)


def _merged(
    num_nodes: int, tail: Ints, head: Ints, corridor: Ints, entries_apart: bool
) -> Ints:
    """State that each (row) is the same as at each node (column)."""
    count = int(corridor.max(initial=-1)) + 1
    free, done = count, count + 1
    merged = np.repeat(np.arange(count + 2)[:, None], num_nodes, axis=1)
    ahead = np.zeros((max(count, 1), num_nodes), dtype=bool)
    every = np.ones(len(tail), dtype=bool)
    for number in range(count):
        own = corridor == number
        open_to_it = own | (corridor < 0)
        lost = ~_leads_to(num_nodes, tail, head, open_to_it, tail[own])
        merged[number, lost] = done
        ahead[number] = _leads_to(num_nodes, tail, head, every, tail[own])
    only = ahead.sum(axis=0)
    one = np.flatnonzero((only == 1) & (not entries_apart))
    merged[free, only == 0] = done
    merged[free, one] = merged[ahead[:, one].argmax(axis=0), one]
    return merged


def _leads_to(
    num_nodes: int, tail: Ints, head: Ints, allowed: Mask, goals: Ints
) -> Mask:
    """Nodes from which one of the goals can be reached over allowed legs."""
    ends = np.concatenate([head[allowed], np.full(len(goals), num_nodes)])
    begins = np.concatenate([tail[allowed], goals])
    shape = (num_nodes + 1, num_nodes + 1)
    backward = sparse.csr_array((np.ones(len(ends)), (ends, begins)), shape=shape)
    found = np.zeros(num_nodes + 1, dtype=bool)
    found[breadth_first_order(backward, num_nodes, return_predecessors=False)] = True
    return found[:num_nodes]
