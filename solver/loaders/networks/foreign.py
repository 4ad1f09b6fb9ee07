"""A network of another form on its way to a document, with what it has to leave out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

Cost = Literal["time", "length"]
"""What a leg costs: free-flow time or length, in the units of the network's files."""

PRODUCT = "trips"
"""What is carried: such networks know one kind of traffic."""


@dataclass(slots=True)
class ForeignNetwork:
    """What the files of a network say, in words of ours.

    Parameters
    ----------
    name : str
        Its name.
    cost : str
        What a leg costs.
    nodes, legs, demand : list of dict
        Rows of our tables.
    units : dict of str to str
        Units of the instance.
    lost : list of str
        What has no counterpart here.
    """

    name: str
    cost: Cost
    units: dict[str, str]
    nodes: list[dict[str, Any]] = field(default_factory=list)
    legs: list[dict[str, Any]] = field(default_factory=list)
    demand: list[dict[str, Any]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def keys(self) -> dict[str, Any]:
        """Return the keys of its document."""
        tables = {"nodes": self.nodes, "legs": self._named(), "demand": self.demand}
        told = f"Read from {self.name}; a leg costs its {_WORDS[self.cost]}."
        return {
            "name": self.name,
            "description": told,
            "units": self.units,
            **{name: rows for name, rows in tables.items() if rows},
        }

    def _named(self) -> list[dict[str, Any]]:
        """Legs, those between the same two nodes with a number in their names."""
        ends = [(leg["from"], leg["to"]) for leg in self.legs]
        counts, met = Counter(ends), Counter[tuple[str, str]]()
        named = []
        for leg, pair in zip(self.legs, ends, strict=True):
            met[pair] += 1
            name = f"{pair[0]}-{pair[1]}"
            number = f" ({met[pair]})" if counts[pair] > 1 else ""
            named.append({"leg": f"{name}{number}", **leg})
        return named


_WORDS = {"time": "free-flow time", "length": "length"}


def count_text(count: int, noun: str) -> str:
    """Return how many there are of a thing."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
