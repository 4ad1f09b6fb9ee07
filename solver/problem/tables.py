"""The tables of an instance: their rows and columns, each with what it means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

ANY = "*"
"""In a tariff's `node`: every node."""


NO_CORRIDOR = "none"
"""Name, in shares and reports, of cargo that uses no corridor."""


FIRM = "firm"
"""Word for an unmet cost: serve this demand before money is counted."""


FIRM_WORDS = (FIRM, "last resort")
"""The word and the older one, which files may still hold."""


ABSURD = 1e15
"""Numbers of this size and more are refused: no tonne, cost or distance has it."""


TINIEST = 1e-30
"""Smaller numbers than this, 0 apart, are refused: they are what rounding left."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column's type alone does not say.

    Parameters
    ----------
    unit : str
        Kind of unit: ``quantity``, ``money``, ``distance``, ``days``,
        ``emissions``, or a quotient of them such as ``money/quantity``.
    split : bool
        The cell holds several names joined by ``|``.
    refers : str
        What the names refer to: ``nodes``, ``legs``, ``routes``, ``products``,
        ``places`` (node or node_group), ``periods``, ...
    """

    unit: str = ""
    split: bool = False
    refers: str = ""


class StrictModel(BaseModel):
    """A part of an instance: frozen, and without unknown keys.

    What its fields mean stands below them (`descriptions`); what checks values is built
    when the first is checked.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        defer_build=True,
    )


class InputRow(StrictModel):
    """Columns that every table may have."""

    note: str = ""
    """Remark for the reader; not used."""
    source: str = ""
    """Where the row's figures come from; not used."""


class NodeRow(InputRow):
    """A place: any node may play any role in a demand."""

    node: str = Field(min_length=1)
    """Name, unique among nodes and node groups."""
    name: str = ""
    """Name for people."""
    kind: Literal["origin", "junction", "border", "port", "market", "terminal"] = (
        "junction"
    )
    """What the place is; only `port` has an effect (rules by port)."""
    country: Annotated[str, Column(split=True)] = ""
    """Country; several joined by `|` for a border."""
    node_group: str = ""
    """Group that demands may name as origin or market."""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    """Degrees north."""
    longitude: float | None = Field(default=None, ge=-180, le=180)
    """Degrees east."""
    capacity: Annotated[float | None, Column(unit="quantity"), Field(ge=0)] = None
    """All that starts, ends or passes here, per period; blank: unlimited, 0: closed."""
    cost: Annotated[float, Column(unit="money/quantity"), Field(ge=0)] = 0.0
    """Handling per unit at each visit, ends included."""
    days: Annotated[float, Column(unit="days"), Field(ge=0)] = 0.0
    """Dwell at each visit, ends included."""


class LegRow(InputRow):
    """One movement by one mode from one node to another."""

    leg: str = ""
    """Name; blank: `from>to`, or `from>to:mode` if there are several."""
    from_: Annotated[str, Column(refers="nodes")] = Field(alias="from", min_length=1)
    """Node where it starts."""
    to: Annotated[str, Column(refers="nodes")] = Field(min_length=1)
    """Node where it ends."""
    mode: str = ""
    """Mode, such as rail, road, sea."""
    corridor: str = ""
    """Corridor it belongs to; blank: usable by routes of every corridor."""
    country: Annotated[str, Column(split=True)] = ""
    """Countries crossed, besides those of its two ends."""
    tags: Annotated[str, Column(split=True)] = ""
    """Anything else it carries: strait, gauge, operator, branch of a corridor."""
    distance: Annotated[float | None, Column(unit="distance"), Field(ge=0)] = None
    """Length; needed where tariffs give its cost."""
    capacity: Annotated[float | None, Column(unit="quantity"), Field(ge=0)] = None
    """Limit per period; blank: unlimited, 0: closed."""
    cost: Annotated[float | None, Column(unit="money/quantity"), Field(ge=0)] = None
    """Cost per unit before factors and surcharges; blank: by `cost_per_km`."""
    days: Annotated[float, Column(unit="days"), Field(ge=0)] = 0.0
    """Transit time."""
    emissions: Annotated[float, Column(unit="emissions/quantity"), Field(ge=0)] = 0.0
    """kg CO2e per unit."""
    path: str = ""
    """Places that its line passes on a map, `lat lon; lat lon`; not used otherwise."""


class DemandRow(InputRow):
    """A quantity of a product from an origin to a market in a period."""

    demand: str = ""
    """Name of the order, for people; blank: none. Rows may be equal."""
    product: Annotated[str, Column(refers="products")] = Field(min_length=1)
    """What is carried."""
    origin: Annotated[str, Column(refers="places")] = Field(min_length=1)
    """Node or node_group where it starts."""
    market: Annotated[str, Column(refers="places")] = Field(min_length=1)
    """Node or node_group where it ends."""
    quantity: Annotated[float, Column(unit="quantity"), Field(ge=0)]
    """How much, in each period it names."""
    period: Annotated[str, Column(refers="periods")] = ""
    """Period; blank: every period."""
    unmet_cost: Annotated[
        float | Literal["firm", "last resort"] | None,
        Column(unit="money/quantity"),
    ] = None
    """Money per unit left unmet (priced), or `firm`, once `last resort`; blank: as the
    instance says."""
    max_days: Annotated[float | None, Column(unit="days"), Field(ge=0)] = None
    """Longest time from origin to market; blank: no limit."""
    priority: int | None = Field(default=None, ge=1)
    """Class among firm demand: 1 is served first, blank last."""


