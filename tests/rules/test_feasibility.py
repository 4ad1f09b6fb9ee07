from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.checks.test_rules import rule
from tests.loaders.folders import faults_of, only_fault, read

if TYPE_CHECKING:
    from pathlib import Path

LEGS = (
    "from,to,mode,corridor,cost\n"
    "A,B,rail,north,10\n"
    "B,C,sea,,5\n"
    "A,C,road,south,20\n"
    "A,D,road,,1\n"
    "D,C,road,,1\n"
    "X,Y,rail,west,1\n"
)
"""From A to C by `north`, `south` or `none`; `west` leads elsewhere."""


@pytest.mark.parametrize(
    ("text", "column", "message", "remedy"),
    [
        (
            "max_hhi = 0",
            "max_hhi",
            "0 is not an HHI",
            "give a number above 0 and up to 1, or up to 10000 on that scale",
        ),
        ("max_hhi = -0.5", "max_hhi", "-0.5 is not an HHI", None),
        ("max_hhi = 10001", "max_hhi", "10001 is not an HHI", None),
        (
            "min_effective = 0.5",
            "min_effective",
            "0.5 is not an effective number of corridors",
            "give a number of 1 or more, such as 2.5",
        ),
        (
            "min_effective = 1e15",
            "min_effective",
            "1e+15 is not an effective number of corridors",
            None,
        ),
        (
            "max_top = { k = 2, share = 1.1 }",
            "max_top.share",
            "1.1 is not a share",
            "give a share from 0 to 1, such as 0.9",
        ),
        (
            "max_top = { k = 2, share = -0.1 }",
            "max_top.share",
            "-0.1 is not a share",
            None,
        ),
    ],
)
def test_a_bound_out_of_its_range(
    tmp_path: Path, text: str, column: str, message: str, remedy: str | None
) -> None:
    """An HHI, an effective number and a share have their scales."""
    toml = rule(f'by = "corridor"\n{text}')
    fault = only_fault(tmp_path, legs=LEGS, instance_toml=toml)
    assert (fault.file, fault.column) == (
        "instance.toml",
        f"diversification.1.{column}",
    )
    assert fault.message == f"rule `r`: {message}"
    assert remedy in {None, fault.remedy}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("max_hhi = 0.5", "max_hhi"),
        ("min_effective = 2", "min_effective"),
        ("max_top = { k = 1, share = 0.5 }", "max_top"),
    ],
)
@pytest.mark.parametrize("by", ["mode", "leg", "node"])
def test_values_that_overlap_are_refused_with_the_reason(
    tmp_path: Path, text: str, key: str, by: str
) -> None:
    """Only shares of corridors sum to 1: a route may carry two modes."""
    fault = only_fault(tmp_path, instance_toml=rule(f'by = "{by}"\n{text}'))
    assert fault.column == f"diversification.1.{key}"
    assert fault.message == (
        f'rule `r`: {key} needs `by = "corridor"`: a route is in one corridor, but may '
        f"carry several values of `{by}` at once, so that their shares do not sum to 1"
    )
    assert fault.remedy == "bound each with max_share, or count by corridor"


CARRIERS = "only 3 corridors can carry this cargo, `north`, `south`, `none`"


