"""The items of a batch, by number: none is made before it is asked for.

Items count from 1: those of the first job, then those of the next. Within a sweep come
scenarios x every grid x draws, the draws running fastest, then scenarios x closures.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from solver.jobs.questions.sweep import Sweep


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Parameters
    ----------
    instance : str
        Path of the instance.
    scenarios : tuple of str
        Scenarios applied to it, in order.
    changes : tuple of str
        Changes made then, in order, each in one line.
    draw : int or None
        Number of its draw.
    closed : str
        What is closed, such as ``port Aktau``.
    """

    instance: str
    scenarios: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    draw: int | None = None
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Closure:
    """Something that is closed, and the changes that close it."""

    name: str
    changes: tuple[str, ...]


class BatchJob(Protocol):
    """What a batch is given: items by place, from 0."""

    @property
    def is_varied(self) -> bool:
        """Whether its items are changes of common bases."""
        ...

    def described(self) -> list[Any]:
        """Return all that its items depend on, as JSON has it."""
        ...

    def __len__(self) -> int: ...

    def item(self, place: int) -> Item:
        """Return the item at a place."""
        ...


@dataclass(frozen=True, slots=True)
class InstanceJob:
    """One instance as it is."""

    path: Path

    @property
    def is_varied(self) -> bool:
        """An instance alone has no base."""
        return False

    def __len__(self) -> int:
        return 1

    def described(self) -> list[Any]:
        """Return its path: what is there counts item by item."""
        return ["instance", str(self.path)]

    def item(self, place: int) -> Item:  # noqa: ARG002
        """Return its only item."""
        return Item(str(self.path))


@dataclass(frozen=True, slots=True)
class SweepJob:
    """A sweep over one instance.

    Parameters
    ----------
    sweep : Sweep
        What is varied.
    closures : sequence of sequences of Closure
        For each list of scenarios, what is closed.
    bases : sequence of str
        For each list of scenarios, the hash of the instance after them.
    """

    sweep: Sweep
    instance: Path
    closures: Sequence[Sequence[Closure]]
    bases: Sequence[str]

    @property
    def is_varied(self) -> bool:
        """All items start from the instance with their scenarios."""
        return True

    def described(self) -> list[Any]:
        """Return the sweep, and what it starts from."""
        sweep = self.sweep.model_dump(mode="json", by_alias=True)
        return ["sweep", sweep, list(self.bases)]

    @property
    def combinations(self) -> int:
        """How many points all grids have together, times draws."""
        total = max(1, self.sweep.draws())
        for grid in self.sweep.grid:
            total *= grid.points()
        return total

    def __len__(self) -> int:
        combined = len(self.sweep.scenarios) * self.combinations
        return combined + sum(map(len, self.closures))

    def item(self, place: int) -> Item:
        """Return the item at a place."""
        which, rest = divmod(place, self.combinations)
        if which < len(self.sweep.scenarios):
            return self._combined(self.sweep.scenarios[which], rest)
        left = place - len(self.sweep.scenarios) * self.combinations
        ends = list(accumulate(map(len, self.closures)))
        which = bisect_right(ends, left)
        closure = self.closures[which][left - (ends[which - 1] if which else 0)]
        scenarios = self.sweep.scenarios[which]
        return Item(str(self.instance), scenarios, closure.changes, closed=closure.name)

    def _combined(self, scenarios: tuple[str, ...], place: int) -> Item:
        """Return a combination of the grids' points and a draw."""
        draws = self.sweep.draws()
        place, draw = divmod(place, max(1, draws))
        points: list[int] = []
        for grid in reversed(self.sweep.grid):
            place, point = divmod(place, grid.points())
            points.insert(0, point)
        changes = [
            change
            for grid, point in zip(self.sweep.grid, points, strict=True)
            for change in grid.changes(point)
        ]
        for entry in self.sweep.draw:
            changes += entry.changes(draw + 1)
        return Item(
            str(self.instance),
            scenarios,
            tuple(changes),
            draw=draw + 1 if draws else None,
        )


class Items:
    """All items of a batch, or those of one shard.

    Parameters
    ----------
    jobs : sequence of BatchJob
        Where they come from, in order.
    shard : (int, int)
        ``(K, N)``: the items whose ``(item - 1) mod N`` is ``K - 1``.
    """

    def __init__(
        self, jobs: Sequence[BatchJob], shard: tuple[int, int] = (1, 1)
    ) -> None:
        self._jobs = tuple(jobs)
        self._ends = list(accumulate(map(len, self._jobs)))
        self._first, self._step = shard

    @property
    def total(self) -> int:
        """How many there are in all shards."""
        return self._ends[-1] if self._ends else 0

    def __len__(self) -> int:
        return len(self.numbers())

    def numbers(self) -> range:
        """Return the numbers of this shard's items."""
        return range(self._first, self.total + 1, self._step)

    def __getitem__(self, number: int) -> Item:
        """Return the item of a number, from 1."""
        which = bisect_right(self._ends, number - 1)
        before = self._ends[which - 1] if which else 0
        return self._jobs[which].item(number - 1 - before)

    def described(self) -> list[Any]:
        """Return all that the items of all shards depend on, as JSON has it."""
        return [job.described() for job in self._jobs]

    def is_varied(self, number: int) -> bool:
        """Whether an item is one of a sweep."""
        return self._jobs[bisect_right(self._ends, number - 1)].is_varied
