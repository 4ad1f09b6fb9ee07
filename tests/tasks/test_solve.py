"""Random instances from the solve to the folder and back: every result verifies."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.errors import DataError
from solver.loaders.instance_files import load_document
from solver.loaders.json.document import canonical
from solver.options import Options
from solver.results.certificate_writing import certificate_document
from solver.results.folder import claimed_for_result, write
from solver.results.reading import read_files, read_result
from solver.solution.plan import Plan
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from solver.tasks.verify import audit
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from solver.problem.instance import Instance
    from solver.tasks.solve import Run


def sound_instances(drawn: Callable[[int], Instance]) -> Iterator[Instance]:
    """Yield random instances that a document could hold."""
    for seed in count():
        try:
            document = canonical(drawn(seed))
            yield load_document(document, "instance.json")
        except DataError:
            continue


SOUND = list(islice(sound_instances(random_instance), 40))
RULED = list(islice(sound_instances(random_rules_instance), 30))
"""With rules of every measure, alone and mixed, hard and soft."""


def written(made: Run, folder: Path) -> Path:
    """Write a run to a folder."""
    with claimed_for_result(folder):
        write(folder, made.files)
    return folder


@pytest.mark.parametrize("instance", [*SOUND, *RULED])
def test_what_is_read_back_is_what_was_written(
    instance: Instance, tmp_path: Path
) -> None:
    """Tables, plan, prices and summary survive the folder, and verify again."""
    made = run(instance, Options(), Clock())
    folder = written(made, tmp_path / "out")
    files = read_files(folder)
    found = read_result(files, load_document(files.document, "instance.json"))
    for name, table in made.result.tables.items():
        for column, cells in table.items():
            np.testing.assert_array_equal(found.tables[name][column], cells)
    assert found.summary == made.result.summary
    assert (found.plan is None) == (made.result.plan is None)
    if found.plan is not None:
        for part in Plan.__dataclass_fields__:
            original = getattr(made.result.plan, part)
            np.testing.assert_array_equal(getattr(found.plan, part), original)
    certificate = certificate_document(found.certificate)
    assert certificate == certificate_document(made.result.certificate)
    verdict = audit(folder)
    assert verdict.passed, verdict.faults


@pytest.mark.parametrize("instance", RULED[:15])
def test_penalties_stand_beside_the_cost_and_in_the_gap(instance: Instance) -> None:
    """They are the sum of those in the table, and the bound is of both together."""
    result = run(instance, Options(), Clock()).result
    cost, penalties = result.summary["cost"], result.summary["penalties"]
    if cost is None:
        assert penalties is None
        return
    assert cost == pytest.approx(sum(result.summary["cost_parts"].values()))
    paid = np.nansum(result.tables["rules"]["penalty"])
    assert penalties == pytest.approx(paid, abs=1e-5)
    whole = cost + penalties
    gap = max(0.0, whole - result.summary["bound"]) / max(1.0, abs(whole))
    assert result.summary["gap"] == pytest.approx(gap, abs=1e-6)


@pytest.mark.parametrize("instance", [*SOUND[:10], *RULED[:10]])
def test_a_stopped_run_verifies_too(instance: Instance, tmp_path: Path) -> None:
    """Its plan keeps every limit and its gap is proved.

    Where the first routes of all cargo that has any keep all limits and rules, they are
    the best: more time would tell nothing else.
    """
    made = run(instance, Options(time_limit=1e-9), Clock())
    found = made.result.summary
    if found["status"] not in {"limit", "none"}:
        whole = run(instance, Options(), Clock()).result.summary
        assert (found["status"], found["cost"]) == (whole["status"], whole["cost"])
        assert found["status"] in {"optimal", "unmet"}
        assert not made.result.tables["capacity"]["price"].any()
    verdict = audit(written(made, tmp_path / "out"))
    assert verdict.passed, verdict.faults