class ProductRow(InputRow):
    """What is carried."""

    product: str = Field(min_length=1)
    """Name."""
    group: str = ""
    """Group that rules and tariffs may select."""
    value: Annotated[float | None, Column(unit="money/quantity"), Field(ge=0)] = None
    """Money per unit; needed by rules weighed by value."""
    time_value: Annotated[float, Column(unit="money/quantity/days"), Field(ge=0)] = 0.0
    """Money per unit and day on the way."""


class TariffRow(InputRow):
    """What selected legs and through rates (or, with `node`, handling) cost or add."""

    product: Annotated[str, Column(split=True, refers="products")] = ""
    """Products it acts on; blank: any."""
    group: Annotated[str, Column(split=True, refers="groups")] = ""
    """Product groups it acts on; blank: any."""
    mode: Annotated[str, Column(split=True, refers="modes")] = ""
    """Modes it acts on; blank: any."""
    country: Annotated[str, Column(split=True, refers="countries")] = ""
    """Countries it acts on, of a leg or its ends, or of the node; blank: any."""
    corridor: Annotated[str, Column(split=True, refers="corridors")] = ""
    """Corridors it acts on; blank: any."""
    tag: Annotated[str, Column(split=True, refers="tags")] = ""
    """Tags it acts on; blank: any."""
    leg: Annotated[str, Column(split=True, refers="legs")] = ""
    """Legs it acts on; blank: any."""
    route: Annotated[str, Column(split=True, refers="routes")] = ""
    """Named routes it acts on as a whole, once; blank: any. Of one without a through
    rate only a surcharge, or `closed`, acts."""
    node: Annotated[str, Column(split=True, refers="nodes")] = ""
    """Nodes whose handling it acts on, `*` for all; blank: it acts on legs."""
    cost_per_km: Annotated[
        float | None, Column(unit="money/quantity/distance"), Field(ge=0)
    ] = None
    """Cost per unit and distance of a leg that gives no cost itself."""
    factor: float | None = Field(default=None, ge=0)
    """Multiplies the cost; every matching factor does."""
    surcharge: Annotated[float | None, Column(unit="money/quantity")] = None
    """Added after all factors; every matching surcharge is."""
    closed: bool = False
    """Not usable for these products."""


class RouteRow(InputRow):
    """A chain of legs sold as one service, the whole way or a part of it."""

    route: str = Field(min_length=1)
    """Name, unique among routes and legs."""
    corridor: str = ""
    """Corridor; blank: that of its legs."""
    via: str = Field(min_length=1)
    """`A > B > C`, or leg names `L1 > L2` where nodes are not unique."""
    capacity: Annotated[float | None, Column(unit="quantity"), Field(ge=0)] = None
    """Limit per period; blank: unlimited, 0: closed."""
    cost: Annotated[float | None, Column(unit="money/quantity"), Field(ge=0)] = None
    """Through rate: replaces what its legs and inner nodes cost, before tariffs act on
    it as on a leg that has what any of its legs has; blank: the sum."""
    days: Annotated[float | None, Column(unit="days"), Field(ge=0)] = None
    """Time, likewise; blank: the sum."""


class CapacityRow(InputRow):
    """A limit on several legs, nodes and named routes together."""

    capacity: str = Field(min_length=1)
    """Name."""
    legs: Annotated[str, Column(split=True, refers="legs")] = ""
    """Legs it counts."""
    nodes: Annotated[str, Column(split=True, refers="nodes")] = ""
    """Nodes it counts: all that starts, ends or passes."""
    routes: Annotated[str, Column(split=True, refers="routes")] = ""
    """Named routes it counts."""
    product: Annotated[str, Column(split=True, refers="products")] = ""
    """Products it counts; blank: all."""
    group: Annotated[str, Column(split=True, refers="groups")] = ""
    """Product groups it counts; blank: all."""
    period: Annotated[str, Column(split=True, refers="periods or all")] = ""
    """Periods it limits; blank: each period apart, `all`: their sum."""
    quantity: Annotated[float, Column(unit="quantity"), Field(ge=0)]
    """The limit; passing two selected elements counts twice."""


DEFINITIONS: dict[str, type[InputRow]] = {
    "nodes": NodeRow,
    "legs": LegRow,
    "demand": DemandRow,
    "products": ProductRow,
    "tariffs": TariffRow,
    "routes": RouteRow,
    "capacities": CapacityRow,
}
"""The tables of an instance, in the order they are written."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of one table, as one array a column.

    Text columns are object arrays of str (blank: ""), numbers float64 (blank
    where the definition's default is None: NaN), `closed` is bool. Every column of
    the definition is present. `unmet_cost` of demand is float64 with `inf` for
    firm demand; its blanks are filled with the instance's default.

    Parameters
    ----------
    columns : dict of str to ndarray, each of shape (rows,)
        The columns in the order of the definition (`from`, not `from_`).
    files : tuple of str
        Files the rows came from.
    file_of, lines : ndarray of int, shape (rows,)
        For each row its file, as an index into `files`, and its line there.
    """

    columns: dict[str, NDArray[Any]]
    files: tuple[str, ...]
    file_of: NDArray[np.int64]
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, column: str) -> NDArray[Any]:
        return self.columns[column]

    def place(self, row: int) -> tuple[str, int]:
        """File and line of a row."""
        return self.files[int(self.file_of[row])], int(self.lines[row])


@lru_cache(maxsize=10_000)
def split_names(cell: str) -> tuple[str, ...]:
    """Names of a cell that joins several by `|`, blanks around them removed."""
    return tuple(name for part in cell.split("|") if (name := part.strip()))
