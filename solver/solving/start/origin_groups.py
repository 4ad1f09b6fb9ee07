"""Groups of shipments that flows are made for: those that start and pay alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Ints
    from solver.network.network import Network
    from solver.network.shipments import Cargo


GROUPS = 300
"""Groups that are wanted: more take fewer rounds, each of which takes longer."""


def groups(network: Network, cargo: Cargo) -> tuple[Ints, Ints]:
    """Group of each shipment, and period of each group.

    Shipments of an origin in a period, told apart by what they pay if groups are then
    not too many, and split in the order of their markets if they are too few.
    """
    first = np.searchsorted(cargo.pair_shipment, np.arange(len(cargo)))
    start, end = cargo.pair_start[first], cargo.pair_end[first]
    origin = cargo.period * network.num_nodes + start
    kinds = len(network.treatments.time_value)
    codes, group = np.unique(origin * kinds + cargo.treatment, return_inverse=True)
    if len(codes) > GROUPS:
        codes, group = np.unique(origin, return_inverse=True)
    parts = max(1, GROUPS // len(codes))
    order = np.lexsort((end, group))
    sizes = np.bincount(group)
    place = np.arange(len(cargo)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    part = np.zeros(len(cargo), dtype=int)
    part[order] = place * parts // sizes[group[order]]
    _, one, group = np.unique(
        group * parts + part, return_index=True, return_inverse=True
    )
    return group, cargo.period[one]
