"""What a page is made from: verified results, each with its instance and a label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.problem.instance import Instance
    from solver.solution.solution import Result


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

    @property
    def scenarios(self) -> str:
        """Scenarios applied, joined; blank for the instance itself."""
        return " + ".join(self.instance.scenarios)


def labels(sources: Sequence[PageSource]) -> list[str]:
    """Return a name for each result that no other one has.

    Scenarios name a result; where two have the same, their folders do.
    """
    names = [source.scenarios or "base" for source in sources]
    if len(set(names)) < len(names):
        names = [
            f"{name} ({source.folder})"
            for name, source in zip(names, sources, strict=True)
        ]
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return unique
