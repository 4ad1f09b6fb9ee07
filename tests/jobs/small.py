"""A batch of the tests: items without an instance, and a pool without processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from solver.jobs.batch import Batch, ItemOrder
from solver.jobs.questions.items import Item, Items
from solver.jobs.records.ledger import Ledger
from solver.options import Options
from solver.storage.folders import claimed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from solver.jobs.workers.pool import Pool
    from solver.jobs.workers.task import Ended, Task, Work


@dataclass(frozen=True)
class Numbered:
    """A job of items that differ by a change alone; some may be the same."""

    count: int
    same: int = 0

    @property
    def is_varied(self) -> bool:
        """They have a base, as far as keys are concerned."""
        return True

    def __len__(self) -> int:
        return self.count

    def described(self) -> list[Any]:
        """Say what they are."""
        return ["numbered", self.count]

    def item(self, place: int) -> Item:
        """Return an item; those beyond the different ones repeat the first."""
        number = 1 if self.same and place >= self.count - self.same else place + 1
        return Item("nowhere", changes=(f"legs.cost *= {number}",))


class ByWords:
    """Keys made of an item's words."""

    def of(self, item: Item, *, is_varied: bool) -> tuple[str, str]:  # noqa: ARG002
        """Return the key of an item."""
        return "+".join(item.changes), ""


class Here:
    """A pool that does a task when it is asked how it ended."""

    def __init__(self, function: Work) -> None:
        self._function = function
        self._tasks: list[Task] = []

    @property
    def free(self) -> int:
        """One place."""
        return 1 - len(self._tasks)

    def submit(self, task: Task) -> None:
        """Remember a task."""
        self._tasks.append(task)

    def ended(self, seconds: float) -> list[Ended]:  # noqa: ARG002
        """Do what is remembered."""
        done = [self._function(task) for task in self._tasks]
        self._tasks.clear()
        return done

    def stop(self, *, at_once: bool) -> None:
        """Stop nothing: there is nothing."""


@dataclass
class Told:
    """What a batch told."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, event: str, **rest: Any) -> None:
        """Keep an event."""
        self.events.append((event, rest))

    def count(self, event: str) -> int:
        """Return how often an event was told."""
        return sum(name == event for name, _ in self.events)


def run_small(
    folder: Path,
    pool: Callable[[], Pool],
    *,
    items: Items | None = None,
    tell: Callable[..., None] | None = None,
    stops: Callable[[], int] = lambda: 0,
    numbers: Sequence[int] | None = None,
    **order: Any,
) -> dict[str, int]:
    """Run a batch of numbered items; return how many there are of each state."""
    items = items or Items([Numbered(6)])
    options = Options(time_limit=order.pop("time_limit", 60.0))
    with (
        claimed(folder, lambda path: {each.name for each in path.iterdir()}),
        Ledger(folder, writable=True) as ledger,
    ):
        plan = ItemOrder(folder=folder, options=options, **order)
        keys: Any = ByWords()
        Batch(plan, items, keys, ledger, pool(), tell or Told(), stops).run(numbers)
        return ledger.counts()
