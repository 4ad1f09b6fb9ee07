"""Names in messages: as they are shown, and the nearest known one to one unknown."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from solver.look_alikes import difference, look_alike, skeletons

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


_MOST_SOUGHT = 20
"""Names for which the nearest known one is sought, which takes its time."""


class Nearest:
    """Remedy for a name that is not known: the nearest that is."""

    def __init__(self, known: Collection[str], otherwise: str) -> None:
        self._known = known
        self._otherwise = otherwise
        self._found: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """Return what to do about the name."""
        if name not in self._found and len(self._found) < _MOST_SOUGHT:
            self._found[name] = suggestion(name, self._known, self._otherwise)
        return self._found.get(name, self._otherwise)


_ONE = {"capacities": "capacity"}
"""Tables whose singular is not their name without its last letter."""


_VERY, _ALIKE = 0.8, 0.7
"""Part of the letters of two names that are the same where one may mean the other."""


_LEAST = 5
"""Letters from which a name may be that of one word of another."""


_MOST_LISTED = 12


_LONGEST = 60


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, or None if nothing is like it.

    A name of several words is like each of them: `Dostik` means `Dostyk_Alashankou`.
    """
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(_folded(candidate), candidate)
    folded.pop("", None)
    wanted = _folded(name)
    if wanted in folded:
        return folded[wanted]
    words: dict[str, str] = {}
    for whole, candidate in folded.items():
        for word in whole.split("_") if "_" in whole and "," not in whole else ():
            words.setdefault(word, candidate)
    if len(wanted) < _LEAST:
        words.clear()
    for names, alike in ((folded, _VERY), (words, _VERY), (folded, _ALIKE)):
        close = get_close_matches(wanted, names, n=1, cutoff=alike)
        if close:
            return names[close[0]]
    # Of a short name one letter is a large part.
    close = get_close_matches(wanted, folded, n=1)
    return folded[close[0]] if close and _distance(wanted, close[0]) <= 1 else None


def similar(name: str, known: Iterable[str], most: int = 5) -> list[str]:
    """Return known names that share much with `name`, or hold it, the nearest first."""
    folded = {_folded(candidate): candidate for candidate in known}
    wanted = _folded(name)
    close = get_close_matches(wanted, folded, n=most, cutoff=0.5)
    holding = [other for other in folded if wanted and wanted in other]
    return [folded[other] for other in dict.fromkeys([*close, *holding])][:most]


def suggestion(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return what to do about an unknown name: the nearest, or `otherwise`."""
    close = nearest(name, known)
    if close is None:
        return otherwise
    hint = f"did you mean `{close}`?"
    if look_alike(name, close) and name.casefold() != close.casefold():
        return f"{hint} They look alike, but {difference(name, close)}"
    return hint


def counted(figure: str, noun: str) -> str:
    """Return a figure with its noun, which is in the singular for 1 alone."""
    return f"{figure} {noun}" if figure == "1" else f"{figure} {noun}s"


def table_rows(size: int, table: str) -> str:
    """Return how many rows a table has; one row is called in the singular."""
    if size != 1 or not table.endswith("s"):
        return f"{size:,} {table}"
    return f"1 {_ONE.get(table, table[:-1])}"


def listed(names: Iterable[str]) -> str:
    """Return names as part of a sentence, cut where there are too many to read."""
    quoted = [shown(name) for name in names]
    if len(quoted) > _MOST_LISTED:
        rest = len(quoted) - _MOST_LISTED
        quoted = [*quoted[:_MOST_LISTED], f"{rest} more"]
    return ", ".join(quoted)


def shown(value: object) -> str:
    """Return a value as messages show it: text in quotes, never too long to read."""
    text = str(value)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 3]}..."
    # A name may hold whatever a file can, a terminal shows one line.
    text = text.replace("\n", "\\n").replace("\r", "\\r")
    return f"`{text}`" if isinstance(value, str) else text


def _folded(name: str) -> str:
    return skeletons(name.strip())[1].replace("-", "_").replace(" ", "_")


def is_near(name: str, meant: str) -> bool:
    """Whether two names differ by case, by blanks or by a letter or two."""
    stem, _, ending = name.strip().casefold().rpartition(".")
    wanted, _, wanted_ending = meant.rpartition(".")
    allowed = 1 + len(wanted) // 6
    stem = stem.strip()
    if ending != wanted_ending or abs(len(stem) - len(wanted)) > allowed:
        return False
    return _distance(stem, wanted) <= allowed


def _distance(first: str, second: str) -> int:
    """Letters to add, drop or change to turn one word into the other."""
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        above, row[0] = row[0], i
        for j, other in enumerate(second, 1):
            cost = min(row[j] + 1, row[j - 1] + 1, above + (letter != other))
            above, row[j] = row[j], cost
    return row[-1]
