"""A result on one screen."""

from __future__ import annotations

from typing import Any

import pytest

from solver.instance import Units
from solver.reports.as_text import Style, screen

ANSWER: dict[str, Any] = {
    "status": "unmet",
    "gap": 0,
    "cost": 1234567.5,
    "cost_parts": {"tariff": 1000000, "handling": 0, "unmet": 234567.5},
    "demand": 1000,
    "carried": 900,
    "unmet": 100,
    "corridors": {
        "northern": {"quantity": 600, "share": 0.6666},
        "southern": {"quantity": 299, "share": 0.3323},
        "none": {"quantity": 1, "share": 0.0011},
    },
    "hhi": 0.5,
    "instance": {"name": "Trade", "scenarios": ["closed", "dry"], "periods": 2},
    "scarcest": [
        {
            "kind": "leg",
            "limit": "A>B",
            "period": "2026",
            "capacity": 600,
            "used": 600,
            "price": 12.3456,
        }
    ],
    "rules": [
        {
            "rule": "mix",
            "scope": "group=metals",
            "period": "all",
            "by": "corridor",
            "value": "northern",
            "side": "max",
            "level": None,
            "limit": 0.6,
            "slack": None,
            "price": 0,
        }
    ],
    "unmet_demand": [
        {
            "product": "grain",
            "origin": "A",
            "market": "B",
            "period": "2026",
            "unmet": 100,
            "reason": "kept by leg A>B",
        }
    ],
    "dearest": [],
    "loosening": [],
    "seconds": {"load": 0.1, "total": 0.5},
}
NOTHING: dict[str, Any] = {
    "cost": None,
    "carried": None,
    "unmet": None,
    "gap": None,
    "corridors": {},
}


def test_a_screen_says_everything_once() -> None:
    """Units, thousands, shares and periods stand where they help."""
    text = screen(ANSWER, Units(), Style())
    for words in (
        "Trade [closed + dry]",
        "unmet: proved and verified; firm demand stays unmet (gap 0)",
        "Cost     1,234,568 USD, 1,111 USD/t carried",
        "tariff 1,000,000, unmet 234,568",
        "Carried  900 of 1,000 t (90.0 %)",
        "northern",
        "66.7 %",
        "as much as 2 equal corridors",
        "leg A>B, 2026",
        "12.35",
        "mix, all (group=metals)",
        "kept by leg A>B",
        "Time 0.50 s (load 0.10)",
    ):
        assert text.count(words) >= 1, words


@pytest.mark.parametrize("width", [80, 100])
def test_a_screen_is_as_wide_as_it_may_be(width: int) -> None:
    """Long names are cut, not wrapped."""
    name = "a name that goes on and on " * 5
    rows = [{**ANSWER["scarcest"][0], "limit": name}]
    unmet = [{**ANSWER["unmet_demand"][0], "origin": name, "reason": name}]
    answer = {**ANSWER, "scarcest": rows, "unmet_demand": unmet}
    lines = screen(answer, Units(), Style(width=width)).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) == len(screen(ANSWER, Units(), Style(width=width)).splitlines())


def test_ascii_is_enough() -> None:
    """Bars and dots have a form that every terminal knows."""
    rows = [{**ANSWER["scarcest"][0], "limit": "x" * 200}]
    answer = {**ANSWER, "scarcest": rows}
    text = screen(answer, Units(), Style(unicode=False))
    assert text.isascii()
    assert "#####" in text


def test_a_small_share_still_has_a_bar() -> None:
    """Nothing that is carried looks like nothing."""
    lines = screen(ANSWER, Units(), Style(unicode=False)).splitlines()
    bars = [line.count("#") for line in lines if "%" in line and "#" in line]
    assert bars == [19, 9, 1]


def test_a_name_steers_no_terminal() -> None:
    """Escape sequences and markup in names are shown as text."""
    instance = {**ANSWER["instance"], "name": "\x1b[31mred [bold]x[/bold]"}
    text = screen({**ANSWER, "instance": instance}, Units(), Style())
    assert "\x1b" not in text
    assert "[bold]x[/bold]" in text


def test_rules_at_odds_are_named() -> None:
    """Without a plan there is only the contradiction."""
    row = {
        "rule": "mix",
        "scope": "",
        "period": "2026",
        "value": "northern",
        "side": "min",
        "limit": 0.9,
        "share": 0.4,
        "excess": 50,
    }
    answer = {**ANSWER, **NOTHING, "status": "infeasible", "loosening": [row]}
    text = screen(answer, Units(), Style())
    assert "infeasible: proved: the rules cannot hold together" in text
    assert "northern min 90.0 %" in text
    assert "40.0000 %" in text
    assert "Cost" not in text


def test_nothing_found_is_said_plainly() -> None:
    """A run stopped before its first plan."""
    text = screen({**ANSWER, **NOTHING, "status": "none"}, Units(), Style())
    assert "none: stopped before there was a plan" in text
