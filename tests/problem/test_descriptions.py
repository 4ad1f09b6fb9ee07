"""What fields mean, read from their definitions."""

from __future__ import annotations

import subprocess
import sys

from solver.problem.columns import column_specs
from solver.problem.descriptions import descriptions
from solver.problem.rules import Rule, TopShare
from solver.problem.tables import DEFINITIONS, LegRow


def test_a_field_means_what_stands_below_it() -> None:
    """Texts over several lines become one; inherited fields come first."""
    found = descriptions(LegRow)
    assert list(found)[:2] == ["note", "source"]
    assert found["from_"] == "Node where it starts."
    assert found["mode"] == "Mode, such as rail, road, sea."
    assert "\n" not in "".join(descriptions(Rule).values())


def test_every_field_has_a_meaning() -> None:
    """A table's column, and a key of a rule, is never without one."""
    for name, model in DEFINITIONS.items():
        assert set(descriptions(model)) == set(model.model_fields)
        assert all(spec.meaning for spec in column_specs(name).values())
    assert set(descriptions(TopShare)) == {"k", "share"}


def test_solving_reads_no_meanings() -> None:
    """The source of definitions is not read, and no row's model built, by imports."""
    program = (
        "import solver.tasks.solve\n"
        "from solver.problem.descriptions import descriptions\n"
        "from solver.problem.tables import DEFINITIONS\n"
        "print(descriptions.cache_info().misses,\n"
        "      sum(m.__pydantic_complete__ for m in DEFINITIONS.values()))\n"
    )
    told = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert told.stdout.split() == ["0", "0"]
