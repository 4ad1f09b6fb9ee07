"""Where things are: a country of origins, corridors out of it, markets around it.

Origins and junctions lie in one country. Each corridor is a band of nodes in one
direction, in stages: borders first, then junctions and further borders, last ports or
terminals. Markets lie beyond the ends of the corridors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.generation.names import place_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Floats, Ints
    from solver.generation.order import Order


_HOME_RADIUS, _BORDER_RADIUS, _END_RADIUS = 800.0, 1000.0, 2600.0


_MARKET_RADIUS = (2900.0, 4000.0)


_FLATTENED = 0.6
"""North to south over east to west: a continent that fits on the map."""


_MOST_STAGES = 8


_ENDS = ("port", "port", "terminal")
"""Kind of the last nodes of one corridor after the other."""


_MARKETS_PER_COUNTRY = 4


_MIDDLE_BORDER = 5
"""Corridors of as many stages cross a second border on the way."""


_LATITUDE, _LONGITUDE, _KM_PER_DEGREE = 48.0, 67.0, 111.0


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedNodes:
    """The nodes, in the order origins, junctions at home, corridors, markets.

    Parameters
    ----------
    names, countries : list of str
        Of each node; a border's two countries are joined by `|`.
    kind : ndarray of str, shape (nodes,)
        As in the table of nodes.
    x, y : ndarray of float, shape (nodes,)
        Kilometres east and north of the middle.
    corridor, stage : ndarray of int, shape (nodes,)
        Corridor of a node and its place on the way out; -1 elsewhere.
    """

    names: list[str]
    countries: list[str]
    kind: NDArray[np.str_]
    x: Floats
    y: Floats
    corridor: Ints
    stage: Ints

    def of_kind(self, *kinds: str) -> Ints:
        """Return the nodes of these kinds."""
        return np.flatnonzero(np.isin(self.kind, kinds))

    @property
    def home(self) -> Ints:
        """Junctions in the country of the origins."""
        return np.flatnonzero((self.kind == "junction") & (self.corridor < 0))

    @property
    def limited(self) -> Ints:
        """Borders, ports and terminals: the nodes that have a capacity."""
        return self.of_kind("border", "port", "terminal")

    def degrees(self) -> tuple[Floats, Floats]:
        """Return latitudes and longitudes."""
        width = _KM_PER_DEGREE * np.cos(np.radians(_LATITUDE))
        latitude = _LATITUDE + self.y / _KM_PER_DEGREE
        return latitude.round(2), (_LONGITUDE + self.x / width).round(2)


def draw_nodes(order: Order, rng: np.random.Generator) -> GeneratedNodes:
    """Return the nodes of an order."""
    corridor, stage, kind = _bands(order, rng)
    num_home = order.nodes - order.origins - order.markets - len(corridor)
    around = [order.origins, num_home, len(corridor), order.markets]
    none = [np.full(count, -1) for count in around]
    corridor_of = np.concatenate([none[0], none[1], corridor, none[3]])
    stage_of = np.concatenate([none[0], none[1], stage, none[3]])
    kinds = [
        *(["origin"] * order.origins + ["junction"] * num_home),
        *(*kind, *["market"] * order.markets),
    ]
    inside = _scattered(order.origins + num_home, rng)
    outside = _ring(order.markets, rng)
    points = np.concatenate([inside, _spread(corridor, stage, rng), outside])
    x, y = points.T
    angle = np.arctan2(y, x) % (2 * np.pi)
    return GeneratedNodes(
        names=_named(kinds, rng),
        countries=_countries(kinds, corridor_of, stage_of, angle, rng),
        kind=np.array(kinds),
        x=x,
        y=y * _FLATTENED,
        corridor=corridor_of,
        stage=stage_of,
    )


def _bands(order: Order, rng: np.random.Generator) -> tuple[Ints, Ints, list[str]]:
    """Corridor, stage and kind of the nodes between home and the markets."""
    between = order.nodes - order.origins - order.markets
    num_home = max(2, min(round(0.3 * between), between - 2 * order.corridors))
    shares = rng.dirichlet(np.full(order.corridors, 8.0))
    more = between - num_home - 2 * order.corridors
    sizes = 2 + rng.multinomial(more, shares)
    corridor = np.repeat(np.arange(order.corridors), sizes)
    stages = [_stages(size) for size in sizes.tolist()]
    kinds = [
        _kind(number, at.tolist(), int(at[-1])) for number, at in enumerate(stages)
    ]
    return corridor, np.concatenate(stages), [word for band in kinds for word in band]


def _stages(size: int) -> Ints:
    """Stage of each of a corridor's nodes: as many in each as can be."""
    count = int(np.clip(1 + round(1.3 * np.sqrt(size)), 2, min(size, _MOST_STAGES)))
    return np.arange(size) * count // size