@pytest.mark.parametrize(
    ("text", "column", "message", "remedy"),
    [
        ("max_hhi = 0.33", "max_hhi", "an HHI of 0.33", "give 0.3334 at least"),
        ("max_hhi = 3333", "max_hhi", "an HHI of 3333", "give 3334 at least"),
        (
            "min_effective = 3.01",
            "min_effective",
            "an effective number of 3.01",
            "give 3 at most",
        ),
        (
            "max_share = 0.3333333333",
            "max_share",
            "a share of 0.3333333333 at most for each",
            "give 0.3334 at least",
        ),
        (
            "max_share = 0.3333333333333333",
            "max_share",
            "a share of 0.3333333333333333 at most for each",
            "give 0.3334 at least",
        ),
        (
            "max_top = { k = 1, share = 0.3333333333 }",
            "max_top.share",
            "a share of 0.3333333333 for the 1 largest together",
            "give 0.3334 at least",
        ),
        (
            "max_top = { k = 1, share = 0.3 }",
            "max_top.share",
            "a share of 0.3 for the 1 largest together",
            "give 0.3334 at least",
        ),
        (
            "max_top = { k = 2, share = 0.66 }",
            "max_top.share",
            "a share of 0.66 for the 2 largest together",
            "give 0.6667 at least",
        ),
        (
            "max_top = { k = 9, share = 0.99 }",
            "max_top.share",
            "a share of 0.99 for the 9 largest together",
            "give 1 at least",
        ),
    ],
)
def test_a_bound_that_so_few_corridors_cannot_keep(
    tmp_path: Path, text: str, column: str, message: str, remedy: str
) -> None:
    """Even equal shares of all corridors that could carry the cargo are too much."""
    toml = rule(f'by = "corridor"\n{text}')
    fault = only_fault(tmp_path, legs=LEGS, instance_toml=toml)
    assert fault.column == f"diversification.1.{column}"
    assert fault.message == f"rule `r`: {message} can never hold: {CARRIERS}"
    assert fault.remedy == remedy


@pytest.mark.parametrize(
    "text",
    [
        "max_share = 0.3333333334",
        'max_share = 0.1\nof = "demand"',
        "max_share = 0.1\npenalty = 3",
        "max_hhi = 0.3334",
        "max_hhi = 0.33333333",
        "max_hhi = 3334",
        "max_hhi = 1",
        "max_hhi = 10000",
        "min_effective = 3",
        "min_effective = 1",
        "max_top = { k = 2, share = 0.6666666667 }",
        "max_top = { k = 9, share = 1 }",
        'max_hhi = 0.1\nof = "demand"',
        "max_hhi = 0.1\npenalty = 3",
        "min_effective = 9\npenalty = 0",
        'max_top = { k = 1, share = 0 }\nof = "demand"',
    ],
)
def test_a_bound_that_may_hold(tmp_path: Path, text: str) -> None:
    """Of demand cargo may stay unmet; with a penalty a bound may be broken always."""
    toml = rule(f'by = "corridor"\n{text}')
    assert len(read(tmp_path, legs=LEGS, instance_toml=toml).diversification) == 1


def test_every_bound_of_a_rule_is_looked_at(tmp_path: Path) -> None:
    """One rule may set several bounds, each of which can be impossible."""
    toml = rule(
        'by = "corridor"\nmax_hhi = 0.2\nmin_effective = 2.5\n'
        "max_top = { k = 2, share = 0.5 }"
    )
    faults = faults_of(tmp_path, legs=LEGS, instance_toml=toml)
    assert [fault.column for fault in faults] == [
        "diversification.1.max_hhi",
        "diversification.1.max_top.share",
    ]


def test_only_the_cargo_of_the_rule_counts(tmp_path: Path) -> None:
    """Cargo that few corridors serve is bounded by those few."""
    demand = "product,origin,market,quantity\ngrain,A,C,100\nore,X,Y,5\n"
    for product, message in (
        ("ore", "only one corridor can carry this cargo, `west`"),
        ("grain", CARRIERS),
    ):
        toml = rule(
            f'by = "corridor"\nmax_hhi = 0.3\nwhere = {{ product = "{product}" }}'
        )
        fault = only_fault(tmp_path, legs=LEGS, demand=demand, instance_toml=toml)
        assert fault.message.endswith(message)
    toml = rule('by = "corridor"\nmax_hhi = 0.25')
    read(tmp_path, legs=LEGS, demand=demand, instance_toml=toml)


def test_cargo_that_nothing_can_carry_keeps_every_bound(tmp_path: Path) -> None:
    """Where nothing is carried, a rule holds."""
    demand = "product,origin,market,quantity\ngrain,C,A,100\n"
    toml = rule('by = "corridor"\nmax_hhi = 0.1')
    read(tmp_path, legs=LEGS, demand=demand, instance_toml=toml)
