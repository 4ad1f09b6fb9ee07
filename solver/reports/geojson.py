"""Flows for a geographic information system: legs as lines, nodes as points.

References
----------
Butler, H. et al. (2016). The GeoJSON format. RFC 7946.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.problem.waypoints import waypoints
from solver.reports.page.cargo import cargo_of
from solver.reports.page.source import labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.problem.instance import Instance
    from solver.reports.page.cargo import PageCargo
    from solver.reports.page.source import PageSource

    Place = tuple[float, float]
    """Longitude and latitude."""

_HALF_TURN = 180.0


def geojson(sources: Sequence[PageSource]) -> bytes:
    """Return the flows of some results as one GeoJSON document.

    Parameters
    ----------
    sources : sequence of PageSource
        One result or several; each feature names its own as `result`.

    Returns
    -------
    bytes
        A feature for each leg and corridor that carries something, and one for each
        node that sees cargo. Where coordinates are missing the geometry is null.
    """
    features = [
        feature
        for source, label in zip(sources, labels(sources), strict=True)
        for feature in _features(source, label)
    ]
    document = {"type": "FeatureCollection", "features": features}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _features(source: PageSource, label: str) -> Iterator[dict[str, Any]]:
    cargo = cargo_of(source)
    if cargo is None:
        return
    yield from _leg_features(source.instance, cargo, label)
    yield from _node_features(source.instance, cargo, label)


def _leg_features(
    instance: Instance, cargo: PageCargo, label: str
) -> Iterator[dict[str, Any]]:
    table, places = instance.legs, _places(instance)
    legs, corridors, quantity = cargo.by_strand()
    for leg, corridor, by_group in zip(
        legs.tolist(), corridors.tolist(), quantity, strict=True
    ):
        ends = places[cargo.tail[leg]], places[cargo.head[leg]]
        path = waypoints(table["path"][leg])
        between = [(longitude, latitude) for latitude, longitude in path]
        properties = {
            "result": label,
            "leg": table["leg"][leg],
            "from": table["from"][leg],
            "to": table["to"][leg],
            "mode": table["mode"][leg],
            "corridor": cargo.corridors[corridor],
            "quantity": _number(by_group.sum()),
            "capacity": _number(table["capacity"][leg]),
            "unit": instance.units.quantity,
        }
        yield _feature(_line(ends[0], between, ends[1]), properties)


def _node_features(
    instance: Instance, cargo: PageCargo, label: str
) -> Iterator[dict[str, Any]]:
    table, places = instance.nodes, _places(instance)
    seen = cargo.through(len(table))
    for row in np.flatnonzero(seen > 0).tolist():
        place = places[row]
        geometry = None if place is None else {"type": "Point", "coordinates": place}
        properties = {
            "result": label,
            "node": table["node"][row],
            "name": table["name"][row],
            "kind": table["kind"][row],
            "country": table["country"][row],
            "quantity": _number(seen[row]),
            "capacity": _number(table["capacity"][row]),
            "unit": instance.units.quantity,
        }
        yield _feature(geometry, properties)


def _feature(
    geometry: dict[str, Any] | None, properties: dict[str, Any]
) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _places(instance: Instance) -> list[Place | None]:
    nodes = instance.nodes
    pairs = zip(nodes["longitude"].tolist(), nodes["latitude"].tolist(), strict=True)
    return [place if np.isfinite(place).all() else None for place in pairs]


def _number(value: float) -> float | int | None:
    if np.isnan(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def _line(
    start: Place | None, between: Sequence[Place], end: Place | None
) -> dict[str, Any] | None:
    """Return a line, cut where it crosses the 180th meridian."""
    if start is None or end is None:
        return None
    parts: list[list[Place]] = [[start]]
    for place in (*between, end):
        before = parts[-1][-1]
        if abs(place[0] - before[0]) > _HALF_TURN:
            edge = float(np.copysign(_HALF_TURN, before[0]))
            latitude = _crossing(before, place, edge)
            parts[-1].append((edge, latitude))
            parts.append([(-edge, latitude)])
        parts[-1].append(place)
    if len(parts) == 1:
        return {"type": "LineString", "coordinates": parts[0]}
    return {"type": "MultiLineString", "coordinates": parts}


def _crossing(before: Place, after: Place, edge: float) -> float:
    """Return the latitude at which a stretch meets the 180th meridian."""
    unrolled = after[0] + np.copysign(2 * _HALF_TURN, edge)
    span = unrolled - before[0]
    part = (edge - before[0]) / span if span else 0.0
    return round(float(before[1] + part * (after[1] - before[1])), 6)