def _kind(corridor: int, stages: list[int], last: int) -> list[str]:
    kind_of = {0: "border", last: _ENDS[corridor % len(_ENDS)]}
    if last + 1 >= _MIDDLE_BORDER:
        kind_of[(last + 1) // 2] = "border"
    return [kind_of.get(stage, "junction") for stage in stages]


def _scattered(count: int, rng: np.random.Generator) -> Floats:
    """Points at home, evenly over a disc."""
    radius = _HOME_RADIUS * np.sqrt(rng.random(count))
    return _polar(radius, 2 * np.pi * rng.random(count))


def _spread(corridor: Ints, stage: Ints, rng: np.random.Generator) -> Floats:
    """Points of the corridors, further out from stage to stage."""
    num_corridors = int(corridor.max()) + 1
    last = np.zeros(num_corridors, dtype=int)
    np.maximum.at(last, corridor, stage)
    along = stage / last[corridor]
    radius = _BORDER_RADIUS + (_END_RADIUS - _BORDER_RADIUS) * along
    radius *= rng.uniform(0.95, 1.05, len(radius))
    sector = 2 * np.pi / num_corridors
    aside = min(sector, 1.0) * 0.6 * (rng.random(len(corridor)) - 0.5)
    return _polar(radius, sector * corridor + aside)


def _ring(count: int, rng: np.random.Generator) -> Floats:
    """Points of the markets, all around."""
    return _polar(rng.uniform(*_MARKET_RADIUS, count), 2 * np.pi * rng.random(count))


def _polar(radius: Floats, angle: Floats) -> Floats:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _named(kinds: list[str], rng: np.random.Generator) -> list[str]:
    """Names, with a border's and a port's kind behind them."""
    plain = place_names(len(kinds), rng)
    told = {"border", "port", "terminal"}
    return [
        f"{name}_{kind}" if kind in told else name
        for name, kind in zip(plain, kinds, strict=True)
    ]


def _countries(
    kinds: list[str],
    corridor: Ints,
    stage: Ints,
    angle: Floats,
    rng: np.random.Generator,
) -> list[str]:
    """Country of each node: home, one or two on each corridor, those of markets."""
    num_corridors = int(corridor.max()) + 1
    num_far = 1 + kinds.count("market") // _MARKETS_PER_COUNTRY
    names = [f"{name}ia" for name in place_names(1 + 2 * num_corridors + num_far, rng)]
    home, far = names[0], names[1 + 2 * num_corridors :]
    sector = np.floor(angle / (2 * np.pi) * num_far).astype(int) % num_far
    second = _second_borders(kinds, corridor, stage, num_corridors)
    countries = []
    for node, kind in enumerate(kinds):
        way, at = int(corridor[node]), int(stage[node])
        near, beyond = names[1 + 2 * way], names[2 + 2 * way]
        if way < 0:
            countries.append(far[sector[node]] if kind == "market" else home)
        elif kind == "border":
            countries.append(f"{near}|{beyond}" if at else f"{home}|{near}")
        else:
            countries.append(near if at < second[way] else beyond)
    return countries


def _second_borders(
    kinds: list[str], corridor: Ints, stage: Ints, num_corridors: int
) -> list[int]:
    """Stage of each corridor's border between two foreign countries, if it has one."""
    found = [_MOST_STAGES] * num_corridors
    for node, kind in enumerate(kinds):
        if kind == "border" and stage[node] > 0:
            found[int(corridor[node])] = int(stage[node])
    return found
