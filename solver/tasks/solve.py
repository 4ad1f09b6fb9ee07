"""One run, from an instance to a verified result and the folder it is written to."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from solver.errors import UnverifiedError
from solver.loaders.json.document import canonical
from solver.reports.account import Account
from solver.reports.summary import (
    binding_rows,
    loosening_rows,
    no_figures,
    plan_figures,
    unmet_rows,
)
from solver.reports.tables.capacity import used_quantities
from solver.reports.tables.tables import empty_tables, plan_tables
from solver.results.certificate_writing import certificate_document
from solver.results.documents import document_bytes, plain
from solver.results.tables import table_bytes
from solver.solution.form import CERTIFICATE, EARLIER, FORMAT, INSTANCE, SUMMARY
from solver.solution.solution import Result
from solver.solution.status import Status
from solver.solving.prepared import Prepared
from solver.tasks.answer import solve
from solver.tasks.instances.order import InstanceOrder
from solver.tasks.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from solver.errors import Fault
    from solver.model.writing.written_names import ModelFiles
    from solver.options import Options
    from solver.problem.instance import Instance
    from solver.reports.tables.columns import Table
    from solver.solution.form import Asked
    from solver.solution.solution import Solution
    from solver.solving.progress import Progress
    from solver.tasks.clock import Clock


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A verified result, and the files that hold it.

    Parameters
    ----------
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SolveOrder(InstanceOrder):
    """What is to be solved, how, and where the result goes.

    Parameters
    ----------
    output : Path, optional
        Folder that the result is written to.
    model_file : Path, optional
        Where the linear program is written, ``.lp`` or ``.mps``.
    near : Path, optional
        Result of which the plan moves as little as it can.
    """

    output: Path | None = None
    model_file: Path | None = None
    near: Path | None = None


def solved_order(
    order: SolveOrder,
    clock: Clock,
    *,
    warn: Callable[[Sequence[Fault]], None],
    progress: AbstractContextManager[Callable[[Progress | str], None] | None],
) -> Run:
    """Load, solve and verify an instance, and write its result.

    Parameters
    ----------
    order : SolveOrder
        What is to be solved.
    clock : Clock
        What the phases are added to.
    warn : callable
        Called with the warnings of the instance, before it is solved.
    progress : context manager
        Entered while the instance is solved; gives what progress is told to.

    Raises
    ------
    DataError, InputError
        The instance has faults, or cannot be read.
    OutputError, LockedError
        The folder cannot be written to.
    UnverifiedError
        The result failed its verification: it is not to be used.
    """
    loaded = order.loaded(warn)
    earlier = None
    if order.near is not None:
        from solver.tasks.comparison.earlier import near_folder

        earlier = near_folder(loaded.instance, order.near)
    clock.stop("load")
    with ExitStack() as stack:
        if order.output:
            from solver.results.folder import claimed_for_result, write

            stack.enter_context(claimed_for_result(order.output))
        model_files = None
        if order.model_file:
            from solver.model.writing.written_names import ModelFiles, legend_path
            from solver.storage.files import replacing

            model_files = ModelFiles(
                stack.enter_context(replacing(order.model_file)),
                stack.enter_context(replacing(legend_path(order.model_file))),
            )
        tell = stack.enter_context(progress)
        finished_run = run(
            Prepared(loaded.instance, earlier),
            order.options,
            clock,
            model_files=model_files,
            tell=tell,
        )
        if order.output:
            write(order.output, finished_run.files)
    return finished_run


def run(
    given: Instance | Prepared,
    options: Options,
    clock: Clock,
    *,
    model_files: ModelFiles | None = None,
    tell: Callable[[Progress | str], None] | None = None,
    prices: Asked | None = None,
) -> Run:
    """Solve an instance, verify what came of it, and keep it as files.

    Parameters
    ----------
    given : Instance or Prepared
        A checked instance, with the earlier plan that its plan is to be near.
    clock : Clock
        What the phases are added to.
    model_files : ModelFiles, optional
        Where the linear program and its legend are written.
    tell : callable, optional
        Called with each progress of the solve, and with the name of a later phase.
    prices : str, optional
        Which prices in each direction are asked, if not as exposure is.

    Raises
    ------
    UnverifiedError
        The result failed its verification: it is not to be used.
    """
    whole = given if isinstance(given, Prepared) else Prepared(given)
    instance = whole.instance
    solution = solve(
        instance,
        options,
        model_files=model_files,
        tell=tell,
        whole=whole,
        prices=prices,
    )
    clock.split(solution.phases)
    return finished(instance, solution, options, clock, tell=tell, whole=whole)


def finished(
    instance: Instance,
    solution: Solution,
    options: Options,
    clock: Clock,
    *,
    tell: Callable[[Progress | str], None] | None = None,
    whole: Prepared | None = None,
) -> Run:
    """Verify a solution, and keep it as files.

    Parameters
    ----------
    clock : Clock
        What the phases are added to.
    tell : callable, optional
        Called with the name of each phase.
    whole : Prepared, optional
        What the solve built of the instance, and proved.

    Raises
    ------
    UnverifiedError
        The result failed its verification: it is not to be used.
    """
    if tell is not None:
        tell("making tables")
    document, whole = canonical(instance), whole or Prepared(instance)
    tables, figures = _account(whole, solution)
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
            **({"changes": list(instance.changes)} if instance.changes else {}),
            "sha256": hashlib.sha256(document).hexdigest(),
        },
        "versions": versions(),
        "options": {**asdict(options), **_near(whole)},
        "files": {
            name: hashlib.sha256(data).hexdigest() for name, data in files.items()
        },
    }
    summary = plain(summary)
    result = Result(tables, solution.plan, solution.certificate, summary)
    clock.stop("report")
    if tell is not None:
        tell("verifying")
    verification = whole.verification(result)
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


def _near(whole: Prepared) -> dict[str, str]:
    """Name the earlier plan that was to be near, if there is one."""
    return {} if whole.earlier is None else {"near": whole.earlier.source}


def _account(
    whole: Prepared, solution: Solution
) -> tuple[dict[str, Table], dict[str, Any]]:
    """Tables of a solution, and the figures of its summary."""
    instance, proved = whole.instance, _proved(solution)
    if solution.plan is None:
        tables = empty_tables()
        figures = no_figures(instance, proved)
        loosening = loosening_rows(solution.loosening, instance)
        lists = {"unmet_demand": [], "binding_capacities": [], "loosening": loosening}
    else:
        is_proved = solution.status in {Status.OPTIMAL, Status.UNMET}
        given = solution.plan, solution.certificate
        account = Account(instance, *given, whole, is_proved)
        tables = plan_tables(account)
        figures = plan_figures(account, tables, proved)
        if whole.earlier is not None:
            from solver.reports.tables.earlier import earlier_table, movement_figures

            least = solution.proved.movement
            tables[EARLIER] = earlier_table(account, whole.earlier)
            figures |= movement_figures(account, whole.earlier, least)
        lists = {
            "unmet_demand": unmet_rows(account, tables["demand"]),
            "binding_capacities": binding_rows(
                tables["capacity"], used_quantities(account)
            ),
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
