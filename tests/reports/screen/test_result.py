"""A result on one screen."""

from __future__ import annotations

import re
from typing import Any

import pytest

from solver.problem.instance import Units
from solver.reports.screen.result import screen
from solver.reports.screen.sheet import Style

ANSWER: dict[str, Any] = {
    "status": "unmet",
    "gap": 0,
    "cost": 1234567.5,
    "cost_parts": {"tariff": 1000000, "handling": 0, "unmet": 234567.5},
    "penalties": 0,
    "demand": 1000,
    "served": 900,
    "unmet": 100,
    "corridors": {
        "northern": {"quantity": 600, "share": 0.6666},
        "southern": {"quantity": 299, "share": 0.3323},
        "none": {"quantity": 1, "share": 0.0011},
    },
    "hhi": 0.381,
    "values": {
        "corridor": [{"value": "northern", "value_share": 0.25, "landed_cost": 300.5}],
        "country": [],
        "market": [
            {"value": "[b]Poti[/b]", "value_share": 0.5, "landed_cost": 1250},
            {"value": "Iran", "value_share": None, "landed_cost": 99.5},
        ],
    },
    "exposure": {
        "corridor": {"value": "northern", "share": 0.6666, "captive": 0.25},
        "country": None,
        "port": {"value": "P", "share": 0.1, "captive": None},
    },
    "ranges": [
        {
            "by": "corridor",
            "value": name,
            "least_1": least,
            "most_1": 630,
            "captive": 225,
        }
        for name, least in (("northern", 540), ("southern", 270))
    ],
    "units": {"quantity": "t", "money": "USD", "distance": "km"},
    "instance": {"name": "Trade", "scenarios": ["closed", "dry"], "periods": 2},
    "binding_capacities": [
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
            "of": "carried",
            "scope": "group=metals",
            "period": "all",
            "by": "corridor",
            "measure": "share",
            "value": "northern",
            "side": "max",
            "level": None,
            "limit": 0.6,
            "slack": None,
            "penalty": None,
            "price": 0,
            "price_less": 0,
            "price_more": 0,
            "k": None,
            "unit": None,
            "price_per": "point",
        }
    ],
    "unmet_demand": [
        {
            "product": "grain",
            "origin": "A",
            "market": "B",
            "period": "2026",
            "unmet": 100,
            "reason": "limited by leg A>B",
        }
    ],
    "shortage": [
        {
            "priority": None,
            "unmet": 100,
            "bound": 99.5,
            "without_route": 0,
            "limits": [{"kind": "leg", "limit": "A>B", "ends": "A > B"}],
            "rules": [],
        }
    ],
    "costliest_demand": [],
    "loosening": [],
    "seconds": {"load": 0.1, "total": 0.5},
}
NOTHING: dict[str, Any] = {
    "cost": None,
    "served": None,
    "penalties": None,
    "unmet": None,
    "gap": None,
    "corridors": {},
}


@pytest.mark.parametrize("status", ["limit", "approximate"])
def test_how_a_run_ended_fits_the_screen(status: str) -> None:
    """With its gap, in 80 columns."""
    text = screen({**ANSWER, "status": status, "gap": 0.0313}, Units(), Style(width=80))
    assert max(map(len, text.splitlines())) <= 80
    assert "(gap 3.1e-02)" in text


def test_a_screen_says_everything_once() -> None:
    """Units, thousands, shares and periods stand where they help."""
    text = screen(ANSWER, Units(), Style())
    for words in (
        "Trade [closed + dry]",
        "unmet: proved and verified; firm demand stays unmet (gap 0)",
        "Cost     1,234,568 USD: 1,000,000 for what is served (1,111 USD/t)",
        "tariff 1,000,000, unmet 234,568",
        "Served   900 of 1,000 t (90.0 %)",
        "northern",
        "66.7 %",
        "Concentration (HHI) 0.381, or 3,810 of 10,000: 2.6 effective corridors",
        "leg A>B, 2026",
        "12.35",
        "mix, all (group=metals)",
        "northern -  max 60 %",
        "limited by leg A>B",
        "Time 0.50 s (load 0.10)",
    ):
        assert text.count(words) >= 1, words


