"""Lists of different lengths, kept as one array, and keys that are numbered."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints


_MOST_MARKED = 2**24
"""Keys up to which each has a mark, instead of being sorted."""


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """List number i is ``items[starts[i]:starts[i + 1]]``."""

    starts: Ints
    items: Ints

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Ragged:
        """Keep lists of integers."""
        lengths = np.fromiter((len(items) for items in lists), np.int64, len(lists))
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return cls(starts, np.fromiter(chain.from_iterable(lists), np.int64))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Ints:
        """Length of each list."""
        return np.diff(self.starts)

    @property
    def owners(self) -> Ints:
        """Number of the list that each item belongs to."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def __getitem__(self, number: int) -> Ints:
        return self.items[self.starts[number] : self.starts[number + 1]]

    def take(self, numbers: Ints) -> Ragged:
        """Return the lists of these numbers, in this order."""
        lengths = self.lengths[numbers]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        shift = np.repeat(self.starts[numbers] - starts[:-1], lengths)
        return Ragged(starts, self.items[np.arange(starts[-1]) + shift])

    def summed(self, values: Floats) -> Floats:
        """Return the sum over each list of a value of each item; no list is empty."""
        return np.add.reduceat(values, self.starts[:-1]) if len(self) else np.zeros(0)

    def different(self) -> tuple[Ragged, Ints]:
        """Return the different lists, as they first appear, and which each list is."""
        content, size = self.items.tobytes(), self.items.itemsize
        known: dict[bytes, int] = {}
        place = [
            known.setdefault(content[first:end], len(known))
            for first, end in pairwise((self.starts * size).tolist())
        ]
        lengths = np.fromiter(map(len, known), np.int64, len(known)) // size
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        items = np.frombuffer(b"".join(known), dtype=self.items.dtype)
        return Ragged(starts, items), np.array(place, dtype=np.int64)

    def flatten(self, numbers: Ragged) -> Ragged:
        """For each list of numbers, the items of all lists it names."""
        taken = self.take(numbers.items)
        return Ragged(taken.starts[numbers.starts], taken.items)


def numbered(keys: Sequence[Ints], count: int) -> tuple[Ints, list[Ints]]:
    """Return the different keys below `count` in their order, and the place of each.

    Parameters
    ----------
    keys : sequence of ndarray of int
        Keys in several arrays; places are told array by array.
    """
    if count > _MOST_MARKED:
        found, place = np.unique(np.concatenate(keys), return_inverse=True)
        return found, np.split(place, np.cumsum([*map(len, keys)])[:-1])
    is_found = np.zeros(count, dtype=bool)
    for own in keys:
        is_found[own] = True
    numbers = np.cumsum(is_found) - 1
    return np.flatnonzero(is_found), [numbers[own] for own in keys]
