"""Cheapest simple routes of single shipments, corridor by corridor, by labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.verification.bound.labels import NEVER, Arc, Labels, WalkTask
from solver.verification.bound.searches import shape_of
from solver.verification.exact.amounts import floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.verification.bound.scaled import Scaled
    from solver.verification.facts.marks import Marks


MOST_LABELS = 100_000
"""Labels of one search: what is found is a lower bound wherever it stops."""


@dataclass(frozen=True, slots=True, eq=False)
class _InCorridor:
    """Searches at some terms in one corridor, and in none."""

    labels: Labels
    marks: Marks


class CorridorSearches:
    """Searches of routes in one corridor after the other."""

    def __init__(self, scaled: Scaled) -> None:
        self.scaled, self.world = scaled, scaled.world
        self._known: dict[tuple[int, int, int], _InCorridor] = {}

    @property
    def looked_at(self) -> int:
        """Labels of all searches so far."""
        return sum(known.labels.looked_at for known in self._known.values())

    def costs(self, shipment: int, max_days: int | None, cutoff: int) -> Iterator[int]:
        """Yield the cost of a route in each corridor and between each pair of nodes."""
        scaled, cargo = self.scaled, self.world.cargo
        terms = scaled.terms[scaled.term[shipment]]
        for corridor, offset in enumerate(terms.offset):
            known = self._in_corridor(shipment, corridor)
            units = floor(offset, scaled.places)
            for start in cargo.places[int(cargo.origin[shipment])].tolist():
                if scaled.kinds[scaled.kind[shipment]].closed_start[start]:
                    continue
                for end in cargo.places[int(cargo.market[shipment])].tolist():
                    task = WalkTask(
                        start=start,
                        end=end,
                        cost=int(scaled.costs(int(scaled.kind[shipment]))[1][start]),
                        days=int(self.world.elements.times[1].units[start]),
                        touches=int(known.marks.at_node[start]),
                        preset=int(known.marks.preset[start] | known.marks.preset[end]),
                        max_days=max_days,
                        cutoff=cutoff - units,
                    )
                    found = known.labels.cheapest(task)
                    if found < NEVER:
                        cutoff = min(cutoff, found + units)
                        yield found + units

    def _in_corridor(self, shipment: int, corridor: int) -> _InCorridor:
        scaled, elements = self.scaled, self.world.elements
        kind, term = int(scaled.kind[shipment]), int(scaled.term[shipment])
        key = kind, term, corridor
        if key not in self._known:
            terms = scaled.terms[term]
            shape = shape_of(corridor, terms.offset, terms.touches)
            marks = shape.marks(elements)
            toll = shape.toll(terms.touches, scaled.places)
            numbers = shape.graph(elements).numbers
            usable = numbers[~scaled.kinds[kind].closed[numbers]].tolist()
            arcs = [self._arc(element, kind, marks) for element in usable]
            self._known[key] = _InCorridor(Labels(arcs, toll, MOST_LABELS), marks)
        return self._known[key]

    def _arc(self, element: int, kind: int, marks: Marks) -> Arc:
        elements = self.world.elements
        return Arc(
            tail=int(elements.tails[element]),
            head=int(elements.heads[element]),
            cost=int(self.scaled.costs(kind)[0][element]),
            days=int(elements.times[0].units[element]),
            touches=int(marks.on_element[element]),
            visits=sum(1 << node for node in elements.all[element].nodes[1:]),
        )