def test_a_cost_in_rials_goes_on_below() -> None:
    """What is served for quadrillions has no room beside the cost."""
    cost = {"cost": 12453973207290708.0, "served": 50_000_000_000.0}
    parts = {"tariff": 9884373957570708.0, "unmet": 2569599249720000.0}
    units = Units(quantity="kg", money="IRR")
    answer = {**ANSWER, **cost, "cost_parts": parts}
    lines = screen(answer, units, Style(width=80)).splitlines()
    assert max(map(len, lines)) <= 80
    assert "Cost     12,453,973,207,290,708 IRR: 9,884,373,957,570,708 for" in lines[3]


@pytest.mark.parametrize("width", [80, 100])
def test_a_screen_is_as_wide_as_it_may_be(width: int) -> None:
    """Long names are cut, not wrapped; a long reason is wrapped, not cut."""
    name = "a name that goes on and on " * 5
    rows = [{**ANSWER["binding_capacities"][0], "limit": name}]
    unmet = [{**ANSWER["unmet_demand"][0], "origin": name}]
    answer = {**ANSWER, "binding_capacities": rows, "unmet_demand": unmet}
    lines = screen(answer, Units(), Style(width=width)).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) == len(screen(ANSWER, Units(), Style(width=width)).splitlines())
    reason = (
        "limited by node Aktau with leg Aktau>Baku, leg Alat (Baku > Alat); no route"
    )
    unmet = [{**ANSWER["unmet_demand"][0], "origin": name, "reason": reason}]
    text = screen({**answer, "unmet_demand": unmet}, Units(), Style(width=width))
    assert max(map(len, text.splitlines())) <= width
    assert reason in " ".join(text.split())


def test_ascii_is_enough() -> None:
    """Bars and dots have a form that every terminal knows."""
    rows = [{**ANSWER["binding_capacities"][0], "limit": "x" * 200}]
    answer = {**ANSWER, "binding_capacities": rows}
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


def rule(measure: str, level: float, limit: float, **given: Any) -> dict[str, Any]:
    """Return a row of a rule as an answer holds it."""
    return {
        **ANSWER["rules"][0],
        "measure": measure,
        "value": "",
        "level": level,
        "limit": limit,
        "slack": limit - level,
        "price_less": given.get("price", 0),
        "price_more": given.get("price", 0),
        **given,
    }


SHARE = rule("share", 0.6666, 0.6, value="northern", price=3.2)
HHI = rule("hhi", 0.381, 0.35, price=4321.4, price_per="0.01 HHI")
NUMBER = rule("effective", 2.625, 2.5, side="min", price=250, price_per="corridor")
TOP = rule("top", 0.791, 0.75, price=3, k=2)
MOVED = rule("change", 0.0421, 0.1, price=0)
TONNES = rule("change", 25000, 500000, price=1.5, unit="t", price_per="t")
KINKED = rule("share", 0.6, 0.6, value="northern", price=3, price_more=1, price_less=4)
STUCK = rule("share", 0.6, 0.6, value="northern", price_more=2, price_less=None)
WORDS = [
    (KINKED, "northern 60.0 %", "max 60 %", "1 to 4/point"),
    (STUCK, "northern 60.0 %", "max 60 %", "2 to -/point"),
    (SHARE, "northern 66.7 %", "max 60 %", "3.2/point"),
    (HHI, "HHI 0.381", "max 0.350", "4,321/0.01 HHI"),
    (NUMBER, "effective 2.6", "min 2.5", "250/corridor"),
    (TOP, "top 2 79.1 %", "max 75 %", "3/point"),
    (MOVED, "change 4.2 %", "max 10 %", "0"),
    (TONNES, "change 25,000 t", "max 500,000 t", "1.5/t"),
]


@pytest.mark.parametrize(("row", "level", "limit", "price"), WORDS)
def test_every_measure_is_told_in_its_own_scale(
    row: dict[str, Any], level: str, limit: str, price: str
) -> None:
    """Level, limit, and what its price is for, on one line."""
    text = screen({**ANSWER, "rules": [row]}, Units(), Style(width=88))
    (line,) = [line for line in text.splitlines() if line.startswith("mix")]
    assert line.split()[2:] == f"(group=metals) {level} {limit} {price}".split()


def test_rules_of_all_kinds_fit_on_a_screen() -> None:
    """Names and values are cut, whatever the width of prices and limits."""
    long = "a name that goes on and on " * 5
    rows = [{**row, "rule": long} for row, *_ in WORDS]
    rows[0] = {**rows[0], "value": long}
    answer = {**ANSWER, "rules": rows}
    text = screen(answer, Units(), Style(width=88, unicode=False))
    assert max(map(len, text.splitlines())) <= 88
    assert text.isascii()
    assert "... and 3 more" in text


