"""Changes and scenarios made in Python: a wrong keyword is told as in a file."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING

from solver.errors import DataError, Fault
from solver.messages import listed, shown, suggestion
from solver.problem.scenarios import Change, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

_OF_FILES = {
    "set": "values",
    "scale": "factors",
    "add": "terms",
    "append": "rows",
    "change": "changes",
    "diversification": "rules",
}
"""Keys of `scenarios.toml`, and what they are called here."""

_INSIDE = {"file", "place"}
"""Keys that say where a change stands in a file."""


class CheckedChange(Change):
    """One change to the rows of one table.

    Raises
    ------
    DataError
        A keyword is unknown, missing or given twice; holds every fault found.
    """

    __slots__ = ()

    if not TYPE_CHECKING:  # Type checkers know the keywords from those of `Change`.

        def __init__(self, *values: object, **keys: object) -> None:
            super().__init__(**_keywords(Change, values, keys))


class CheckedScenario(Scenario):
    """Changes under one name.

    Raises
    ------
    DataError
        A keyword is unknown, missing or given twice; holds every fault found.
    """

    __slots__ = ()

    if not TYPE_CHECKING:  # Type checkers know the keywords from those of `Scenario`.

        def __init__(self, *values: object, **keys: object) -> None:
            super().__init__(**_keywords(Scenario, values, keys))


def _keywords(
    kind: type[Change | Scenario], values: Sequence[object], keys: Mapping[str, object]
) -> dict[str, Any]:
    """Return what a call gave, by keyword; refuse all that is wrong with it at once."""
    faults = [*_faults(kind, values, keys)]
    if faults:
        raise DataError(faults)
    names = [field.name for field in fields(kind)]
    return {**dict(zip(names, values, strict=False)), **keys}


def _faults(
    kind: type[Change | Scenario], values: Sequence[object], keys: Mapping[str, object]
) -> Iterator[Fault]:
    call, names = kind.__name__, [field.name for field in fields(kind)]
    if len(values) > len(names):
        message = f"{len(values)} values are given, and there are {len(names)} keywords"
        yield Fault(call, message, "give values by keyword")
    public = [name for name in names if name not in _INSIDE]
    given = names[: len(values)]
    for key in keys:
        if key not in names:
            near = _OF_FILES.get(key)
            remedy = suggestion(key, public, f"known: {listed(public)}")
            if near in names:
                remedy = f"did you mean `{near}`?"
            yield Fault(call, f"unknown keyword {shown(key)}", remedy, None, key)
        elif key in given:
            yield Fault(call, f"{shown(key)} is given twice", "give it once", None, key)
    for field in fields(kind):
        is_needed = field.default is MISSING and field.default_factory is MISSING
        if is_needed and field.name not in {*given, *keys}:
            yield Fault(
                call, f"{shown(field.name)} is missing", "give it", None, field.name
            )
