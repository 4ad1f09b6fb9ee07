"""The first hour of someone new works outside the checkout."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from solver.tasks.instances.example import EXAMPLES
from tests.folders import ROOT
from tests.newcomer import Home, first_hour


def test_every_step_of_the_first_hour_works(tmp_path: Path) -> None:
    """From this tree; from a built wheel by the command in `docs/testing.md`."""
    first_hour(Home(tmp_path, Path(sys.executable), ROOT))


def test_the_wheel_ships_both_packages_and_every_example() -> None:
    """Where `keruen example` looks for them, and no module called `cli`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["solver", "keruen"]
    shipped = {f"instances/{name}": f"solver/examples/{name}" for name in EXAMPLES}
    assert shipped.items() <= wheel["force-include"].items()
    assert project["project"]["scripts"] == {"keruen": "solver.__main__:main"}


def test_the_image_is_built_from_all_that_a_wheel_needs() -> None:
    """What the project file names has to be copied before `pip install` runs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {
        "pyproject.toml",
        project["project"]["readme"],
        *project["project"]["license-files"],
        *wheel["packages"],
        *(path.partition("/")[0] for path in wheel["force-include"]),
    }
    lines = (ROOT / "Containerfile").read_text().splitlines()
    copied = {
        source
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    }
    assert needed <= copied
    assert all((ROOT / source).exists() for source in copied)
