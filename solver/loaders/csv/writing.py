"""An instance as a folder: `instance.toml`, `scenarios.toml` and a CSV a table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from solver.loaders.csv.folder import MANIFEST, SCENARIOS
from solver.loaders.sheets.content import RULES_KEY, UNTOLD
from solver.loaders.sheets.values import toml_key, toml_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from solver.loaders.raw_tables import Columns
    from solver.loaders.sheets.content import Content


def folder_files(
    content: Content,
    ending: str = "csv",
    written: Callable[[Columns], bytes] | None = None,
) -> dict[str, bytes]:
    """Return the files of an instance's folder by name, the manifest last.

    Parameters
    ----------
    content : Content
        What they say.
    ending : str
        How the names of tables end.
    written : callable, optional
        Content of the file of a table, from its columns; by default CSV.
    """
    write = written or csv_bytes
    names = {title: f"{title.replace(' ', '-')}.{ending}" for title in content.appended}
    files = {f"{name}.{ending}": write(c) for name, c in content.tables.items()}
    files |= {names[title]: write(c) for title, c in content.appended.items()}
    if content.scenarios:
        files[SCENARIOS] = _scenarios_text(content.scenarios, names).encode()
    files[MANIFEST] = "".join(_manifest_lines(content)).encode()
    return files


def csv_bytes(columns: Columns) -> bytes:
    """Return columns as a CSV file holds them: numbers in the fewest digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(list(map(_cell, row)))
    return text.getvalue().encode()


def _cell(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else cell if isinstance(cell, str) else repr(cell)


def _manifest_lines(content: Content) -> Iterator[str]:
    for key, value in content.manifest.items():
        if key not in UNTOLD:
            yield f"{toml_key(key)} = {toml_value(value)}\n"
    for rule in content.rules:
        yield from _table_lines(f"[[{RULES_KEY}]]", rule)


def _scenarios_text(
    scenarios: Mapping[str, dict[str, Any]], names: Mapping[str, str]
) -> str:
    lines: list[str] = []
    for name, keys in scenarios.items():
        own = {k: v for k, v in keys.items() if k not in {"change", RULES_KEY}}
        lines += _table_lines(f"[{toml_key(name)}]", own)
        for change in keys.get("change", ()):
            told = dict(change)
            if "append" in told:
                told["append"] = names[told["append"]]
            lines += _table_lines(f"[[{toml_key(name)}.change]]", told)
        for rule in keys.get(RULES_KEY, ()):
            lines += _table_lines(f"[[{toml_key(name)}.{RULES_KEY}]]", rule)
    return "".join(lines)


def _table_lines(header: str, keys: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n{header}\n"
    for key, value in keys.items():
        yield f"{toml_key(key)} = {toml_value(value)}\n"
