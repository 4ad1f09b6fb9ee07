"""Results in Python: solved and verified, or read back, with tables as data frames."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.errors import UsageError
from solver.loaders.instance_files import load_document
from solver.messages import listed, suggestion
from solver.options import Options
from solver.problem.instance import require_instance
from solver.results.documents import document_bytes
from solver.results.folder import claimed_for_result, write
from solver.results.reading import read_files, read_result
from solver.solution.form import INSTANCE, SUMMARY
from solver.solution.status import Status
from solver.solving.prepared import Prepared
from solver.tasks.clock import Clock
from solver.tasks.comparison.earlier import near_folder, near_result
from solver.tasks.solve import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from solver.problem.instance import Instance
    from solver.solution.certificate import Certificate
    from solver.solution.earlier import EarlierPlan
    from solver.solution.plan import Plan
    from solver.solution.solution import Result


class VerifiedResult:
    """What a solve left: figures, tables as data frames, plan and proof.

    Parameters
    ----------
    instance : Instance
        What was solved.
    result : Result
        What came of it.
    files : dict of str to bytes
        Every file of its folder, the summary last.
    """

    def __init__(
        self, instance: Instance, result: Result, files: Mapping[str, bytes]
    ) -> None:
        self.instance = instance
        self._result = result
        self._files = dict(files)

    def __repr__(self) -> str:
        """Return status and cost in one line."""
        money = self.instance.units.money
        cost = "no plan" if self.cost is None else f"cost {self.cost:,.15g} {money}"
        return f"<Keruen result: {self.status}, {cost}>"

    def __str__(self) -> str:
        """Return the screen that `keruen solve` prints."""
        from solver.reports.answer import answer
        from solver.reports.screen.result import screen
        from solver.reports.screen.sheet import Style

        beside: dict[str, Any] = {"counters": {}, "loosening": []}
        told = answer(self._result, self.instance, beside | self.summary)
        style = Style(width=80, color=False, unicode=True)
        return screen(told, self.instance.units, style)

    @property
    def status(self) -> Status:
        """How the solve ended; equal to its text, such as ``optimal``."""
        return Status(self.summary["status"])

    @property
    def cost(self) -> float | None:
        """Cost of the plan, in the instance's money; None if there is no plan."""
        cost = self.summary["cost"]
        return None if cost is None else float(cost)

    @property
    def summary(self) -> dict[str, Any]:
        """The document ``summary.json``."""
        return dict(self._result.summary)

    @property
    def tables(self) -> Mapping[str, Mapping[str, NDArray[Any]]]:
        """Tables as dicts of arrays."""
        return self._result.tables

    @property
    def plan(self) -> Plan | None:
        """The allocation as arrays."""
        return self._result.plan

    @property
    def certificate(self) -> Certificate | None:
        """The prices that prove it."""
        return self._result.certificate

    @cached_property
    def allocation(self) -> pd.DataFrame:
        """Each quantity on a route, with its cost and parts."""
        return self._frame("allocation")

    @cached_property
    def demand(self) -> pd.DataFrame:
        """Each demand and period: carried, unmet, marginal and average cost."""
        return self._frame("demand")

    @cached_property
    def capacity(self) -> pd.DataFrame:
        """Each limit: used, utilisation and price."""
        return self._frame("capacity")

    @cached_property
    def corridors(self) -> pd.DataFrame:
        """Quantity and share of each corridor, country, port, mode and tag."""
        return self._frame("corridors")

    @cached_property
    def rules(self) -> pd.DataFrame:
        """Each row of a rule: level, limit, slack and price."""
        return self._frame("rules")

    @cached_property
    def exposure(self) -> pd.DataFrame:
        """What the plan depends on, and within what range."""
        return self._frame("exposure")

    @cached_property
    def flows(self) -> pd.DataFrame:
        """What moves on each leg, through each node and capacity, by period."""
        return self._frame("flows")

    def _frame(self, name: str) -> pd.DataFrame:
        import pandas as pd

        columns = self._result.tables[name]
        frame = pd.DataFrame(
            {title: column.copy() for title, column in columns.items()}
        )
        return frame.astype({"row": int}) if "row" in frame else frame

    def save(self, folder: Path | str) -> Path:
        """Write the result to a new or empty folder, or over an earlier result.

        Returns
        -------
        Path
            The folder, which `read` and ``keruen verify`` take.

        Raises
        ------
        OutputError
            The folder cannot be written to, or holds anything else.
        """
        path = Path(folder)
        with claimed_for_result(path):
            write(path, self._files)
        return path


def solve(
    instance: Instance,
    options: Options | None = None,
    *,
    near: VerifiedResult | Path | str | None = None,
    **settings: Any,  # noqa: ANN401
) -> VerifiedResult:
    """Return the plan of least cost of an instance, proved and verified.

    Parameters
    ----------
    instance : Instance
        A checked instance.
    options : Options, optional
        How to solve it.
    near : VerifiedResult or Path, optional
        Result, or its folder: of all plans of least cost the one is wanted that moves
        least of its cargo.
    **settings
        Fields of `Options`, such as ``time_limit=60``, in place of `options`.

    Raises
    ------
    DataError
        The result to be near is of an instance that has nothing in common with this.
    UnverifiedError
        The result failed its verification: it is not to be used.
    UsageError
        The solver is not available, a setting is not known or has a value that it
        cannot have, or the instance is not loaded yet: all told before anything is
        solved.
    """
    require_instance(instance, "solve")
    options = _options(options, settings)
    earlier = None if near is None else _earlier(instance, near)
    done = run(Prepared(instance, earlier), options, Clock())
    return VerifiedResult(done.instance, done.result, done.files)


def _earlier(instance: Instance, near: VerifiedResult | Path | str) -> EarlierPlan:
    """Return the plan of a result that another is to be near."""
    if not isinstance(near, VerifiedResult):
        return near_folder(instance, Path(near))
    return near_result(instance, near.instance, near._result)  # noqa: SLF001 - our own


def _options(options: Options | None, settings: dict[str, Any]) -> Options:
    """Return the options, or those of settings by name; refuse what neither is."""
    if options is None:
        known = Options.__dataclass_fields__
        unknown = [name for name in settings if name not in known]
        if unknown:
            remedy = suggestion(unknown[0], known, f"known: {', '.join(known)}")
            raise UsageError(f"unknown setting {listed(unknown)}; {remedy}")
        return Options(**settings)
    if settings:
        raise UsageError("give options, or settings by name, not both")
    return _given(options)


def _given(options: object) -> Options:
    if isinstance(options, Options):
        return options
    message = f"options are keruen.Options, not of type {type(options).__name__}"
    raise UsageError(f"{message}; or give settings by name, such as time_limit=60")


def read(folder: Path | str) -> VerifiedResult:
    """Return a result that was saved, read back to the letter.

    Its files are those that were written; that they prove what they say is for
    `verify`, or ``keruen verify``, to check.

    Raises
    ------
    InputError
        The folder or one of its files is missing or cannot be read.
    DataError
        A file is not the one that was written.
    """
    files = read_files(Path(folder))
    instance = load_document(files.document, INSTANCE)
    content = {**files.files, SUMMARY: document_bytes(files.summary)}
    return VerifiedResult(instance, read_result(files, instance), content)
