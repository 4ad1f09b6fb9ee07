"""Elements, legs and nodes in one numbering, and how steps relate to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from solver.network.chains import Chain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from solver.problem.instance import Instance


def element_corridors(instance: Instance, chains: Sequence[Chain]) -> list[str]:
    """Return the corridor of each element; blank for none."""
    of_leg = list(instance.legs["corridor"])
    of_route = [
        own or next((of_leg[leg] for leg in chain.legs if of_leg[leg]), "")
        for own, chain in zip(instance.routes["corridor"], chains, strict=True)
    ]
    return [*of_leg, *of_route]


def incidence_matrix(rows: Iterable[Sequence[int]], size: int) -> sparse.csr_array:
    """Return a 0-1 matrix of elements and what each of them carries."""
    """How often each of `size` things stands in each sequence (columns)."""
    lists = list(rows)
    counts = np.fromiter((len(items) for items in lists), int, len(lists))
    columns = np.repeat(np.arange(len(lists)), counts)
    members = np.fromiter((i for items in lists for i in items), int, counts.sum())
    ones = np.ones(len(members))
    matrix = sparse.csr_array((ones, (members, columns)), shape=(size, len(lists)))
    matrix.sum_duplicates()
    return matrix
