"""Every figure of a result is recomputed: whatever is changed is found."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.solve import Run, run
from solver.verification.exact.amounts import exactly
from solver.verification.figures.comparison import SHOWN
from solver.verification.prover import Prover
from solver.verification.verify import verify
from solver.verification.world import World
from tests.build import build_instance
from tests.random_instances import random_instance
from tests.verification.case import DEMAND, before, rule
from tests.verification.concentration_cases import THREE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance
    from solver.problem.rules import Rule
    from solver.solution.solution import Result

MEASURES, AT_ODDS = "rules of every measure", "rules at odds"

PROVED_WITH_A_PLAN = ["one more, one less", "exposure", "auxiliary prices"]
"""Checks that are made only where there is a plan."""

SEEDS = (0, 1, 2, 10, 12, 22, MEASURES, AT_ODDS)
"""Instances with rules, limits, periods, named routes, unmet and infeasible ones."""


@cache
def solved(seed: int | str) -> Run:
    """Return a run of a random instance, or of one with rules on all values."""
    if isinstance(seed, int):
        instance = random_instance(seed)
    else:
        instance = every_measure(*([] if seed == MEASURES else [CLOSED]))
    return run(instance, Options(), Clock())


CLOSED = rule(
    name="what is closed",
    max_change={"share": 0.1, "reference": before(gone=99.0, north=1.0)},
)
"""What was carried is gone, so that no share of what is carried can hold."""


def every_measure(*more: Rule) -> Instance:
    """Return three corridors under rules of every measure, hard and soft.

    The second product has no demand, so that its scope is empty.
    """
    reference = {"share": 0.2, "reference": before(T=12.0, V=8.0)}
    rules = (
        rule(name="hhi", max_hhi=5800, for_each=("product",)),
        rule(name="effective", min_effective=2.4, penalty=0.5),
        rule(name="top", max_top={"k": 2, "share": 0.8}, over="all", penalty=2.0),
        rule(name="change", by="country", max_change=reference, penalty=1.0),
        rule(name="shares", max_share={"none": 0.1}, min_share=0.1, of="demand"),
        *more,
    )
    demand = [{**DEMAND, "quantity": 30.0}, {**DEMAND, "product": "q", "quantity": 0.0}]
    legs = [{**THREE[0], "country": "T"}, *THREE[1:]]
    return build_instance(legs, demand, diversification=rules)


def faults(seed: int | str, result: Result) -> tuple[str, ...]:
    """Return what verification finds wrong with a result whose plan is as it was."""
    return verify(solved(seed).instance, result, proved(seed)).faults


@cache
def proved(seed: int | str) -> Prover:
    """Return what is proved of a plan, once for all that is told of it."""
    instance, result = solved(seed).instance, solved(seed).result
    with exactly():
        prover = Prover(World.of(instance), result.plan, result.certificate)
        assert prover.proof().passed
    return prover


@pytest.mark.parametrize("seed", SEEDS)
def test_results_pass(seed: int | str) -> None:
    """A result as it was made has no fault, and its checks say so."""
    result = solved(seed).result
    verification = verify(solved(seed).instance, result)
    assert verification.passed, verification.faults
    assert all(check.passed for check in verification.checks)
    assert [check.name for check in verification.checks] == [
        "plan and certificate",
        "status",
        *(PROVED_WITH_A_PLAN if result.plan is not None else []),
        "allocation.csv",
        "demand.csv",
        "capacity.csv",
        "flows.csv",
        "corridors.csv",
        "rules.csv",
        "exposure.csv",
        "summary.json",
    ]


def test_rules_of_every_measure_are_told() -> None:
    """With levels, prices, penalties and, where they contradict, what gives way."""
    table = solved(MEASURES).result.tables["rules"]
    summary = solved(MEASURES).result.summary
    assert summary["status"] == "optimal"
    assert {*table["measure"]} == {"share", "hhi", "effective", "top", "change"}
    paid = table["penalty"][~np.isnan(table["penalty"])]
    assert (paid > 0).any()
    assert summary["penalties"] == pytest.approx(paid.sum())
    assert (table["price"][np.isnan(table["penalty"])] > 0).any()
    at_odds = solved(AT_ODDS).result.summary
    assert at_odds["status"] == "infeasible"
    assert [entry["measure"] for entry in at_odds["loosening"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cell_counts(seed: int | str) -> None:
    """Any cell of any table, changed, is found, and named by row and column."""
    result = solved(seed).result
    for name, table in result.tables.items():
        for title, column in table.items():
            if not len(column):
                continue
            changed = np.array([_other(cell) for cell in column], dtype=column.dtype)
            spoiled = {**result.tables, name: {**table, title: changed}}
            found = faults(seed, replace(result, tables=spoiled))
            for row in range(min(len(column), SHOWN)):
                where = f"{name}.csv:{row + 2} {title}: says "
                assert any(fault.startswith(where) for fault in found), where


def _other(cell: object) -> object:
    if isinstance(cell, str):
        return f"{cell}x"
    number = float(str(cell))
    return 1.0 if np.isnan(number) else number + max(1e-5, 1e-5 * abs(number))


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_rows_are_counted_and_ordered(seed: int) -> None:
    """A row too few, or two rows exchanged, are found."""
    result = solved(seed).result
    for name, table in result.tables.items():
        rows = len(next(iter(table.values())))
        if rows < 2:
            continue
        for order in (np.arange(rows - 1), np.roll(np.arange(rows), 1)):
            spoiled = {title: column[order] for title, column in table.items()}
            tables = {**result.tables, name: spoiled}
            assert faults(seed, replace(result, tables=tables))
        tables = {**result.tables, name: dict(list(table.items())[1:])}
        assert "columns" in faults(seed, replace(result, tables=tables))[0]


def _changes(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all figures of a document."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from _changes(value, (*path, key))
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from _changes(value, (*path, number))
    else:
        yield path


ELSEWHERE = {"versions", "files", "seconds", "options", "sha256"}
"""What instance and plan do not decide."""


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_of_the_summary_counts(seed: int | str) -> None:
    """Any figure of the summary, changed, is found."""
    result = solved(seed).result
    for path in _changes(result.summary):
        if ELSEWHERE & set(path) or path[-1] == "reason":
            continue
        summary = copy.deepcopy(dict(result.summary))
        place: Any = summary
        for key in path[:-1]:
            place = place[key]
        value = place[path[-1]]
        place[path[-1]] = 7.5 if value is None else _other_figure(value)
        if path[0] == "loosening" and path[-1] == "level":
            place[path[-1]] = 1e6 if place["side"] == "min" else -1.0
        found = faults(seed, replace(result, summary=summary))
        assert any(fault.startswith("summary.json") for fault in found), path


def _other_figure(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return _other(value)


@pytest.mark.parametrize("key", ["cost", "verified", "unmet_demand", "status"])
def test_keys_of_the_summary(key: str) -> None:
    """A key too few is found."""
    result = solved(1).result
    summary = {name: value for name, value in result.summary.items() if name != key}
    assert faults(1, replace(result, summary=summary))


@pytest.mark.parametrize(
    ("seconds", "sound"),
    [
        ({"load": 0.5, "solve": 1.0, "total": 1.5}, True),
        ({"load": 0.5, "solve": 1.0, "total": 1.4}, False),
        ({"load": 0.5, "solve": 1.0, "total": 1.6}, False),
        ({"load": -0.5, "total": 1.6}, False),
        ({"load": 0.5}, False),
        ({"load": "long", "total": 1.6}, False),
        (None, False),
    ],
)
def test_seconds(seconds: object, sound: bool) -> None:
    """Phases take no less than nothing, and add up to the total."""
    result = solved(1).result
    summary = {**result.summary, "seconds": seconds}
    assert (not faults(1, replace(result, summary=summary))) is sound


@pytest.mark.parametrize("status", ["optimal", "infeasible", "none", "perfect"])
def test_a_status_that_is_not_proved(status: str) -> None:
    """Firm demand stays unmet here: no other status may be claimed."""
    result = solved(1).result
    assert result.summary["status"] == "unmet"
    summary = {**result.summary, "status": status}
    found = faults(1, replace(result, summary=summary))
    assert any(fault.startswith("summary.json status") for fault in found)


def test_an_unproved_plan_may_be_called_approximate() -> None:
    """A plan without its proof is no fault where nothing else is claimed."""
    result = solved(1).result
    for status, passed in [("limit", True), ("approximate", True), ("unmet", False)]:
        options = {**result.summary["options"], "time_limit": 9.0}
        summary = {**result.summary, "status": status, "options": options}
        bare = replace(result, summary=summary, certificate=None)
        found = verify(solved(1).instance, bare)
        check = next(check for check in found.checks if check.name == "status")
        assert check.passed is passed


def _reasons() -> Iterator[tuple[int, int, str]]:
    for seed in range(50):
        entries = solved(seed).result.summary["unmet_demand"]
        for number, entry in enumerate(entries):
            yield seed, number, entry["reason"]


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (r"no route from its.*", "limited by leg L0"),
        (r"no route within (\d+) days.*", "no route within 99 days from here"),
        (r"limited by \S+ \S+.*", "limited by the weather"),
        (r"no route costs less than leaving it", "free of charge"),
        (r"limited by (.*)", r"no route costs less than leaving it, by \g<1>"),
    ],
)
def test_reasons(pattern: str, instead: str) -> None:
    """A reason that does not hold is found."""
    seed, number, reason = next(r for r in _reasons() if re.fullmatch(pattern, r[2]))
    result = solved(seed).result
    summary = copy.deepcopy(dict(result.summary))
    summary["unmet_demand"][number]["reason"] = re.sub(pattern, instead, reason)
    found = faults(seed, replace(result, summary=summary))
    assert any("reason" in fault for fault in found)
