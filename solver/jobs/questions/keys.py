"""Keys of items: what all an answer depends on, as one hash.

Items with equal keys have equal answers, so only one of them is solved. A change counts
by what it does: closing what is closed already, or a factor of 1, does nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.loaders.one_off_changes import table_change
from solver.problem.change_text import ChangeText, parse_change
from solver.problem.scenarios import changed_table
from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.jobs.questions.bases import Base, Bases
    from solver.jobs.questions.items import Item
    from solver.options import Options

_NOTHING = b""


class Keys:
    """Keys of the items of one batch.

    Parameters
    ----------
    bases : Bases
        What items of sweeps start from.
    options : Options
        How they are solved.
    versions : mapping of str to str
        Of everything that a result depends on.
    """

    def __init__(
        self, bases: Bases, options: Options, versions: Mapping[str, str]
    ) -> None:
        self._bases = bases
        self._rest = [asdict(options), dict(versions)]

    def of(self, item: Item, *, is_varied: bool) -> tuple[str, str]:
        """Return the key of an item, and the hash of what it starts from.

        Parameters
        ----------
        is_varied : bool
            Whether it is one of a sweep. An instance alone is not loaded here: its key
            is made of its files, and no hash is given.
        """
        if not is_varied:
            return self._hashed(["files", files_hash(Path(item.instance))]), ""
        base = self._bases.get(item.instance, item.scenarios)
        effects = [effect.hex() for effect in _effects(base, item.changes)]
        return self._hashed(["base", base.sha256, effects]), base.sha256

    def _hashed(self, parts: list[Any]) -> str:
        return hash_of([*parts, *self._rest])


def hash_of(value: Any) -> str:  # noqa: ANN401
    """Return the SHA-256 of a value, written as JSON in one way."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=list)
    return hashlib.sha256(text.encode()).hexdigest()


def files_hash(path: Path) -> str:
    """Return the hash of the files of an instance, and of the name it takes from them.

    What cannot be read counts as nothing here: whoever loads it will say so.
    """
    paths = sorted(path.iterdir()) if path.is_dir() else [path]
    found = hashlib.sha256(path.name.encode())
    for each in paths:
        if each.is_file():
            try:
                content = each.read_bytes()
            except OSError:
                content = b""
            found.update(f"\0{each.name}\0{len(content)}\0".encode())
            found.update(content)
    return found.hexdigest()


def _effects(base: Base, texts: Sequence[str]) -> list[bytes]:
    """Return what each change does, those that do nothing left out.

    Where a table is changed twice, the second change depends on the first, and counts
    by its words.
    """
    changed: set[str] = set()
    effects: list[bytes] = []
    for text in texts:
        change = parse_change(text)
        effect = text.encode()
        if change.table not in changed and not isinstance(change.value, dict):
            effect = _effect(base, change, text)
        if effect != _NOTHING:
            changed.add(change.table)
            effects.append(effect)
    return effects


def _effect(base: Base, change: ChangeText, text: str) -> bytes:
    """Return a hash of the cells that a change alters; nothing: it alters none."""
    if change.table not in DEFINITIONS:
        return text.encode()
    if text not in base.effects:
        table = getattr(base.loaded.instance, change.table)
        built = table_change(base.loaded.instance, change, text, [], "")
        after = changed_table(table, built, [])
        before, now = table[change.column], after[change.column]
        rows = np.flatnonzero(~_same(before, now))
        found = repr((change.table, change.column, rows.tolist(), now[rows].tolist()))
        effect = hashlib.sha256(found.encode()).digest() if len(rows) else _NOTHING
        base.effects[text] = effect
    return base.effects[text]


def _same(first: Any, second: Any) -> Any:  # noqa: ANN401
    """Cells that are equal, blank numbers included."""
    if first.dtype == float:
        return (first == second) | (np.isnan(first) & np.isnan(second))
    return first == second