def test_the_rule_that_is_paid_for_comes_first() -> None:
    """Then the dearest, then the one with least room for its size."""
    paid = {**TONNES, "rule": "paid", "penalty": 10, "price": 0}
    near = {**MOVED, "rule": "near"}
    roomy = {**MOVED, "rule": "roomy", "slack": 0.09}
    rows = [roomy, near, {**HHI, "rule": "dear"}, paid]
    lines = screen({**ANSWER, "rules": rows}, Units(), Style()).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("Rules"))
    assert [line.split()[0].rstrip(",") for line in lines[at + 1 : at + 5]] == [
        "paid",
        "dear",
        "near",
        "roomy",
    ]


def test_penalties_stand_beside_the_cost() -> None:
    """Who is paid for, the dearest first; other rules are left out."""
    rows = [
        {**SHARE, "rule": "half", "penalty": 200},
        {**SHARE, "rule": "half", "penalty": 100},
        {**HHI, "rule": "spread", "penalty": 1500},
        {**TOP, "rule": "kept", "penalty": 0},
        {**TOP, "rule": "hard", "penalty": None},
    ]
    answer = {**ANSWER, "penalties": 1800, "rules": rows}
    lines = screen(answer, Units(), Style(width=88)).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("Penalty"))
    assert lines[at] == (
        "Penalty  1,800 USD beside the cost, for broken rules: spread 1,500, half 300"
    )
    assert lines[at - 2].startswith("Cost")
    assert lines[at + 1].startswith("Served")
    assert "Penalty" not in screen(ANSWER, Units(), Style())


def test_many_penalties_are_told_in_few_words() -> None:
    """Three rules by name, and names no longer than they may be."""
    rows = [{**HHI, "rule": f"{n} " + "x" * 99, "penalty": n + 1} for n in range(5)]
    answer = {**ANSWER, "penalties": 15, "rules": rows}
    lines = screen(answer, Units(), Style(width=88, unicode=False)).splitlines()
    assert max(map(len, lines)) <= 88
    assert any(line.endswith("2 more") for line in lines)


@pytest.mark.parametrize(
    ("row", "words", "instead"),
    [
        ({**SHARE, "side": "min", "level": 0.4}, "northern min 60 %", "40 %"),
        ({**HHI, "level": 0.4123456}, "HHI max 0.350", "0.412346"),
        ({**NUMBER, "level": 2.25}, "effective min 2.5", "2.25"),
        ({**TOP, "level": 0.8}, "top 2 max 75 %", "80 %"),
        ({**MOVED, "level": 0.2}, "change max 10 %", "20 %"),
        ({**TONNES, "level": 600000.25}, "change max 500,000 t", "600,000.25 t"),
        ({**MOVED, "level": None}, "change max 10 %", "-"),
    ],
)
def test_rules_at_odds_are_named(row: dict[str, Any], words: str, instead: str) -> None:
    """Without a plan there is only the contradiction."""
    answer = {**ANSWER, **NOTHING, "status": "infeasible", "loosening": [row]}
    text = screen(answer, Units(), Style(width=88))
    assert "infeasible: proved: the rules cannot hold together" in text
    assert "Cost" not in text
    (line,) = [line for line in text.splitlines() if line.startswith("mix")]
    assert words in line
    assert line.endswith(f" {instead}")


def test_rules_that_keep_cargo_at_home_say_what_would_carry_it() -> None:
    """Beside a plan, in the same words."""
    text = screen({**ANSWER, "loosening": [HHI]}, Units(), Style(width=88))
    assert "Rules that leave demand unmet" in text
    assert "would serve all at" in text
    assert "0000 %" not in text
    assert "HHI max 0.350" in text


def test_nothing_found_is_said_plainly() -> None:
    """A run stopped before its first plan."""
    text = screen({**ANSWER, **NOTHING, "status": "none"}, Units(), Style())
    assert "none: stopped before there was a plan" in text


def test_exposure_is_told_beside_the_corridors() -> None:
    """What each may carry at little more cost, and what is captive."""
    text = screen(ANSWER, Units(), Style())
    northern = next(line for line in text.splitlines() if line.startswith("northern"))
    assert northern.split()[-6:] == ["60.0", "to", "70.0", "%", "25.0", "%"]
    told = "Largest  corridor northern 66.7 % (25.0 % captive), port P 10.0 %"
    assert told in text
    unasked = [{**row, "captive": None} for row in ANSWER["ranges"]]
    assert "captive  " not in screen({**ANSWER, "ranges": unasked}, Units(), Style())


