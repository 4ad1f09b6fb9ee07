"""An instance as a document, with its scenarios and the rows that they append."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from solver.loaders.json.document import SCENARIOS
from solver.loaders.sheets.content import RULES_KEY

if TYPE_CHECKING:
    from solver.loaders.raw_tables import Columns
    from solver.loaders.sheets.content import Content


def document_content(content: Content) -> bytes:
    """Return the document of all that the files of an instance say."""
    keys: dict[str, Any] = dict(content.manifest)
    if content.rules:
        keys[RULES_KEY] = content.rules
    keys |= content.tables
    if content.scenarios:
        keys[SCENARIOS] = {
            name: _with_rows(given, content.appended)
            for name, given in content.scenarios.items()
        }
    lines = [f"{_text(key)}:{_text(value)}" for key, value in keys.items()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _with_rows(keys: dict[str, Any], appended: dict[str, Columns]) -> dict[str, Any]:
    """Return a scenario with the rows that it appends in it."""
    changes = [
        {**change, "append": _rows(appended[change["append"]])}
        if "append" in change
        else change
        for change in keys.get("change", ())
    ]
    return {**keys, "change": changes} if changes else keys


def _rows(columns: Columns) -> list[dict[str, Any]]:
    return [
        dict(zip(columns, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
