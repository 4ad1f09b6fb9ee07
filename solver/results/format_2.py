"""Results of format 2, read as if they were of today: for rules on change.

Format 3 renamed files, columns and keys and changed nothing else. A result of format 2
is not verified again, so nothing that it proves is said anew.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from solver.solution.form import SUMMARY, TABLES

FORMAT_2 = 2


_KEYS = {
    "dependence": "exposure",
    "unavoidable": "captive",
    "scarcest": "binding_capacities",
    "carried": "served",
}
"""Keys of the summary and the certificate, then and now."""


_COLUMNS = {
    "demand.csv": ("carried", "served"),
    "capacity.csv": ("relief", "extra_quantity"),
    "exposure.csv": ("unavoidable", "captive"),
}


_SIDES = {b"price_tighter": b"price_less", b"price_looser": b"price_more"}
"""Prices of both sides of a rule, then and now."""


_NUMBERED = ("allocation.csv", "demand.csv")
"""Tables of which rows of demand were told by number alone."""


_FILES = {"exposure.csv": "dependence.csv"}
"""Names of files, now and then."""


ADDED = ("flows.csv",)
"""Files that results had not yet; they are read as empty."""


def is_format_2(content: bytes) -> bool:
    """Whether a summary says that its result is of format 2."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("format") == FORMAT_2


def old_name(name: str) -> str:
    """Name that a file of today had."""
    return _FILES.get(name, name)


def translated(name: str, content: bytes) -> bytes:
    """Content of a file of format 2 as one of format 3 holds it.

    Parameters
    ----------
    name : str
        Name of the file, as of today.
    content : bytes
        As it was written, its hash checked.
    """
    if name in _NUMBERED:
        content = _with_names(content)
    if name in _COLUMNS:
        then, now = _COLUMNS[name]
        head, mark, rest = content.partition(b"\n")
        content = head.replace(then.encode(), now.encode()) + mark + rest
    if name == "rules.csv":
        for then_side, side in _SIDES.items():
            content = content.replace(then_side, side, 1)
    if name.endswith(".csv"):
        content = _with_columns(content, list(TABLES[name.removesuffix(".csv")]))
    if not name.endswith(".json") or name == "instance.json":
        return content
    document = _renamed(json.loads(content))
    if name == SUMMARY:
        _translate_summary(document)
    return json.dumps(document, ensure_ascii=False).encode()


def _translate_summary(document: dict[str, Any]) -> None:
    """Give a summary the names of today's options and files."""
    document["format"] = FORMAT_2 + 1
    options = document.get("options")
    if isinstance(options, dict) and "exposure" in options:
        options["sensitivity"] = options.pop("exposure")
    for now, then in _FILES.items():
        document["files"][now] = document["files"].pop(then, "")


def _with_names(content: bytes) -> bytes:
    """Content of a table whose first column, the row of the demand, was `demand`."""
    head, *lines = content.splitlines(keepends=True)
    head = head.replace(b"demand,", b"row,demand,", 1)
    return b"".join([head, *(line.replace(b",", b",,", 1) for line in lines)])


def _with_columns(content: bytes, columns: list[str]) -> bytes:
    """Content of a table with the columns of today, empty where there were none."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline="")))
    if not rows or rows[0] == columns:
        return content
    place = {title: number for number, title in enumerate(rows[0])}
    lines = [columns]
    for row in rows[1:]:
        cells = [place.get(title, len(row)) for title in columns]
        lines.append([row[cell] if cell < len(row) else "" for cell in cells])
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


def _renamed(value: Any) -> Any:  # noqa: ANN401
    """Return a document with the keys, and the kinds of questions, of today."""
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    renamed = {_KEYS.get(key, key): _renamed(item) for key, item in value.items()}
    if "stages" in renamed:
        renamed.pop("sides", None)
        names = ("slopes", "reliefs", "sets", "routes")
        renamed["one_sided"] = {name: [] for name in names}
    if isinstance(renamed.get("demand"), int) and "reason" in renamed:
        renamed |= {"row": renamed["demand"], "demand": ""}
    if renamed.get("kind") == "unavoidable":
        renamed["kind"] = "captive"
    return renamed
