"""What a page is made from: verified results, each with its instance and a label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.problem.instance import Instance
    from solver.solution.solution import Result


FULL = 1 - 1e-9
"""Part of a limit from which on it is full."""


@dataclass(frozen=True, slots=True, eq=False)
class PageSource:
    """A result that was read back and verified.

    Parameters
    ----------
    folder : str
        Name of its folder.
    instance : Instance
        The instance as solved.
    result : Result
        Tables, plan, certificate and summary.
    checks : sequence of (str, str)
        What the verification checked, and what it found.
    """

    folder: str
    instance: Instance
    result: Result
    checks: Sequence[tuple[str, str]] = ()


def labels(sources: Sequence[PageSource]) -> list[str]:
    """Return a name for each result that no other one has: that of its folder."""
    seen: dict[str, int] = {}
    names = []
    for source in sources:
        seen[source.folder] = seen.get(source.folder, 0) + 1
        count = seen[source.folder]
        names.append(source.folder if count == 1 else f"{source.folder} ({count})")
    return names
