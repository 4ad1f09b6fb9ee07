"""One run, from an instance to a verified result and the folder it is written to."""

from __future__ import annotations

import hashlib
import platform
import time
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from solver.errors import UnverifiedError
from solver.layout import CERTIFICATE, FORMAT, INSTANCE, PACKAGES, SUMMARY
from solver.loaders.document import canonical
from solver.reports.account import Account
from solver.reports.as_csv import table_bytes
from solver.reports.as_json import certificate_document, document_bytes, plain
from solver.reports.summary import (
    loosening_rows,
    no_figures,
    plan_figures,
    scarce_rows,
    unmet_rows,
)
from solver.reports.tables import empty_tables, plan_tables
from solver.solution import Result
from solver.solving import solve
from solver.verification import verify
from solver.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from solver.column_generation import Progress
    from solver.instance import Instance
    from solver.options import Options
    from solver.reports.tables import Table
    from solver.solution import Solution


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A verified result, and the files that hold it.

    Parameters
    ----------
    instance : Instance
        What was solved.
    result : Result
        What came of it.
    files : dict of str to bytes
        Every file of its folder by name, the summary last.
    beside : dict
        What people are told besides: how much work it took (`counters`), and how far
        rules would have to give way (`loosening`).
    """

    instance: Instance
    result: Result
    files: Mapping[str, bytes]
    beside: Mapping[str, Any]


class Clock:
    """Seconds of each phase, one after the other.

    Parameters
    ----------
    began : float, optional
        Moment, on the monotonic clock, at which the first phase began.
    """

    def __init__(self, began: float | None = None) -> None:
        self._last = time.monotonic() if began is None else began
        self.seconds: dict[str, float] = {}

    def stop(self, phase: str) -> None:
        """End a phase; the next one begins."""
        now = time.monotonic()
        self.seconds[phase] = now - self._last
        self._last = now

    def split(self, phases: Mapping[str, float]) -> None:
        """End a phase that knows its own parts."""
        self.seconds |= phases
        self._last = time.monotonic()

    def with_total(self) -> dict[str, float]:
        """Seconds by phase, to the millisecond, and their sum."""
        phases = {phase: round(value, 3) for phase, value in self.seconds.items()}
        return {**phases, "total": round(sum(phases.values()), 3)}


def run(
    instance: Instance,
    options: Options,
    clock: Clock,
    *,
    model_file: Path | None = None,
    tell: Callable[[Progress | str], None] | None = None,
) -> Run:
    """Solve an instance, verify what came of it, and keep it as files.

    Parameters
    ----------
    instance : Instance
        A checked instance.
    options : Options
        How to solve it.
    clock : Clock
        What the phases are added to.
    model_file : Path, optional
        Where the linear program is written.
    tell : callable, optional
        Called with each progress of the solve, and with the name of a later phase.

    Raises
    ------
    UnverifiedError
        The result failed its verification: it is not to be used.
    """
    solution = solve(instance, options, model_file=model_file, tell=tell)
    clock.split(solution.phases)
    return finished(instance, solution, options, clock, tell=tell)


def finished(
    instance: Instance,
    solution: Solution,
    options: Options,
    clock: Clock,
    *,
    tell: Callable[[Progress | str], None] | None = None,
) -> Run:
    """Verify a solution, and keep it as files.

    Parameters
    ----------
    instance : Instance
        What was solved.
    solution : Solution
        What came of it.
    options : Options
        How it was solved.
    clock : Clock
        What the phases are added to.
    tell : callable, optional
        Called with the name of each phase.

    Raises
    ------
    UnverifiedError
        The result failed its verification: it is not to be used.
    """
    if tell is not None:
        tell("making tables")
    document = canonical(instance)
    tables, figures = _account(instance, solution)
    files = {
        **{f"{name}.csv": table_bytes(table) for name, table in tables.items()},
        CERTIFICATE: document_bytes(certificate_document(solution.certificate)),
        INSTANCE: document,
    }
    summary: dict[str, Any] = {
        "format": FORMAT,
        "status": str(solution.status),
        **figures,
        "instance": {
            "name": instance.name,
            "scenarios": list(instance.scenarios),
            "sha256": hashlib.sha256(document).hexdigest(),
        },
        "versions": versions(),
        "options": asdict(options),
        "files": {
            name: hashlib.sha256(data).hexdigest() for name, data in files.items()
        },
    }
    summary = plain(summary)
    result = Result(tables, solution.plan, solution.certificate, summary)
    clock.stop("report")
    if tell is not None:
        tell("verifying")
    verification = verify(instance, result)
    if not verification.passed:
        message = "the result failed its verification; please report it"
        raise UnverifiedError("\n".join([message, *verification.faults]))
    clock.stop("verify")
    summary["seconds"] = clock.with_total()
    files[SUMMARY] = document_bytes(summary)
    beside = {
        "counters": asdict(solution.counters),
        "loosening": plain(loosening_rows(solution.loosening, instance)),
    }
    return Run(instance, result, files, beside)


def versions() -> dict[str, str]:
    """Versions of everything that a result depends on."""
    found = {"keruen": VERSION, "python": platform.python_version()}
    return found | {name: metadata.version(name) for name in PACKAGES}


def _account(
    instance: Instance, solution: Solution
) -> tuple[dict[str, Table], dict[str, Any]]:
    """Tables of a solution, and the figures of its summary."""
    proved = _proved(solution)
    if solution.plan is None:
        tables = empty_tables()
        figures = no_figures(instance, proved)
        loosening = loosening_rows(solution.loosening, instance)
        lists = {"unmet_demand": [], "scarcest": [], "loosening": loosening}
    else:
        account = Account(instance, solution.plan, solution.certificate)
        tables = plan_tables(account)
        figures = plan_figures(account, tables, proved)
        lists = {
            "unmet_demand": unmet_rows(account, tables["demand"]),
            "scarcest": scarce_rows(tables["capacity"]),
            "loosening": [],
        }
    return tables, {**figures, "verified": True, **lists}


def _proved(solution: Solution) -> dict[str, Any]:
    """Say what the certificate proves, in the words of the summary."""
    proved = solution.proved
    return {
        "bound": proved.bound,
        "gap": proved.gap,
        "unmet_bounds": list(proved.unmet_bounds),
    }
