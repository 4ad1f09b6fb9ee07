"""What to do about a cell that is not a number: every reading of it, none chosen.

A remedy that is obeyed must not change what the cell meant. Where a number can be read
in two ways, both are named; where a unit stands in the cell, the header takes it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from solver.messages import shown

if TYPE_CHECKING:
    from solver.problem.columns import ColumnSpec


NUMBER_EXAMPLE = "give a number such as 1200 or 0.5"


_ENDLESS = {"unlimited", "unbounded", "infinite", "infinity", "inf", "no limit", "max"}
_ENDLESS |= {"\u221e", "+\u221e", "inf."}


_ABSENT = {"-", "--", "\u2013", "\u2014", "n/a", "na", "nan", "none", "null", "nil"}


_ABSENT |= {"#n/a", "?", ".", "..", "tbd", "unknown"}


_ERRORS = re.compile(
    r"#(REF|VALUE|DIV/0|NAME|NUM|NULL|SPILL|CALC)[!?]?.*", re.IGNORECASE
)


_GAP = r"[ \u00a0\u202f\u2009'\u2019_]"


_GAPS = re.compile(_GAP)


_SPACED = re.compile(rf"(?<!\d)(?<!\d{_GAP})\d{{1,3}}(?:{_GAP}\d{{3}})+(?!\d)")
"""Groups of thousands: what else stands apart is several numbers."""


_MINUS = str.maketrans(dict.fromkeys("\u2212\u2013\u2014", "-"))
"""Dashes that stand for a minus before a number."""


_ONE_GROUP = re.compile(r"[+-]?\d{1,3},\d{3}")


_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


_POINT_GROUPS = re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}|[+-]?\d{1,3}(\.\d{3})+,\d+")


_COMMA = re.compile(r"[+-]?\d*,\d+")


_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


_UNIT = r"[^\W\d_]+(?:(?<=m)[23])?"


_WITH_UNIT = re.compile(rf"([+-]?\d[\d.,]*)\s*({_UNIT}(?:\s?/\s?{_UNIT})*)")
"""Signs of currencies are no letters: they stand in no header."""


_WITH_SIGN = re.compile(
    r"(?:[^\W\d_]+\.?|[~\u2248<>\u2264\u2265$\u00a3\u00a5\u20a0-\u20cf])\s*([+-]?\d[\d.]*|\.\d+)"
)
"""What may stand before a number; an abbreviation's point is none of a decimal."""


def number_remedy(cell: str, spec: ColumnSpec) -> str:
    """Return what to do about a text where a column takes a number.

    Parameters
    ----------
    cell : str
        The text.
    spec : ColumnSpec
        The column.
    """
    text = cell.strip()
    word = text.casefold()
    if word in _ENDLESS or word in _ABSENT:
        return _blank_remedy(word, spec)
    if _ERRORS.fullmatch(text):
        return "correct the formula in the spreadsheet: it left an error there"
    if text[:1] in {"=", "@"}:
        return "save the spreadsheet's values, not its formulas"
    return _readings(text, spec) or NUMBER_EXAMPLE


def _blank_remedy(word: str, spec: ColumnSpec) -> str:
    """Say how a column tells that a number is missing."""
    if spec.required:
        return "every row needs a number"
    if spec.name == "capacity":
        if word in _ENDLESS:
            return "leave it blank for unlimited"
        return "leave it blank for unlimited, or give 0 where it is closed"
    if spec.default is None:
        return "leave it blank"
    return f"give a number, or leave it blank for {spec.default:g}"


def _readings(text: str, spec: ColumnSpec) -> str:
    """Say how the number that a text seems to be is written; blank: no number."""
    tight = _joined(text)
    signed = tight.translate(_MINUS)
    if signed != tight and _PLAIN.fullmatch(signed):
        return f"write it with a hyphen for minus: {signed}"
    return _number_readings(tight, text) or _with_unit(tight, spec)


def _number_readings(tight: str, text: str) -> str:
    """Say how a number without gaps is written; blank: it is none."""
    if _ONE_GROUP.fullmatch(tight):
        whole, point = tight.replace(",", ""), tight.replace(",", ".")
        return f"write {whole} if the comma marks thousands, {point} if decimals"
    if _COMMA.fullmatch(tight):
        return f"write it with a decimal point: {tight.replace(',', '.')}"
    plain = tight
    if _COMMA_GROUPS.fullmatch(tight):
        plain = tight.replace(",", "")
    elif _POINT_GROUPS.fullmatch(tight):
        plain = tight.replace(".", "").replace(",", ".")
    if plain != text and _PLAIN.fullmatch(plain):
        return f"write it without separators: {plain}"
    return ""


def fraction_of(text: str) -> float | None:
    """Return the number that a percentage stands for; None for any other text."""
    number = _joined(text).removesuffix("%").rstrip()
    if text.endswith("%") and _PLAIN.fullmatch(number):
        return float(f"{float(number) / 100:.15g}")
    return None


def _joined(text: str) -> str:
    """Return a text without the gaps between groups of thousands."""
    return _SPACED.sub(lambda match: _GAPS.sub("", match[0]), text)


def _factor_remedy(text: str, share: float) -> str:
    """Say what a percentage may mean where 1 leaves a cost as it is."""
    if text[:1] in {"+", "-"}:
        size, word = text[1:], "more" if share >= 0 else "less"
        return f"write {1 + share:.15g} for {size} {word}"
    more, less = (
        f"{1 + share:.15g} for {text} more",
        f"{1 - share:.15g} for {text} less",
    )
    readings = [more, less] if share <= 1 else [more]
    return f"write {', '.join(readings)}, or {share:.15g} for {text} of the cost"


def _with_unit(text: str, spec: ColumnSpec) -> str:
    """Say where the unit goes that stands in a cell; blank: there is none."""
    share = fraction_of(text)
    if share is not None and spec.name == "factor":
        return _factor_remedy(_GAPS.sub("", text), share)
    if share is not None:
        return f"write it as a fraction: {share:.15g}"
    match = _WITH_UNIT.fullmatch(text)
    if match is not None and spec.unit:
        reading = f"write {match[1]}"
        if not _PLAIN.fullmatch(match[1]):
            reading = _number_readings(match[1], match[1])
        header = shown(f"{spec.name} [{match[2]}]")
        return f"{reading}, and the unit in the header: {header}" if reading else ""
    match = _WITH_SIGN.fullmatch(text)
    if match is not None and _PLAIN.fullmatch(match[1]):
        return f"write the number alone: {match[1]}"
    return ""
