"""A certificate, a summary or an answer as the bytes of a JSON document."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from solver.errors import Fault
from solver.results.tables import REMEDY

if TYPE_CHECKING:
    from collections.abc import Mapping


_Model = TypeVar("_Model", bound=BaseModel)


class StrictDocument(BaseModel):
    """A part of a result: without unknown keys."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, strict=True, defer_build=True
    )


def checked_model(
    model: type[_Model], file: str, document: object, faults: list[Fault]
) -> _Model | None:
    """Return a document as its model, or None if its faults join `faults`."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=False):
            place = ".".join(map(str, detail["loc"])) or None
            message = f"{detail['msg']}, found `{str(detail['input'])[:40]}`"
            faults.append(Fault(file, message, REMEDY, column=place))
    return None


def read_json(file: str, content: bytes, faults: list[Fault]) -> object:
    """Document, or None if it joins `faults`."""
    try:
        document: object = json.loads(
            content.decode(),
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        message = f"is not a JSON document: {error}"
        faults.append(Fault(file, message, REMEDY))
        return None
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        message = "a key stands twice in one object"
        raise ValueError(message)
    return result


def _refuse(text: str) -> NoReturn:
    message = f"{text} is not a number"
    raise ValueError(message)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        _refuse(text)
    return value


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """Content of a JSON file: UTF-8, indented, keys in the order given."""
    return (document_text(document) + "\n").encode()


def document_text(document: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """Text of a JSON document; whole numbers without `.0`, never NaN.

    Parameters
    ----------
    document : dict
        What it holds; NaN is written as null.
    ascii_only : bool
        Whether other characters are escaped.
    """
    return json.dumps(
        plain(document), indent=1, ensure_ascii=ascii_only, allow_nan=False
    )


def plain(value: Any) -> Any:  # noqa: ANN401
    """Value as it is read back: whole numbers as int, NaN as None, lists for tuples."""
    match value:
        case bool() | int() | str() | None:
            return value
        case float():
            return _number(value)
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case _:
            return [plain(item) for item in value]


def _number(value: float) -> float | int | None:
    if value != value:  # noqa: PLR0124 - the fastest test for NaN
        return None
    exact = abs(value) < 2**53 and value.is_integer()
    return int(value) if exact else value
