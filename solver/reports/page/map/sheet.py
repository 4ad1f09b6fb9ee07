"""The maps of a page, on one stage, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.reports.page.map.nodes import nodes_of
from solver.reports.page.map.picture import map_of
from solver.reports.page.map.stage import stage_of
from solver.reports.page.text import cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.reports.page.cargo import PageCargo
    from solver.reports.page.map.nodes import Nodes
    from solver.reports.page.map.picture import Drawing, Map
    from solver.reports.page.map.stage import Looks
    from solver.reports.page.source import PageSource
    from solver.reports.page.text import TextScale

_LEAST = 2
_NO_PLACES = "There is no map: the table of nodes gives no latitudes and longitudes."
_SIGNS = {
    "head": "direction",
    "sea": "by sea",
    "node": "place at its limit",
    "leg": "leg at its limit",
    "priced": "yellow: with a shadow price",
    "unmet": "demand from or to here stays unmet",
    "beyond": "place beyond the edge",
}
_OUTLINES = (
    "Outlines: Natural Earth, public domain; they are no statement on any border."
)


@dataclass(frozen=True, slots=True)
class PageMap:
    """A map with what stands around it.

    Parameters
    ----------
    whole, detail : Drawing
        The map, and its crowded part if there is one.
    groups : tuple of str
        Groups of cargo that can be chosen.
    corridors : list of (str, str)
        Corridors on the map, each with the class of its colour.
    keys : list of (str, str)
        Signs on the map, each with what it means.
    caption : str
        How to read it, and what is not on it.
    data : dict
        What the script needs to choose cargo and corridors.
    """

    whole: Drawing
    detail: Drawing | None
    groups: tuple[str, ...]
    corridors: list[tuple[str, str]]
    keys: list[tuple[str, str]]
    caption: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MapSheet:
    """Maps by result, or why one has none, and the outlines they share."""

    maps: tuple[PageMap | str, ...]
    land: Mapping[str, Any]
    per_pixel: float


def map_sheet(
    sources: Sequence[PageSource],
    cargos: Sequence[PageCargo | None],
    scales: Sequence[TextScale],
    looks: Looks,
) -> MapSheet:
    """Return the maps of some results.

    Parameters
    ----------
    sources, cargos : sequences of equal length
        The results, and their flows where they have a plan.
    scales : sequence of TextScale
        Unit of each result's quantities.
    looks : Looks
        How all of them look.
    """
    drawn = [number for number, cargo in enumerate(cargos) if cargo is not None]
    flows = [cargo for cargo in cargos if cargo is not None]
    nodes = nodes_of([sources[number] for number in drawn], flows)
    maps: list[PageMap | str] = [_NO_PLACES] * len(sources)
    if len(nodes) < _LEAST:
        return MapSheet(tuple(maps), {}, 1.0)
    stage = stage_of([sources[number] for number in drawn], flows, nodes, looks)
    for place, number in enumerate(drawn):
        if stage.strands[place]:
            scale = scales[number]
            groups = flows[place].groups
            colours = looks.colours
            found = map_of(stage, place, sources[number], (groups, colours), scale)
            maps[number] = _page_map(found, flows[place], nodes, colours, scale)
    views = {"m": stage.whole} | ({"d": stage.detail} if stage.detail else {})
    return MapSheet(tuple(maps), views, stage.per_pixel)


def _page_map(
    found: Map,
    cargo: PageCargo,
    nodes: Nodes,
    colours: Mapping[str, str],
    scale: TextScale,
) -> PageMap:
    return PageMap(
        whole=found.whole,
        detail=found.detail,
        groups=tuple(map(cut, cargo.groups)) if len(cargo.groups) > 1 else (),
        corridors=[(cut(name), colours[name]) for name in cargo.corridors],
        keys=[(sign, _SIGNS[sign]) for sign in _SIGNS if sign in _signs(found)],
        caption=_caption(found, nodes),
        data={
            "unit": scale.unit,
            "size": scale.size,
            "strands": found.by_group,
            "legs": found.legs,
            "ends": found.ends,
        },
    )


def _signs(found: Map) -> set[str]:
    """Return which signs stand on a map."""
    map_ = found.whole
    kinds = {dot.kind for dot in map_.dots}
    wanted = {
        "head": True,
        "sea": any(strand.sea for strand in map_.strands),
        "node": bool(kinds & {"full", "priced"}),
        "leg": bool(map_.diamonds),
        "priced": "priced" in kinds or any(one.priced for one in map_.diamonds),
        "unmet": bool(map_.crosses),
        "beyond": "beyond" in kinds,
    }
    return {sign for sign, is_there in wanted.items() if is_there}


def _caption(found: Map, nodes: Nodes) -> str:
    parts = [
        "A line is as wide as what it carries (scale in the corner), corridors side "
        "by side, each way on its right; the smallest are widened to be seen."
    ]
    if any(strand.sea for strand in found.whole.strands):
        parts.append("Sea legs show where cargo goes, not the lanes that ships take.")
    if found.left_out:
        parts.append(f"The {found.left_out:,} smallest flows are left out.")
    if nodes.missing:
        count = f"{len(nodes.missing):,}"
        parts.append(f"{count} nodes have no coordinates; their legs are left out.")
    if found.unnamed:
        parts.append(
            f"{found.unnamed:,} places have no room for their name: it shows when "
            "they are pointed at."
        )
    return " ".join([*parts, _OUTLINES])
