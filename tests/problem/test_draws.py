"""Draws: the numbers of a distribution, and the same ones wherever they are drawn."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean, stdev

import numpy as np
import pytest

from solver.loaders.references import load
from solver.problem.draws import Draw
from solver.problem.edits import with_columns
from solver.problem.tables import Table

TABLE = load(Path("instances/quickstart")).instance.demand


def _numbers(draw: Draw, table: Table = TABLE) -> list[float]:
    found: list[float] = draw.of_rows("demand", table, "quantity").tolist()
    return found


def test_a_number_depends_on_its_row_alone() -> None:
    """Rows in another order, or fewer of them, have the numbers they had."""
    numbers = _numbers(Draw("normal", (1.0, 0.1), seed=3, draw=5))
    backwards = np.arange(len(TABLE))[::-1]
    other = with_columns(TABLE, {k: c[backwards] for k, c in TABLE.columns.items()})
    assert _numbers(Draw("normal", (1.0, 0.1), seed=3, draw=5), other) == numbers[::-1]
    assert len(set(numbers)) == len(numbers)


def test_seed_and_number_of_the_draw_give_other_numbers() -> None:
    """No two of them are alike."""
    first = _numbers(Draw("uniform", (0.0, 1.0), seed=1, draw=1))
    assert first != _numbers(Draw("uniform", (0.0, 1.0), seed=2, draw=1))
    assert first != _numbers(Draw("uniform", (0.0, 1.0), seed=1, draw=2))


def test_one_number_may_be_for_all_rows() -> None:
    """`per = "all"` moves every row alike."""
    assert len(set(_numbers(Draw("normal", (1.0, 0.1), per="all")))) == 1


@pytest.mark.parametrize(
    ("kind", "numbers", "mean", "spread"),
    [
        ("normal", (1.0, 0.2), 1.0, 0.2),
        ("uniform", (0.0, 1.0), 0.5, 12**-0.5),
        ("triangular", (0.0, 0.5, 1.0), 0.5, 24**-0.5),
        ("lognormal", (0.0, 0.1), 1.005, 0.1008),
    ],
)
def test_many_draws_have_the_mean_and_spread_of_their_distribution(
    kind: str, numbers: tuple[float, ...], mean: float, spread: float
) -> None:
    """Two thousand numbers come within 5 standard errors."""
    found = [
        value
        for draw in range(1, 501)
        for value in _numbers(Draw(kind, numbers, draw=draw))  # type: ignore[arg-type]
    ]
    assert fmean(found) == pytest.approx(mean, abs=5 * spread / len(found) ** 0.5)
    assert stdev(found) == pytest.approx(spread, rel=0.1)


def test_bounds_hold() -> None:
    """What is smaller or larger is set to the bound."""
    draws = [Draw("normal", (0.0, 1.0), -0.5, 0.5, draw=n) for n in range(1, 50)]
    found = [value for draw in draws for value in _numbers(draw)]
    assert min(found) == -0.5
    assert max(found) == 0.5
