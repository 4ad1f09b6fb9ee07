"""What is sent to a worker, and what comes back: small, picklable, without tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from solver.jobs.questions.items import Item
    from solver.options import Options

Keep = Literal["summary", "tables", "all"]
"""What of a result is kept: its summary, its tables too, or every file."""

Outcome = Literal["done", "failed", "died", "timeout", "unstarted", "unwritable"]
"""How a task ended: with a result, without; its worker died, was ended for taking too
long, never began, or could not write."""


@dataclass(frozen=True, slots=True)
class Task:
    """An item to be solved.

    Parameters
    ----------
    number : int
        Number of the item.
    is_varied : bool
        Whether it is one of a sweep, whose items start from a common base.
    base_sha256 : str
        Hash of that base; blank: of an instance alone, nobody has looked yet.
    folder : str
        Folder of the batch.
    options : Options
        How it is solved; its time limit is that of the item.
    keep : str
        What of the result is kept.
    memory_limit : int
        Megabytes, as reasons tell them.
    root : str
        Folder that the path of the instance is seen from.
    """

    number: int
    key: str
    item: Item
    is_varied: bool
    base_sha256: str
    folder: str
    options: Options
    keep: Keep
    memory_limit: int
    root: str = ""

    @property
    def path(self) -> Path:
        """Path of the instance."""
        return Path(self.root) / self.item.instance


@dataclass(frozen=True, slots=True)
class Ended:
    """How a task ended.

    Parameters
    ----------
    number : int
        Number of the item.
    outcome : str
        See `Outcome`.
    exit_code : int or None
        That of a command that ends so.
    reason : str
        Why there is no result.
    seconds : float or None
        What it took.
    summary : dict or None
        Its row of the summary.
    sha256 : str or None
        Hash of its ``summary.json``.
    base : dict or None
        Cost and unmet quantity of what the item started from.
    """

    number: int
    outcome: Outcome
    exit_code: int | None = None
    reason: str = ""
    seconds: float | None = None
    summary: Mapping[str, Any] | None = None
    sha256: str | None = None
    base: Mapping[str, float] | None = None


if TYPE_CHECKING:
    Work = Callable[[Task], Ended]
