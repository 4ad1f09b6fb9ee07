"""Versions of packages: what is allowed, what is tried, and that they agree."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_lowest_versions_tried_are_the_lowest_allowed() -> None:
    """constraints-lowest.txt holds the lower bound of every run-time package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bounds = [text.split(";")[0].split(",")[0] for text in project["dependencies"]]
    allowed = [text.split(">=") for text in bounds]
    lines = (ROOT / "constraints-lowest.txt").read_text().splitlines()
    tried = dict(line.split("==") for line in lines)
    assert {*tried} == {name for name, _ in allowed}
    for name, bound in allowed:
        own = [int(part) for part in tried[name].split(".")]
        least = [int(part) for part in bound.split(".")]
        assert own == least + [0] * (len(own) - len(least)), name


def test_an_upper_bound_has_its_reason_beside_it() -> None:
    """Where a version is known to break; the others are tried as they come."""
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    bounded = [name for group in groups for name in group if "<" in name.split(";")[0]]
    assert bounded
    for name in bounded:
        (line,) = [line for line in text.splitlines() if f'"{name}",' in line]
        assert line.partition(f'"{name}",')[2].strip().startswith("# "), name
