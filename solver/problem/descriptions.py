"""What the fields of a definition mean: the texts that stand below them.

They are read from the source when a page or a schema is made of them, never while a
problem is solved: reading them takes longer than all else that defines the tables.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def descriptions(model: type[BaseModel]) -> dict[str, str]:
    """Text below each field of a model, in one line; inherited fields come first.

    Parameters
    ----------
    model : type of BaseModel
        A definition whose source is at hand.
    """
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if issubclass(owner, BaseModel) and owner is not BaseModel:
            found |= _own(owner)
    return found


def _own(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    for field, text in pairwise(body):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(words))),
            ):
                yield name, " ".join(words.split())
            case _:
                pass
