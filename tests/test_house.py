"""The house: which wings there are, and what the verifier may import."""

from __future__ import annotations

import re
from pathlib import Path

import grimp
import pytest

SOLVER = Path(__file__).parents[1] / "solver"
OF_THE_VERIFIER = ("problem", "solution", "errors", "arrays", "verification")


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
