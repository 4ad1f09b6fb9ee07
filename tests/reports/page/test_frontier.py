"""The curve of a frontier on a page: its numbers as people read them."""

from __future__ import annotations

from typing import Any

import pytest

from solver.reports.page.pictures.frontier import curve, curve_table


def document(measure: str, *levels: float) -> dict[str, Any]:
    """Return a frontier of plans that cost 20 million more at each step."""
    points = [
        {
            "level": level,
            "cost": 1e9 + 2e7 * number,
            "extra_cost": 2e7 * number,
            "hhi": 0.5,
            "shares": {"northern": level, "none": 0.0},
            "knee": False,
        }
        for number, level in enumerate(levels)
    ]
    rule: dict[str, Any] = {
        "measure": measure,
        "by": "corridor",
        "value": None,
        "where": {},
    }
    return {"points": points, "knee": None, "rule": rule, "units": {"money": "USD"}}


@pytest.mark.parametrize(
    ("measure", "first", "told"),
    [
        ("max_share", "60.00 %", "50.00 %: 1.02 bn USD, 20 million USD above"),
        ("max_hhi", "0.6", "0.5: 1.02 bn USD, 20 million USD above the first"),
    ],
)
def test_levels_are_told_as_the_rule_tells_them(
    measure: str, first: str, told: str
) -> None:
    """Shares in per cent, HHI as an index; money in millions; idle values left out."""
    found = document(measure, 0.6, 0.5)
    table = curve_table(found)
    heads = [head.text for head in table.heads]
    assert heads[1:] == [
        "cost, million USD",
        "above the first, million USD",
        "HHI",
        "northern",
    ]
    assert table.rows[0].cells == (first, "1,000", "0", "0.500", "60.0 %")
    assert table.rows[1].cells[2] == "20"
    assert curve(found).points[0].text.startswith(told)
