"""The sweep file: scenarios, grids, draws and closures, checked key by key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from solver.errors import DataError, Fault, InputError
from solver.loaders.manifest import model_faults, read_toml
from solver.problem.change_text import ChangeText
from solver.problem.draws import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from solver.problem.change_text import Operator

Scalar = str | int | float | bool
Table = Literal[
    "nodes",
    "legs",
    "demand",
    "products",
    "tariffs",
    "routes",
    "capacities",
    "rules",
    "instance",
]
Closed = Literal["border", "port", "corridor", "leg", "node", "route"]


class _SweepEntry(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        defer_build=True,
    )


class Grid(_SweepEntry):
    """One axis of the sweep: lists of equal length, whose n-th values go together."""

    table: Table
    """Table it changes."""
    where: dict[str, Scalar | tuple[Scalar, ...]] = Field(default_factory=dict)
    """Rows it acts on, as in a scenario; empty: all rows."""
    set_: Annotated[dict[str, Any], Field(alias="set")] = Field(default_factory=dict)
    """Values of columns: a list, one for each point."""
    scale: dict[str, float | tuple[float, ...]] = Field(default_factory=dict)
    """Factors of columns: a list, or one number for all points."""
    add: dict[str, float | tuple[float, ...]] = Field(default_factory=dict)
    """Terms of columns: a list, or one number for all points."""

    def points(self) -> int:
        """Return how many points it has."""
        return next(iter(self._lengths()), 1)

    def changes(self, point: int) -> tuple[str, ...]:
        """Return the changes of one of its points, from 0."""
        return tuple(
            str(
                ChangeText(
                    self.table, column, operator, _nth(value, point), _where(self)
                )
            )
            for column, operator, value in _moves(self)
        )

    def _lengths(self) -> set[int]:
        values = [value for _, _, value in _moves(self)]
        return {len(value) for value in values if isinstance(value, (tuple, list))}

    def faults(self, file: str, place: str) -> Iterator[Fault]:
        """Yield what the keys alone do not say."""
        if not list(_moves(self)):
            yield Fault(file, "changes nothing", "give set, scale or add", None, place)
        lengths = sorted(self._lengths())
        if len(lengths) > 1:
            message = f"has lists of {lengths[0]} and {lengths[1]} values"
            remedy = "make them equally long, or give each a [[grid]] of its own"
            yield Fault(file, message, remedy, None, place, str(lengths))
        if 0 in lengths:
            yield Fault(file, "has an empty list", "give values", None, place, "[]")


class Distribution(_SweepEntry):
    """A distribution of numbers: one of the four, and bounds."""

    normal: tuple[float, float] | None = None
    """Mean and standard deviation."""
    lognormal: tuple[float, float] | None = None
    """Mean and standard deviation of the logarithm."""
    uniform: tuple[float, float] | None = None
    """Lowest and highest."""
    triangular: tuple[float, float, float] | None = None
    """Lowest, most likely and highest."""
    min: float | None = None
    """What smaller numbers are set to."""
    max: float | None = None
    """What larger numbers are set to."""

    def value(self) -> dict[str, Any]:
        """Return it as a change in one line writes it."""
        return self.model_dump(exclude_none=True, mode="json")


class DrawEntry(_SweepEntry):
    """Random changes: a number for each row, or one for all, drawn `count` times."""

    table: Literal[
        "nodes", "legs", "demand", "products", "tariffs", "routes", "capacities"
    ]
    """Table it changes."""
    where: dict[str, Scalar | tuple[Scalar, ...]] = Field(default_factory=dict)
    """Rows it acts on; empty: all rows."""
    scale: dict[str, Distribution] = Field(default_factory=dict)
    """Factors of columns."""
    add: dict[str, Distribution] = Field(default_factory=dict)
    """Terms of columns."""
    count: int | None = Field(default=None, ge=1)
    """How many draws; all draws of a sweep have as many."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other numbers."""
    per: Literal["row", "all"] = "row"
    """A number for each `row`, or one for `all` of them."""

    def changes(self, number: int) -> tuple[str, ...]:
        """Return the changes of one draw, from 1."""
        which: dict[str, Any] = {"seed": self.seed, "draw": number}
        if self.per != "row":
            which["per"] = self.per
        moves: tuple[tuple[Operator, dict[str, Distribution]], ...] = (
            ("*=", self.scale),
            ("+=", self.add),
        )
        return tuple(
            str(
                ChangeText(
                    self.table,
                    column,
                    operator,
                    {**value.value(), **which},
                    _where(self),
                )
            )
            for operator, values in moves
            for column, value in values.items()
        )

    def faults(self, file: str, place: str) -> Iterator[Fault]:
        """Yield what the keys alone do not say."""
        if not self.scale and not self.add:
            yield Fault(file, "changes nothing", "give scale or add", None, place)
        for key, values in (("scale", self.scale), ("add", self.add)):
            for column, value in values.items():
                given = [
                    kind for kind in PARAMETERS if getattr(value, kind) is not None
                ]
                if len(given) != 1:
                    message = f"has {len(given)} distributions"
                    remedy = f"give one of {', '.join(PARAMETERS)}"
                    inside = f"{place}.{key}.{column}"
                    yield Fault(file, message, remedy, None, inside, str(given))


