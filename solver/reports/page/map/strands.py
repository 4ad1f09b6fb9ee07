"""Strands: what a leg carries on a corridor, as a line as wide as its quantity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.problem.waypoints import waypoints
from solver.reports.page.map.lines import LegLines, is_sea
from solver.reports.page.text import chained, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats
    from solver.problem.instance import Instance
    from solver.reports.page.cargo import PageCargo
    from solver.reports.page.map.nodes import Nodes


@dataclass(frozen=True, slots=True, eq=False)
class Strand:
    """What one leg carries on one corridor.

    Parameters
    ----------
    leg : int
        Row of the legs.
    by_group : ndarray of float, shape (groups,)
        Quantity of each group of cargo.
    ends : tuple of int
        Numbers of its nodes.
    sea : bool
        Whether it goes over water.
    text : str
        What it is, without its quantity.
    """

    leg: int
    corridor: str
    by_group: Floats
    ends: tuple[int, int]
    sea: bool
    text: str

    @property
    def quantity(self) -> float:
        """Quantity of all cargo."""
        return float(self.by_group.sum())


def strands_of(instance: Instance, cargo: PageCargo, nodes: Nodes) -> list[Strand]:
    """Return the strands whose two nodes have coordinates, the largest first."""
    legs, corridors, table = cargo.by_strand()
    names = instance.nodes["node"]
    order = np.lexsort((legs, -table.sum(axis=1)))
    strands = []
    for row in order.tolist():
        leg = int(legs[row])
        ends = [nodes.index.get(names[end[leg]]) for end in (cargo.tail, cargo.head)]
        if ends[0] is None or ends[1] is None:
            continue
        mode, corridor = instance.legs["mode"][leg], cargo.corridors[corridors[row]]
        said = [chained([nodes.names[ends[0]], nodes.names[ends[1]]])]
        said += [shown(mode)] if mode else []
        strands.append(
            Strand(
                leg=leg,
                corridor=corridor,
                by_group=table[row],
                ends=(ends[0], ends[1]),
                sea=is_sea(mode),
                text=", ".join([*said, shown(corridor)]),
            )
        )
    return strands


def lines_of(
    instance: Instance, strands: Sequence[Strand], places: Floats, lines: LegLines
) -> dict[int, Floats]:
    """Return the line of each leg, from its first node to its last."""
    found: dict[int, Floats] = {}
    at_sea = {}
    paths = instance.legs["path"]
    for strand in strands:
        start, end = places[list(strand.ends)]
        path = waypoints(paths[strand.leg])
        if path:
            found[strand.leg] = lines.along(start, path, end)
        elif strand.sea:
            at_sea[strand.leg] = start, end
        else:
            found[strand.leg] = np.array([start, end])
    return found | lines.at_sea(at_sea)


def offsets(strands: Sequence[Strand], widths: Floats) -> Floats:
    """Return how far each strand stands to the right of its leg's line.

    Strands between the same two nodes stand side by side, those that go one way to
    their right of those that come back.
    """
    pairs: dict[tuple[int, int], list[int]] = {}
    for number, strand in enumerate(strands):
        first, last = sorted(strand.ends)
        pairs.setdefault((first, last), []).append(number)
    moved = np.zeros(len(strands))
    for (first, _), members in pairs.items():
        forward = [n for n in members if strands[n].ends[0] == first]
        back = [n for n in members if strands[n].ends[0] != first]
        position = -widths[members].sum() / 2
        # Seen along first to last: what comes back is on the left, mirrored.
        for number in [*back, *forward]:
            middle = position + widths[number] / 2
            moved[number] = middle if number in forward else -middle
            position += widths[number]
    return moved
