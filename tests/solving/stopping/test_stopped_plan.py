"""A solve that is stopped under rules: its plan keeps them, and it claims no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import cli

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

CORRIDORS = {"north": 10.0, "west": 12.0, "south": 14.0, "east": 16.0}

RULES = {
    "largest share": "max_share = 0.3",
    "least share": "min_share = { east = 0.2 }",
    "share of the demand": 'max_share = 0.4\nof = "demand"',
    "index": "max_hhi = 0.3",
    "effective number": "min_effective = 3.0",
    "two largest": "max_top = { k = 2, share = 0.55 }",
    "share of one product": 'max_share = 0.5\nwhere = { product = ["grain"] }',
    "share by country": 'by = "country"\nmax_share = 0.3',
}
"""Rules over four corridors, each through a country of its own."""


def run(*words: str | Path) -> Result:
    """Run a command line."""
    return CliRunner().invoke(cli.keruen, [str(word) for word in words])


def written(folder: Path, rule: str) -> Path:
    """Write an instance: 60 t of grain and 60 t of steel, 50 t by each corridor."""
    by = "" if rule.startswith("by") else 'by = "corridor"\n'
    top = 'name = "Four ways"\nperiods = ["2026"]\n[[diversification]]\nname = "r"\n'
    nodes = [f"{name[0]},{name}land" for name in CORRIDORS]
    legs = [
        f"{start}{end},{start},{end},{name},50,{cost / 2}"
        for name, cost in CORRIDORS.items()
        for start, end in (("A", name[0]), (name[0], "B"))
    ]
    tables = {
        "nodes.csv": ["node,country", "A,Here", "B,There", *nodes],
        "legs.csv": ["leg,from,to,corridor,capacity,cost", *legs],
        "demand.csv": [
            "product,origin,market,quantity",
            "grain,A,B,60",
            "steel,A,B,60",
        ],
    }
    folder.mkdir()
    (folder / "instance.toml").write_text(f"{top}{by}{rule}\n")
    for name, lines in tables.items():
        (folder / name).write_text("\n".join(lines) + "\n")
    return folder


def stopped(instance: Path, out: Path) -> dict[str, Any]:
    """Summary of a solve with hardly any time, which verifies."""
    done = run("solve", instance, "-o", out, "--time-limit", "1e-9")
    assert done.exit_code in {0, 12}, done.output
    checked = run("verify", out)
    assert checked.exit_code == 0, checked.output
    summary: dict[str, Any] = json.loads((out / "summary.json").read_text())
    return summary


@pytest.mark.parametrize("kind", RULES)
def test_whatever_the_rule_a_stop_keeps_it_and_claims_little(
    kind: str, tmp_path: Path
) -> None:
    """Cheapest routes break each rule; little is carried, and no gap of 0 told.

    There is no time for a search: where all cargo would go one way, nothing may go.
    """
    summary = stopped(written(tmp_path / "instance", RULES[kind]), tmp_path / "out")
    left = summary["unmet"] / summary["demand"]
    assert summary["status"] == "limit"
    assert left > 0.01
    assert summary["gap"] is None or summary["gap"] >= left - 1e-6
    assert (summary["gap"] is None) >= (left == 1.0)


@pytest.mark.parametrize("rules", ["share", "hhi", "country"])
def test_many_shipments_are_carried_as_rules_allow(rules: str, tmp_path: Path) -> None:
    """A third is carried at least, and what is left counts in the gap."""
    instance = tmp_path / "instance"
    made = run("generate", instance, "--demands", "700", "--rules", rules)
    assert made.exit_code == 0, made.output
    summary = stopped(instance, tmp_path / "out")
    assert summary["served"] > 0.3 * summary["demand"]
    assert summary["gap"] >= summary["unmet"] / summary["demand"] - 1e-6
    most = summary["cost"] * (1.0 + 1e-14)  # It is a sum of floats.
    assert 0.0 < summary["bound"] <= most
