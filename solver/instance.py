"""What a problem is: its tables, their columns and units, and its rules.

Each table is defined by one pydantic model, whose fields are its columns. The
models are the single definition: loaders derive the checks of whole columns from
them, and the format page and the JSON Schema are generated from them. In memory a
table is a `Table`: one numpy array for each column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

ANY = "*"
"""In a tariff's `node`: every node."""

NO_CORRIDOR = "none"
"""Name, in shares and reports, of cargo that uses no corridor."""

LAST_RESORT = "last resort"
"""Word for an unmet cost: serve this demand before money is counted (firm)."""

ABSURD = 1e15
"""Numbers of this size and more are refused: no tonne, cost or distance has it."""


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


class _Strict(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


class Row(_Strict):
    """Columns that every table may have."""

    note: str = ""
    """Remark for the reader; not used."""
    source: str = ""
    """Where the row's figures come from; not used."""


class NodeRow(Row):
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


class LegRow(Row):
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


class DemandRow(Row):
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
        float | Literal["last resort"] | None,
        Column(unit="money/quantity"),
    ] = None
    """Money per unit left unmet (priced), or `last resort` (firm); blank: as the
    instance says."""
    max_days: Annotated[float | None, Column(unit="days"), Field(ge=0)] = None
    """Longest time from origin to market; blank: no limit."""
    priority: int | None = Field(default=None, ge=1)
    """Class among firm demand: 1 is served first, blank last."""


class ProductRow(Row):
    """What is carried."""

    product: str = Field(min_length=1)
    """Name."""
    group: str = ""
    """Group that rules and tariffs may select."""
    value: Annotated[float | None, Column(unit="money/quantity"), Field(ge=0)] = None
    """Money per unit; needed by rules weighed by value."""
    time_value: Annotated[float, Column(unit="money/quantity/days"), Field(ge=0)] = 0.0
    """Money per unit and day on the way."""


class TariffRow(Row):
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


class RouteRow(Row):
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


class CapacityRow(Row):
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


DEFINITIONS: dict[str, type[Row]] = {
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
    the definition is present. `unmet_cost` of demand is float64 with `inf` for the
    last resort; its blanks are filled with the instance's default.

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


RuleKey = Literal["product", "group", "origin", "market", "period"]
By = Literal["corridor", "country", "port", "node", "mode", "tag", "leg"]


class TopShare(_Strict):
    """A bound on what the largest values carry together."""

    k: int = Field(ge=1)
    """How many of the largest."""
    share: float
    """Their largest share together, from 0 to 1."""


class Reference(_Strict):
    """What a value carried in a scope before, in (weighted) quantity."""

    scope: dict[RuleKey, str] = Field(default_factory=dict)
    """Values of the rule's `for_each` keys."""
    period: str
    """Period, or `all` for a rule over all periods."""
    value: str
    """Value of the rule's `by`."""
    quantity: float = Field(ge=0)
    """Weighted quantity it carried."""


class Change(_Strict):
    """A bound on half the sum of all changes of quantity by value, as cargo moves.

    What each value carries now is compared, scope by scope, with what it carried then.
    The earlier result counts on its own network, with its own product values, in
    today's units. Periods go by name: where they have other names now, give the rule
    `over = "all"`. What no row of `reference` names carried nothing.
    """

    share: float | None = Field(default=None, ge=0)
    """Largest change, as a share of what is carried in the scope or, with
    `of = "demand"`, of its demand."""
    quantity: float | None = Field(default=None, ge=0)
    """Largest change, in (weighted) quantity; this or `share`."""
    from_: str = Field(default="", alias="from")
    """Folder of an earlier result, seen from the folder of the instance (or of its
    document)."""
    reference: tuple[Reference, ...] | None = None
    """What is compared with, row by row; filled from `from` where that is given."""


class Rule(_Strict):
    """A bound on how much a scope's cargo may depend on single values.

    A route counts for a value once if any of its legs or nodes carries it; for
    `country` the countries of the route's own two ends do not count.
    """

    name: str = Field(min_length=1)
    """Name, unique among rules; blank in a file: `rule 1`, `rule 2`, ..."""
    by: By
    """What shares are counted of: `corridor`, `country`, `port`, `node`, `mode`, `tag`
    or `leg`."""
    where: dict[RuleKey, tuple[str, ...]] = Field(default_factory=dict)
    """Cargo it covers: lists of names by `product`, `group`, `origin`, `market` or
    `period`; empty: all."""
    for_each: tuple[RuleKey, ...] = ()
    """One rule for each combination, found in the demand, of these keys of `where`."""
    max_share: float | dict[str, float] | None = None
    """Largest share, from 0 to 1: one number for every value (`none`, cargo without a
    corridor, included), or one for each named value, `{ northern = 0.5 }`."""
    min_share: float | dict[str, float] | None = None
    """Least share, likewise; one number is for every value but `none`."""
    max_hhi: float | None = None
    """Largest Herfindahl-Hirschman index, the sum of squared shares: from 0 to 1, or
    above 1 on the scale to 10,000. Only by corridor, as shares must sum to 1. One that
    the corridors open to the cargo are too few for is refused, unless it has a
    penalty."""
    min_effective: float | None = None
    """Least effective number of corridors, 1 / HHI (to 15 digits). Only by corridor."""
    max_top: TopShare | None = None
    """Largest share of the `k` largest together, `{ k = 2, share = 0.9 }`. Only by
    corridor."""
    max_change: Change | None = None
    """Largest change against an earlier result, half the sum over values of what they
    gain or lose: `{ share = 0.1, from = "../results/2024" }`, or `quantity`."""
    of: Literal["carried", "demand"] = "carried"
    """Share of what is `carried` in the scope, or of its `demand`."""
    over: Literal["period", "all"] = "period"
    """Each `period` apart, or `all` periods together."""
    weight: Literal["quantity", "value"] = "quantity"
    """What is summed: `quantity`, or `value`: quantity times the product's value."""
    penalty: float | None = Field(default=None, ge=0)
    """Blank: the rule holds. Otherwise it may be broken for money: per unit of
    (weighted) quantity above the limit; for `max_hhi` and `min_effective` per 0.01 of
    HHI above it, in proportion to the part of the scope's demand that is carried."""


class Units(_Strict):
    """Units that all numbers are converted to and printed in."""

    quantity: str = "t"
    """Unit of quantity."""
    money: str = "USD"
    """Currency; never converted."""
    distance: str = "km"
    """Unit of distance."""


@dataclass(frozen=True, slots=True, eq=False)
class Shipments:
    """Demand by period: one entry for each row with a quantity and period it names.

    Entries stand in the order of the demand rows, and for each row in the order
    of the periods. All arrays have shape (shipments,).

    Parameters
    ----------
    demand, period : ndarray of int
        Row of the demand table, and index into the instance's periods.
    quantity : ndarray of float
        In the instance's unit of quantity.
    """

    demand: NDArray[np.int64]
    period: NDArray[np.int64]
    quantity: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.demand)


