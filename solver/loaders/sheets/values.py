"""Values of keys as a cell holds them: plain where they are plain, else as in TOML.

A number, a text or a list of names joined by `|` stands as it is; what has keys of its
own, such as `where`, is written as in TOML, with or without its braces:
``product = ["grain"], market = "Poti"``.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_BLANKS = re.compile(r"[\r\n\t]+")


class CellError(ValueError):
    """A cell whose text is not what its key takes."""


def number_or_text(cell: str) -> int | float | str:
    """Return a number if the cell is one, else its text."""
    if _WHOLE.fullmatch(cell):
        return int(cell)
    return float(cell) if _NUMBER.fullmatch(cell) else cell


def names_of(cell: str) -> list[Any]:
    """Return the names that a cell joins by `|`, or its list as in TOML."""
    if cell.startswith("["):
        value = _toml(cell)
        if isinstance(value, list):
            return value
    return [name for part in cell.split("|") if (name := part.strip())]


def keys_of(cell: str) -> dict[str, Any]:
    """Return the keys of a cell as in TOML, braces or none.

    Raises
    ------
    CellError
        The text is something else.
    """
    text = cell if cell.startswith("{") else f"{{{cell}}}"
    value = _toml(text)
    if not isinstance(value, dict):
        message = "is not a list of keys"
        raise CellError(message)
    return value


def _toml(text: str) -> object:
    try:
        found = tomllib.loads(f"v = {_BLANKS.sub(' ', text)}")
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        reason = str(error).partition(" (at ")[0] or "it is nested too deep"
        message = f"cannot be read: {reason[:1].lower()}{reason[1:]}"
        raise CellError(message) from error
    return found["v"]


def names_cell(names: list[Any]) -> str:
    """Return names as a cell holds them."""
    plain = all(
        isinstance(name, str)
        and name == name.strip()
        and name
        and "|" not in name
        and not name.startswith("[")
        for name in names
    )
    return " | ".join(names) if plain and names else toml_value(names)


def keys_cell(keys: dict[str, Any]) -> str:
    """Return keys as a cell holds them, without braces."""
    return toml_value(keys)[1:-1].strip()


def toml_value(value: object) -> str:
    """Return a value as TOML has it, in one line."""
    if isinstance(value, dict):
        pairs = (f"{toml_key(key)} = {toml_value(v)}" for key, v in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def toml_key(key: str) -> str:
    """Return a key as TOML has it: bare where it can be."""
    return key if _BARE.fullmatch(key) else toml_text(key)


def toml_text(text: str) -> str:
    """Return a text in quotes, as TOML and JSON both read it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