def test_traded_value_is_told_with_what_lands_at_which_cost() -> None:
    """The largest of each kind; a share that is not known is left out."""
    text = screen(ANSWER, Units(), Style(width=80))
    assert "Value    corridor northern 25.0 %; market [b]Poti[/b] 50.0 %" in text
    assert "Landed   [b]Poti[/b] 1,250, Iran 99.5 USD/t: value and transport" in text


def test_without_values_nothing_is_told_of_them() -> None:
    """Products need no value."""
    none: dict[str, Any] = {"corridor": [], "country": [], "market": []}
    text = screen({**ANSWER, "values": none}, Units(), Style(width=80))
    assert "Value" not in text
    assert "Landed" not in text


def test_a_shortage_names_the_set_of_limits_that_keeps_it() -> None:
    """With the quantity that is proved, below the demand that is unmet."""
    text = screen(ANSWER, Units(), Style(width=80))
    told = "Short    99.5 t of firm demand must stay unmet; this limit keeps it"
    assert told in text
    assert text.index("Unmet demand") < text.index(told)
    none = screen({**ANSWER, "shortage": []}, Units(), Style(width=80))
    assert "Short " not in none


def test_a_dash_in_place_of_a_price_is_explained() -> None:
    """Where one less of a limit, or less room of a rule, has no price; only there."""
    said = "A dash: it cannot be, or no proof was found"
    (row,), (rule, *_) = ANSWER["binding_capacities"], ANSWER["rules"]
    known = {**row, "price_more": 4, "price_less": 5}
    dashed = {**known, "price_less": None}
    for own, count in ((known, 0), (dashed, 1)):
        text = screen({**ANSWER, "binding_capacities": [own]}, Units(), Style(width=80))
        assert " ".join(text.split()).count(said) == count
    ruled = {**rule, "price_more": 45, "price_less": None}
    text = screen({**ANSWER, "rules": [ruled]}, Units(), Style(width=80))
    assert text.count(said) == 1


def test_unmet_demand_has_one_head() -> None:
    """Reasons too long for a column split the list; its figures stay in line."""
    row = ANSWER["unmet_demand"][0]
    rows = [
        {**row, "product": product, "unmet": unmet, "reason": f"{product} " * 40}
        for product, unmet in (("ferroalloys", 5000), ("oil", 7))
    ]
    text = screen({**ANSWER, "unmet_demand": rows}, Units(), Style(width=80))
    assert text.count("Unmet demand") == 1
    first, second = re.findall(r"^(?:ferroalloys|oil), .*", text, re.MULTILINE)
    assert len(first) == len(second)


def test_prices_of_rules_say_that_they_are_prices() -> None:
    """The unit alone would be the head of a cost."""
    text = screen({**ANSWER, "rules": [HHI]}, Units(), Style(width=88))
    (head,) = [line for line in text.splitlines() if line.startswith("Rules ")]
    assert head.endswith("price, USD")


def costly(cost: float | None, average: float) -> dict[str, Any]:
    """Return a demand of which only the marginal cost is known."""
    return {
        **dict.fromkeys(("product", "origin", "market", "period"), "a"),
        "served": 3,
        "cost_more": None,
        "marginal_cost": cost,
        "average_cost": average,
    }


@pytest.mark.parametrize(
    ("cost", "average", "is_told"),
    [(4.0, 5.0, True), (5.0, 5.0, False), (None, 5, False)],
)
def test_a_marginal_cost_below_the_average_is_explained(
    cost: float | None, average: float, *, is_told: bool
) -> None:
    """Only a rule can make one more cheaper than what is carried."""
    row = costly(cost, average)
    text = screen({**ANSWER, "costliest_demand": [row]}, Units(), Style(width=80))
    assert ("Below the average where one more gives room in a rule" in text) == is_told


@pytest.mark.parametrize(
    ("counted", "price", "is_told"),
    [("demand", 5, True), ("demand", 0, False), ("carried", 5, False)],
)
def test_a_marginal_cost_says_that_it_leaves_out_shares_of_demand(
    counted: str, price: float, *, is_told: bool
) -> None:
    """One more of a demand is also one more for the rule to be a share of."""
    rules = [{**HHI, "of": counted, "price": price}]
    answer = {**ANSWER, "rules": rules, "costliest_demand": [costly(6, 5)]}
    text = screen(answer, Units(), Style(width=80))
    assert ("Without what one more does to the rules" in text) == is_told