class Instance(_Strict):
    """One problem, complete: every node, leg name and product stands in its table."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = ""
    """Name for people; default the folder's."""
    description: str = ""
    """Remark for the reader."""
    source: str = ""
    """Where the instance comes from."""
    units: Units = Units()
    """Units of all numbers."""
    periods: tuple[str, ...] = ("all year",)
    """Periods; independent of each other."""
    unmet_cost: float | Literal["last resort"] = "last resort"
    """Default for demand rows: `last resort` (firm) or money per unit (priced)."""
    emission_price: float = Field(default=0.0, ge=0)
    """Money per kg CO2e."""
    currency_year: int | None = None
    """Year of the prices."""
    diversification: tuple[Rule, ...] = ()
    """Rules on shares, concentration and change, by corridor, country, port, mode, tag
    and more."""
    scenarios: tuple[str, ...] = ()
    """Scenarios already applied, in order."""
    nodes: Table
    """`NodeRow`."""
    legs: Table
    """`LegRow`."""
    demand: Table
    """`DemandRow`."""
    products: Table
    """`ProductRow`."""
    tariffs: Table
    """`TariffRow`."""
    routes: Table
    """`RouteRow`."""
    capacities: Table
    """`CapacityRow`."""

    @cached_property
    def shipments(self) -> Shipments:
        """Demand by period; rows of quantity 0 ask for nothing, and have none."""
        named, quantity = self.demand["period"], self.demand["quantity"].astype(float)
        index = {period: number for number, period in enumerate(self.periods)}
        every = named == ""
        counts = np.where(every, len(self.periods), 1) * (quantity > 0)
        demand = np.repeat(np.arange(len(named)), counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        period = np.arange(len(demand)) - first
        single = np.flatnonzero(~every & (quantity > 0))
        place = np.cumsum(counts) - counts
        period[place[single]] = [index[named[row]] for row in single]
        return Shipments(demand=demand, period=period, quantity=quantity[demand])


@lru_cache(maxsize=10_000)
def split_names(cell: str) -> tuple[str, ...]:
    """Names of a cell that joins several by `|`, blanks around them removed."""
    return tuple(name for part in cell.split("|") if (name := part.strip()))
