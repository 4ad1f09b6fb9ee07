from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.folders import only_fault, read

if TYPE_CHECKING:
    from pathlib import Path


def rule(text: str) -> str:
    """Return a manifest with one rule."""
    return f'[[diversification]]\nname = "r"\n{text}\n'


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ('by = "corridor"', "max_share", "it bounds nothing"),
        (
            'by = "corridor"\nmax_share = 60',
            "max_share",
            "60 is not a share",
        ),
        (
            'by = "corridor"\nmin_share = { north = -0.1 }',
            "min_share.north",
            "-0.1 is not a share",
        ),
        ('by = "corridor"\nmax_share = -0.5', "max_share", "-0.5 is not a share"),
        (
            'by = "corridor"\nmin_share = { north = 1.2 }',
            "min_share.north",
            "1.2 is not a share",
        ),
        (
            'by = "corridor"\nmax_share = { nroth = 0.5 }',
            "max_share.nroth",
            "no route could carry corridor `nroth`",
        ),
        (
            'by = "port"\nmax_share = 0.5',
            "by",
            "there are no ports in the instance",
        ),
        (
            'by = "corridor"\nmax_share = 0.3',
            "max_share",
            "a share of 0.3 at most for each can never hold: only 2 corridors can",
        ),
        (
            'by = "corridor"\nmax_share = { north = 0.3, south = 0.3, none = 0.3 }',
            "max_share",
            "all largest shares sum to 0.9, which can never hold",
        ),
        (
            'by = "corridor"\n'
            "max_share = { north = 0.5, south = 0.2, none = 0.2999999999 }",
            "max_share",
            "all largest shares sum to 0.9999999999, which can never hold",
        ),
        (
            'by = "corridor"\nmin_share = { north = 0.7, south = 0.3000000000001 }',
            "min_share",
            "the least shares sum to 1.0000000000001, which can never hold",
        ),
        (
            'by = "corridor"\nmin_share = 0.6',
            "min_share",
            "the least shares sum to 1.2, which can never hold",
        ),
        (
            'by = "mode"\nmax_share = { rail = 0.2 }\nmin_share = { rail = 0.3 }',
            "min_share",
            "`rail` would need a share of 0.3 at least and 0.2 at most",
        ),
        (
            'by = "corridor"\nmax_share = 0.6\npenalty = 1e15',
            "penalty",
            "1e+15 is too large to be true",
        ),
        (
            'by = "corridor"\nmax_share = 0.6\nwhere = { product = ["gain"] }',
            "where.product",
            "unknown product `gain`",
        ),
        (
            'by = "corridor"\nmax_share = 0.6\nwhere = { market = "B" }',
            "where",
            "it selects no demand",
        ),
        (
            'by = "corridor"\nmax_share = 0.6\nwhere = { product = [] }',
            "where",
            "it selects no demand",
        ),
        (
            'by = "corridor"\nmax_share = 0.6\nweight = "value"',
            "weight",
            "it weighs by value, but `grain` has none",
        ),
    ],
)
def test_a_rule_that_cannot_be_meant(
    tmp_path: Path, text: str, column: str, message: str
) -> None:
    """Rules that cover nothing, name the unknown or can never hold are faults."""
    fault = only_fault(tmp_path, instance_toml=rule(text))
    assert (fault.file, fault.column) == (
        "instance.toml",
        f"diversification.1.{column}",
    )
    assert fault.message.startswith(f"rule `r`: {message}")


def test_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    """Results name rules, so that each needs its own."""
    text = rule('by = "mode"\nmax_share = 0.9')
    fault = only_fault(tmp_path, instance_toml=text + text)
    assert fault.message == "rule `r`: `r` is the name of several rules"


def test_a_rule_without_a_bound_says_which_there_are(tmp_path: Path) -> None:
    """A penalty alone bounds nothing."""
    fault = only_fault(tmp_path, instance_toml=rule('by = "corridor"\npenalty = 5'))
    assert fault.message == "rule `r`: it bounds nothing"
    assert fault.remedy == (
        "give max_share, min_share, max_hhi, min_effective, max_top or max_change"
    )


@pytest.mark.parametrize(
    "text",
    [
        'by = "corridor"\nmax_share = { north = 0.1 }',
        'by = "corridor"\nmax_share = { north = 0.1, none = 0.2 }',
        'by = "corridor"\nmax_share = 0.5',
        'by = "corridor"\nmax_share = { north = 0.3, south = 0.3, none = 0.4 }',
        'by = "corridor"\nmax_share = 0.1\nof = "demand"',
        'by = "corridor"\nmax_share = 0.1\npenalty = 3',
        'by = "corridor"\nmin_share = 0.5',
        'by = "corridor"\nmin_share = 0.9\npenalty = 3',
        'by = "mode"\nmin_share = 0.9',
        'by = "leg"\nmax_share = { "A>B" = 0.1 }\nwhere = { origin = "A" }',
        'by = "node"\nmax_share = 0.1',
    ],
)
def test_a_rule_that_may_hold(tmp_path: Path, text: str) -> None:
    """Shares that leave cargo a way, or values that do not exclude others, are fine."""
    assert len(read(tmp_path, instance_toml=rule(text)).diversification) == 1
