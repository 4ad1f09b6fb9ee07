"""The house: which wings there are, and what the verifier may import."""

from __future__ import annotations

import re
from pathlib import Path

import grimp
import pytest

SOLVER = Path(__file__).parents[1] / "solver"
TESTS = Path(__file__).parent
OF_THE_VERIFIER = ("problem", "solution", "errors", "arrays", "verification")

OUTSIDE = {"benchmarks", "instances"}
"""Folders of tests of what stands beside the solver."""

BEHAVIOURS = {
    "commands": {"odd_names", "program_words", "renamed_options", "starting"}
    | {"workbooks"},
    "jobs": {"recipes"},
    "loaders/workbook": {"hostile_books"},
    "network": {"tariffs_of_routes"},
    "reports/page": {"browser"},
    "results": {"orders"},
    "rules": {"feasibility", "no_gaming", "prices", "tight_policies"},
    "solving": {"numbers_at_the_edges", "time_limits"},
    "studies": {"one_sided_prices", "reliefs"},
    "tasks": {"forgeries"},
    "tasks/comparison": {"known_bridges", "near"},
    "verification": {"concentration_rules", "forged_rules", "hostile_numbers", "ties"}
    | {"validity"},
}
"""Tests, room by room, of what no module does alone."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Return which module imports which, type-only imports included."""
    return grimp.build_graph("solver", cache_dir=None)


def test_the_verifier_imports_what_it_may_and_nothing_else(
    graph: grimp.ImportGraph,
) -> None:
    """An import from any other wing could share a mistake with what is verified."""
    found = {
        (module, imported)
        for module in graph.modules
        if module.split(".")[1:2] == ["verification"]
        for imported in graph.find_modules_directly_imported_by(module)
        if imported.split(".")[1] not in OF_THE_VERIFIER
    }
    assert found == set()


def test_no_module_imports_itself_over_others(graph: grimp.ImportGraph) -> None:
    """There is no circle, those that only types make included."""
    circles = {
        module
        for module in graph.modules
        if any(
            graph.chain_exists(imported, module)
            for imported in graph.find_modules_directly_imported_by(module)
        )
    }
    assert circles == set()


def test_there_are_few_rooms() -> None:
    """Wings and top-level modules, and modules in each wing but that of commands."""
    rooms = [
        path
        for path in SOLVER.iterdir()
        if not path.name.startswith("__") and (path.is_dir() or path.suffix == ".py")
    ]
    assert len(rooms) <= 26
    crowded = {
        str(folder.relative_to(SOLVER))
        for folder in (p for p in SOLVER.rglob("*") if p.is_dir())
        if len([p for p in folder.glob("*.py") if p.name != "__init__.py"]) > 12
    }
    # Each command has a module of its own, however many there are.
    assert crowded - {"commands"} == set()


def test_every_file_that_the_architecture_names_is_there() -> None:
    """The ten questions have answers, and recipes touch files that exist."""
    page = (SOLVER.parent / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`(solver/[a-z_/0-9]+(?:\.py)?)`", page))
    assert len(named) >= 20
    assert {name for name in named if not (SOLVER.parent / name).exists()} == set()


def test_tests_mirror_the_house() -> None:
    """A test stands in the room of what it tests, under the name of its module."""
    astray = set()
    for test in TESTS.rglob("test_*.py"):
        room = test.parent.relative_to(TESTS)
        if room == Path() or room.parts[0] in OUTSIDE:
            continue
        inside = [SOLVER / room, *(SOLVER / room).rglob("*")]
        names = {path.stem for path in inside if path.exists()}
        known = names | BEHAVIOURS.get(room.as_posix(), set())
        if test.stem.removeprefix("test_") not in known:
            astray.add(test.relative_to(TESTS).as_posix())
    assert astray == set()


def test_every_behaviour_has_its_tests() -> None:
    """What tests are no longer there is listed no longer."""
    listed = {
        f"{room}/test_{own}.py" for room in BEHAVIOURS for own in BEHAVIOURS[room]
    }
    assert {path for path in listed if not (TESTS / path).exists()} == set()


def test_no_module_is_long() -> None:
    """400 lines at most: a longer one has two purposes."""
    lengths = {
        path: len(path.read_text().splitlines()) for path in SOLVER.rglob("*.py")
    }
    assert {str(path): size for path, size in lengths.items() if size > 400} == {}
