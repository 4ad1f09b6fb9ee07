"""What a problem is: its tables, their columns and units, and its rules.

Each table is defined by one pydantic model, whose fields are its columns. The
models are the single definition: loaders derive the checks of whole columns from
them, and the format page and the JSON Schema are generated from them. In memory a
table is a `Table`: one numpy array for each column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, field_validator

from solver.errors import UsageError
from solver.messages import shown
from solver.problem.rules import Rule
from solver.problem.tables import FIRM, FIRM_WORDS, StrictModel, Table


class Units(StrictModel):
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


class Instance(StrictModel):
    """One problem, complete: every node, leg name and product stands in its table."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = ""
    """Name for people; default the folder's."""
    description: str = ""
    """Remark for the reader."""
    source: str = ""
    """Where the instance comes from."""
    units: Units = Field(default_factory=Units)
    """Units of all numbers."""
    periods: tuple[str, ...] = ("all year",)
    """Periods; independent of each other."""
    unmet_cost: float | Literal["firm", "last resort"] = "firm"
    """Default for demand rows: `firm`, once `last resort`, or money per unit."""
    emission_price: float = Field(default=0.0, ge=0)
    """Money per kg CO2e."""
    currency_year: int | None = None
    """Year of the prices."""
    diversification: tuple[Rule, ...] = ()
    """Rules on shares, concentration and change, by corridor, country, port, mode, tag
    and more."""
    scenarios: tuple[str, ...] = ()
    """Scenarios already applied, in order."""
    changes: tuple[str, ...] = ()
    """Changes made after them, in order, each in one line as `--set` takes it."""
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

    @field_validator("unmet_cost")
    @classmethod
    def _in_one_word(cls, value: float | str) -> float | str:
        """Return the word of today for the one of older files."""
        return FIRM if value in FIRM_WORDS else value

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


def require_instance(given: object, call: str) -> None:
    """Refuse what is no instance, such as the path of one.

    Parameters
    ----------
    given : object
        What was given in its place.
    call : str
        Function that takes an instance.

    Raises
    ------
    UsageError
        It is something else; a path has to be loaded first.
    """
    if isinstance(given, Instance):
        return
    if isinstance(given, str | PathLike):
        path = str(given)
        remedy = f'load it first: keruen.{call}(keruen.load("{path}"))'
        message = f"{call} takes an instance, not the path {shown(path)}"
        raise UsageError(f"{message}; {remedy}")
    what = type(given).__name__
    remedy = "make one by keruen.load or keruen.Instance.from_tables"
    raise UsageError(f"{call} takes an instance, not a value of type {what}; {remedy}")
