"""Where the traded value goes, and at which cost it lands, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.console.terminal import printable
from solver.reports.screen.numbers import figure, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.text import Text

    from solver.reports.screen.sheet import Sheet

_MOST = 3


def value_lines(
    values: Mapping[str, Sequence[Mapping[str, Any]]],
    rate: str,
    sheet: Sheet,
    indent: int,
) -> list[Text]:
    """Lines about traded value; none where no share of it is known.

    Parameters
    ----------
    values : dict of str to list of dict
        Corridors, countries and markets, the largest traded value first.
    rate : str
        Unit of money per quantity.
    sheet : Sheet
        How they look.
    indent : int
        Columns that all lines but the first are set back.
    """
    told = []
    for by, rows in values.items():
        names = [
            f"{printable(row['value'])} {percent(row['value_share'])}"
            for row in rows[:_MOST]
            if row["value_share"] is not None
        ]
        told += [f"{by} {', '.join(names)}"] if names else []
    if not told:
        return []
    landed = [
        f"{printable(row['value'])} {figure(row['landed_cost'])}"
        for row in values["market"][:_MOST]
    ]
    text = f"Landed   {', '.join(landed)} {rate}: value and transport"
    lines = sheet.wrapped(f"Value    {'; '.join(told)}", indent)
    return [*lines, *sheet.wrapped(text, indent)]
