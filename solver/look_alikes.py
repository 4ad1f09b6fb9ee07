"""Names that look alike to a reader though they differ: how alike, and in what."""

from __future__ import annotations

import re
import unicodedata

_TWINS = (
    "A 0410 0391, B 0412 0392, C 0421, E 0415 0395, H 041d 0397, I 0406 0399, "
    "J 0408, K 041a 039a, M 041c 039c, N 039d, O 041e 039f, P 0420 03a1, S 0405, "
    "T 0422 03a4, X 0425 03a7, Y 0423 04ae 03a5, Z 0396, a 0430, c 0441, d 0501, "
    "e 0435, h 04bb, i 0456 03b9, j 0458, o 043e 03bf, p 0440 03c1, q 051b, s 0455, "
    "v 03bd, w 051d, x 0445, y 0443"
)


_LOOKS_LATIN = {
    int(code, 16): entry[0]
    for entry in _TWINS.split(", ")
    for code in entry[2:].split()
}
"""Cyrillic and Greek letters that print like a Latin one."""


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")


_DASHES = re.compile("[\u2010-\u2015\u2212]")


_BLANKS = re.compile(r"\s+")


def skeletons(name: str) -> tuple[str, str]:
    """Return what is left of a name where looks alone count, in two readings.

    Two names look alike if one of the readings is equal. Both pass over case, kinds of
    blanks and dashes, and how accents are encoded; the second also over Cyrillic and
    Greek letters that print like Latin ones.

    References
    ----------
    Unicode Technical Standard 39, section 4, "Confusable Detection".
    """
    if name.isascii():
        plain = _BLANKS.sub(" ", name).casefold()
        return plain, plain
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", name))
    text = _BLANKS.sub(" ", _DASHES.sub("-", text)).strip()
    return text.casefold(), text.translate(_LOOKS_LATIN).casefold()


def look_alike(first: str, second: str) -> bool:
    """Whether two names that differ look alike."""
    pairs = zip(skeletons(first), skeletons(second), strict=True)
    return first != second and any(one == other for one, other in pairs)


def difference(first: str, second: str) -> str:
    """Return in what the first of two names that look alike differs from the second."""
    if first.casefold() == second.casefold():
        return "they differ in upper and lower case"
    place = _first_difference(first, second)
    if place == min(len(first), len(second)):
        longer, goes_on = (first, "it") if len(first) > place else (second, "the other")
        return f"{goes_on} goes on with `{longer[place:]}`"
    mine, other = _named(first, place), _named(second, place)
    if _composed(first) == _composed(second):
        if len(first) > len(second):
            accent = next(c for c in first[place:] if unicodedata.combining(c))
            return f"it spells an accent apart, as {_named(accent, 0)}"
        return f"it spells letter and accent as one, {mine}"
    return f"its letter {place + 1} is {mine}, not {other}"


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _first_difference(first: str, second: str) -> int:
    """Place of the first letter that two names do not share, case aside."""
    for place, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other and one.casefold() != other.casefold():
            return place
    return min(len(first), len(second))


def _named(name: str, place: int) -> str:
    """Name of a letter, such as `CYRILLIC SMALL LETTER A (U+0430)`."""
    if place >= len(name):
        return "nothing"
    letter = name[place]
    return f"{unicodedata.name(letter, 'a letter')} (U+{ord(letter):04X})"
