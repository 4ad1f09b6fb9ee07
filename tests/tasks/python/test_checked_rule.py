"""Rules, changes and scenarios made in Python: what is wrong is told in plain words."""

from __future__ import annotations

from typing import Any

import pytest

import keruen
from tests.folders import ROOT


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"max_shar": 0.5}, "max_shar: unknown key `max_shar`; did you mean"),
        ({"by": "corridr"}, "by: `corridr` is not known; give 'corridor', 'country'"),
        ({"max_share": "half"}, "max_share: `half` does not fit"),
        ({"where": {"products": "wheat"}}, "where.products"),
    ],
)
def test_a_wrong_rule_is_told_plainly(keys: dict[str, Any], told: str) -> None:
    """Key, value and remedy; no word of the package that checks it."""
    with pytest.raises(keruen.KeruenError) as caught:
        keruen.Rule(**{"name": "x", "by": "corridor", **keys})
    assert isinstance(caught.value, keruen.DataError)
    assert f"Rule {told}" in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_a_rule_needs_its_name() -> None:
    """Two faults are told at once."""
    with pytest.raises(keruen.DataError) as caught:
        keruen.Rule()  # type: ignore[call-arg]
    assert [fault.column for fault in caught.value.faults] == ["name", "by"]


def test_a_rule_covers_a_single_name_too() -> None:
    """As in a file, and it holds in a solve."""
    rule = keruen.Rule(name="half", by="corridor", max_share=0.5)
    only = keruen.Rule(name="x", by="corridor", where={"product": "wheat"})
    assert only.where == {"product": ("wheat",)}
    instance = keruen.load(ROOT / "instances" / "quickstart")
    halved = keruen.apply(instance, keruen.Scenario("halved", rules=(rule,)))
    assert set(keruen.solve(halved, sensitivity="none").rules["rule"]) == {"half"}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"rules": "RULE"}, r"`rules` is a single Rule; write a tuple: `\(rule,"),
        ({"changes": "CHANGE"}, "`changes` is a single Change; write a tuple"),
        ({"rules": ("x",)}, "`rules` holds a value of type str"),
        ({"changes": 3}, "`changes` is of type int; give a tuple of Change"),
        ({"name": 3}, "the name of a scenario is a text, not 3"),
    ],
)
def test_a_scenario_takes_tuples(parts: dict[str, Any], told: str) -> None:
    """A single rule or change is told as such."""
    made = {
        "RULE": keruen.Rule(name="x", by="corridor", max_share=0.5),
        "CHANGE": keruen.Change("legs", values={"cost": 1}),
    }
    given: dict[str, Any] = {
        key: made.get(part, part) if isinstance(part, str) else part
        for key, part in parts.items()
    }
    with pytest.raises(keruen.UsageError, match=told):
        keruen.Scenario(**{"name": "s", **given})


def test_a_change_names_columns() -> None:
    """Where, and what becomes of them."""
    with pytest.raises(keruen.UsageError, match="`where` is `north`; name columns"):
        keruen.Change("legs", where="north")  # type: ignore[arg-type]
