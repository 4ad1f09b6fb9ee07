"""The package's front door, and the house rules that no linter knows."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

import keruen
import solver

ROOT = Path(__file__).parent.parent
HEAVY = ("highspy", "numpy", "pandas", "pulp", "pydantic", "rich", "scipy")


@pytest.mark.parametrize("name", solver.__all__)
def test_every_name_of_the_front_door_is_there(name: str) -> None:
    """Each name resolves to what its own module calls so."""
    assert getattr(solver, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As for any module."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = solver.no_such_name


def test_the_example_of_the_front_door_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The docstring's example gives what it says."""
    monkeypatch.chdir(ROOT)
    assert doctest.testmod(solver).failed == 0
    assert doctest.testmod(keruen).failed == 0


@pytest.mark.parametrize("package", [solver, keruen])
def test_tab_completion_shows_the_front_door(package: ModuleType) -> None:
    """Both names of the package offer the same, and nothing else."""
    assert dir(package) == sorted(solver.__all__)
    assert all(getattr(package, name) is getattr(solver, name) for name in dir(package))


def test_importing_the_package_loads_nothing_heavy() -> None:
    """Only what is used is loaded."""
    code = f"import keruen, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_nothing_below_imports_the_command() -> None:
    """`cli` stands on top: no module of the package imports it."""
    pattern = re.compile(r"^\s*(?:import|from) cli\b", re.MULTILINE)
    found = [
        p for p in (ROOT / "solver").rglob("*.py") if pattern.search(p.read_text())
    ]
    assert found == []


def test_no_module_is_longer_than_400_lines() -> None:
    """A module that outgrows this is two rooms."""
    long = {
        path.name: count
        for path in (ROOT / "solver").rglob("*.py")
        if (count := len(path.read_text().splitlines())) > 400
    }
    assert set(long) <= {"instance.py", "master.py"}


def test_the_name_of_the_last_release_works_with_a_warning() -> None:
    """`Study` is `WhatIf`, for one release."""
    with pytest.warns(DeprecationWarning, match="`Study` is now `WhatIf`"):
        assert solver.Study is solver.WhatIf
