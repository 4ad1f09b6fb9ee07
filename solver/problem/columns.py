"""What each column of each table holds, read off the tables' definitions.

The pydantic models of `solver.problem` define the tables; a `ColumnSpec` is one of
their fields in the form that checks of whole columns need.
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, MinLen

from solver.problem.descriptions import descriptions
from solver.problem.tables import DEFINITIONS, Column, InputRow

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


Kind = Literal["text", "choice", "number", "flag"]


@dataclass(frozen=True, slots=True, eq=False)
class ColumnSpec:
    """One column of a table.

    Parameters
    ----------
    name : str
        Its header.
    kind : str
        ``text``, ``choice`` (a text out of `choices`), ``number`` or ``flag``.
    default : str or float or bool or None
        What an empty cell means; None: a number that is not given.
    required : bool
        Whether the column must be there and no cell of it may be empty.
    integer : bool
        Whether only whole numbers are allowed.
    lower, upper : float or None
        Least and largest number allowed.
    choices : tuple of str
        Texts allowed, for a choice.
    words : tuple of str
        Texts that a cell of numbers may hold as well.
    unit : str
        Kind of unit, such as ``money/quantity``.
    split : bool
        Whether a cell holds several names joined by ``|``.
    refers : str
        What the names refer to.
    table : str
        The table it is a column of.
    """

    name: str
    kind: Kind
    default: str | float | bool | None
    required: bool
    integer: bool
    lower: float | None
    upper: float | None
    choices: tuple[str, ...]
    words: tuple[str, ...]
    unit: str
    split: bool
    refers: str
    table: str

    @property
    def meaning(self) -> str:
        """What the column says, for people."""
        model = DEFINITIONS[self.table]
        names = {field.alias or key: key for key, field in model.model_fields.items()}
        return descriptions(model)[names[self.name]]


@cache
def column_specs(table: str) -> dict[str, ColumnSpec]:
    """Columns of a table by name: its own first, then those every table may have."""
    fields = DEFINITIONS[table].model_fields
    own = [name for name in fields if name not in InputRow.model_fields]
    order = [*own, *InputRow.model_fields]
    specs = [_spec(table, fields[name].alias or name, fields[name]) for name in order]
    return {spec.name: spec for spec in specs}


def _spec(table: str, name: str, field: FieldInfo) -> ColumnSpec:
    members, words = _members(field.annotation)
    given: dict[type, Any] = {type(item): item for item in field.metadata}
    extra = given.get(Column, Column())
    required = field.is_required() or MinLen in given
    kind = _kind(members, words)
    return ColumnSpec(
        name=name,
        kind=kind,
        default=None if field.is_required() else field.default,
        required=required,
        integer=int in members,
        lower=given[Ge].ge if Ge in given else None,
        upper=given[Le].le if Le in given else None,
        choices=words if kind == "choice" else (),
        words=words if kind == "number" else (),
        unit=extra.unit,
        split=extra.split,
        refers=extra.refers,
        table=table,
    )


def _members(annotation: Any) -> tuple[set[Any], tuple[str, ...]]:  # noqa: ANN401
    """Types that an annotation allows, and the words of its literals."""
    if get_origin(annotation) in {Union, types.UnionType}:
        parts = get_args(annotation)
    else:
        parts = (annotation,)
    literals = [part for part in parts if get_origin(part) is Literal]
    words = tuple(word for part in literals for word in get_args(part))
    return {part for part in parts if part not in literals}, words


def _kind(members: set[Any], words: tuple[str, ...]) -> Kind:
    if bool in members:
        return "flag"
    if members & {int, float}:
        return "number"
    return "choice" if words else "text"
