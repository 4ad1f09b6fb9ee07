"""One sweep: the yardstick for everything that has to find cheapest routes. FROZEN.

A sweep finds the cheapest route of every demand at given prices, and what all of them
together put on each arc: scipy's Dijkstra with predecessors from every origin (once for
each kind of cargo that pays the same), and a vectorised walk back along all routes at
once, in one thread. "Solved in 50 sweeps" means the same on every machine.

Frozen: what is timed, from the prices to the loads, does not change, so that figures
of different times can be compared. A faster way belongs in the solver, not here.

    python -m benchmarks.sweep PATH
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from benchmarks.reading import read

if TYPE_CHECKING:
    from benchmarks.arcs import Arcs
    from solver.arrays import Floats, Ints

    Cargo = list[tuple[Ints, Ints, Ints, Ints]]

REPEATS = 5


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a sweep finds.

    Parameters
    ----------
    cost : ndarray of float, shape (demands,)
        Of each demand's cheapest route, handling where it starts left out; infinite
        if there is none.
    loads : ndarray of float, shape (arcs,)
        Quantity on each arc, of all periods.
    trees : int
        Trees of cheapest routes that were found.
    """

    cost: Floats
    loads: Floats
    trees: int


def cargo(arcs: Arcs) -> Cargo:
    """Return for each kind its demands, their origins' rows, those, and markets."""
    commodity = arcs.demand["commodity"].to_numpy()
    start = arcs.commodities["start"].to_numpy()[commodity]
    kind = arcs.commodities["kind"].to_numpy()[commodity]
    end = arcs.demand["end"].to_numpy()
    parts = []
    for number in range(len(arcs.cost)):
        rows = np.flatnonzero(kind == number)
        starts, tree = np.unique(start[rows], return_inverse=True)
        parts.append((rows, tree, starts, end[rows]))
    return parts


def sweep(arcs: Arcs, parts: Cargo, prices: Floats) -> Sweep:
    """Return the cheapest route of every demand at the prices of the limits."""
    quantity = arcs.demand["quantity"].to_numpy(float)
    cost = np.full(len(quantity), np.inf)
    loads = np.zeros(len(arcs.tail))
    surcharge = arcs.use.T @ prices
    code = arcs.tail * arcs.num_nodes + arcs.head
    trees = 0
    for kind, (rows, tree, starts, end) in enumerate(parts):
        price = arcs.cost[kind] + surcharge
        order = np.lexsort((price, code))
        first = np.concatenate([[True], np.diff(code[order]) > 0])
        best = order[first]
        shape = (arcs.num_nodes, arcs.num_nodes)
        entries = (price[best], (arcs.tail[best], arcs.head[best]))
        graph = sparse.csr_array(entries, shape=shape)
        away, before = dijkstra(graph, indices=starts, return_predecessors=True)
        trees += len(starts)
        cost[rows] = away[tree, end]
        row, at, carried = tree, end, quantity[rows]
        while len(at):
            previous = before[row, at].astype(np.int64)
            going = previous >= 0
            row, at, carried = row[going], at[going], carried[going]
            previous = previous[going]
            passed = np.searchsorted(code[best], previous * arcs.num_nodes + at)
            loads += np.bincount(best[passed], carried, len(loads))
            at = previous
    return Sweep(cost, loads, trees)


def main() -> None:
    """Time sweeps of the instance named on the command line, at prices of zero."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep")
    parser.add_argument("path", type=Path)
    arcs = read(parser.parse_args().path)
    parts, prices = cargo(arcs), np.zeros(len(arcs.capacity))
    seconds, trees = [], 0
    for _ in range(REPEATS):
        began = time.perf_counter()
        trees = sweep(arcs, parts, prices).trees
        seconds.append(time.perf_counter() - began)
    answer = {
        "sweep": round(statistics.median(seconds), 6),
        "trees": trees,
        "demands": len(arcs.demand),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
