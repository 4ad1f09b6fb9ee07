"""Textbook problems and the quickstart, solved: costs, prices and shares as known."""

from __future__ import annotations

import csv
import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import cli
from solver.solution.form import SUMMARY
from tests.folders import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

INSTANCES = ROOT / "instances"
QUICKSTART = INSTANCES / "quickstart"
TEXTBOOK = sorted(path.parent for path in INSTANCES.glob("textbook/*/instance.toml"))
NEAR = 1e-6


@dataclass(frozen=True)
class ByHand:
    """What the page of the quickstart works out, in t, USD and USD/t.

    Parameters
    ----------
    scenarios : tuple of str
        Scenarios applied.
    cost : float
        Cost of the plan.
    corridors : tuple of float
        Quantity by the northern, the western and the southern corridor.
    port, railway : float
        Price of the port of Novorossiysk, and of the railway to Iran.
    rule : dict of str to float
        Price of a percentage point, by corridor; nothing without a rule.
    """

    scenarios: tuple[str, ...]
    cost: float
    corridors: tuple[float, float, float]
    port: float
    railway: float
    rule: dict[str, float]

    @property
    def name(self) -> str:
        """Its scenario, or that there is none."""
        return "+".join(self.scenarios) or "no scenario"


BASE = ByHand((), 72e6, (350e3, 150e3, 250e3), 30, 10, {})
CASES = [
    BASE,
    ByHand(
        ("no-corridor-above-40",),
        73.5e6,
        (300e3, 200e3, 250e3),
        0,
        10,
        {"northern": 225e3, "western": 0, "southern": 0, "none": 0},
    ),
    ByHand(
        ("metals-60",),
        72.05e6,
        (350e3, 150e3, 250e3),
        30,
        10,
        {"northern": 0, "western": 7.5e3, "southern": 0, "none": 0},
    ),
]
CLOSED = "novorossiysk-closed"


def _solved(instance: Path, out: Path, scenarios: Sequence[str] = ()) -> dict[str, Any]:
    """Solve an instance through the command line; return its summary."""
    chosen = [word for name in scenarios for word in ("--scenario", name)]
    words = ["solve", str(instance), *chosen, "-o", str(out), "--quiet"]
    done = CliRunner().invoke(cli.keruen, words)
    assert done.exit_code == 0, done.output
    summary: dict[str, Any] = json.loads((out / SUMMARY).read_text(encoding="utf-8"))
    assert summary["status"] == "optimal"
    assert summary["verified"]
    return summary


def _column(path: Path, key: str, value: str) -> dict[str, float]:
    """Figures of one column of a result's table, by the text of another."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row[key]: float(row[value]) for row in csv.DictReader(file)}


def _expected(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))


def _shares(summary: dict[str, Any]) -> list[float]:
    """Shares of the northern, the western and the southern corridor."""
    names = ("northern", "western", "southern")
    return [summary["corridors"][name]["share"] for name in names]


@pytest.mark.parametrize("folder", TEXTBOOK, ids=lambda folder: folder.name)
def test_a_textbook_problem_costs_what_was_published(
    folder: Path, tmp_path: Path
) -> None:
    """The optimum is the published one, and proved."""
    summary = _solved(folder, tmp_path / "out")
    published = _expected(folder)["published_cost"]
    assert summary["cost"] == pytest.approx(published, rel=0, abs=NEAR)
    assert summary["bound"] == pytest.approx(published, rel=NEAR)


def test_what_metro_water_cannot_have_is_paid_apart(tmp_path: Path) -> None:
    """The water alone costs what was printed, 2,460; the rest is unmet cost."""
    parts = _solved(INSTANCES / "textbook" / "metro-water", tmp_path / "out")[
        "cost_parts"
    ]
    assert parts["unmet"] == pytest.approx(5000, abs=NEAR)
    assert sum(parts.values()) - parts["unmet"] == pytest.approx(2460, abs=NEAR)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_quickstart_comes_out_as_by_hand(case: ByHand, tmp_path: Path) -> None:
    """Cost, shares and prices are those of the page, with and without a rule."""
    out = tmp_path / "out"
    summary = _solved(QUICKSTART, out, case.scenarios)
    prices = _column(out / "capacity.csv", "limit", "price")
    assert summary["cost"] == pytest.approx(case.cost, rel=0, abs=NEAR)
    assert _shares(summary) == pytest.approx([q / 750e3 for q in case.corridors])
    assert prices == pytest.approx(
        {"Kostanay>Iran": case.railway, "Novorossiysk": case.port}
    )
    assert _column(out / "rules.csv", "value", "price") == pytest.approx(case.rule)


def test_the_quickstart_with_its_port_closed(tmp_path: Path) -> None:
    """All that the port took goes west; one more tonne there is worth 30 at least."""
    out = tmp_path / "out"
    summary = _solved(QUICKSTART, out, [CLOSED])
    prices = _column(out / "capacity.csv", "limit", "price")
    assert summary["cost"] == pytest.approx(82.5e6, rel=0, abs=NEAR)
    assert _shares(summary) == pytest.approx([0, 2 / 3, 1 / 3])
    assert prices["Kostanay>Iran"] == pytest.approx(10)
    assert prices["Novorossiysk"] >= 30 - NEAR


def test_one_more_tonne_of_the_quickstart_costs_what_the_page_says(
    tmp_path: Path,
) -> None:
    """Marginal costs of the four demands, in the order of their table."""
    _solved(QUICKSTART, tmp_path / "out")
    marginal = _column(tmp_path / "out" / "demand.csv", "row", "marginal_cost")
    assert list(marginal.values()) == pytest.approx([120, 130, 90, 100])


def test_the_costs_by_hand_are_those_that_are_expected() -> None:
    """Every scenario of expected.toml is solved here, at the same cost."""
    expected = _expected(QUICKSTART)
    by_hand = {name: case.cost for case in CASES for name in case.scenarios}
    assert expected["published_cost"] == BASE.cost
    assert expected["scenarios"] == {CLOSED: 82.5e6, **by_hand}