class Closures(_SweepEntry):
    """One item for each thing closed, by itself."""

    by: tuple[Closed, ...] = Field(min_length=1)
    """What is closed: every `border`, `port`, `corridor`, `leg`, `node` or `route`."""


class Sweep(_SweepEntry):
    """Scenarios x every grid x draws, then scenarios x closures."""

    instance: str = Field(min_length=1)
    """The instance, seen from the folder of the sweep file."""
    scenarios: tuple[tuple[str, ...], ...] = ((),)
    """Lists of scenarios, each applied in order, before the rest."""
    grid: tuple[Grid, ...] = ()
    """Axes; every combination of their points is solved."""
    draw: tuple[DrawEntry, ...] = ()
    """Random changes; the n-th draws of all go together."""
    closures: Closures | None = None
    """What is closed, one thing at a time."""

    def draws(self) -> int:
        """Return how many draws there are; 0: nothing is drawn."""
        return max((entry.count or 1 for entry in self.draw), default=0)


def read_sweep(path: Path) -> Sweep:
    """Return the sweep of a file; what its keys alone do not say is not looked at yet.

    Raises
    ------
    InputError
        The file cannot be read.
    DataError
        A key or a value is wrong; holds every fault found.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {reason}") from error
    faults: list[Fault] = []
    keys = read_toml(text, path.name, faults)
    if faults:
        raise DataError(faults)
    try:
        # Values that JSON does not know, such as dates, fit nowhere: lists neither.
        content = json.dumps(keys, default=lambda other: [str(other)])
        return Sweep.model_validate_json(content, strict=True)
    except ValidationError as error:
        raise DataError([*model_faults(error, Sweep, keys, path.name)]) from error


def sweep_faults(sweep: Sweep, file: str) -> Iterator[Fault]:
    """Yield what is wrong with a sweep, whatever instance it is for."""
    for number, grid in enumerate(sweep.grid, 1):
        yield from grid.faults(file, f"grid.{number}")
    for number, entry in enumerate(sweep.draw, 1):
        yield from entry.faults(file, f"draw.{number}")
    counts = {entry.count for entry in sweep.draw if entry.count is not None}
    if len(counts) > 1:
        message = f"the draws are {' and '.join(map(str, sorted(counts)))} in number"
        remedy = "give all [[draw]] the same count: their n-th draws go together"
        yield Fault(file, message, remedy, None, "draw.count", str(sorted(counts)))
    if sweep.draw and not counts:
        message, remedy = "`count` is missing", "say how many draws"
        yield Fault(file, message, remedy, None, "draw.1.count")


def _where(entry: Grid | DrawEntry) -> dict[str, Any]:
    return {
        column: list(value) if isinstance(value, tuple) else value
        for column, value in entry.where.items()
    }


def _moves(grid: Grid) -> Iterator[tuple[str, Operator, Any]]:
    """Yield column, operator and value or values of each change of a grid."""
    moves: tuple[tuple[Operator, Any], ...] = (
        ("=", grid.set_),
        ("*=", grid.scale),
        ("+=", grid.add),
    )
    for operator, values in moves:
        for column, value in values.items():
            yield column, operator, value


def _nth(value: Any, point: int) -> Any:  # noqa: ANN401
    return value[point] if isinstance(value, (tuple, list)) else value
