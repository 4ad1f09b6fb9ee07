from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.checks.test_rules import rule
from tests.loaders.folders import faults_of, only_fault, read

if TYPE_CHECKING:
    from pathlib import Path

ROW = '{ period = "all year", value = "north", quantity = 60 }'


def change(text: str, rest: str = "") -> str:
    """Return a manifest with one rule on change."""
    return rule(f'by = "corridor"\n{rest}\nmax_change = {{ {text} }}')


@pytest.mark.parametrize(
    ("text", "column", "message", "remedy"),
    [
        (
            f"reference = [{ROW}]",
            "share",
            "it bounds no change",
            "give share, or quantity",
        ),
        (
            f"share = 0.1, quantity = 5, reference = [{ROW}]",
            "quantity",
            "it bounds the change both by share and by quantity",
            "keep one of them, or make two rules of it",
        ),
        (
            f"share = 10, reference = [{ROW}]",
            "share",
            "10 is not a share",
            "give a share from 0 to 1, such as 0.1; an amount is a `quantity`",
        ),
        (
            f"quantity = 1e15, reference = [{ROW}]",
            "quantity",
            "1e+15 is too large to be true",
            "give a number below 1e+15",
        ),
        (
            "share = 0.1",
            "from",
            "there is nothing to compare with",
            'give the folder of an earlier result, `from = "..."`, or reference',
        ),
        (
            'share = 0.1, from = ""',
            "from",
            "there is nothing to compare with",
            None,
        ),
    ],
)
def test_a_change_that_cannot_be_meant(
    tmp_path: Path, text: str, column: str, message: str, remedy: str | None
) -> None:
    """A rule on change says how much, and against what, once each."""
    fault = only_fault(tmp_path, instance_toml=change(text))
    assert (fault.file, fault.column) == (
        "instance.toml",
        f"diversification.1.max_change.{column}",
    )
    assert fault.message == f"rule `r`: {message}"
    assert remedy in {None, fault.remedy}


@pytest.mark.parametrize(
    ("row", "rest", "column", "message", "remedy"),
    [
        (
            'period = "all year", value = "north", quantity = 1',
            'for_each = ["product", "origin"]',
            "scope",
            "its scope names nothing, but the rule is for each `product`, `origin`",
            'give `scope = { product = "...", origin = "..." }`',
        ),
        (
            'scope = { market = "C" }, period = "all year", value = "north", '
            "quantity = 1",
            'for_each = ["product"]',
            "scope",
            "its scope names `market`, but the rule is for each `product`",
            'give `scope = { product = "..." }`',
        ),
        (
            'scope = { market = "C" }, period = "all year", value = "north", '
            "quantity = 1",
            "",
            "scope",
            "its scope names `market`, but the rule is for all cargo together",
            "leave the scope out",
        ),
        (
            'period = "all yaer", value = "north", quantity = 1',
            "",
            "period",
            "unknown period `all yaer`",
            "did you mean `all year`?",
        ),
        (
            'period = "all", value = "north", quantity = 1',
            "",
            "period",
            "unknown period `all`",
            None,
        ),
        (
            'period = "all year", value = "north", quantity = 1',
            'over = "all"',
            "period",
            "period `all year`, but the rule is over all periods",
            "give `all`, with the sum over periods",
        ),
        (
            'period = "all year", value = "north", quantity = 1e15',
            "",
            "quantity",
            "1e+15 is too large to be true",
            "give a number below 1e+15",
        ),
    ],
)
def test_a_reference_that_no_scope_looks_up(
    tmp_path: Path, row: str, rest: str, column: str, message: str, remedy: str | None
) -> None:
    """A row names the scope and the period as the rule counts them."""
    toml = change(f"share = 0.1, reference = [{{ {row} }}]", rest)
    fault = only_fault(tmp_path, instance_toml=toml)
    assert fault.column == f"diversification.1.max_change.reference.1.{column}"
    assert fault.message == f"rule `r`: {message}"
    assert remedy in {None, fault.remedy}


def test_a_reference_stands_there_once(tmp_path: Path) -> None:
    """Two quantities of one value in one scope are a fault, even if they agree."""
    toml = change(f"share = 0.1, reference = [{ROW}, {ROW}, {ROW}]")
    faults = faults_of(tmp_path, instance_toml=toml)
    assert [fault.column for fault in faults] == [
        "diversification.1.max_change.reference.2.value",
        "diversification.1.max_change.reference.3.value",
    ]
    assert (
        faults[1].message == "rule `r`: reference 3 says what reference 1 says already"
    )


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (f"share = 0, reference = [{ROW}]", ""),
        ("quantity = 5, reference = []", ""),
        (
            'quantity = 5, reference = [{ period = "all year", value = "canal", '
            "quantity = 7 }]",
            "",
        ),
        (
            'share = 1, reference = [{ scope = { product = "silk" }, period = "all", '
            'value = "north", quantity = 0 }]',
            'over = "all"\nfor_each = ["product"]',
        ),
    ],
)
def test_a_reference_may_know_what_is_no_more(
    tmp_path: Path, text: str, rest: str
) -> None:
    """Values and scopes of the earlier network need not be known now."""
    (found,) = read(tmp_path, instance_toml=change(text, rest)).diversification
    assert found.max_change is not None
